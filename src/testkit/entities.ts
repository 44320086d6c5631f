import type { CallView } from '../domain/call/entities.ts';
import type { PlatformView } from '../domain/channel/entities.ts';
import type {
  Entity,
  ItemView,
  LineView,
  MenuView,
  OrderView,
  StationView,
  TableView,
  TicketView,
} from '../domain/entities.ts';

/**
 * Views as a server would send them, for tests and pictures of screens: `ticket({ table: 'T4', lines: [line('FRIES')] })`.
 * What is not said gets a plain value; ids count up, so that a test can be read.
 */

/** The moment of every picture: 19:42:07 in New York. */
export const NOW = Date.parse('2026-11-21T00:42:07.000Z');

let counter = 0;
const nextId = (): string => `01980000-0000-7000-8000-${String((counter += 1)).padStart(12, '0')}`;

/** The instant `age` before NOW, where age is `m:ss` or `h:mm:ss`. */
export function ago(age: string, now = NOW): string {
  const seconds = age.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return new Date(now - seconds * 1000).toISOString();
}

/** `-onion` removes, `+bacon` adds, `2+sauce` adds two, anything else is a choice. */
export function modifiers(...words: string[]): LineView['modifiers'] {
  return words.map((word) => {
    const [, qty = '', sign = '', name = word] = /^(\d*)([-+]?)(.*)$/.exec(word) ?? [];
    return {
      action: sign === '-' ? 'remove' : sign === '+' ? 'add' : 'choice',
      name,
      qty: qty === '' ? 1 : Number(qty),
    };
  });
}

export function line(
  name: string,
  more: Omit<Partial<LineView>, 'modifiers'> & { modifiers?: LineView['modifiers'] } = {},
  ...mods: string[]
): LineView {
  return {
    item: nextId(),
    menuItem: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    name,
    qty: 1,
    readyQty: 0,
    voidQty: 0,
    status: 'fired',
    modifiers: modifiers(...mods),
    allergies: [],
    ...more,
  };
}

/** A telephone call that came 1:24 ago and is in this state for 5 s. */
export function call(status: CallView['status'], more: Partial<CallView> = {}): CallView {
  return {
    kind: 'call',
    id: nextId(),
    version: 1,
    status,
    since: ago('0:05'),
    direction: 'inbound',
    channel: 'phone',
    line: 'Telephone',
    provider: 'retell',
    startedAt: ago('1:24'),
    analysis: 'none',
    links: [],
    ...more,
  };
}

export function ticket(more: Partial<TicketView> = {}): TicketView {
  const id = nextId();
  const lines = more.lines ?? [line('BURGER')];
  return {
    kind: 'ticket',
    id,
    version: counter,
    order: nextId(),
    number: 40,
    station: 'grill',
    type: 'dine_in',
    source: 'pos',
    table: more.type === undefined || more.type === 'dine_in' ? 'T1' : undefined,
    server: 'Maya',
    allergies: [],
    status: 'new',
    delivery: { state: 'queued' },
    firedAt: ago('0:30'),
    recalls: 0,
    rush: false,
    ackRequired: false,
    addOn: false,
    also: [],
    ofItems: lines.length,
    ...more,
    lines,
  };
}

export function item(name: string, more: Partial<ItemView> = {}): ItemView {
  return {
    id: nextId(),
    name,
    qty: 1,
    readyQty: 0,
    voidQty: 0,
    status: 'fired',
    modifiers: [],
    allergies: [],
    stations: ['grill'],
    price: 900,
    ...more,
  };
}

/** An order; with `tickets` given as views, its ticket rows and counts are taken from them. */
export function order(
  more: Omit<Partial<OrderView>, 'tickets'> & { tickets?: OrderView['tickets'] | TicketView[] } = {},
): OrderView {
  const given = more.tickets ?? [];
  const views = given.filter((one): one is TicketView => 'kind' in one);
  const rows = given.map((one) => ('kind' in one ? ticketRow(one) : one));
  const live = views
    .flatMap((view) => view.lines)
    .filter((one) => one.status !== 'voided' && one.status !== 'held');
  return {
    kind: 'order',
    id: views[0]?.order ?? nextId(),
    version: 1,
    number: views[0]?.number ?? 40,
    type: views[0]?.type ?? 'dine_in',
    source: 'pos',
    table: views[0]?.table,
    server: views[0]?.server,
    allergies: [],
    status: 'in_progress',
    paymentStatus: 'none',
    readyItems: live.filter((one) => one.status === 'ready').length,
    liveItems: live.length,
    placedAt: views[0]?.firedAt ?? ago('1:00'),
    total: 2400,
    ...more,
    tickets: rows,
  };
}

