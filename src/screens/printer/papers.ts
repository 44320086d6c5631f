/** The papers of a built-in printer, as its page asks for them. */
export type PrintedLine = { text: string; wide: boolean; bold: boolean; inverse: boolean };
export type Paper = {
  id: number;
  printedAt: string;
  lines: readonly PrintedLine[];
  barcode: string;
  /** What its QR code says; empty without one. */
  code: string;
};

/** What the server answers; whatever does not look like a paper is left out. */
export function readPapers(answer: unknown): Paper[] {
  if (!has(answer, 'papers') || !Array.isArray(answer.papers)) return [];
  return answer.papers.flatMap((row: unknown): Paper[] => {
    if (!has(row, 'id') || typeof row.id !== 'number') return [];
    if (!has(row, 'printedAt') || typeof row.printedAt !== 'string') return [];
    if (!has(row, 'body') || !has(row.body, 'lines') || !Array.isArray(row.body.lines)) return [];
    const lines = row.body.lines.flatMap((line: unknown): PrintedLine[] =>
      has(line, 'text') && typeof line.text === 'string'
        ? [{ text: line.text, wide: is(line, 'wide'), bold: is(line, 'bold'), inverse: is(line, 'inverse') }]
        : [],
    );
    const barcode = firstOf(row.body, 'barcodes');
    return [
      {
        id: row.id,
        printedAt: row.printedAt,
        lines,
        barcode,
        code: firstOf(row.body, 'codes'),
      },
    ];
  });
}

/** Those that this page has not shown before, oldest first: what a kiosk browser sends to its own printer. */
export function unseen(papers: readonly Paper[], last: number | null): Paper[] {
  return last === null ? [] : papers.filter(({ id }) => id > last).toSorted((a, b) => a.id - b.id);
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}

function firstOf(body: object, key: string): string {
  const first: unknown = has(body, key) && Array.isArray(body[key]) ? body[key][0] : undefined;
  return typeof first === 'string' ? first : '';
}

function is(value: object, key: string): boolean {
  return has(value, key) && value[key] === true;
}
