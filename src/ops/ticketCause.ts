import type { LoggedEvent } from '../domain/events.ts';
import { toMillis } from '../domain/text.ts';

/**
 * Why a ticket took as long as it did, from its own events: one paragraph, and the steps behind it. Pure. What is told has a
 * name and its values, so that a screen says it in its own language; `text` says it in English. Times within are seconds
 * since it was fired.
 */

export type CauseSentence = {
  readonly say:
    | 'inTime'
    | 'late'
    | 'open'
    | 'heard'
    | 'unheard'
    | 'started'
    | 'notStarted'
    | 'others'
    | 'changed'
    | 'recalled'
    | 'ready'
    | 'passed'
    | 'cancelled';
  readonly values: Readonly<Record<string, string | number>>;
};

export type CauseStep = {
  readonly at: string;
  readonly what:
    | 'fired'
    | 'heard'
    | 'rung'
    | 'printed'
    | 'started'
    | 'itemReady'
    | 'bumped'
    | 'recalled'
    | 'changed'
    | 'voided'
    | 'acknowledged'
    | 'rushed'
    | 'served'
    | 'cancelled';
  /** Who did it, by name. */
  readonly by: string;
  readonly values: Readonly<Record<string, string | number>>;
};

export type CauseMaterial = {
  readonly ticket: string;
  readonly station: string;
  /** The lines of the ticket, by id. */
  readonly lines: ReadonlyMap<string, string>;
  /** Of its order, in the log's order, from its fire on. */
  readonly events: readonly LoggedEvent[];
  /** The station's limit when it was fired, in seconds; null: there was none. */
  readonly late: number | null;
  /** Other tickets that the station had open when this one came. */
  readonly others: number;
  /** Up to when it is looked at, ms. */
  readonly now: number;
};

export type TicketCause = {
  readonly sentences: readonly CauseSentence[];
  readonly steps: readonly CauseStep[];
  readonly text: string;
};

/** A bump that is taken back this soon was none, ms. */
const UNDO_MS = 60_000;
/** Until then it does not matter who was slow. */
const MANY_OTHERS = 3;

export function tellCause(material: CauseMaterial): TicketCause {
  const steps = [...stepsOf(material)];
  const sentences = sentencesOf(material, steps);
  return { sentences, steps, text: sentences.map(inEnglish).join(' ') };
}

function* stepsOf({ ticket, station, lines, events }: CauseMaterial): Generator<CauseStep> {
  for (const event of events) {
    const { at } = event;
    const by = event.by.role === 'policy' ? '' : (event.by.name ?? event.by.id);
    const step = (what: CauseStep['what'], values: CauseStep['values'] = {}): CauseStep => ({
      at,
      by,
      what,
      values,
    });
    const name = (item: string): string => lines.get(item) ?? '';
    switch (event.type) {
      case 'ticket.fired':
        if (event.data.ticket === ticket) yield step('fired', { lines: event.data.items.length });
        break;
      case 'ticket.heard':
        if (event.data.ticket === ticket) yield step('heard');
        break;
      case 'ticket.unheard':
        if (event.data.ticket === ticket)
          yield step('rung', { rung: event.data.rung, to: event.data.to ?? event.data.printer ?? '' });
        break;
      case 'ticket.printed':
        if (event.data.ticket === ticket) yield step('printed', { printer: event.data.printer });
        break;
      case 'ticket.started':
        if (event.data.ticket === ticket) yield step('started');
        break;
      case 'ticket.bumped':
        if (event.data.ticket === ticket) yield step('bumped');
        break;
      case 'ticket.recalled':
        if (event.data.ticket === ticket) yield step('recalled');
        break;
      case 'ticket.rushed':
        if (event.data.ticket === ticket && event.data.rush) yield step('rushed');
        break;
      case 'ticket.acknowledged':
        if (event.data.ticket === ticket) yield step('acknowledged');
        break;
      case 'item.readied':
        if (lines.has(event.data.item) && event.data.station === station)
          yield step('itemReady', { item: name(event.data.item), qty: event.data.readyQty });
        break;
      case 'item.amended':
        if (lines.has(event.data.item)) yield step('changed', { item: name(event.data.item) });
        break;
      case 'item.voided':
        if (lines.has(event.data.item))
          yield step('voided', {
            item: name(event.data.item),
            qty: event.data.qty,
            reason: event.data.reason,
          });
        break;
      case 'order.served':
        if (event.data.items.some((item) => lines.has(item))) yield step('served');
        break;
      case 'order.cancelled':
        yield step('cancelled', { reason: event.data.reason });
        break;
      default:
        break;
    }
  }
}