function ticketRow(view: TicketView): OrderView['tickets'][number] {
  const { id, station, status, delivery, firedAt, startedAt, readyAt, ackRequired, ackSince, unseen, seen } =
    view;
  return {
    id,
    station,
    status,
    delivery,
    firedAt,
    startedAt,
    readyAt,
    ackRequired,
    ackSince,
    unseen,
    seen,
    items: view.lines.map((one) => one.item),
  };
}

/** What an order of a platform says of it: accepted, and nothing is waited for. */
export function platform(more: Partial<PlatformView> = {}): PlatformView {
  return {
    channel: 'uber',
    provider: 'uber-eats',
    name: 'Uber Eats',
    number: 'K7Q2',
    state: 'accepted',
    acceptBy: null,
    level: 0,
    readyBy: null,
    readyAt: null,
    courier: null,
    told: null,
    trouble: null,
    ...more,
  };
}

export function station(id: string, more: Partial<StationView> = {}): StationView {
  return {
    kind: 'station',
    id,
    version: 1,
    name: id.toUpperCase(),
    warn: 600,
    late: 900,
    expo: 'send',
    skipStart: false,
    location: {
      id: 'brasa',
      name: 'Brasa Café',
      currency: 'USD',
      timezone: 'America/New_York',
      language: 'en',
      expo: 'expo',
    },
    ...more,
  };
}

export function table(id: string, more: Partial<TableView> = {}): TableView {
  return {
    kind: 'table',
    id,
    version: 1,
    name: id,
    seats: 4,
    shape: 'table',
    status: 'free',
    orders: [],
    ...more,
  };
}

export function menu(id: string, items: MenuView['items'], more: Partial<MenuView> = {}): MenuView {
  return { kind: 'menu', id, version: 1, name: id, position: 1, currency: 'USD', items, groups: [], ...more };
}

export function menuItem(
  name: string,
  more: Partial<MenuView['items'][number]> = {},
): MenuView['items'][number] {
  return {
    id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    name,
    kitchenName: name.toUpperCase(),
    price: 1200,
    allergens: [],
    stations: ['grill'],
    groups: [],
    soldOut: false,
    ...more,
  };
}

export function menuGroup(
  id: string,
  options: string[],
  more: Partial<MenuView['groups'][number]> = {},
): MenuView['groups'][number] {
  return {
    id,
    name: id,
    min: 0,
    max: options.length,
    free: 0,
    options: options.map((word) => {
      const sign = /^[-+]/.exec(word)?.[0];
      const name = sign === undefined ? word : word.slice(1);
      return {
        id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
        name,
        price: 0,
        kind: sign === '-' ? 'remove' : sign === '+' ? 'add' : 'choice',
        allergens: [],
        groups: [],
        soldOut: false,
      };
    }),
    ...more,
  };
}

/** The entities of a view, as the SDK keeps them. */
export function byKind(...entities: Entity[]): {
  [K in Entity['kind']]: Map<string, Extract<Entity, { kind: K }>>;
} {
  const pick = <K extends Entity['kind']>(kind: K): Map<string, Extract<Entity, { kind: K }>> =>
    new Map(
      entities
        .filter((one): one is Extract<Entity, { kind: K }> => one.kind === kind)
        .map((one) => [one.id, one]),
    );
  return {
    ticket: pick('ticket'),
    order: pick('order'),
    table: pick('table'),
    station: pick('station'),
    menu: pick('menu'),
    alert: pick('alert'),
    tracking: pick('tracking'),
    reservation: pick('reservation'),
    waitlist: pick('waitlist'),
    book: pick('book'),
    call: pick('call'),
    task: pick('task'),
    channel: pick('channel'),
    stock: pick('stock'),
    waste: pick('waste'),
  };
}
