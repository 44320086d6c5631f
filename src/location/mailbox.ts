import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Command } from '../domain/commands.ts';
import { type Json, type Log, LogCorrupt, type StoredEvent, type StoredResult } from '../log/types.ts';
import type { Batcher } from './batcher.ts';
import { type Courtesy, continuing } from './courtesy.ts';
import { type Draft, type Waiting, draft } from './draft.ts';
import { type Advance, type HotLocation, LocationUnavailable, evolveAll } from './hotLocation.ts';
import type { Outcome } from './outcome.ts';
import { BusinessDay } from './businessDay.ts';
import type { Rules } from './rules.ts';

/**
 * The mailbox of one location: everything that waits is decided together over provisional state and appended as one
 * proposal; while that is in flight the next commands gather. State moves only when the log has answered.
 *
 * The order of the two questions is what makes a command have effect once: first the tail up to the head that will be
 * expected, then the ids. Asked the other way round, a command that another node commits in between is carried out twice.
 */

export type MailboxOptions = {
  readonly log: Log;
  readonly batcher: Batcher;
  readonly rules: Rules;
  /** The log's time in ms since 1970. */
  readonly now: () => number;
  /** `decidedAt` is null for what another node appended; `stored` are the events as they stand in the log. */
  readonly advanced: (
    hot: HotLocation,
    advance: Advance,
    decidedAt: number | null,
    stored: readonly StoredEvent[],
  ) => void;
  /** The location cannot be served any more. */
  readonly broken: (hot: HotLocation, error: Error) => void;
  /** Commands that may wait at once; more are told to come back. */
  readonly mostWaiting: number;
  /** What became of another node's events: taken as they came, or read from the log because they did not fit. */
  readonly courtesy?: (outcome: 'applied' | 'refused') => void;
};

/** Commands in one proposal at most. */
const MOST_TOGETHER = 256;
/** Misses in a row after which a short random pause lets another node finish. */
const MISSES_BEFORE_PAUSE = 3;
/** A command that got no answer from the log for so long is given back. */
const PATIENCE_MS = 12_000;
const TAIL_PAGE = 1_000;
/** Waits for the tail to be read. */
type Looker = { readonly done: () => void; readonly fail: (error: Error) => void };
/** Words of other nodes that may wait; with more the log is asked instead. */
const MOST_OFFERS = 64;

