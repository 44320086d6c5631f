import type { TicketView } from '../../domain/entities.ts';

/**
 * What stands on a kitchen ticket of 80 mm paper: 42 columns, no colour, so signs do the work. Pure: the words and where
 * they stand; `escpos.ts` makes bytes of them.
 */

/** Columns of font A on 80 mm paper; a line of double width has half of them. */
export const COLUMNS = 42;
const WIDE = COLUMNS / 2;

/** One line of paper. `wide`: double height and width; `inverse`: white on black. */
export type PaperLine = {
  readonly text: string;
  readonly wide?: true;
  readonly bold?: true;
  readonly inverse?: true;
};
export type Paper = { readonly lines: readonly PaperLine[]; readonly barcode: string };

/** Why this paper came out; it decides what stands above everything else. */
export type PaperHead = {
  /** No screen painted it in time. */
  readonly unheard?: boolean;
  /** The reprint's count and who asked; absent on a first copy. */
  readonly reprint?: { readonly copy: number; readonly by: string };
  /** An attempt before this one may have printed. */
  readonly duplicate?: boolean;
};

export type PaperHouse = {
  /** The kitchen's name of a station. */
  readonly station: (id: string) => string;
  /** A time as it stands on the wall of the kitchen: `19:41:51`. */
  readonly clock: (at: string) => string;
  /** RFC 3339: when this is printed. */
  readonly now: string;
};

const TYPES = { dine_in: 'D', takeout: 'G', delivery: 'V', counter: 'C' } as const;
const RULE = '='.repeat(COLUMNS);
const LINE = '-'.repeat(COLUMNS);

/** The paper of a ticket as it is now. */
export function layOut(ticket: TicketView, head: PaperHead, house: PaperHouse): Paper {
  const lines: PaperLine[] = [
    ...headLines(ticket, head, house),
    { text: RULE },
    ...whoLines(ticket, house),
    { text: RULE },
    ...allergyLines(ticket),
    ...ticket.lines.flatMap(itemLines),
    ...(ticket.notes === undefined ? [] : wrapped(`>> ${ticket.notes}`, 3, COLUMNS)),
    { text: LINE },
    { text: footOf(ticket) },
    { text: RULE },
  ];
  return { lines, barcode: ticket.id };
}

function* headLines(ticket: TicketView, head: PaperHead, house: PaperHouse): Generator<PaperLine> {
  const wide = (text: string): PaperLine[] => wrapped(text, 0, WIDE).map((line) => ({ ...line, wide: true }));
  if (head.duplicate === true) yield* wide('DUPLICATE');
  if (head.unheard === true) yield* wide(`SCREEN DOWN - PRINTED ${house.clock(house.now)}`);
  if (head.reprint !== undefined)
    yield* wide(
      `REPRINT ${head.reprint.copy} ${house.clock(house.now).slice(0, 5)} ${head.reprint.by}`.trimEnd(),
    );
  if (ticket.status === 'voided') yield* wide('VOID');
  if (ticket.rush) yield* wide('RUSH');
}

function* whoLines(ticket: TicketView, house: PaperHouse): Generator<PaperLine> {
  const type = ticket.source === 'phone' ? 'P' : TYPES[ticket.type];
  const place =
    ticket.table === undefined
      ? (ticket.displayId ?? ticket.guest?.name ?? '')
      : ticket.table + (ticket.movedFrom === undefined ? '' : ` <- ${ticket.movedFrom}`);
  yield { text: apart(`${type} ${place}`.trim(), `#${ticket.number}`, WIDE), wide: true };
  const at = ticket.firedAt === null ? '' : house.clock(ticket.firedAt);
  yield { text: apart(house.station(ticket.station).toUpperCase(), at, COLUMNS), bold: true };
  const who = [ticket.server, ticket.covers === undefined ? undefined : `${ticket.covers} covers`]
    .filter((part) => part !== undefined)
    .join('   ');
  const also = ticket.also.map((id) => house.station(id).toUpperCase()).join(' ');
  if (who !== '' || also !== '')
    yield* wrapped(apart(who, also === '' ? '' : `also: ${also}`, COLUMNS), 0, COLUMNS);
  if (ticket.displayId !== undefined && ticket.table !== undefined) yield { text: ticket.displayId };
  if (ticket.promisedAt !== undefined)
    yield { text: `promised ${house.clock(ticket.promisedAt).slice(0, 5)}` };
  if (ticket.course !== undefined) yield { text: `course ${ticket.course}` };
  if (ticket.addOn) yield { text: filled(`-- ADD-ON ${at.slice(0, 5)} `, '-') };
}

