import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Actor } from '../domain/commands.ts';
import { isStillOpen } from '../domain/forgetting.ts';
import { forgetIn, isPersonalType, personalWords, subjectOf } from '../domain/personal.ts';
import type { RedactionCause } from '../domain/retention.ts';
import type { Locations } from '../location/locations.ts';
import type { Json, Log, StoredEvent } from '../log/types.ts';
import { type Traces, forgetRows } from './redactRows.ts';
import { withoutWords } from './words.ts';

/**
 * Somebody is forgotten: first an event tells every node that has the location in memory, then the words are overwritten in
 * the log, in answers, and in every table that was made from it. What was ordered, cooked and paid stays.
 *
 * Safe to repeat, and to break off: what was overwritten stays so, and the next run finds the rest. Backups are not reached.
 */

export type RedactionWish =
  /** An order, a reservation or a call by its id. */
  | { readonly order: string }
  /** Everything in which somebody with this telephone number is named. */
  | { readonly guest: string }
  /**
   * Everything that began before this time (RFC 3339) and is over. `after`: not what began up to this position.
   * `kinds`: only telephone calls and the messages that were left.
   */
  | { readonly before: string; readonly after?: number; readonly kinds?: 'all' | 'calls' };

export type RedactionReport = {
  /** Orders, reservations, calls whose words are gone. */
  readonly subjects: readonly string[];
  /** Still open, and therefore left alone. */
  readonly open: readonly string[];
  readonly events: number;
  readonly answers: number;
  /** Rows of other tables, by table. */
  readonly rows: Readonly<Record<string, number>>;
};

export type RedactionOptions = {
  readonly log: Pick<Log, 'readTail' | 'findResults' | 'redact'>;
  readonly locations: Pick<Locations, 'open' | 'submitInner'>;
  /** As role heard_app. */
  readonly pool: pg.Pool;
};

/** The location cannot be changed now; nothing was overwritten. */
export class RedactionRefused extends Error {
  override readonly name = 'RedactionRefused';
}

const PAGE = 5_000;
/** Things in one event person.redacted, and events in one statement. */
const SUBJECTS_AT_ONCE = 500;
const EVENTS_AT_ONCE = 1_000;

export async function redact(
  options: RedactionOptions,
  location: string,
  wish: RedactionWish,
  by: Actor,
  why: RedactionCause = causeOf(wish),
): Promise<RedactionReport> {
  const { log, locations, pool } = options;
  const found = await findSubjects(log, location, wish);
  const state = (await locations.open(location))?.state;
  if (state === undefined) throw new RedactionRefused(`There is no location ${location}`);
  const open = [...found.keys()].filter((id) => isStillOpen(state, id));
  const subjects = [...found.keys()].filter((id) => !open.includes(id));
  let [events, answers] = [0, 0];
  const rows: Record<string, number> = {};
  for (let at = 0; at < subjects.length; at += SUBJECTS_AT_ONCE) {
    const some = subjects.slice(at, at + SUBJECTS_AT_ONCE);
    const seq = await announce(locations, location, some, why, by);
    const first = Math.min(...some.map((id) => found.get(id) ?? seq));
    const done = await overwrite(log, location, new Set(some), first, seq);
    events += done.events;
    answers += done.answers;
    for (const [table, count] of Object.entries(await forgetRows(pool, location, some, done)))
      rows[table] = (rows[table] ?? 0) + count;
  }
  return { subjects, open, events, answers, rows };
}

function causeOf(wish: RedactionWish): RedactionCause {
  return 'order' in wish ? 'order' : 'guest' in wish ? 'guest' : 'before';
}

