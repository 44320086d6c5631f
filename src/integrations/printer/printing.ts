import type { LocationConfig } from '../../domain/config.ts';
import type { PrintedPaper } from './readPaper.ts';

export type PrinterConfig = LocationConfig['printers'][number];

/** The two ways onto paper. */
export type Printing = {
  /** Gives bytes to a printer with an address. Rejects with PrinterTrouble. */
  readonly send: (printer: PrinterConfig & { host: string }, bytes: Uint8Array) => Promise<void>;
  /** Keeps the paper of a built-in printer. */
  readonly keep: (
    location: string,
    printer: string,
    job: string,
    paper: PrintedPaper | null,
  ) => Promise<void>;
};
