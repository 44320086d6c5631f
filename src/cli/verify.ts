import { readEvent } from '../domain/events.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { UNROUTED } from '../domain/place.ts';
import { ticketLines } from '../domain/order.ts';
import { STATE_VERSION, freeze } from '../domain/snapshot.ts';
import { emptyLocation } from '../domain/state.ts';
import type { LocationState } from '../domain/state.ts';
import { instant } from '../domain/text.ts';
import { canonicalJson } from '../edge/canonical.ts';
import { houseRules } from '../location/houseRules.ts';
import type { Log } from '../log/types.ts';
import { LogCorrupt } from '../log/types.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { mustExist, withWorkshop } from './workshop.ts';

/** A ticket that was fired in the time asked for. */
export type TicketProof = {
  readonly ticket: string;
  readonly station: string;
  readonly number: number | null;
  readonly firedAt: string;
  heardAt: string | null;
  ended: 'cancelled' | 'voided' | null;
};

export type Proof = {
  readonly events: number;
  readonly head: number;
  readonly tickets: readonly TicketProof[];
  readonly state: LocationState;
};

/** `heard verify`: exit 0 when the log is whole and every ticket was heard, 1 with the list of those that were not. */
export const verify: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  });
  const location = must('--location', values.location);
  const from = readTime('--from', values.from);
  const to = readTime('--to', values.to);
  return withWorkshop(terminal, async ({ log }) => {
    await mustExist({ log }, location);
    let proof: Proof;
    try {
      proof = await proveLog(log, location, from, to);
    } catch (error) {
      if (!(error instanceof LogCorrupt)) throw error;
      terminal.out(`WRONG: ${error.message}`);
      return 1;
    }
    terminal.out(
      `log: ${proof.head} events, 1 to ${proof.head} without a gap, every one understood, and the newest snapshot agrees with them`,
    );
    const heard = proof.tickets.filter((one) => one.heardAt !== null);
    const waits = heard
      .map((one) => Date.parse(one.heardAt ?? one.firedAt) - Date.parse(one.firedAt))
      .sort((a, b) => a - b);
    terminal.out(
      `tickets: ${proof.tickets.length} fired, ${heard.length} heard${waits.length === 0 ? '' : `, median ${quantile(waits, 0.5)} ms, p99 ${quantile(waits, 0.99)} ms`}`,
    );
    const missed = proof.tickets.filter((one) => one.heardAt === null);
    for (const one of missed) {
      const why =
        one.ended === null
          ? one.station === UNROUTED
            ? 'no station makes it'
            : 'NOT HEARD'
          : `${one.ended} before it was heard`;
      terminal.out(
        `  ${why}: #${one.number ?? '?'} at ${one.station}, fired ${one.firedAt} (ticket ${one.ticket})`,
      );
    }
    return missed.some((one) => one.ended === null) ? 1 : 0;
  });
};

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

function readTime(flag: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  const parsed = instant.safeParse(value);
  if (!parsed.success) throw new UsageError(`${flag} must be an RFC 3339 time such as 2026-01-31T18:30:00Z`);
  return parsed.data;
}

const PAGE = 5_000;

/**
 * Reads the whole log of a location and evolves it from nothing: the numbers have no gap (readTail throws), time never
 * falls, every event is understood, and the newest snapshot plus its tail is the same state. Throws LogCorrupt otherwise.
 */
export async function proveLog(
  log: Pick<Log, 'readTail' | 'readHeads' | 'loadSnapshot'>,
  location: string,
  from: string | null,
  to: string | null,
): Promise<Proof> {
  const head = (await log.readHeads([location])).get(location) ?? 0;
  const snapshot = await log.loadSnapshot(location, STATE_VERSION, head);
  let state = emptyLocation(location);
  let short: LocationState | null = snapshot === null ? null : houseRules.thaw(snapshot.state);
  const tickets = new Map<string, TicketProof[]>();
  let last = '';
  while (state.head < head) {
    const page = await log.readTail(location, state.head, Math.min(PAGE, head - state.head));
    if (page.length === 0)
      throw new LogCorrupt(location, `it ends at ${state.head}, but its head is ${head}`);
    for (const stored of page) {
      const event = readEvent(stored);
      if (event === null)
        throw new LogCorrupt(
          location,
          `event ${stored.seq} (${stored.type} v${stored.v}) is not one that this version knows`,
        );
      if (event.at < last)
        throw new LogCorrupt(location, `event ${event.seq} is older than the one before it`);
      last = event.at;
      state = evolve(state, event);
      if (short !== null && event.seq > short.head) short = evolve(short, event);
      note(tickets, state, event, from, to);
    }
  }
  if (short !== null && canonicalJson(freeze(short)) !== canonicalJson(freeze(state))) {
    throw new LogCorrupt(
      location,
      `the snapshot at ${snapshot?.seq ?? 0} and the events after it do not make the state that the whole log makes`,
    );
  }
  return { events: head, head, tickets: [...tickets.values()].flat(), state };
}

function note(
  tickets: Map<string, TicketProof[]>,
  state: LocationState,
  event: LoggedEvent,
  from: string | null,
  to: string | null,
): void {
  if (event.type === 'ticket.fired') {
    if ((from !== null && event.at < from) || (to !== null && event.at >= to)) return;
    const { ticket, station, order } = event.data;
    const number = state.orders.get(order)?.number ?? null;
    const proof: TicketProof = { ticket, station, number, firedAt: event.at, heardAt: null, ended: null };
    tickets.set(ticket, [...(tickets.get(ticket) ?? []), proof]);
  } else if (event.type === 'ticket.heard') {
    for (const proof of tickets.get(event.data.ticket) ?? []) proof.heardAt ??= event.at;
  } else if (event.type === 'order.cancelled' || event.type === 'item.voided') {
    const order = state.orders.get(event.data.order);
    for (const ticket of order?.tickets ?? []) {
      const gone =
        event.type === 'order.cancelled' ||
        (order !== undefined && ticketLines(order, ticket).every(({ item }) => item.voidQty >= item.qty));
      if (gone)
        for (const proof of tickets.get(ticket.id) ?? [])
          if (proof.heardAt === null) proof.ended = event.type === 'order.cancelled' ? 'cancelled' : 'voided';
    }
  }
}
