import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Command } from '../../domain/commands.ts';
import { nameId } from '../../domain/ids.ts';
import { presentTicket } from '../../domain/present.ts';
import { type LocationState, findByTicket } from '../../domain/state.ts';
import type { Outcome } from '../../location/outcome.ts';
import { encodePaper } from './escpos.ts';
import { type PaperHead, layOut } from './paper.ts';
import type { PrinterConfig, Printing } from './printing.ts';
import { readPapers } from './readPaper.ts';
import { PrinterTrouble } from './trouble.ts';

/**
 * From "this ticket shall be on paper" to the event that says it is, or that names the printer that would not. Two tries
 * a printer, then the next one of the house.
 */

export type PrintWish = {
  readonly ticket: string;
  readonly job: string;
  readonly printer?: string | undefined;
  readonly why: 'unheard' | 'asked';
  readonly copy: number;
  readonly by?: string | undefined;
  readonly episode?: number | undefined;
};

export type PrintJobOptions = Printing & {
  readonly open: (location: string) => Promise<{ readonly state: LocationState } | null>;
  readonly submit: (location: string, command: Command, actor: Actor) => Promise<Outcome>;
  /** Ms since 1970 by the log's clock. */
  readonly now: () => number;
  readonly betweenTriesMs?: number;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

const TRIES = 2;
const BETWEEN_TRIES_MS = 4_000;
const ACTOR: Actor = { id: 'policy:print', role: 'policy' };

/** The handler of print jobs. Rejects only when the log cannot be asked or told; the job is then tried again. */
export function createPrintJob(options: PrintJobOptions) {
  const { open, send, keep, now, betweenTriesMs = BETWEEN_TRIES_MS } = options;
  const report = options.report ?? (() => undefined);

  /** The paper is out: that must reach the log, or another copy would come out. */
  async function tell(location: string, command: Command): Promise<void> {
    for (let wait = 200; ; wait *= 2) {
      const outcome = await options.submit(location, command, ACTOR);
      if (!('unavailable' in outcome)) {
        if (!outcome.ok)
          report('a print was not noted', {
            location,
            command: command.name,
            outcome: JSON.stringify(outcome),
          });
        return;
      }
      if (wait > 12_800) throw new Error(`the log of "${location}" does not take that ${command.name}`);
      await sleep(wait);
    }
  }

  async function printOn(
    location: string,
    state: LocationState,
    printer: PrinterConfig,
    wish: PrintWish,
    duplicate: boolean,
  ): Promise<boolean> {
    const found = findByTicket(state, wish.ticket);
    if (found === null) return false;
    const config = state.config;
    const view = presentTicket(found.order, found.ticket, 'staff');
    const head: PaperHead = {
      unheard: wish.why === 'unheard',
      ...(wish.copy > 1 && { reprint: { copy: wish.copy, by: wish.by ?? '' } }),
      duplicate,
    };
    const at = now();
    const clock = clockOf(config?.timezone ?? 'UTC');
    const bytes = encodePaper(
      layOut(view, head, {
        station: (id) => config?.stations.find((station) => station.id === id)?.name ?? id,
        clock,
        now: new Date(at).toISOString(),
      }),
    );
    const { host } = printer;
    if (host === undefined) await keep(location, printer.id, wish.job, readPapers(bytes).papers[0] ?? null);
    else await send({ ...printer, host }, bytes);
    return true;
  }

  return async (location: string, wish: PrintWish, attempt: number): Promise<void> => {
    const hot = await open(location);
    if (hot === null) return;
    const candidates = candidatesFor(hot.state, wish);
    let duplicate = attempt > 1;
    let tried = 0;
    for (const [index, printer] of candidates.entries()) {
      let trouble: PrinterTrouble | null = null;
      for (let turn = 0; turn < TRIES; turn += 1) {
        if (tried > 0) await sleep(betweenTriesMs);
        tried += 1;
        const state = (await open(location))?.state ?? hot.state;
        if (isSettled(state, wish)) return;
        try {
          if (!(await printOn(location, state, printer, wish, duplicate))) return;
          await tell(location, {
            id: nameId('printed', wish.job, printer.id),
            name: 'ticket.printed',
            input: { ticket: wish.ticket, job: wish.job, printer: printer.id, copy: wish.copy },
          });
          return;
        } catch (error) {
          if (!(error instanceof PrinterTrouble)) throw error;
          trouble = error;
          duplicate ||= error.mayHavePrinted;
          if (error.trouble === 'not allowed') break;
        }
      }
      const next = candidates[index + 1]?.id;
      report('a printer does not print', {
        location,
        printer: printer.id,
        ticket: wish.ticket,
        trouble: trouble?.message,
        next,
      });
      await tell(location, {
        id: nameId('print-failed', wish.job, printer.id),
        name: 'print.fail',
        input: {
          ticket: wish.ticket,
          job: wish.job,
          printer: printer.id,
          reason: trouble?.trouble ?? 'error',
          ...(next !== undefined && { next }),
        },
      });
    }
  };
}

/** A screen painted it meanwhile, or the ticket asks anew: this paper is not wanted any more. */
function isSettled(state: LocationState, wish: PrintWish): boolean {
  if (wish.why !== 'unheard') return false;
  const ticket = findByTicket(state, wish.ticket)?.ticket;
  return (
    ticket === undefined ||
    ticket.heardAt !== undefined ||
    (wish.episode !== undefined && ticket.episode !== wish.episode)
  );
}

/** The printer that was named, the station's own, then the others of the house: paper beats silence. */
function candidatesFor(state: LocationState, wish: PrintWish): PrinterConfig[] {
  const printers = state.config?.printers ?? [];
  const station = findByTicket(state, wish.ticket)?.ticket.station;
  const own = state.config?.stations.find(({ id }) => id === station)?.printer;
  const first = [wish.printer, own].flatMap((id) => printers.find((printer) => printer.id === id) ?? []);
  return [...new Set([...first, ...printers])];
}

/** `19:41:51` on the wall of the kitchen. */
function clockOf(timeZone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => format.format(new Date(at));
}
