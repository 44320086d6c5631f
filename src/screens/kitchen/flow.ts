/**
 * Cards into columns: oldest first, down the column, then the next. A card that does not fit starts the next
 * column; one taller than a column continues there, part by part; nothing ever scrolls inside a card.
 */

/** Measured heights in CSS px: `head` (with its bands), each row, `foot`. */
export type Card = { id: string; head: number; rows: readonly number[]; foot: number };

/** Rows `from` (included) to `to` (not included) of a card, at `y` of its column. The first part has the head, the last the foot. */
export type Part = {
  id: string;
  from: number;
  to: number;
  part: number;
  parts: number;
  y: number;
  height: number;
};
export type Page = { columns: Part[][]; ids: string[] };

export type Room = {
  columns: number;
  /** Of a column. */
  height: number;
  gap: number;
  /** Of the strip above and below a part that continues. */
  strip: number;
  /** Of the cell `+n more`, with its gap. */
  more: number;
  /** The cell stands under all columns, not in the last one. */
  moreBelow: boolean;
};

type Loose = Omit<Part, 'parts'>;

/** All pages of the board. Page 1 always holds the oldest card. */
export function flow(cards: readonly Card[], room: Room): Page[] {
  const whole = fill(cards, () => room.height, room);
  if (whole.length <= room.columns) return pages(whole, room.columns);
  const height = (column: number): number =>
    room.moreBelow || column % room.columns === room.columns - 1 ? room.height - room.more : room.height;
  return pages(fill(cards, height, room), room.columns);
}

function fill(cards: readonly Card[], heightOf: (column: number) => number, room: Room): Loose[][] {
  const columns: Loose[][] = [[]];
  let used = 0;
  const column = (): Loose[] => columns.at(-1) ?? [];
  const left = (): number => heightOf(columns.length - 1) - used - (used > 0 ? room.gap : 0);
  const nextColumn = (): void => {
    columns.push([]);
    used = 0;
  };
  const put = (part: Omit<Loose, 'y' | 'height'>, height: number): void => {
    const y = used + (used > 0 ? room.gap : 0);
    used = y + height;
    column().push({ ...part, y, height });
  };

  for (const card of cards) {
    const height = card.head + sum(card.rows, 0, card.rows.length) + card.foot;
    if (height <= left()) {
      put({ id: card.id, from: 0, to: card.rows.length, part: 1 }, height);
      continue;
    }
    // Taller than any column: it is split anyway, so it may start here if a fair piece of it fits.
    const split = height > heightOf(columns.length);
    if (
      used > 0 &&
      !(
        split &&
        left() >= Math.max(heightOf(columns.length - 1) * 0.4, card.head + (card.rows[0] ?? 0) + room.strip)
      )
    )
      nextColumn();
    if (height <= left()) {
      put({ id: card.id, from: 0, to: card.rows.length, part: 1 }, height);
      continue;
    }
    let from = 0;
    for (let part = 1; ; part += 1) {
      const top = part === 1 ? card.head : room.strip;
      const rest = sum(card.rows, from, card.rows.length);
      if (top + rest + card.foot <= left()) {
        put({ id: card.id, from, to: card.rows.length, part }, top + rest + card.foot);
        break;
      }
      let to = from;
      let taken = top;
      while (to < card.rows.length && taken + (card.rows[to] ?? 0) + room.strip <= left())
        taken += card.rows[to++] ?? 0;
      // A row that is taller than a whole column is cut by nobody: it takes the column.
      if (to === from && to < card.rows.length) to += 1;
      put({ id: card.id, from, to, part }, left());
      from = to;
      nextColumn();
    }
  }
  return column().length === 0 && columns.length > 1 ? columns.slice(0, -1) : columns;
}

function pages(columns: readonly Loose[][], perPage: number): Page[] {
  const parts = new Map<string, number>();
  for (const part of columns.flat()) parts.set(part.id, Math.max(parts.get(part.id) ?? 0, part.part));
  const result: Page[] = [];
  for (let at = 0; at < Math.max(1, columns.length); at += perPage) {
    const mine = columns
      .slice(at, at + perPage)
      .map((column) => column.map((part): Part => ({ ...part, parts: parts.get(part.id) ?? 1 })));
    result.push({ columns: mine, ids: [...new Set(mine.flat().map((part) => part.id))] });
  }
  return result;
}

function sum(rows: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += 1) total += rows[at] ?? 0;
  return total;
}

/** Columns that fit: a card is never narrower than 380 px at density 1. */
export function columnsFor(width: number, density: number, gap = 12): number {
  const least = Math.max(280, 380 * density);
  return Math.max(1, Math.floor((width + gap) / (least + gap)));
}

/** The cards that are not on this page at all. */
export function notOn(page: readonly string[] | undefined, all: readonly string[]): string[] {
  const here = new Set(page ?? []);
  return all.filter((id) => !here.has(id));
}
