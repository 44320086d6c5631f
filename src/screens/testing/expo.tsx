import type { AlertView, Entity, OrderView, TicketView } from '../../domain/entities.ts';
import { NOW, ago, line, order, station, ticket } from '../../testkit/entities.ts';
import { fakeHeard, type FakeHeard } from '../../testkit/fakeHeard.ts';
import { HeardProvider } from '../../sdk/react/hooks.ts';
import { Expo } from '../expo/expo.tsx';
import '../expo/expo.css';
import { expoWords } from '../i18n/expo.ts';
import { kitchenWords } from '../i18n/kitchen.ts';
import { platformWords } from '../i18n/platformWords.ts';
import { uiWords } from '../i18n/ui.ts';
import '../kitchen/kitchen.css';
import { mount } from '../ui/mount.tsx';
import { createPlayer } from '../ui/player.ts';

/** The pass without a server. */

declare global {
  interface Window {
    fake: FakeHeard;
  }
}

const location = {
  id: 'esquina',
  name: 'La Esquina Empanadas',
  currency: 'USD',
  timezone: 'America/New_York',
  language: 'es',
  expo: 'Pase',
};
const stations = ['horno', 'fritura', 'mostrador'].map((id) => station(id, { location }));
const done = (name: string, qty = 1, ...mods: string[]) =>
  line(name, { status: 'ready', qty, readyQty: qty }, ...mods);
const cooking = (name: string, qty = 1, ...mods: string[]) => line(name, { status: 'started', qty }, ...mods);
const waiting = (name: string, qty = 1, ...mods: string[]) => line(name, { qty }, ...mods);
const heard = { state: 'heard' as const };

function whole(
  base: Partial<TicketView> & { allergies?: string[]; displayId?: string },
  ...parts: Partial<TicketView>[]
): Entity[] {
  const first = ticket({ ...base, delivery: heard, ...parts[0] });
  const rest = parts
    .slice(1)
    .map((part) => ticket({ ...base, delivery: heard, order: first.order, ...part }));
  const tickets = [first, ...rest];
  return [
    ...tickets,
    order({
      tickets,
      displayId: base.displayId,
      allergies: base.allergies ?? [],
      source: base.source ?? 'pos',
      guest: base.guest,
      promisedAt: base.promisedAt,
    }),
  ];
}

const at = (age: string) => ({ firedAt: ago(age) });

/** Everything that can go wrong between a tablet and a plate, at once. */
function trouble(): Entity[] {
  const [horno, ...others] = ['horno', 'fritura', 'mostrador'].map((id) =>
    station(id, { location: { ...location, expoId: 'pase' }, ...(id === 'horno' && { backup: 'pase' }) }),
  );
  const entities = whole(
    { number: 87, table: 'M5', server: 'Ana', ...at('1:10') },
    {
      station: 'horno',
      delivery: { state: 'unheard', rung: 5, to: 'pase', printedAt: ago('0:55'), askedAt: ago('1:10') },
      lines: [waiting('Provoleta', 2)],
    },
    {
      station: 'fritura',
      status: 'cooking',
      ackRequired: true,
      ackSince: ago('1:20'),
      lines: [cooking('Pollo')],
    },
  );
  const [first, second] = entities.filter((one) => one.kind === 'ticket');
  if (!horno || !first || !second) throw new Error('the scene lacks somebody');
  const alert = (type: AlertView['type'], of: TicketView, more: Partial<AlertView> = {}): AlertView => ({
    kind: 'alert',
    id: `${type}:${of.id}`,
    version: 1,
    type,
    order: of.order,
    ticket: of.id,
    number: of.number,
    table: of.table,
    station: of.station,
    at: ago('1:10'),
    items: [],
    ...more,
  });
  return [
    horno,
    ...others,
    ...entities,
    alert('unheard', first, { rung: 5 }),
    alert('unseen', second, { at: ago('1:20') }),
    alert('printer', first, { printer: 'prn-cocina', reason: 'sin papel', next: 'prn-bar' }),
  ];
}
const UBER = {
  channel: 'uber',
  provider: 'uber-eats',
  name: 'Uber Eats',
  level: 0 as const,
  acceptBy: null,
  readyAt: null,
  readyBy: null,
  courier: null,
  told: 'told' as const,
  trouble: null,
};
type Platform = NonNullable<OrderView['platform']>;

