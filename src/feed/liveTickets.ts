import type { TicketView } from '../domain/entities.ts';
import type { TicketRow } from './foreignTickets.ts';

/**
 * How many screens have a ticket, while it is young: never in the log, latest wins. `sent` are screens whose socket was
 * given it, `screens` those that painted it in front of somebody.
 */

/** A ticket is of interest until so long after it last changed. */
const INTEREST_MS = 60_000;
const MOST = 200;

export type Showing = { readonly sent: number; readonly screens: number };
type Known = {
  station: string;
  /** Stations whose screens show it: its own first. */
  shownAt: readonly string[];
  version: number;
  heardMs: number | undefined;
  since: number;
  /** As readers were told last: -1 for never. */
  sent: number;
  screens: number;
  toldHeardMs: number | undefined;
  /** As it was last said to the other nodes. */
  said: string;
};

const NOT_TOLD = { sent: -1, screens: -1, toldHeardMs: undefined };

export class LiveTickets {
  readonly #known = new Map<string, Known>();

  get size(): number {
    return this.#known.size;
  }

  /** A station was shown this ticket anew. */
  note(ticket: TicketView, now: number): void {
    if (ticket.firedAt === null) return;
    const askedAt = Date.parse(ticket.delivery.askedAt ?? ticket.firedAt);
    const heardAt = ticket.delivery.heardAt;
    this.#known.delete(ticket.id);
    this.#known.set(ticket.id, {
      station: ticket.station,
      shownAt: [ticket.station, ...(ticket.delivery.to === undefined ? [] : [ticket.delivery.to])],
      version: ticket.version,
      heardMs: heardAt === undefined ? undefined : Math.max(0, Date.parse(heardAt) - askedAt),
      since: now,
      ...NOT_TOLD,
      said: '',
    });
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  /** Another node showed this ticket to a station; here nobody may look at it. */
  noteForeign([id, station, version, , , heardMs]: TicketRow, now: number): void {
    const known = this.#known.get(id);
    if (known !== undefined && known.version >= version) {
      known.heardMs ??= heardMs ?? undefined;
      return;
    }
    this.#known.set(id, {
      station,
      shownAt: known?.shownAt ?? [station],
      version,
      heardMs: heardMs ?? known?.heardMs,
      since: now,
      ...NOT_TOLD,
      said: '',
    });
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  /** What this node has to say to the others since the last time. */
  news(showing: (stations: readonly string[], version: number) => Showing): TicketRow[] {
    const rows: TicketRow[] = [];
    for (const [id, known] of this.#known) {
      const { sent, screens } = showing(known.shownAt, known.version);
      const row: TicketRow = [id, known.station, known.version, sent, screens, known.heardMs ?? null];
      const said = `${known.version} ${sent} ${screens} ${known.heardMs ?? ''}`;
      // Who never had a screen for it has nothing to say.
      if (said === known.said || (known.said === '' && sent === 0)) continue;
      known.said = said;
      rows.push(row);
    }
    return rows;
  }

  forget(ticket: string): void {
    this.#known.delete(ticket);
  }

  /** Data that changed since the last call (or all of it): ticket id and JSON. */
  changed(
    showing: (stations: readonly string[], version: number, id: string) => Showing,
    now: number,
    all = false,
  ): [id: string, data: string][] {
    const changed: [string, string][] = [];
    for (const [id, known] of this.#known) {
      if (now - known.since > INTEREST_MS) {
        this.#known.delete(id);
        continue;
      }
      const { sent, screens } = showing(known.shownAt, known.version, id);
      const isTold = sent === known.sent && screens === known.screens && known.heardMs === known.toldHeardMs;
      if (isTold && !all) continue;
      if (!all) [known.sent, known.screens, known.toldHeardMs] = [sent, screens, known.heardMs];
      changed.push([
        id,
        JSON.stringify({
          station: known.station,
          sent,
          screens,
          ...(known.heardMs !== undefined && { heardMs: known.heardMs }),
        }),
      ]);
    }
    return changed;
  }
}
