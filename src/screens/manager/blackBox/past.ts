import type { Entity } from '../../../domain/entities.ts';
import { field, listAt, textAt, wholeAt } from '../../pos/reading.ts';

/** The black box's answers, read field by field, and how its time moves. Pure; times in ms since 1970. */

export type Then = {
  readonly topic: string;
  /** The time that was asked for. */
  readonly at: number;
  /** From when to when this was so; null: since ever, or still. */
  readonly since: number | null;
  readonly until: number | null;
  readonly entities: readonly Entity[];
};

const timeAt = (body: unknown, name: string): number | null => {
  const found = Date.parse(textAt(body, name) ?? '');
  return Number.isNaN(found) ? null : found;
};

export function readThen(body: unknown): Then | null {
  const at = timeAt(body, 'at');
  const topic = textAt(body, 'topic');
  // Whole entities of our own server: what is checked is that they are some.
  const entities = listAt(body, 'entities', (one) =>
    textAt(one, 'kind') === undefined || textAt(one, 'id') === undefined ? undefined : (one as Entity),
  );
  if (at === null || topic === undefined || entities === undefined) return null;
  return { topic, at, since: timeAt(body, 'since'), until: timeAt(body, 'until'), entities };
}

/** Does what is known say how the topic was at this moment too? */
export function holds(then: Then | null, topic: string, moment: number): then is Then {
  if (then === null || then.topic !== topic) return false;
  const began = then.since === null ? moment : Math.min(then.since, then.at);
  return moment >= began && (then.until === null || moment < then.until);
}

/** The minutes around the time that was asked for: what the slider reaches. */
export const REACH_MS = 15 * 60_000;

/** Where play goes next; it does not run into what has not happened. */
export function played(moment: number, speed: number, passedMs: number, now: number): number {
  return Math.min(moment + speed * passedMs, now);
}

type Told = Readonly<Record<string, string | number>>;

export type Cause = {
  readonly number: number;
  readonly station: string;
  readonly firedAt: number;
  readonly sentences: readonly { readonly say: string; readonly values: Told }[];
  readonly steps: readonly {
    readonly at: number;
    readonly what: string;
    readonly by: string;
    readonly values: Told;
  }[];
};

export function readCause(body: unknown): Cause | null {
  const number = wholeAt(body, 'number');
  const station = textAt(body, 'station');
  const firedAt = timeAt(body, 'firedAt');
  const sentences = listAt(body, 'sentences', (one) => {
    const say = textAt(one, 'say');
    return say === undefined ? undefined : { say, values: readTold(field(one, 'values')) };
  });
  const steps = listAt(body, 'steps', (one) => {
    const [what, at] = [textAt(one, 'what'), timeAt(one, 'at')];
    if (what === undefined || at === null) return undefined;
    return { what, at, by: textAt(one, 'by') ?? '', values: readTold(field(one, 'values')) };
  });
  if (number === undefined || station === undefined || firedAt === null || !sentences || !steps) return null;
  return { number, station, firedAt, sentences, steps };
}

export type LateTicket = {
  readonly ticket: string;
  readonly number: number;
  readonly station: string;
  readonly firedAt: number;
  /** Seconds beyond what was allowed, and what was allowed. */
  readonly over: number;
  readonly limit: number;
};

export type LateDay = { readonly day: string; readonly late: readonly LateTicket[] };

export function readLate(body: unknown): LateDay | null {
  const late = listAt(body, 'rows', (row) => {
    const [ticket, station] = [textAt(row, 'ticket_id'), textAt(row, 'station')];
    const [number, firedAt, limit] = [
      wholeAt(row, 'number'),
      timeAt(row, 'fired_at'),
      wholeAt(row, 'late_after'),
    ];
    const over = field(row, 'over');
    if (ticket === undefined || station === undefined || number === undefined) return undefined;
    if (firedAt === null || limit === undefined || typeof over !== 'number') return undefined;
    return { ticket, number, station, firedAt, over, limit };
  });
  return late === undefined ? null : { day: textAt(body, 'from') ?? '', late };
}

/** The ticket that a card is of: itself, or of an order on the pass the one that was fired first and is not ready. */
export function ticketOf(entities: readonly Entity[], card: string): string | null {
  const tickets = entities.flatMap((entity) =>
    entity.kind === 'ticket' && (entity.id === card || entity.order === card) ? [entity] : [],
  );
  const exact = tickets.find(({ id }) => id === card);
  if (exact !== undefined) return exact.id;
  const rank = (status: string): number => (status === 'new' || status === 'cooking' ? 0 : 1);
  const first = tickets
    .filter(({ firedAt }) => firedAt !== null)
    .toSorted(
      (a, b) => rank(a.status) - rank(b.status) || ((a.firedAt ?? '') < (b.firedAt ?? '') ? -1 : 1),
    )[0];
  return first?.id ?? null;
}

function readTold(value: unknown): Told {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (one): one is [string, string | number] => typeof one[1] === 'string' || typeof one[1] === 'number',
    ),
  );
}