function fromPlatform(
  platform: Omit<Partial<Platform>, 'number'> & { number: string },
  base: Partial<TicketView>,
  ...parts: Partial<TicketView>[]
): Entity[] {
  return whole(
    { type: 'delivery', displayId: platform.number, source: 'uber', server: undefined, ...base },
    ...parts,
  )
    .map((one) =>
      one.kind === 'ticket' ? { ...one, platform: { ...UBER, ...platform, courier: undefined } } : one,
    )
    .map((one) =>
      one.kind === 'order'
        ? {
            ...one,
            status: base.status === 'voided' ? 'cancelled' : one.status,
            platform: { ...UBER, state: 'accepted', ...platform },
          }
        : one,
    );
}

/** Orders of platforms in every state that the pass sees. */
function platforms(): Entity[] {
  const courier = { name: 'Dana', eta: null, batched: false, at: ago('6:10') };
  const soon = (age: string): string => new Date(2 * NOW - Date.parse(ago(age))).toISOString();
  return [
    ...fromPlatform(
      { number: 'K7Q2', courier: { ...courier, state: 'at_pickup' } },
      { number: 91, ...at('9:12'), guest: { name: 'Pía R.' } },
      { station: 'horno', status: 'ready', readyAt: ago('0:48'), lines: [done('Carne cuchillo', 2)] },
    ),
    ...fromPlatform(
      { number: 'B38X', name: 'DoorDash', courier: { ...courier, state: 'to_pickup', eta: soon('4:00') } },
      { number: 92, ...at('7:30') },
      {
        station: 'fritura',
        status: 'ready',
        readyAt: ago('0:12'),
        lines: [done('Papas fritas', 1, '+panceta')],
      },
      { station: 'horno', status: 'cooking', startedAt: ago('3:00'), lines: [cooking('Provoleta')] },
    ),
    ...fromPlatform(
      { number: 'M2', courier: { ...courier, state: 'cancelled', name: null } },
      { number: 93, ...at('5:00') },
      { station: 'horno', status: 'cooking', startedAt: ago('3:00'), lines: [cooking('Humita', 3)] },
    ),
    ...fromPlatform(
      { number: '4410', state: 'awaiting_accept', level: 1, acceptBy: soon('6:40') },
      { number: 94, ...at('3:10') },
      { station: 'horno', lines: [waiting('Caprese', 2), waiting('Pollo')], delivery: { state: 'unheard' } },
    ),
    ...fromPlatform(
      {
        number: '4410',
        name: 'DoorDash',
        told: 'refused',
        trouble: 'ORDER_ALREADY_CANCELLED',
        courier: { ...courier, state: 'requested', name: null },
      },
      { number: 95, ...at('2:00') },
      { station: 'mostrador', lines: [waiting('Flan')] },
    ),
    ...fromPlatform(
      { number: 'Z9', state: 'awaiting_accept', level: 2, acceptBy: soon('1:05') },
      { number: 96, ...at('1:50'), guest: { name: 'Sami' } },
      { station: 'fritura', lines: [waiting('Pollo')] },
    ),
    ...fromPlatform(
      { number: 'Q11', state: 'cancelled_by_platform' },
      { number: 90, ...at('6:50'), status: 'voided', ackRequired: true },
      { station: 'horno', lines: [{ ...cooking('Milanesa'), status: 'voided' }] },
    ),
  ];
}

