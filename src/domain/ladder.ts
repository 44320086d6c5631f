import type { Command, Rung } from './commands.ts';
import type { LocationConfig } from './config.ts';
import { nameId } from './ids.ts';
import { UNROUTED } from './place.ts';
import { type Order, type Ticket, isOpen, onBoard, ticketStatus } from './order.ts';
import { toMillis } from './text.ts';

/**
 * The unheard ladder: what happens when no screen has painted a ticket. Each rung once an episode, and it stops at the
 * first hear, or when somebody works on it; paper stops what comes after it, though a screen is still asked.
 *
 * The clock starts at the fire or the episode, but never before the server has been back for a while: a restart must
 * not cook twice. For the same reason, what shows food elsewhere wants the station's screens gone, not merely slow.
 */

/** What the location layer knows of a place's screens at this moment. */
export type House = {
  /** When the server that looks became ready (RFC 3339). */
  readyAt: string;
  /** Since when the station has no live screen that counts; null: it has one. */
  goneSince(station: string): string | null;
};

/** The same in milliseconds since 1970: these rules run with every event, and reading times costs more than the rest. */
export type Watch = { settledAt: number; goneSince(station: string): number | null };

/** Something that will be due (ms since 1970), unless what it waits for happens before. The command is only made when it is wanted. */
export type Upcoming = { at: number; command: () => Command };

const RUNG_MS: Record<Rung, number> = { 1: 8_000, 2: 12_000, 3: 15_000, 4: 30_000, 5: 60_000, 6: 180_000 };
/** Screens find their way back after a restart in this time. */
const SETTLE_MS = 15_000;
/** A station without a live screen for so long is deaf: its tickets go elsewhere at once. */
const DEAF_MS = 20_000;
/** Who asked longer ago is not cooked from paper or called for any more: a server that was away for a night tells the pass alone. */
const STALE_MS = 3_600_000;
/** A change that nobody tapped. */
const UNSEEN_MS = 60_000;

/** What is known of the screens, read once for a look at everything. */
export function watchOf(house: House): Watch {
  const gone = new Map<string, number | null>();
  return {
    settledAt: millis(house.readyAt) + SETTLE_MS,
    goneSince(station) {
      const known = gone.get(station);
      if (known !== undefined) return known;
      const since = house.goneSince(station);
      const read = since === null ? null : millis(since);
      gone.set(station, read);
      return read;
    },
  };
}

/** Of an unheard ticket that somebody must still learn of: fired, on the board, not heard, not touched. */
export function asks(order: Order, ticket: Ticket): boolean {
  if (ticket.firedAt === null || ticket.heardAt !== undefined || ticket.knownIn === ticket.episode)
    return false;
  const status = ticketStatus(order, ticket);
  return isOpen(order) && (status === 'new' || status === 'cooking');
}

/** Does paper of the present episode exist? What was printed before a change does not tell of it. */
export function isPrinted(ticket: Ticket): boolean {
  return ticket.printed?.episode === ticket.episode;
}

/** May this rung still be climbed? The same question when it falls due and when it is decided. */
export function isOpenRung(order: Order, ticket: Ticket, rung: Rung): boolean {
  if (ticket.rungs.includes(rung) || !asks(order, ticket)) return false;
  return rung === 1 || !isPrinted(ticket);
}

/** The station that shows a ticket as well when its own screens are gone; the pass may be one. */
export function backupOf(config: LocationConfig | null, station: string): string | undefined {
  const backup = config?.stations.find(({ id }) => id === station)?.backup;
  if (!config || backup === undefined || backup === station) return undefined;
  return backup === config.expo.id || config.stations.some(({ id }) => id === backup) ? backup : undefined;
}

/** Where a station's tickets are printed: its own printer, or the only one of the house. */
export function printerOf(config: LocationConfig | null, station: string): string | undefined {
  const printers = config?.printers ?? [];
  const own = config?.stations.find(({ id }) => id === station)?.printer;
  if (own !== undefined && printers.some(({ id }) => id === own)) return own;
  return printers.length === 1 ? printers[0]?.id : undefined;
}

/** The rungs that a ticket still has before it. Without `watch` nothing is known of its screens: none of 2 and 3. */
export function* ladderOf(
  order: Order,
  ticket: Ticket,
  config: LocationConfig | null,
  watch: Watch | null,
): Generator<Upcoming> {
  if (!asks(order, ticket)) return;
  const { station, firedAt, episodeAt } = ticket;
  const asked = firedAt !== null && firedAt > episodeAt ? firedAt : episodeAt;
  const since = millis(asked);
  const start = Math.max(since, watch?.settledAt ?? 0);
  const gone = watch?.goneSince(station) ?? null;
  const isDeaf = gone !== null && gone + DEAF_MS <= start;
  for (const rung of [1, 2, 3, 4, 5, 6] as const) {
    if (ticket.rungs.includes(rung) || (rung > 1 && isPrinted(ticket))) continue;
    const elsewhere = rung === 2 || rung === 3;
    if (elsewhere && gone === null) continue;
    const to = rung === 2 ? backupOf(config, station) : undefined;
    const printer = rung === 3 ? printerOf(config, station) : undefined;
    if (elsewhere && to === undefined && printer === undefined) continue;
    const ms = RUNG_MS[rung];
    const at = elsewhere && gone !== null ? (isDeaf ? start : Math.max(start, gone) + ms) : start + ms;
    if (rung !== 4 && at - since > STALE_MS) continue;
    const deaf = gone !== null && gone + DEAF_MS <= at;
    yield { at, command: () => climb(ticket, rung, deaf, to, printer) };
  }
}

function climb(
  { id, episode }: Ticket,
  rung: Rung,
  deaf: boolean,
  to: string | undefined,
  printer: string | undefined,
): Command {
  return {
    id: nameId('rung', id, String(episode), String(rung)),
    name: 'ticket.escalate',
    input: {
      ticket: id,
      episode,
      rung,
      deaf,
      ...(to !== undefined && { to }),
      ...(printer !== undefined && { printer }),
    },
  };
}

/** The moment at which the pass is told of changes that nobody tapped. */
export function* unseenOf(order: Order, ticket: Ticket, watch: Watch | null): Generator<Upcoming> {
  if (ticket.pending.length === 0) return;
  const waiting = waitingChanges(ticket);
  const [first] = waiting;
  const last = waiting.at(-1);
  if (!first || !last || ticket.station === UNROUTED || !onBoard(order, ticket)) return;
  yield {
    at: Math.max(millis(first.at), watch?.settledAt ?? 0) + UNSEEN_MS,
    command: () => ({
      id: nameId('unseen', ticket.id, String(last.seq)),
      name: 'change.escalate',
      input: { ticket: ticket.id, upTo: last.seq },
    }),
  };
}

/** Changes without a tap of which the pass was not told yet. */
export function waitingChanges(ticket: Ticket): Ticket['pending'] {
  return ticket.pending.filter(({ seq }) => seq > ticket.unseenUpTo);
}

function millis(at: string): number {
  return toMillis(at) ?? 0;
}
