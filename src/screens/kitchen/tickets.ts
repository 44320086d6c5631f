import type { Sellable } from '../stock/eightySix.ts';
import type { LineView, StationView, TicketView } from '../../domain/entities.ts';
import { millis } from '../ui/time.ts';

/** What a station's board shows, from the tickets of its topic. Pure; `now` is the server's clock in ms. */

export type Urgency = 'held' | 'ok' | 'soon' | 'late';

/** How late a ticket is by its station's thresholds (seconds). A recalled ticket keeps its age. */
export function urgencyOf(
  ticket: Pick<TicketView, 'firedAt' | 'status'>,
  limits: Pick<StationView, 'warn' | 'late'>,
  now: number,
): Urgency {
  if (ticket.firedAt === null || ticket.status === 'held') return 'held';
  const age = (now - millis(ticket.firedAt)) / 1000;
  return age >= limits.late ? 'late' : age >= limits.warn ? 'soon' : 'ok';
}

/** Until a station's own thresholds are here: ten and fifteen minutes. */
export const USUAL_LIMITS: Pick<StationView, 'warn' | 'late'> = { warn: 600, late: 900 };

/** On the board: work to do, a hold, or a change that somebody has to see. Bumped tickets wait in the recall list. */
export function isOnBoard(ticket: TicketView): boolean {
  switch (ticket.status) {
    case 'new':
    case 'cooking':
    case 'held':
      return true;
    case 'ready':
    case 'voided':
      return ticket.ackRequired;
    case 'passed':
    case 'done':
    case 'auto_closed':
      return false;
  }
}