const scenes: Record<string, Entity[]> = {
  platforms: [...stations, ...platforms()],
  normal: [
    ...stations,
    ...whole(
      { number: 81, table: 'M6', server: 'Lucía', ...at('9:12') },
      {
        station: 'horno',
        status: 'ready',
        readyAt: ago('0:48'),
        lines: [done('Carne cuchillo', 2), done('Caprese', 1, '+extra queso')],
      },
      {
        station: 'mostrador',
        status: 'ready',
        readyAt: ago('3:05'),
        lines: [done('Ens. criolla', 1, '-cebolla'), done('Gaseosa')],
      },
    ),
    ...whole(
      { number: 83, table: undefined, type: 'delivery', displayId: 'B38X', server: 'App B', ...at('7:30') },
      {
        station: 'fritura',
        status: 'ready',
        readyAt: ago('0:12'),
        lines: [done('Cebolla y queso', 3), done('Papas fritas', 1, '+panceta')],
      },
    ),
    ...whole(
      { number: 80, table: 'M8', server: 'Lucía', ...at('10:05'), rush: true, rushedBy: 'Luis' },
      { station: 'horno', status: 'cooking', startedAt: ago('6:20'), lines: [cooking('Provoleta')] },
      {
        station: 'fritura',
        status: 'ready',
        readyAt: ago('1:15'),
        lines: [done('Docena surtida'), done('Papas fritas', 2)],
      },
    ),
    ...whole(
      { number: 78, table: 'M3', server: 'Diego', ...at('15:40'), allergies: ['huevo'] },
      {
        station: 'horno',
        status: 'cooking',
        startedAt: ago('14:10'),
        lines: [cooking('Milanesa napo.', 1, '-huevo')],
      },
      { station: 'fritura', status: 'ready', readyAt: ago('2:02'), lines: [done('Carne picante', 4)] },
    ),
    ...whole(
      { number: 85, table: 'M2', server: 'Diego', ...at('5:44') },
      { station: 'mostrador', status: 'new', lines: [waiting('Ens. criolla')] },
      { station: 'fritura', status: 'ready', readyAt: ago('0:55'), lines: [done('Carne picante', 3)] },
    ),
    ...whole(
      {
        number: 84,
        table: undefined,
        type: 'takeout',
        source: 'phone',
        guest: { name: 'Ramos' },
        server: undefined,
        ...at('6:18'),
      },
      {
        station: 'horno',
        status: 'cooking',
        startedAt: ago('3:55'),
        lines: [cooking('Humita', 2), cooking('Jamón y queso', 2, '+extra queso')],
      },
      { station: 'fritura', status: 'ready', readyAt: ago('0:30'), lines: [done('Carne picante', 2)] },
    ),
    ...whole(
      { number: 86, table: undefined, type: 'counter', displayId: 'C42', server: undefined, ...at('1:22') },
      { station: 'fritura', lines: [waiting('Pollo', 2, '-aceituna')] },
      { station: 'mostrador', lines: [waiting('Flan')] },
    ),
    ...whole(
      { number: 88, table: 'M1', server: 'Diego', ...at('0:34') },
      { station: 'mostrador', lines: [waiting('Gaseosa'), waiting('Flan', 1, '+crema')] },
      { station: 'unrouted', lines: [line('Salsa golf', { open: true })] },
    ),
    ...whole(
      { number: 87, table: 'M5', server: 'Ana', ...at('0:21') },
      { station: 'horno', delivery: { state: 'queued' }, lines: [waiting('Provoleta')] },
    ),
  ],
  empty: stations,
  trouble: trouble(),
};

const fake = fakeHeard('esquina');
window.fake = fake;
fake.put('kitchen', scenes[new URLSearchParams(window.location.search).get('scene') ?? 'normal'] ?? []);
fake.setLive(
  'kitchen',
  new Map<string, unknown>([
    ['station:horno', { screens: 0, deafSince: ago('2:05') }],
    ['station:fritura', { screens: 2, deafSince: null }],
    ['station:mostrador', { screens: 1, deafSince: null }],
  ]),
);
const player = createPlayer();
void player.start();
mount(
  [uiWords, kitchenWords, expoWords, platformWords],
  <HeardProvider heard={fake}>
    <Expo player={player} who="Ana" gated={false} />
  </HeardProvider>,
);