function sentencesOf({ late, others, now }: CauseMaterial, steps: readonly CauseStep[]): CauseSentence[] {
  const firedAt = millis(steps.find(({ what }) => what === 'fired')?.at) ?? now;
  const after = (step: CauseStep | undefined): number | null =>
    step === undefined ? null : ((millis(step.at) ?? 0) - firedAt) / 1000;
  const first = (...whats: CauseStep['what'][]): CauseStep | undefined =>
    steps.find(({ what }) => whats.includes(what));
  const said: CauseSentence[] = [];
  const cancelled = first('cancelled');
  const done = doneOf(steps);
  const total = after(done) ?? (now - firedAt) / 1000;
  if (cancelled !== undefined && done === undefined)
    said.push({
      say: 'cancelled',
      values: { after: after(cancelled) ?? 0, reason: cancelled.values['reason'] ?? '' },
    });
  else if (late !== null && total >= late)
    said.push({
      say: 'late',
      values: { over: Math.round(total - late), total: Math.round(total), limit: late },
    });
  else if (done === undefined) said.push({ say: 'open', values: { total: Math.round(total) } });
  else said.push({ say: 'inTime', values: { total: Math.round(total), limit: late ?? 0 } });

  const heard = first('heard');
  const paper = first('printed');
  const rungs = steps.filter(({ what }) => what === 'rung');
  if (heard !== undefined && (paper === undefined || heard.at <= paper.at))
    said.push({ say: 'heard', values: { after: after(heard) ?? 0 } });
  if (rungs.length > 0) {
    const last = rungs.at(-1);
    const known = paper ?? heard;
    said.push({
      say: 'unheard',
      values: {
        rung: Number(last?.values['rung'] ?? 0),
        to: last?.values['to'] ?? '',
        after: after(known) ?? -1,
        paper: paper === undefined ? 0 : 1,
      },
    });
  }
  const work = first('started', 'itemReady', 'bumped');
  if (work === undefined && cancelled === undefined)
    said.push({ say: 'notStarted', values: { for: Math.round(total) } });
  else if (work !== undefined && work.what !== 'bumped')
    said.push({ say: 'started', values: { after: after(work) ?? 0 } });
  if (others >= MANY_OTHERS) said.push({ say: 'others', values: { count: others } });
  const changes = steps.filter(({ what }) => what === 'changed' || what === 'voided');
  if (changes.length > 0)
    said.push({ say: 'changed', values: { count: changes.length, item: changes[0]?.values['item'] ?? '' } });
  if (done !== undefined) said.push({ say: 'ready', values: { after: after(done) ?? 0 } });
  const back = steps.filter(({ what }) => what === 'recalled');
  if (back.length > 0)
    said.push({ say: 'recalled', values: { count: back.length, after: after(back[0]) ?? 0 } });
  const passed = first('served');
  if (passed !== undefined && done !== undefined)
    said.push({
      say: 'passed',
      values: { for: Math.max(0, Math.round(((millis(passed.at) ?? 0) - (millis(done.at) ?? 0)) / 1000)) },
    });
  return said;
}

/** The bump that made it ready: the first, or when that was taken back at once the one after it. */
function doneOf(steps: readonly CauseStep[]): CauseStep | undefined {
  const bumps = steps.filter(({ what }) => what === 'bumped');
  const [first] = bumps;
  if (first === undefined) return undefined;
  const undone = steps.find(
    ({ what, at }) =>
      what === 'recalled' && at >= first.at && (millis(at) ?? 0) - (millis(first.at) ?? 0) <= UNDO_MS,
  );
  return undone === undefined ? first : bumps.find(({ at }) => at > undone.at);
}

function millis(at: string | undefined): number | null {
  return at === undefined ? null : toMillis(at);
}

/** `5:20`, or `1:02:09` from an hour on. */
function clock(seconds: string | number | undefined): string {
  const whole = Math.max(0, Math.round(Number(seconds ?? 0)));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

function inEnglish({ say, values }: CauseSentence): string {
  const at = (name: string): string => clock(values[name]);
  switch (say) {
    case 'late':
      return `Late by ${at('over')}: it took ${at('total')} of ${at('limit')}.`;
    case 'inTime':
      return `In time: it took ${at('total')}.`;
    case 'open':
      return `It has been open for ${at('total')}.`;
    case 'cancelled':
      return `Cancelled at +${at('after')} (${values['reason'] ?? ''}).`;
    case 'heard':
      return `Heard at +${at('after')}.`;
    case 'unheard':
      return Number(values['after']) < 0
        ? `Nobody heard it; the house went up to rung ${values['rung'] ?? ''}.`
        : `Nobody heard it at once: the house went up to rung ${values['rung'] ?? ''}, and it was ${values['paper'] === 1 ? 'on paper' : 'heard'} at +${at('after')}.`;
    case 'started':
      return `Started at +${at('after')}.`;
    case 'notStarted':
      return `Nobody started it for ${at('for')}.`;
    case 'others':
      return `When it came, ${values['count'] ?? 0} other tickets were open there.`;
    case 'changed':
      return `It was changed ${values['count'] === 1 ? 'once' : `${values['count'] ?? 0} times`} (${values['item'] ?? ''}).`;
    case 'ready':
      return `Ready at +${at('after')}.`;
    case 'recalled':
      return `It came back ${values['count'] === 1 ? 'once' : `${values['count'] ?? 0} times`}, first at +${at('after')}.`;
    case 'passed':
      return `It stood at the pass for ${at('for')}.`;
    default:
      return say satisfies never;
  }
}
