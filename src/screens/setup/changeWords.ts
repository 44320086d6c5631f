import type { Change, Json } from '../../domain/documents.ts';
import { t, type MessageKey } from '../i18n/words.tsx';
import { moneyText } from '../ui/money.ts';
import { currencyOf } from './house.tsx';
import { isList, isRecord, memberAt, nameOf } from './doc.ts';
import { writeDuration } from './durations.ts';

/** A change of the configuration as an owner would say it: what it is called, which of its fields, from what to what. */

export type Told = {
  /** `Grill`, `Menu`, `The house`. */
  readonly thing: string;
  readonly what: Change['what'];
  /** The field; empty: the thing itself. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
};

const FIELDS: Readonly<Record<string, MessageKey>> = {
  name: 'field.name',
  kitchenName: 'field.kitchenName',
  warn: 'field.warn',
  late: 'field.late',
  backup: 'field.backup',
  printer: 'field.printer',
  capacity: 'field.capacity',
  expo: 'field.expo',
  skipStart: 'field.skipStart',
  price: 'field.price',
  category: 'field.category',
  prep: 'field.prep',
  course: 'field.course',
  allergens: 'field.allergens',
  stations: 'field.madeAt',
  groups: 'field.groups',
  options: 'field.options',
  station: 'field.station',
  alsoAt: 'field.alsoAt',
  min: 'field.min',
  max: 'field.max',
  free: 'field.free',
  kind: 'field.kind',
  section: 'field.section',
  seats: 'field.seats',
  shape: 'field.shape',
  host: 'field.host',
  port: 'field.port',
  currency: 'field.currency',
  timezone: 'field.timezone',
  language: 'field.language',
  address: 'field.address',
  phone: 'field.phone',
  dayEndsAt: 'field.dayEndsAt',
  defaultStation: 'field.defaultStation',
  provider: 'field.provider',
  store: 'field.store',
  hours: 'field.hours',
  exceptions: 'place.exceptions',
  booking: 'limit.guestsTitle',
  turns: 'limit.turns',
  lateAfter: 'limit.lateAfter',
  noShowAfter: 'limit.noShowAfter',
  holdMinutes: 'limit.hold',
  notifyMinutes: 'limit.notify',
  pacing: 'limit.pacing',
  largest: 'limit.largest',
  announceFrom: 'limit.announceFrom',
  announceMinutes: 'limit.announce',
  retention: 'limit.keptTitle',
  guests: 'limit.guests',
  calls: 'limit.calls',
  inbox: 'limit.inbox',
  connections: 'limit.connections',
  papers: 'limit.papers',
  autoAccept: 'doors.autoAccept',
  prepMinutes: 'doors.prep',
  items: 'doors.mapping',
  default: 'choices.default',
};

/** Lists whose members are things of their own. */
const LISTS: readonly { path: readonly string[]; name: MessageKey }[] = [
  { path: ['menu', 'categories'], name: 'thing.category' },
  { path: ['menu', 'groups'], name: 'thing.group' },
  { path: ['menu', 'items'], name: 'thing.item' },
  { path: ['stations'], name: 'thing.station' },
  { path: ['courses'], name: 'thing.course' },
  { path: ['tables'], name: 'thing.table' },
  { path: ['printers'], name: 'thing.printer' },
  { path: ['channels'], name: 'thing.channel' },
  { path: ['screens'], name: 'thing.screen' },
];

export function tellChange(change: Change, before: Json, after: Json): Told {
  const { path, what } = change;
  const list = LISTS.find(({ path: at }) => at.every((step, index) => path[index] === step));
  const depth = list === undefined ? 0 : list.path.length + 1;
  const of = path.slice(0, depth);
  const one = memberAt(after, of) ?? memberAt(before, of);
  const rest = path.slice(depth);
  const thing =
    list === undefined
      ? t('thing.house')
      : path.length < depth
        ? t(list.name, { name: '' }).trim()
        : t(list.name, { name: nameOf(one) || (of.at(-1) ?? '') });
  const currency = currencyOf(after);
  const nameFor = (id: string): string => {
    const list = REFERENCES[rest.at(-1) ?? ''];
    if (list === undefined) return id;
    return nameOf(memberAt(after, [...list, id]) ?? memberAt(before, [...list, id])) || id;
  };
  const say = (value: Json | undefined): string => valueWords(rest, value, currency, nameFor);
  return {
    thing,
    what,
    field: rest.map((step, index) => fieldWords(step, memberAt(one, rest.slice(0, index + 1)))).join(' · '),
    before: rest.length === 0 ? '' : say(change.before),
    after: rest.length === 0 ? '' : say(change.after),
  };
}

function fieldWords(step: string, member: Json | undefined): string {
  const known = FIELDS[step];
  if (known !== undefined) return t(known);
  return isRecord(member) ? nameOf(member) || step : step;
}

const TIMES = new Set(['warn', 'late', 'prep']);

/** Fields that name something else by its id, and where that is. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  stations: ['stations'],
  station: ['stations'],
  alsoAt: ['stations'],
  backup: ['stations'],
  defaultStation: ['stations'],
  printer: ['printers'],
  category: ['menu', 'categories'],
  groups: ['menu', 'groups'],
};

function valueWords(
  path: readonly string[],
  value: Json | undefined,
  currency: string,
  nameFor: (id: string) => string,
): string {
  if (value === undefined || value === null) return '';
  const last = path.at(-1) ?? '';
  if (typeof value === 'number' && (last === 'price' || last === 'cost')) return moneyText(value, currency);
  if (typeof value === 'number' && TIMES.has(last)) return writeDuration(value);
  if (typeof value === 'boolean') return t(value ? 'desk.yes' : 'desk.no');
  if (isList(value))
    return (
      value.map((one) => (typeof one === 'object' ? nameOf(one) : nameFor(String(one)))).join(', ') ||
      t('desk.none')
    );
  if (isRecord(value)) return nameOf(value) || '…';
  return nameFor(String(value));
}
