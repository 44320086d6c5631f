import { setTimeout as sleep } from 'node:timers/promises';
import type { LocationState } from '../../domain/state.ts';
import { type GuestSlip, encodeGuestSlip } from './guestCode.ts';
import type { Printing } from './printing.ts';
import { readPapers } from './readPaper.ts';
import { PrinterTrouble } from './trouble.ts';

/** A guest's link on paper. Nobody goes hungry without it: a printer that will not is tried again twice, then a line says so. */

export type SlipWish = {
  /** Names the paper over all tries. */
  readonly job: string;
  readonly order: string;
  readonly printer: string;
  readonly url: string;
};

export type SlipJobOptions = Printing & {
  readonly open: (location: string) => Promise<{ readonly state: LocationState } | null>;
  readonly betweenTriesMs?: number;
  readonly report: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

const TRIES = 3;
const BETWEEN_TRIES_MS = 4_000;
const FOLLOW = { en: 'Follow your order', es: 'Siga su pedido', ar: 'تابع طلبك' } as const;

/** The handler of slips. Rejects only when the log or the kept papers cannot be reached; the job is then tried again. */
export function createSlipJob(options: SlipJobOptions) {
  const { open, send, keep, betweenTriesMs = BETWEEN_TRIES_MS, report } = options;

  return async (location: string, wish: SlipWish): Promise<void> => {
    const state = (await open(location))?.state;
    const printer = state?.config?.printers.find(({ id }) => id === wish.printer);
    const slip = state === undefined ? null : slipOf(state, wish);
    if (printer === undefined || slip === null) {
      report('a guest slip has no printer or no order any more', { location, printer: wish.printer });
      return;
    }
    const bytes = encodeGuestSlip(slip);
    const { host } = printer;
    if (host === undefined) {
      await keep(location, printer.id, wish.job, readPapers(bytes).papers[0] ?? null);
      return;
    }
    for (let tried = 1; ; tried += 1) {
      try {
        await send({ ...printer, host }, bytes);
        return;
      } catch (error) {
        if (!(error instanceof PrinterTrouble)) throw error;
        if (tried === TRIES || error.trouble === 'not allowed') {
          report('a guest slip was not printed', { location, printer: printer.id, trouble: error.message });
          return;
        }
        await sleep(betweenTriesMs);
      }
    }
  };
}

function slipOf(state: LocationState, { order: id, url }: SlipWish): GuestSlip | null {
  const order = state.orders.get(id);
  const config = state.config;
  if (order === undefined || config === null) return null;
  return {
    place: config.name,
    order: order.displayId ?? `#${order.number}`,
    say: FOLLOW[config.language],
    url,
  };
}
