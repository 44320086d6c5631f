import type { LoggedEvent } from '../domain/events.ts';
import { asks, isPrinted } from '../domain/ladder.ts';
import { type Order, type Ticket, onBoard, ticketStatus } from '../domain/order.ts';
import type { LocationState } from '../domain/state.ts';
import { findByTicket } from '../domain/state.ts';
import { PlatformAudit } from './platformAudit.ts';

/**
 * What became of everything that asked to be noticed, from the log alone: each fire, recall and change until a screen
 * painted it, paper told of it, somebody worked on it, or the house told somebody that nobody had.
 */

export type Cause = 'fire' | 'recall' | 'change';
export type Climbed = { readonly rung: number; readonly at: string; readonly deaf: boolean };

/** One episode of a ticket: from its asking to be heard until that came to something. */
export type TicketProof = {
  readonly ticket: string;
  readonly station: string;
  readonly number: number | null;
  readonly episode: number;
  readonly cause: Cause;
  readonly since: string;
  heardAt: string | null;
  printedAt: string | null;
  /** Somebody worked on it, or tapped its changes, without a receipt. */
  knownAt: string | null;
  readonly rungs: Climbed[];
  /** Why it no longer asks, though nobody noticed. `changed`: the next episode took its place. */
  ended: 'cancelled' | 'voided' | 'changed' | 'closed' | null;
};

/** A change that wants a tap. */
export type ChangeProof = {
  readonly ticket: string;
  readonly station: string;
  readonly number: number | null;
  readonly seq: number;
  readonly since: string;
  tappedAt: string | null;
  toldAt: string | null;
  /** It left the board before. */
  ended: boolean;
};

export type PaperProof = {
  asked: number;
  printed: number;
  failed: { at: string; printer: string; reason: string }[];
};

export class Audit {
  readonly tickets: TicketProof[] = [];
  readonly changes: ChangeProof[] = [];
  readonly paper: PaperProof = { asked: 0, printed: 0, failed: [] };
  readonly platforms = new PlatformAudit((at) => this.#isIn(at));
  canaries = 0;
  refused = 0;
  readonly #asking = new Map<string, TicketProof>();
  readonly #untapped = new Map<string, ChangeProof[]>();
  readonly #from: string | null;
  readonly #to: string | null;

  /** Episodes and changes that began before `from`, or at `to` or later, are left out. */
  constructor(from: string | null, to: string | null) {
    this.#from = from;
    this.#to = to;
  }

  /** The next event of the log, and the state that has it. */
  add(event: LoggedEvent, after: LocationState): void {
    for (const { kind, id } of after.touched) {
      if (kind !== 'ticket') continue;
      const found = findByTicket(after, id);
      this.#follow(id, found, event);
      this.#followChanges(id, found, event);
    }
    this.platforms.add(event, after);
    if (this.#isIn(event.at)) this.#count(event);
  }

  #isIn(at: string): boolean {
    return (this.#from === null || at >= this.#from) && (this.#to === null || at < this.#to);
  }

  #follow(id: string, found: { order: Order; ticket: Ticket } | null, event: LoggedEvent): void {
    const open = this.#asking.get(id);
    if (open && found?.ticket.episode === open.episode) {
      const { order, ticket } = found;
      if (event.type === 'ticket.unheard' && event.data.ticket === id)
        open.rungs.push({ rung: event.data.rung, at: event.at, deaf: event.data.deaf });
      if (isPrinted(ticket)) open.printedAt ??= event.at;
      if (asks(order, ticket)) return;
      if (ticket.heardAt !== undefined) open.heardAt = event.at;
      // A bump is a tap too: whoever readies all of it knows of it.
      else if (ticket.knownIn === open.episode || ticketStatus(order, ticket) === 'ready')
        open.knownAt = event.at;
      else open.ended = whyEnded(found);
    } else if (open) {
      open.ended = whyEnded(found);
    }
    this.#asking.delete(id);
    if (!found || !asks(found.order, found.ticket) || !this.#isIn(event.at)) return;
    const { order, ticket } = found;
    const proof: TicketProof = {
      ticket: id,
      station: ticket.station,
      number: order.number,
      episode: ticket.episode,
      cause: event.type === 'ticket.fired' ? 'fire' : event.type === 'ticket.recalled' ? 'recall' : 'change',
      since: event.at,
      heardAt: null,
      printedAt: null,
      knownAt: null,
      rungs: [],
      ended: null,
    };
    this.#asking.set(id, proof);
    this.tickets.push(proof);
  }

  #followChanges(id: string, found: { order: Order; ticket: Ticket } | null, event: LoggedEvent): void {
    const waiting = this.#untapped.get(id) ?? [];
    const pending = new Set(found?.ticket.pending.map(({ seq }) => seq));
    const shown = found !== null && onBoard(found.order, found.ticket);
    for (const change of waiting) {
      if (found && change.seq <= found.ticket.unseenUpTo) change.toldAt ??= event.at;
      if (event.type === 'ticket.acknowledged' && !pending.has(change.seq)) change.tappedAt = event.at;
      else if (!shown || !pending.has(change.seq)) change.ended = true;
    }
    const left = waiting.filter((change) => change.tappedAt === null && !change.ended);
    if (found && shown && pending.has(event.seq) && this.#isIn(event.at)) {
      const { order, ticket } = found;
      const change: ChangeProof = {
        ticket: id,
        station: ticket.station,
        number: order.number,
        seq: event.seq,
        since: event.at,
        tappedAt: null,
        toldAt: null,
        ended: false,
      };
      this.changes.push(change);
      left.push(change);
    }
    if (left.length > 0) this.#untapped.set(id, left);
    else this.#untapped.delete(id);
  }

  #count(event: LoggedEvent): void {
    if (event.type === 'print.asked' || (event.type === 'ticket.unheard' && event.data.rung === 3))
      this.paper.asked += 1;
    else if (event.type === 'ticket.printed') this.paper.printed += 1;
    else if (event.type === 'print.failed')
      this.paper.failed.push({ at: event.at, printer: event.data.printer, reason: event.data.reason });
    else if (event.type === 'station.proved') this.canaries += 1;
    else if (event.type === 'policy.refused') this.refused += 1;
  }
}

/** Why a ticket stopped asking though nobody noticed it. */
function whyEnded(found: { order: Order; ticket: Ticket } | null): TicketProof['ended'] {
  if (!found) return 'closed';
  if (found.order.cancelled) return 'cancelled';
  if (ticketStatus(found.order, found.ticket) === 'voided') return 'voided';
  return asks(found.order, found.ticket) ? 'changed' : 'closed';
}

/** The rungs that tell a person, and are the house's word that nobody is left guessing. */
const TOLD_FROM = 4;

/** Neither heard nor printed nor worked on, and nobody was told; what was taken back before that is excused. */
export function isMissed(proof: TicketProof): boolean {
  const noticed = proof.heardAt ?? proof.printedAt ?? proof.knownAt;
  return noticed === null && proof.ended === null && !isTold(proof);
}

export function isTold({ rungs }: TicketProof): boolean {
  return rungs.some(({ rung }) => rung >= TOLD_FROM);
}
