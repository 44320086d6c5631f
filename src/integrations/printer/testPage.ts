import { encodePaper } from './escpos.ts';
import { COLUMNS, type Paper } from './paper.ts';
import type { PrinterConfig, Printing } from './printing.ts';
import { readPapers } from './readPaper.ts';
import { type Trouble, PrinterTrouble } from './trouble.ts';

/** A page that says that the printer is the one that somebody means, before the first ticket needs it. */

export type TestPageAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly trouble: Trouble; readonly detail: string };
export type PrintTestPage = (
  location: string,
  house: string,
  printer: PrinterConfig,
  job: string,
  at: string,
) => Promise<TestPageAnswer>;

export function createTestPage({ send, keep }: Printing): PrintTestPage {
  return async (location, house, printer, job, at) => {
    const bytes = encodePaper(testPaper(house, printer, job, at));
    const { host } = printer;
    if (host === undefined) {
      await keep(location, printer.id, job, readPapers(bytes).papers[0] ?? null);
      return { ok: true };
    }
    try {
      await send({ ...printer, host }, bytes);
      return { ok: true };
    } catch (error) {
      if (!(error instanceof PrinterTrouble)) throw error;
      return { ok: false, trouble: error.trouble, detail: error.message };
    }
  };
}

function testPaper(house: string, { id, name }: PrinterConfig, job: string, at: string): Paper {
  const rule = '='.repeat(COLUMNS);
  return {
    lines: [
      { text: rule },
      { text: (name ?? id).slice(0, COLUMNS / 2), wide: true },
      { text: house.slice(0, COLUMNS) },
      { text: `TEST PAGE  ${at}` },
      { text: rule },
      { text: '   - NO ONION      + EXTRA CHEESE' },
      { text: '!! ALLERGY: THIS IS ONLY A TEST'.padEnd(COLUMNS), inverse: true },
    ],
    barcode: job,
  };
}
