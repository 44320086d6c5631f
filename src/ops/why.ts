import type { LocationConfig } from '../domain/config.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { isLive, partStatus } from '../domain/item.ts';
import {
  type Order,
  type Ticket,
  isOpen,
  onBoard,
  orderStatus,
  ticketLines,
  ticketStatus,
} from '../domain/order.ts';
import { UNROUTED } from '../domain/place.ts';
import { explainRoute } from '../domain/routing.ts';
import type { LocationState } from '../domain/state.ts';

/**
 * "Why is the ticket not where I look for it?", answered from state, log and screens: by which rule it went where, who
 * bumped it and when, until when it is held, which screen is away. Pure.
 */

/** One sentence of the answer; `{name}` in WHY_WORDS stands for a value. */
export type WhyFact = {
  readonly what: WhyWhat;
  /** When it happened, RFC 3339. */
  readonly at?: string;
  readonly values: Readonly<Record<string, string | number>>;
};

export const WHY_WORDS = {
  'rule-item': '{item} goes to {station} by the item’s own rule.',
  'rule-category': '{item} goes to {station} by the rule of its category {of}.',
  'rule-default': '{item} goes to {station}, the house’s default station: no rule names it.',
  'rule-option': '{item} goes to {station} because of the choice {of}.',
  'rule-also': '{item} is made at {station} as well because of the choice {of}.',
  'rule-unrouted': '{item} has no rule: it lies in the lane UNROUTED at the pass.',
  'rule-asked': '{item} went to {station}: the order or somebody at the pass said so.',
  'rule-since': '{item} was sent to {station} before the rules were changed: today it would go to {today}.',
  held: 'It is held, without a time: somebody must fire it.',
  'held-until': 'It is held until {until}.',
  fired: 'It was fired.',
  heard: 'A screen of {station} painted it.',
  unheard: 'Nobody has heard it yet.',
  told: 'Because nobody heard it, the house went on: step {rung} of 6.',
  backup: 'It is shown at {backup} as well.',
  printed: 'It was printed at {printer}.',
  'print-failed': 'It did not come out of {printer}: {reason}.',
  started: 'It was started by {who}.',
  bumped: 'It was bumped by {who}.',
  recalled: 'It was called back by {who}.',
  'off-list': 'It was bumped so long ago that the recall list no longer shows it.',
  voided: 'All its lines were voided.',
  'line-voided': '{qty} × {item} was voided by {who}.',
  'line-moved': '{item} is made at {to} now.',
  served: 'It was handed over by {who}.',
  transferred: 'The order moved from table {from} to {to}.',
  cancelled: 'The order was cancelled by {who}.',
  closed: 'The order is closed: its tickets are on no board any more.',
  left: 'The order is of another day: it is only in the history.',
  place:
    'It is number {place} of {count} on the board of {station}, oldest first; what does not fit is on the next page.',
  'no-screen': 'No screen shows {station}, since {since}.',
  'never-screen': 'No screen shows {station}.',
  'last-screen': 'The last screen that left {station} was {screen} ({cause}).',
  'live-screen': 'Shown on {screen}, live now.',
  'muted-screen': '{screen} shows {station}, but its sound is not on.',
} as const;
export type WhyWhat = keyof typeof WHY_WORDS;

export type WhyTicket = {
  readonly ticket: string;
  readonly station: string;
  readonly name: string;
  readonly status: string;
  readonly facts: readonly WhyFact[];
};
export type WhyOrder = {
  readonly order: string;
  readonly number: number;
  readonly displayId?: string;
  readonly source: string;
  readonly table?: string;
  readonly status: string;
  readonly placedAt: string;
  readonly facts: readonly WhyFact[];
  readonly tickets: readonly WhyTicket[];
};

/** What is known of the screens of a station. */
export type StationEyes = {
  /** Live now. */
  readonly live: readonly { readonly name: string; readonly audio: string | null }[];
  /** Since when none is (RFC 3339), as far as it is known. */
  readonly goneSince: string | null;
  /** The last line of the connection log that ended. */
  readonly last: { readonly screen: string; readonly cause: string; readonly at: string } | null;
};

