import type { Showing } from './liveTickets.ts';

/** What other nodes say of young tickets: how many of their screens were given one, and how many painted it. */

/** A row as it travels: ticket, station, version, sent, screens, ms until it was heard (or null). */
export type TicketRow = readonly [
  id: string,
  station: string,
  version: number,
  sent: number,
  screens: number,
  heardMs: number | null,
];

const INTEREST_MS = 60_000;
const MOST_ROWS = 200;
const MOST_NODES = 64;
const LONGEST = 80;

type Said = {
  readonly version: number;
  readonly sent: number;
  readonly screens: number;
  readonly at: number;
};

export class ForeignTickets {
  readonly #byTicket = new Map<string, Map<string, Said>>();

  /** Takes note of what a node says; later words replace earlier ones. */
  take(node: string, rows: readonly TicketRow[], now: number): void {
    for (const [id, , version, sent, screens] of rows) {
      const nodes = this.#byTicket.get(id) ?? new Map<string, Said>();
      // Moved to the end: what was spoken of longest ago is forgotten first.
      this.#byTicket.delete(id);
      this.#byTicket.set(id, nodes);
      if (nodes.size < MOST_NODES || nodes.has(node)) nodes.set(node, { version, sent, screens, at: now });
      if (this.#byTicket.size > MOST_ROWS) this.#byTicket.delete(this.#byTicket.keys().next().value ?? '');
    }
  }

  /** All other nodes together, at this version of the ticket. */
  sum(id: string, version: number, now: number): Showing {
    let [sent, screens] = [0, 0];
    for (const said of this.#byTicket.get(id)?.values() ?? []) {
      if (said.version < version || now - said.at > INTEREST_MS) continue;
      sent += said.sent;
      screens += said.screens;
    }
    return { sent, screens };
  }

  forget(id: string): void {
    this.#byTicket.delete(id);
  }
}

/** Reads what came over the wire; null for what is no such list. */
export function readTicketRows(data: unknown): TicketRow[] | null {
  if (!Array.isArray(data) || data.length > MOST_ROWS) return null;
  const rows: TicketRow[] = [];
  for (const row of data) {
    if (!Array.isArray(row)) return null;
    const [id, station, version, sent, screens, heardMs]: unknown[] = row;
    if (!isWord(id) || !isWord(station) || !isCount(version) || !isCount(sent) || !isCount(screens))
      return null;
    if (heardMs !== null && !isCount(heardMs)) return null;
    rows.push([id, station, version, sent, screens, heardMs]);
  }
  return rows;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