export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #hot: HotLocation;
  readonly #day = new BusinessDay();
  #queue: Waiting[] = [];
  #lookAgain = false;
  #lookers: Looker[] = [];
  #offers: Courtesy[] = [];
  #running: Promise<void> | null = null;
  #stopped: Error | null = null;

  constructor(hot: HotLocation, options: MailboxOptions) {
    this.#hot = hot;
    this.#options = options;
  }

  /** Nothing waits and nothing is in flight. */
  get idle(): boolean {
    return this.#running === null && this.#queue.length === 0;
  }

  /** Puts a command in line. `inner`: from the house itself, whose ids need no look-up and whose no-ops no record. */
  submit(command: Command, actor: Actor, hash: string, inner: boolean): Promise<Outcome> {
    if (this.#stopped !== null) return Promise.resolve({ ok: false, unavailable: true, retryAfter: 5 });
    if (this.#queue.length >= this.#options.mostWaiting)
      return Promise.resolve({ ok: false, unavailable: true, retryAfter: 1 });
    return new Promise((settle, fail) => {
      this.#queue.push({
        command,
        actor,
        hash,
        inner,
        settle,
        fail,
        since: performance.now(),
        mustLookUp: false,
      });
      this.#start();
    });
  }

  /** Somebody says that the head has moved: reads the tail, after what is in flight. Rejects when it cannot be read. */
  lookAgain(): Promise<void> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    return new Promise((done, fail) => {
      this.#lookers.push({ done, fail });
      this.#lookAgain = true;
      this.#start();
    });
  }

  /** Another node says what it appended. Old news costs nothing; what does not fit makes this node read the tail. */
  offer(courtesy: Courtesy): void {
    if (courtesy.head <= this.#hot.head || courtesy.epoch !== this.#hot.epoch) return;
    if (this.#offers.length < MOST_OFFERS) this.#offers.push(courtesy);
    else this.#lookAgain = true;
    this.#start();
  }

  /** Resolves when everything that waits now is answered. */
  drain(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  #start(): void {
    if (this.#running !== null || this.#stopped !== null) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#hasWork && this.#stopped === null) this.#start();
    });
  }

  get #hasWork(): boolean {
    return this.#queue.length > 0 || this.#lookAgain || this.#offers.length > 0;
  }

  async #run(): Promise<void> {
    while (this.#hasWork) {
      const waiting = this.#queue.splice(0, MOST_TOGETHER);
      let lookers: Looker[] = [];
      try {
        this.#takeOffers();
        if (this.#lookAgain) {
          this.#lookAgain = false;
          lookers = this.#lookers.splice(0);
          await this.#readTailPatiently(waiting);
          for (const { done } of lookers) done();
        }
        await this.#settleAll(waiting);
      } catch (error) {
        this.#giveBack(waiting, lookers, error);
      }
    }
  }

  /** The location is beyond serving, or the database away: nobody waits for ever. */
  #giveBack(waiting: readonly Waiting[], lookers: readonly Looker[], thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const fatal =
      error instanceof LocationUnavailable ||
      error instanceof LogCorrupt ||
      error instanceof RangeError ||
      error instanceof TypeError;
    const all = fatal ? [...waiting, ...this.#queue.splice(0)] : waiting;
    if (fatal) this.#stopped = error;
    for (const one of all) one.settle({ ok: false, unavailable: true, retryAfter: fatal ? 5 : 2 });
    for (const { fail } of fatal ? [...lookers, ...this.#lookers.splice(0)] : lookers) fail(error);
    if (fatal) this.#options.broken(this.#hot, error);
  }

  /** Decides and appends until each of `waiting` has its outcome. */
  async #settleAll(all: readonly Waiting[]): Promise<void> {
    let waiting = await this.#answerKnown(all);
    for (let misses = 0; waiting.length > 0;) {
      const decidedAt = this.#options.now();
      const made = draft(this.#options.rules, this.#hot, waiting, decidedAt, this.#day);
      if (made.proposal === null) {
        // Nothing to append proves nothing about the head: a refusal from an old state must not be given.
        if (made.refused.length > 0 && (await this.#readTail())) {
          waiting = await this.#answerKnown(waiting);
          continue;
        }
        this.#settle(made);
        waiting = made.again;
        continue;
      }
      const outcome = await this.#options.batcher.submit(made.proposal);
      if (outcome === 'committed') {
        this.#commit(made, decidedAt);
        waiting = await this.#answerKnown(made.again);
        misses = 0;
        continue;
      }
      if (outcome === 'missed') {
        misses += 1;
        if (misses >= MISSES_BEFORE_PAUSE) await sleep(1 + Math.random() * 4);
        // A row that another node holds is skipped without the head having moved: then there is nothing new to read.
        await this.#readTail();
        waiting = await this.#answerKnown(this.#patient(waiting));
        continue;
      }
      await this.#readTailPatiently(waiting);
      const left = await this.#answerKnown(waiting.map((one) => Object.assign(one, { mustLookUp: true })));
      if ('unknown' in outcome) {
        waiting = this.#patient(left);
        if (waiting.length > 0) await sleep(20 + Math.random() * 80);
        continue;
      }
      // Poisoned. Where the look-up found something, that was the poison (another node had stored it).
      if (left.length < waiting.length) waiting = left;
      else if (left.length > 1) {
        for (const one of left) await this.#settleAll([one]);
        return;
      } else {
        for (const one of left) one.settle(refusePoison(outcome.poisoned));
        return;
      }
    }
  }

  /** Those that have waited too long are given back; the rest goes on. */
  #patient(waiting: readonly Waiting[]): Waiting[] {
    const oldest = performance.now() - PATIENCE_MS;
    return waiting.filter((one) => {
      if (one.since > oldest) return true;
      one.settle({ ok: false, unavailable: true, retryAfter: 2 });
      return false;
    });
  }

  /** Answers commands that are in the log already; the rest comes back. Call after the tail is read, never before. */
  async #answerKnown(waiting: readonly Waiting[]): Promise<Waiting[]> {
    const { ids } = this.#hot;
    const suspects = waiting.filter(
      ({ command, inner, mustLookUp }) =>
        mustLookUp || ids.has(command.id) || (!inner && ids.mayPredate(command.id)),
    );
    if (suspects.length === 0) return [...waiting];
    const found = await this.#options.log.findResults(
      this.#hot.id,
      suspects.map(({ command }) => command.id),
    );
    return waiting.filter((one) => {
      one.mustLookUp = false;
      const stored = found.get(one.command.id);
      if (stored === undefined) return true;
      one.settle(replay(one, stored));
      return false;
    });
  }

  /** Reads what others appended; true when there was something. */
  async #readTail(): Promise<boolean> {
    let some = false;
    for (;;) {
      const tail = await this.#options.log.readTail(this.#hot.id, this.#hot.head, TAIL_PAGE);
      if (tail.length === 0) return some;
      some = true;
      this.#advance(evolveAll(this.#options.rules, this.#hot.state, tail), tail, null);
      if (tail.length < TAIL_PAGE) return true;
    }
  }

  /** Nothing is in flight here: state may move by what others appended, as if it had been read. */
  #takeOffers(): void {
    const offers = this.#offers.splice(0).sort((a, b) => a.from - b.from);
    for (const offer of offers) {
      if (offer.head <= this.#hot.head) continue;
      const events = continuing(offer, this.#hot.head, (seq) => this.#hot.tagAt(seq));
      const advance = events === null ? null : this.#tryEvolve(events);
      if (events !== null && advance !== null) this.#advance(advance, events, null);
      else this.#lookAgain = true;
      if (offer.events !== null) this.#options.courtesy?.(advance === null ? 'refused' : 'applied');
    }
  }

  /** Null when these rules cannot read the events: then the log says whether they are there at all. */
  #tryEvolve(events: readonly StoredEvent[]): Advance | null {
    try {
      return evolveAll(this.#options.rules, this.#hot.state, events);
    } catch {
      return null;
    }
  }

  async #readTailPatiently(waiting: readonly Waiting[]): Promise<void> {
    for (let pause = 50; ; pause = Math.min(1_000, pause * 2)) {
      try {
        await this.#readTail();
        return;
      } catch (error) {
        // With nobody waiting there is nothing to be patient for: the next poll asks again.
        const isLasting = error instanceof LocationUnavailable || error instanceof LogCorrupt;
        const oldest = Math.min(...waiting.map(({ since }) => since));
        if (waiting.length === 0 || isLasting || performance.now() - oldest >= PATIENCE_MS) throw error;
        await sleep(pause);
      }
    }
  }

  #commit(made: Draft, decidedAt: number): void {
    this.#advance(made.advance, made.proposal?.events ?? [], decidedAt);
    const now = this.#options.now();
    for (const { waiting } of made.accepted) this.#hot.ids.note(waiting.command.id, now);
    this.#settle(made);
  }

  #advance(advance: Advance, stored: readonly StoredEvent[], decidedAt: number | null): void {
    for (const event of stored) this.#hot.note(event);
    this.#hot.state = advance.after;
    if (stored.length > 0) this.#options.advanced(this.#hot, advance, decidedAt, stored);
  }

  #settle(made: Draft): void {
    for (const { waiting, seq, result } of made.accepted) {
      waiting.settle({
        ok: true,
        id: waiting.command.id,
        name: waiting.command.name,
        seq,
        replayed: false,
        result,
      });
    }
    for (const { waiting, refusal } of made.refused) waiting.settle({ ok: false, refusal });
    for (const { waiting, error } of made.failed) waiting.fail(error);
  }
}

function replay(one: Waiting, stored: StoredResult): Outcome {
  if (stored.hash !== one.hash || stored.actor !== one.actor.id || stored.name !== one.command.name)
    return { ok: false, reused: true };
  return {
    ok: true,
    id: stored.id,
    name: stored.name,
    seq: stored.seq,
    replayed: true,
    result: fieldsOf(stored.result),
  };
}

function fieldsOf(result: Json): Record<string, Json> {
  return isRecord(result) ? { ...result } : {};
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusePoison(error: Error): Outcome {
  const detail =
    'A text in the input cannot be stored: it is not well-formed Unicode, contains U+0000, or is too large.';
  return {
    ok: false,
    refusal: { code: 'invalid_input', detail, errors: [{ path: '', message: error.message }] },
  };
}
