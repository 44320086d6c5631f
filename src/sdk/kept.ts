import type { CommandName } from '../domain/commands.ts';
import type { Problem } from '../protocol/problems.ts';

/** A tap as it is kept on the device. */
export type Kept = {
  id: string;
  name: CommandName;
  /** The input, serialised at the tap: every retry sends these bytes. */
  body: string;
  aggregate: string;
  /** By the server's clock, to be shown. */
  tappedAt: number;
  /** By this device's clock: ages are measured with the clock they began on. */
  localAt: number;
  /** Order of the taps of this device. */
  n: number;
  /** The page it was tapped on; while that is open, it sends its taps itself. */
  tab: string;
  /** Who tapped it: nobody else's token sends it. */
  actor?: string;
  /** Their name, to be shown. */
  who?: string;
  confirmed?: boolean;
  /** Acknowledged, by this device's clock; kept for a while, in case the server forgets it again. */
  done?: number;
  /** Refused, or too old, and nobody has seen it yet. */
  refusal?: { reason: 'refused' | 'expired'; problem: Problem };
};

export function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const fields: { [key: string]: unknown } = { ...value };
  return (
    ['id', 'name', 'body', 'aggregate', 'tab'].every((key) => typeof fields[key] === 'string') &&
    ['tappedAt', 'localAt', 'n'].every((key) => typeof fields[key] === 'number')
  );
}

/** Reads what storage gave; null for what is no tap. */
export function readKept(text: string): Kept | null {
  try {
    const value: unknown = JSON.parse(text);
    return isKept(value) ? value : null;
  } catch {
    return null;
  }
}

const MINUTE = 60_000;
const HALF_AN_HOUR = 30 * MINUTE;
const HALF_A_DAY = 12 * 60 * MINUTE;

/** How long a tap speaks of the kitchen as it is, in milliseconds. */
export type Life = {
  /** Older than this it asks a person before it goes. */
  readonly asks?: number;
  /** Older than this it is not sent, and says so. */
  readonly expires: number;
};

/** A bump of an hour ago speaks of another kitchen; an order of an hour ago may have been called out by mouth. */
const TAP: Life = { expires: HALF_AN_HOUR };
/** Food that begins to be cooked: asks first, and is kept long enough for whoever comes back to it. */
const FOOD: Life = { asks: 10 * MINUTE, expires: HALF_A_DAY };
/** What a person decided about an order, true for longer than a tap on a card. */
const DECISION: Life = { expires: 2 * 60 * MINUTE };

/**
 * Every command, and how old it may get, by its whole name or by its first word. A command of a later version is treated
 * as a tap.
 */
export const LIVES: Readonly<Record<string, Life>> = {
  'order.place': FOOD,
  'order.add': FOOD,
  'order.fire': { asks: 10 * MINUTE, expires: HALF_AN_HOUR },
  'order.hold': TAP,
  'order.transfer': DECISION,
  'order.serve': TAP,
  'order.cancel': DECISION,
  'item.amend': { asks: 10 * MINUTE, expires: DECISION.expires },
  'item.ready': TAP,
  'item.unready': TAP,
  'item.void': DECISION,
  'item.refire': { asks: 10 * MINUTE, expires: HALF_AN_HOUR },
  'ticket.start': TAP,
  'ticket.bump': TAP,
  'ticket.recall': TAP,
  'ticket.rush': TAP,
  'ticket.acknowledge': TAP,
  'ticket.print': { expires: 2 * MINUTE },
  'menu.soldOut': DECISION,
  'menu.restore': DECISION,
  'table.seat': TAP,
  'table.clear': TAP,
  'table.block': DECISION,
  'location.configure': { asks: 10 * MINUTE, expires: DECISION.expires },
  // A guest was told so: true until somebody tells the guest otherwise.
  'reservation.': DECISION,
  'waitlist.': DECISION,
  'call.': DECISION,
  'call.takeOver': { expires: MINUTE },
  'call.transfer': { expires: MINUTE },
  'message.': { expires: HALF_A_DAY },
  // Said to a platform half an hour late, it would be said of another order of things.
  'channel.': { expires: 10 * MINUTE },
  'stock.': DECISION,
};

export function lifeOf(name: CommandName): Life {
  return LIVES[name] ?? LIVES[`${name.split('.', 1)[0] ?? ''}.`] ?? TAP;
}

/** How old a tap may get before it is no longer sent, in milliseconds. */
export function ageLimit(name: CommandName): number {
  return lifeOf(name).expires;
}

/** What a command acts on. Tickets and items belong to their order, so that a ready never overtakes its order. */
export function aggregateOf(input: object, orderOfTicket: (ticket: string) => string | null): string {
  const { order, ticket, table, item, option, reservation, entry }: { [key: string]: unknown } = { ...input };
  const booked = idOf(reservation) ?? idOf(entry);
  if (booked !== null) return `booking:${booked}`;
  if (typeof order === 'string') return `order:${order.toLowerCase()}`;
  if (typeof order === 'object' && order !== null && 'id' in order && typeof order.id === 'string')
    return `order:${order.id.toLowerCase()}`;
  if (typeof ticket === 'string') return `order:${orderOfTicket(ticket) ?? ticket}`;
  if (typeof table === 'string') return `table:${table}`;
  if (typeof item === 'string' || typeof option === 'string') return 'menu';
  return 'location';
}

function idOf(named: unknown): string | null {
  if (typeof named === 'string') return named.toLowerCase();
  if (typeof named !== 'object' || named === null || !('id' in named)) return null;
  return typeof named.id === 'string' ? named.id.toLowerCase() : null;
}
