import type { CommandName } from '../domain/commands.ts';

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
  confirmed?: boolean;
};

export function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const fields: { [key: string]: unknown } = { ...value };
  return (
    ['id', 'name', 'body', 'aggregate', 'tab'].every((key) => typeof fields[key] === 'string') &&
    ['tappedAt', 'localAt', 'n'].every((key) => typeof fields[key] === 'number')
  );
}

const HALF_AN_HOUR = 30 * 60_000;
const HALF_A_DAY = 12 * 60 * 60_000;

/** How old a tap may get before it is no longer sent, in milliseconds: a bump of an hour ago speaks of another kitchen. */
export function ageLimit(name: CommandName): number {
  return name.startsWith('ticket.') ||
    name === 'item.ready' ||
    name === 'item.unready' ||
    name.startsWith('table.')
    ? HALF_AN_HOUR
    : HALF_A_DAY;
}

/** What a command acts on. Tickets and items belong to their order, so that a ready never overtakes its order. */
export function aggregateOf(input: object, orderOfTicket: (ticket: string) => string | null): string {
  const { order, ticket, table, item, option }: { [key: string]: unknown } = { ...input };
  if (typeof order === 'string') return `order:${order.toLowerCase()}`;
  if (typeof order === 'object' && order !== null && 'id' in order && typeof order.id === 'string')
    return `order:${order.id.toLowerCase()}`;
  if (typeof ticket === 'string') return `order:${orderOfTicket(ticket) ?? ticket}`;
  if (typeof table === 'string') return `table:${table}`;
  if (typeof item === 'string' || typeof option === 'string') return 'menu';
  return 'location';
}