/** Orders that somebody may mean by what they typed: a number, a platform's number, a table, an id. Newest first. */
export function ordersMeant(state: LocationState, said: string): Order[] {
  const typed = said.trim().replace(/^#/, '').toLowerCase();
  const plain = (text: string | undefined): string => (text ?? '').toLowerCase();
  return [...state.orders.values()]
    .filter(
      ({ id, number, displayId, externalId, table }) =>
        String(number) === typed || [id, displayId, externalId, table].map(plain).includes(typed),
    )
    .sort((a, b) => (a.placedAt < b.placedAt ? 1 : -1));
}

/** `history`: what the log says of this order, oldest first. */
export function explainOrder(
  state: LocationState,
  order: Order,
  history: readonly LoggedEvent[],
  eyes: (station: string) => StationEyes,
): WhyOrder {
  const { config } = state;
  const isOver = !isOpen(order);
  return {
    order: order.id,
    number: order.number,
    ...(order.displayId !== undefined && { displayId: order.displayId }),
    source: order.source,
    ...(order.table !== undefined && { table: order.table }),
    status: orderStatus(order),
    placedAt: order.placedAt,
    facts: [...history.flatMap(orderFact), ...(order.closed ? [fact('closed', {}, order.closed.at)] : [])],
    tickets: order.tickets.map((ticket) => ({
      ticket: ticket.id,
      station: ticket.station,
      name: nameOf(config, ticket.station),
      status: ticketStatus(order, ticket),
      facts: [
        ...whyHere(config, order, ticket),
        ...whatBecame(config, order, ticket, history),
        ...(isOver ? [] : whereSeen(state, order, ticket, eyes)),
      ],
    })),
  };
}

function orderFact(event: LoggedEvent): WhyFact[] {
  if (event.type === 'order.cancelled') return [fact('cancelled', { who: whoOf(event) }, event.at)];
  if (event.type === 'order.transferred')
    return [fact('transferred', { from: event.data.from ?? '–', to: event.data.to }, event.at)];
  return [];
}

/** By which rule each of its lines came to this station. */
function whyHere(config: LocationConfig | null, order: Order, ticket: Ticket): WhyFact[] {
  const station = nameOf(config, ticket.station);
  return ticketLines(order, ticket).map(({ item, part }) => {
    const named = { item: item.kitchenName, station };
    if (part.movedTo !== undefined) return fact('line-moved', { ...named, to: nameOf(config, part.movedTo) });
    const dish = config?.menu.items.find(({ id }) => id === item.menuItem);
    if (config === null || dish === undefined)
      return ticket.station === UNROUTED ? fact('rule-unrouted', named) : fact('rule-asked', named);
    const chosen = item.modifiers.flatMap(
      ({ group, option }) =>
        config.menu.groups.find(({ id }) => id === group)?.options.find(({ id }) => id === option) ?? [],
    );
    const routed = explainRoute(config, dish, chosen);
    const found = routed.find((one) => one.station === ticket.station);
    if (found) return fact(`rule-${found.rule}`, { ...named, of: found.of });
    const today = routed.map((one) => nameOf(config, one.station)).join(', ');
    return fact('rule-since', { ...named, today });
  });
}

/** What happened to it, in the log's order, and what it waits for. */
function whatBecame(
  config: LocationConfig | null,
  order: Order,
  ticket: Ticket,
  history: readonly LoggedEvent[],
): WhyFact[] {
  const station = nameOf(config, ticket.station);
  const lines = ticketLines(order, ticket);
  const status = ticketStatus(order, ticket);
  const happened = history.flatMap((event): WhyFact[] => {
    const who = { who: whoOf(event) };
    switch (event.type) {
      case 'ticket.fired':
        return event.data.ticket === ticket.id ? [fact('fired', {}, event.at)] : [];
      case 'ticket.heard':
        return event.data.ticket === ticket.id ? [fact('heard', { station }, event.at)] : [];
      case 'ticket.unheard':
        return event.data.ticket === ticket.id ? [fact('told', { rung: event.data.rung }, event.at)] : [];
      case 'ticket.printed':
        return event.data.ticket === ticket.id
          ? [fact('printed', { printer: event.data.printer }, event.at)]
          : [];
      case 'print.failed':
        return event.data.ticket === ticket.id
          ? [fact('print-failed', { printer: event.data.printer, reason: event.data.reason }, event.at)]
          : [];
      case 'ticket.started':
        return event.data.ticket === ticket.id ? [fact('started', who, event.at)] : [];
      case 'ticket.bumped':
        return event.data.ticket === ticket.id ? [fact('bumped', who, event.at)] : [];
      case 'ticket.recalled':
        return event.data.ticket === ticket.id ? [fact('recalled', who, event.at)] : [];
      case 'item.voided': {
        const line = lines.find(({ item }) => item.id === event.data.item);
        if (line === undefined) return [];
        return [fact('line-voided', { item: line.item.kitchenName, qty: event.data.qty, ...who }, event.at)];
      }
      case 'order.served':
        return lines.some(({ item }) => event.data.items.includes(item.id))
          ? [fact('served', who, event.at)]
          : [];
      default:
        return [];
    }
  });
  const now: WhyFact[] = [];
  if (status === 'held') now.push(held(ticket));
  if (status === 'voided') now.push(fact('voided'));
  if (ticket.offBoard) now.push(fact('off-list'));
  if (ticket.backup !== undefined) now.push(fact('backup', { backup: nameOf(config, ticket.backup) }));
  if (
    (status === 'new' || status === 'cooking') &&
    ticket.heardAt === undefined &&
    ticket.knownIn !== ticket.episode
  )
    now.push(fact('unheard'));
  return [...happened, ...now];
}

function held({ fireAt }: Ticket): WhyFact {
  return fireAt === undefined ? fact('held') : fact('held-until', { until: fireAt });
}

/** Where on its board it stands, and who could see it there. */
function whereSeen(
  state: LocationState,
  order: Order,
  ticket: Ticket,
  eyes: (station: string) => StationEyes,
): WhyFact[] {
  const facts: WhyFact[] = [];
  const station = nameOf(state.config, ticket.station);
  const waits = (one: Order, other: Ticket): boolean =>
    other.station === ticket.station && onBoard(one, other) && ticketStatus(one, other) !== 'ready';
  if (waits(order, ticket)) {
    const since = sinceOf(order, ticket);
    const all = [...state.orders.values()].flatMap((one) =>
      one.tickets
        .filter((other) => waits(one, other))
        .map((other) => ({ since: sinceOf(one, other), other })),
    );
    const place = all.filter((one) => one.since < since).length + 1;
    facts.push(fact('place', { place, count: all.length, station }));
  }
  if (!order.items.some(isLive) || partsOver(order, ticket)) return facts;
  for (const at of [ticket.station, ...(ticket.backup === undefined ? [] : [ticket.backup])])
    facts.push(...screenFacts(nameOf(state.config, at), eyes(at)));
  return facts;
}

function sinceOf(order: Order, { firedAt, fireAt }: Ticket): string {
  return firedAt ?? fireAt ?? order.placedAt;
}

function partsOver(order: Order, ticket: Ticket): boolean {
  return ticketLines(order, ticket).every(({ item, part }) =>
    ['served', 'voided', 'refired'].includes(partStatus(item, part)),
  );
}

function screenFacts(station: string, { live, goneSince, last }: StationEyes): WhyFact[] {
  if (live.length > 0)
    return live.map(({ name, audio }) =>
      audio === null || audio === 'running'
        ? fact('live-screen', { screen: name, station })
        : fact('muted-screen', { screen: name, station }),
    );
  return [
    goneSince === null ? fact('never-screen', { station }) : fact('no-screen', { station, since: goneSince }),
    ...(last === null
      ? []
      : [fact('last-screen', { station, screen: last.screen, cause: last.cause }, last.at)]),
  ];
}

function fact(what: WhyWhat, values: WhyFact['values'] = {}, at?: string): WhyFact {
  return { what, values, ...(at !== undefined && { at }) };
}

function whoOf({ by }: LoggedEvent): string {
  return by.name ?? by.device ?? by.id;
}

function nameOf(config: LocationConfig | null, station: string): string {
  if (station === UNROUTED) return 'UNROUTED';
  return config?.stations.find(({ id }) => id === station)?.name ?? station;
}