async function* eventsOf(
  log: Pick<Log, 'readTail'>,
  location: string,
  after: number,
  upTo = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<StoredEvent> {
  for (let at = after; at < upTo;) {
    const page = await log.readTail(location, at, PAGE);
    for (const event of page) {
      if (event.seq > upTo) return;
      yield event;
    }
    at = page.at(-1)?.seq ?? at;
    if (page.length < PAGE) return;
  }
}

/** Whose words are meant, and the first event in which each of them stands. */
async function findSubjects(
  log: Pick<Log, 'readTail'>,
  location: string,
  wish: RedactionWish,
): Promise<Map<string, number>> {
  const firsts = new Map<string, number>();
  const wanted = new Set<string>();
  const number = 'guest' in wish ? digitsOf(wish.guest) : '';
  for await (const { seq, at, type, data } of eventsOf(
    log,
    location,
    'before' in wish ? (wish.after ?? 0) : 0,
  )) {
    if ('before' in wish && at >= wish.before) break;
    if (
      !isPersonalType(type) ||
      ('before' in wish && wish.kinds === 'calls' && !/^(call|message)\./.test(type))
    )
      continue;
    const id = subjectOf(type, data);
    const words = personalWords(type, data);
    // A thing whose words are gone already is nothing to forget.
    if (id === null || words.length === 0) continue;
    if (!firsts.has(id)) firsts.set(id, seq);
    const isMeant =
      'before' in wish ||
      ('order' in wish ? id === wish.order : words.some((word) => isNumber(word, number)));
    if (isMeant) wanted.add(id);
  }
  return new Map([...firsts].filter(([id]) => wanted.has(id)));
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '').replace(/^00/, '');
}

/** The same telephone, whether or not one of them was written with its country. */
function isNumber(word: string, number: string): boolean {
  if (!/^[+\d][\d\s().\-/]{5,}$/.test(word)) return false;
  const said = digitsOf(word);
  const least = Math.min(said.length, number.length);
  return least >= 7 && (said.endsWith(number.slice(-least)) || number.endsWith(said.slice(-least)));
}

/** Tells all nodes; answers the position of the event. */
async function announce(
  locations: RedactionOptions['locations'],
  location: string,
  subjects: string[],
  why: RedactionCause,
  by: Actor,
): Promise<number> {
  const command = { id: randomUUID(), name: 'person.redact', input: { subjects, why } } as const;
  const outcome = await locations.submitInner(location, command, by);
  if (outcome.ok) return outcome.seq;
  if ('refusal' in outcome) throw new RedactionRefused(outcome.refusal.detail);
  throw new RedactionRefused('The location cannot be changed at the moment; try again');
}

async function overwrite(
  log: RedactionOptions['log'],
  location: string,
  subjects: ReadonlySet<string>,
  first: number,
  seq: number,
): Promise<{ events: number; answers: number } & Traces> {
  const marks = new Map<string, Map<string, string>>();
  const words = new Set<string>();
  const commands = new Set<string>();
  const tickets: string[] = [];
  const outside: string[] = [];
  let events = 0;
  let batch: { seq: number; data: Json }[] = [];
  const flush = async (): Promise<void> => {
    await log.redact(location, { seq, first, events: batch, results: [] });
    events += batch.length;
    batch = [];
  };
  for await (const event of eventsOf(log, location, first - 1, seq)) {
    const { type } = event;
    const subject = subjectOf(type, event.data);
    if (subject === null || !subjects.has(subject)) continue;
    tickets.push(...named(event, /^ticket\.(fired|held)$/, 'ticket'));
    outside.push(...named(event, /^(order\.placed|call\.started)$/, 'externalId'));
    if (!isPersonalType(type)) continue;
    const own = marks.get(subject) ?? new Map<string, string>();
    marks.set(subject, own);
    for (const word of personalWords(type, event.data)) words.add(word);
    commands.add(event.command);
    const data = forgetIn(type, event.data, event.seq, own);
    if (data !== event.data) batch.push({ seq: event.seq, data });
    if (batch.length >= EVENTS_AT_ONCE) await flush();
  }
  // Also without any event left to overwrite: the snapshots go.
  await flush();
  const results = [...(await log.findResults(location, [...commands])).values()].flatMap(({ id, result }) => {
    const free = withoutWords(result, words);
    return free === result ? [] : [{ id, result: free }];
  });
  if (results.length > 0) await log.redact(location, { seq, first, events: [], results });
  return { events, answers: results.length, words, tickets, outside };
}

/** A name that events of some types carry, by themselves or in the order that they place. */
function named({ type, data }: StoredEvent, types: RegExp, field: string): string[] {
  if (!types.test(type)) return [];
  return [data, fieldOf(data, 'order')].flatMap((one) => {
    const name = fieldOf(one, field);
    return typeof name === 'string' ? [name] : [];
  });
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
    return undefined;
  return new Map(Object.entries(value)).get(field);
}