/** Rush first, then oldest first; holds last, by the time they fire. A card keeps its place until it goes. */
export function boardOrder(tickets: Iterable<TicketView>): TicketView[] {
  const rank = (ticket: TicketView): number => (ticket.status === 'held' ? 2 : ticket.rush ? 0 : 1);
  const time = (ticket: TicketView): string =>
    ticket.status === 'held' ? (ticket.fireAt ?? '9') : (ticket.firedAt ?? '9');
  return [...tickets].sort(
    (a, b) => rank(a) - rank(b) || compare(time(a), time(b)) || a.number - b.number || compare(a.id, b.id),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The last 50 that were bumped and can come back, latest first. `query` finds numbers, tables, codes and names. */
export function recallList(tickets: Iterable<TicketView>, query = ''): TicketView[] {
  const wanted = query.trim().toLowerCase().replace(/^#/, '');
  return [...tickets]
    .filter((ticket) => ticket.status === 'ready' && !ticket.ackRequired)
    .filter(
      (ticket) =>
        wanted === '' ||
        [String(ticket.number), ticket.table, ticket.displayId, ticket.guest?.name, ticket.server].some(
          (text) => text?.toLowerCase().includes(wanted),
        ),
    )
    .sort((a, b) => compare(b.readyAt ?? '', a.readyAt ?? ''))
    .slice(0, 50);
}

/** A line as painted: several equal ones are one, with their pieces added up. */
export type PaintedLine = {
  key: string;
  lines: readonly LineView[];
  name: string;
  /** Pieces that are wanted, without what was voided. */
  qty: number;
  ready: number;
  state: 'todo' | 'cooking' | 'partial' | 'ready' | 'held' | 'voided' | 'moved';
  modifiers: LineView['modifiers'];
  notes?: string;
  allergies: readonly string[];
  seat?: number;
  changed?: LineView['changed'];
  movedTo?: string;
  refire: boolean;
  open: boolean;
};

/** The lines of a card in order; what was voided or moved and seen is gone, equal lines are combined unless `split`. */
export function paintedLines(ticket: TicketView, split = false): PaintedLine[] {
  const painted: PaintedLine[] = [];
  const byKey = new Map<string, PaintedLine>();
  for (const line of ticket.lines) {
    const one = paint(line);
    if (one === null) continue;
    const same = split || one.changed !== undefined ? undefined : byKey.get(one.key);
    if (same === undefined) {
      painted.push(one);
      if (one.changed === undefined) byKey.set(one.key, one);
    } else {
      Object.assign(same, joined(same, one));
    }
  }
  return painted;
}

function paint(line: LineView): PaintedLine | null {
  const gone = line.status === 'voided' || line.movedTo !== undefined;
  if ((gone && line.changed === undefined) || line.status === 'refired') return null;
  const qty = line.status === 'voided' ? line.qty : line.qty - line.voidQty;
  const modifiers = sortModifiers(line.modifiers);
  return {
    // What may be cooked together: the same thing, done the same way, for nobody in particular.
    key: JSON.stringify([
      line.name,
      modifiers,
      line.notes ?? '',
      line.allergies,
      line.seat ?? 0,
      line.refireOf !== undefined,
      line.open === true,
    ]),
    lines: [line],
    name: line.name,
    qty,
    ready: line.readyQty,
    state: stateOf(line, qty),
    modifiers,
    notes: line.notes,
    allergies: line.allergies,
    seat: line.seat,
    changed: line.changed,
    movedTo: line.movedTo,
    refire: line.refireOf !== undefined,
    open: line.open === true,
  };
}

function stateOf(line: LineView, qty: number): PaintedLine['state'] {
  if (line.movedTo !== undefined) return 'moved';
  if (line.status === 'voided') return 'voided';
  if (line.status === 'held') return 'held';
  if (line.status === 'ready' || line.status === 'served' || line.readyQty >= qty) return 'ready';
  if (line.readyQty > 0) return 'partial';
  return line.status === 'started' ? 'cooking' : 'todo';
}

function joined(one: PaintedLine, other: PaintedLine): Partial<PaintedLine> {
  const qty = one.qty + other.qty;
  const ready = one.ready + other.ready;
  const cooking = one.state === 'cooking' || other.state === 'cooking';
  const state = ready >= qty ? 'ready' : ready > 0 ? 'partial' : cooking ? 'cooking' : one.state;
  return { lines: [...one.lines, ...other.lines], qty, ready, state };
}

/** Doneness and sides decide how it is cooked, so they stand first; then what is left out, then what is added. */
function sortModifiers(modifiers: LineView['modifiers']): LineView['modifiers'] {
  const rank = { choice: 0, remove: 1, add: 2 };
  return [...modifiers].sort((a, b) => rank[a.action] - rank[b.action]);
}

/** What one tap on a line asks for. A change is seen first; pieces become ready one by one; ready goes back. */
export type LineTap =
  | { act: 'acknowledge' }
  | { act: 'ready' | 'unready'; item: string; qty?: number }
  | { act: 'none' };

export function tapOf(painted: PaintedLine): LineTap {
  if (painted.changed !== undefined) return { act: 'acknowledge' };
  if (painted.state === 'held' || painted.state === 'voided' || painted.state === 'moved')
    return { act: 'none' };
  const next = painted.lines.find((line) => line.readyQty < line.qty - line.voidQty);
  if (next === undefined) {
    const last = painted.lines.at(-1);
    return last === undefined ? { act: 'none' } : { act: 'unready', item: last.item };
  }
  const single = painted.lines.length === 1 && next.qty - next.voidQty === 1;
  return { act: 'ready', item: next.item, ...(!single && next.qty - next.voidQty > 1 && { qty: 1 }) };
}

/** Would this tap make the whole ticket ready, so that its card goes? */
export function isLastTap(ticket: TicketView, tap: LineTap): boolean {
  if (tap.act !== 'ready') return false;
  return ticket.lines.every((line) => {
    const live = line.qty - line.voidQty;
    if (
      line.status === 'voided' ||
      line.status === 'refired' ||
      line.status === 'served' ||
      line.movedTo !== undefined
    )
      return true;
    const added = line.item === tap.item ? (tap.qty ?? live) : 0;
    return line.readyQty + added >= live;
  });
}

/** Who is allergic to what, for the band: the order's own, then seat by seat. */
export function allergiesOf(ticket: TicketView): { seat?: number; words: string[] }[] {
  const bySeat = new Map<number, Set<string>>();
  const all = new Set(ticket.allergies);
  for (const line of ticket.lines) {
    if (line.status === 'voided' || line.movedTo !== undefined) continue;
    for (const word of line.allergies) {
      if (all.has(word)) continue;
      const seat = line.seat ?? 0;
      bySeat.set(seat, (bySeat.get(seat) ?? new Set()).add(word));
    }
  }
  const list: { seat?: number; words: string[] }[] = all.size > 0 ? [{ words: [...all] }] : [];
  for (const [seat, words] of [...bySeat].sort(([a], [b]) => a - b))
    list.push({ ...(seat > 0 && { seat }), words: [...words] });
  return list;
}

/** What stands on the band, as one text: another allergy makes another band, open again. */
export function allergyKey(ticket: TicketView): string {
  return JSON.stringify(allergiesOf(ticket));
}

export type DayCount = { name: string; toStart: number; cooking: number };

/** What is still to be made, over all open tickets: never a counter of its own, always the tickets themselves. */
export function allDay(tickets: Iterable<TicketView>): { counts: DayCount[]; held: number } {
  const counts = new Map<string, DayCount>();
  let held = 0;
  for (const ticket of tickets) {
    if (!isOnBoard(ticket)) continue;
    for (const line of ticket.lines) {
      const left = line.qty - line.voidQty - line.readyQty;
      if (
        left <= 0 ||
        line.movedTo !== undefined ||
        line.status === 'voided' ||
        line.status === 'refired' ||
        line.status === 'served'
      )
        continue;
      if (line.status === 'held' || ticket.status === 'held') {
        held += left;
        continue;
      }
      const count = counts.get(line.name) ?? { name: line.name, toStart: 0, cooking: 0 };
      if (line.status === 'fired') count.toStart += left;
      else count.cooking += left;
      counts.set(line.name, count);
    }
  }
  return {
    counts: [...counts.values()].sort(
      (a, b) => b.toStart + b.cooking - a.toStart - a.cooking || compare(a.name, b.name),
    ),
    held,
  };
}

/** The word a ticket is shouted by: table, the platform's code, the guest, else its number. */
export function codeOf(
  ticket: Pick<TicketView, 'table' | 'displayId' | 'guest' | 'number'> & { platform?: { number: string } },
): string {
  return (
    ticket.table ?? ticket.displayId ?? ticket.platform?.number ?? ticket.guest?.name ?? `#${ticket.number}`
  );
}

/** What of a ticket can be said to be sold out: its dishes, and what was chosen or added to them. */
export function sellableOn(ticket: TicketView): Sellable[] {
  const dishes = new Map<string, Sellable>();
  for (const { menuItem: item, name, modifiers } of ticket.lines) {
    if (item === undefined) continue;
    const options = new Map(dishes.get(item)?.options.map((one) => [one.id, one]));
    for (const { option, action, name: words } of modifiers)
      if (option !== undefined && action !== 'remove') options.set(option, { id: option, name: words });
    dishes.set(item, { item, name, options: [...options.values()] });
  }
  return [...dishes.values()];
}