/** All of the ticket's allergies in one place, before anything that is cooked. */
function* allergyLines(ticket: TicketView): Generator<PaperLine> {
  const seats = new Map<string, Set<number>>();
  for (const name of ticket.allergies) seats.set(name, seats.get(name) ?? new Set());
  for (const line of ticket.lines)
    for (const name of line.allergies) {
      const set = seats.get(name) ?? new Set<number>();
      if (line.seat !== undefined) set.add(line.seat);
      seats.set(name, set);
    }
  if (seats.size === 0) return;
  for (const [name, at] of seats) {
    const text = `ALLERGY: ${name.toUpperCase()}${at.size === 0 ? '' : `   seat ${[...at].join(', ')}`}`;
    for (const line of wrapped(text, 0, COLUMNS - 6))
      yield { text: `!! ${line.text.padEnd(COLUMNS - 6)} !!`, bold: true, inverse: true };
  }
  yield { text: LINE };
}

function itemLines(line: TicketView['lines'][number]): PaperLine[] {
  const gone = line.status === 'voided' || line.status === 'refired' || line.movedTo !== undefined;
  const left = line.qty - line.voidQty;
  const qty = gone ? line.qty : left;
  const word = gone
    ? line.movedTo === undefined
      ? 'VOID '
      : 'MOVED '
    : line.refireOf === undefined
      ? ''
      : 'REFIRE ';
  const lines: PaperLine[] = wrapped(`${word}${qty} ${line.name}`, 2, WIDE).map((one) => ({
    ...one,
    wide: true,
  }));
  if (line.changed !== undefined && !gone)
    lines.push(...wrapped(`CHANGED ${line.changed.from} -> ${line.changed.to}`, 5, COLUMNS, 3));
  const order = { remove: 0, add: 1, choice: 2 };
  for (const modifier of line.modifiers.toSorted((a, b) => order[a.action] - order[b.action])) {
    const sign = modifier.action === 'remove' ? '-' : modifier.action === 'add' ? '+' : ' ';
    const name = modifier.action === 'remove' ? modifier.name.toUpperCase() : modifier.name;
    const text = `${sign} ${modifier.qty > 1 ? `${modifier.qty}x ` : ''}${name}`;
    lines.push(
      ...wrapped(text, 5, COLUMNS, 3).map((one) => (sign === ' ' ? one : { ...one, bold: true as const })),
    );
  }
  if (line.notes !== undefined) lines.push(...wrapped(`>> ${line.notes}`, 6, COLUMNS, 3));
  if (line.seat !== undefined) lines.push({ text: apart('', `seat ${line.seat}`, COLUMNS) });
  return lines;
}

function footOf(ticket: TicketView): string {
  const live = ticket.lines.filter(({ status }) => status !== 'voided' && status !== 'refired');
  const pieces = live.reduce((sum, line) => sum + line.qty - line.voidQty, 0);
  const heard = ticket.delivery.heardAt === undefined ? 'heard: no, printed' : 'heard: yes';
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return apart(`${count(live.length, 'line')}, ${count(pieces, 'piece')}`, heard, COLUMNS);
}

/** Two texts at the two edges; the first gives way. */
function apart(start: string, end: string, width: number): string {
  if (end === '') return start;
  const room = width - end.length - (start === '' ? 0 : 1);
  return start.slice(0, Math.max(0, room)).padEnd(width - end.length) + end;
}

function filled(text: string, sign: string): string {
  return text.slice(0, COLUMNS).padEnd(COLUMNS, sign);
}

/** Breaks at spaces (and inside a word that is longer than a line); every line after the first is set in by `hang`. */
export function wrapped(text: string, hang: number, width: number, first = 0): PaperLine[] {
  const lines: PaperLine[] = [];
  let line = ' '.repeat(first);
  let isEmpty = true;
  for (const word of text.split(/\n| (?=\S)/)) {
    let rest = word;
    while (line.length + (isEmpty ? 0 : 1) + rest.length > width) {
      if (isEmpty) {
        const room = width - line.length;
        lines.push({ text: line + rest.slice(0, room) });
        rest = rest.slice(room);
      } else {
        lines.push({ text: line });
      }
      line = ' '.repeat(hang);
      isEmpty = true;
    }
    line += (isEmpty ? '' : ' ') + rest;
    isEmpty = false;
  }
  if (!isEmpty) lines.push({ text: line.trimEnd() });
  return lines;
}
