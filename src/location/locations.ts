import type { Actor, Command } from '../domain/commands.ts';
import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState, Touch } from '../domain/state.ts';
import type { House } from '../domain/policies.ts';
import { toInstant } from '../domain/text.ts';
import { type Log, LogCorrupt, type StoredEvent } from '../log/types.ts';
import type { Batcher } from './batcher.ts';
import type { Courtesy } from './courtesy.ts';
import { type HotLocation, LocationUnavailable, hydrate } from './hotLocation.ts';
import { Mailbox } from './mailbox.ts';
import type { Outcome } from './outcome.ts';
import type { Rules } from './rules.ts';
import { Policies } from './policyRunner.ts';

/**
 * The one door through which anything changes, and the hot state behind it.
 *
 * - *hot*: in this node's memory. Another node may have the same location hot; the log's head decides between them.
 * - *reader*: somebody who needs the state kept in memory and told of every change (the feed).
 * - *cold*: out of memory; after 10 minutes without reader, command or a deadline that is near.
 */

/** When a change was decided here (null: by another node) and when this node learned that it is in the log; ms since 1970. */
export type Appended = {
  readonly decidedAt: number | null;
  readonly committedAt: number;
  readonly touched: readonly (readonly Touch[])[];
  /** Per event, the state after it. */
  readonly states: readonly LocationState[];
  /** The events as they stand in the log. */
  readonly stored: readonly StoredEvent[];
};

export type OnCommit = (
  location: HotLocation,
  before: LocationState,
  after: LocationState,
  events: readonly LoggedEvent[],
  appended: Appended,
) => void;

export type LocationsOptions = {
  readonly log: Log;
  readonly batcher: Batcher;
  readonly rules: Rules;
  /** Default: the log's clock. */
  readonly clock?: { now(): number };
  /** Called synchronously, in order of seq and without a gap, for every change of a hot location, whoever made it. */
  readonly onCommit: OnCommit;
  /** The location left memory because it cannot be trusted any more: its readers must start afresh. */
  readonly onLost?: (location: HotLocation, error: Error) => void;
  /** The location came into memory, or left it for whatever reason: other nodes are listened to meanwhile. */
  readonly onOpened?: (location: HotLocation) => void;
  readonly onClosed?: (location: HotLocation) => void;
  /** What became of the events that another node sent along. */
  readonly onCourtesy?: (outcome: 'applied' | 'refused') => void;
  /** What is known of a location's screens. Without it, no ticket is shown elsewhere or printed for want of a screen. */
  readonly house?: (location: string) => House;
  readonly report?: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly mostWaiting?: number;
  /** How often heads are compared with the database, ms; `pollHeadsEvery` changes it. */
  readonly pollEvery?: number;
  /** Idle time after which a location goes cold, ms. */
  readonly coldAfter?: number;
  /** Commands between two snapshots. */
  readonly snapshotEvery?: number;
};

export type Locations = {
  /** Gives a validated command to its location. Rejects only for a mistake of ours. */
  submit(location: string, command: Command, actor: Actor, hash: string): Promise<Outcome>;
  /** The same for what the house itself asks (receipts, policies). */
  submitInner(location: string, command: Command, actor: Actor): Promise<Outcome>;
  /** The location, brought into memory when it is not; null when there is none. Throws LocationUnavailable, or the error of `pg`. */
  open(location: string): Promise<HotLocation | null>;
  /** The location if it is in memory. */
  peek(location: string): HotLocation | null;
  /** Holds a hot location in memory until the answer is called. */
  keep(location: string): () => void;
  /** The tag of the event at `seq`, from memory or from the log; null when there is none. */
  tagAt(location: string, seq: number): Promise<string | null>;
  /** Reads what other nodes appended to a hot location; resolves when its state has it, rejects when the log cannot be read. */
  refresh(location: string): Promise<void>;
  /** What another node says it appended, perhaps wrong, late or twice. */
  offer(location: string, courtesy: Courtesy): void;
  /** Compares the heads of these locations (default: of all in memory) with the database now. */
  look(locations?: readonly string[]): Promise<void>;
  /** How often heads are compared from now on: often while nobody can tell this node, seldom while somebody does. */
  pollHeadsEvery(ms: number): void;
  /** Starts the timers: head polling, deadlines, cooling. */
  start(): void;
  /** Answers what waits, saves snapshots of what changed, stops the timers. */
  stop(): Promise<void>;
  readonly load: {
    readonly hot: number;
    readonly readers: number;
    /** The longest time for which a location in memory has known its log to be further than its state, in ms. */
    readonly behindMs: number;
  };
};

type Entry = {
  readonly hot: HotLocation;
  readonly mailbox: Mailbox;
  readonly policies: Policies;
  readers: number;
  usedAt: number;
  saving: Promise<void> | null;
  savedAt: number;
  /** The log was seen to be further than this state, at this head since then; null while they are equal. */
  behind: { readonly head: number; readonly since: number } | null;
};

const BROKEN_FOR_MS = 5_000;
const TICK_MS = 250;
/** A rush must not spend its time on snapshots: a longer tail costs some milliseconds, once, at a restart. */
const SNAPSHOT_PAUSE_MS = 30_000;

export function createLocations(options: LocationsOptions): Locations {
  const { log, batcher, rules, onCommit } = options;
  const clock = options.clock ?? log.clock;
  const report = options.report ?? (() => undefined);
  const { mostWaiting = 2_000, pollEvery = 2_000, coldAfter = 600_000, snapshotEvery = 500 } = options;
  const entries = new Map<string, Entry>();
  const opening = new Map<string, Promise<Entry | null>>();
  const broken = new Map<string, { error: Error; until: number }>();
  const timers: NodeJS.Timeout[] = [];
  let stopped = false;

  function add(hot: HotLocation): Entry {
    const mailbox = new Mailbox(hot, {
      log,
      batcher,
      rules,
      mostWaiting,
      now: () => clock.now(),
      broken: (_hot, error) => lose(entry, error),
      ...(options.onCourtesy !== undefined && { courtesy: options.onCourtesy }),
      advanced: (_hot, { before, after, events, touched, states }, decidedAt, stored) => {
        if (entry.behind !== null && after.head >= entry.behind.head) entry.behind = null;
        try {
          onCommit(hot, before, after, events, {
            decidedAt,
            committedAt: clock.now(),
            touched,
            states,
            stored,
          });
        } catch (error) {
          report('a follower of commits failed', { location: hot.id, error: String(error) });
        }
        entry.policies.changed();
        const since = hot.head - hot.snapshotAt;
        const isBusy = performance.now() - entry.savedAt < SNAPSHOT_PAUSE_MS;
        if (since >= snapshotEvery && (!isBusy || since >= snapshotEvery * 10)) saveSoon(entry);
      },
    });
    const policies = new Policies({
      hot,
      rules,
      now: () => clock.now(),
      house: options.house?.(hot.id) ?? null,
      submit: (command, actor) => mailbox.submit(command, actor, 'inner', true),
      report,
    });
    const entry: Entry = {
      hot,
      mailbox,
      policies,
      readers: 0,
      usedAt: performance.now(),
      saving: null,
      savedAt: Number.NEGATIVE_INFINITY,
      behind: null,
    };
    entries.set(hot.id, entry);
    options.onOpened?.(hot);
    return entry;
  }

  function remove(entry: Entry): void {
    entries.delete(entry.hot.id);
    options.onClosed?.(entry.hot);
  }

  /** Out of memory: whoever comes next starts from the database. */
  function lose(entry: Entry, error: Error): void {
    if (entries.get(entry.hot.id) !== entry) return;
    remove(entry);
    report('a location had to be given up', { location: entry.hot.id, error: error.message });
    options.onLost?.(entry.hot, error);
  }

  async function find(location: string): Promise<Entry | null> {
    const there = entries.get(location);
    if (there !== undefined) {
      there.usedAt = performance.now();
      return there;
    }
    const bad = broken.get(location);
    if (bad !== undefined && bad.until > performance.now()) throw bad.error;
    let pending = opening.get(location);
    if (pending === undefined) {
      pending = bring(location).finally(() => opening.delete(location));
      opening.set(location, pending);
    }
    return pending;
  }

  async function bring(location: string): Promise<Entry | null> {
    try {
      const hot = await hydrate(log, rules, location);
      broken.delete(location);
      if (hot === null) return null;
      const entry = add(hot);
      if (hot.head - hot.snapshotAt >= snapshotEvery) saveSoon(entry);
      return entry;
    } catch (error) {
      if (error instanceof LocationUnavailable || error instanceof LogCorrupt) {
        // Reading the same log over and over would not make it readable.
        broken.set(location, { error, until: performance.now() + BROKEN_FOR_MS });
        report('a location cannot be brought into memory', { location, error: error.message });
      }
      throw error;
    }
  }

  async function put(
    location: string,
    command: Command,
    actor: Actor,
    hash: string,
    inner: boolean,
  ): Promise<Outcome> {
    if (stopped) return { ok: false, unavailable: true, retryAfter: 1 };
    let entry: Entry | null;
    try {
      entry = await find(location);
    } catch (error) {
      return { ok: false, unavailable: true, retryAfter: error instanceof LocationUnavailable ? 5 : 2 };
    }
    if (entry === null)
      return { ok: false, refusal: { code: 'not_found', detail: `There is no location ${location}.` } };
    return entry.mailbox.submit(command, actor, hash, inner);
  }

  /** Off the path of a command: freezing a busy location takes some milliseconds. */
  function saveSoon(entry: Entry): void {
    entry.saving ??= new Promise((done) => setTimeout(done, 50 + Math.random() * 500).unref())
      .then(() => save(entry))
      .finally(() => {
        entry.saving = null;
      });
  }

  async function save(entry: Entry): Promise<void> {
    const { hot } = entry;
    const { state } = hot;
    if (state.head <= hot.snapshotAt || state.at === null) return;
    entry.savedAt = performance.now();
    try {
      await log.saveSnapshot(hot.id, {
        seq: state.head,
        stateVersion: rules.stateVersion,
        at: state.at,
        state: rules.freeze(state),
      });
      hot.snapshotAt = Math.max(hot.snapshotAt, state.head);
    } catch (error) {
      report('a snapshot could not be saved', {
        location: hot.id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async function poll(ids: readonly string[] = [...entries.keys()]): Promise<void> {
    for (let at = 0; at < ids.length; at += 1_000) {
      const heads = await log.readHeads(ids.slice(at, at + 1_000)).catch((error: unknown) => {
        // Without the database nobody can be expected to keep up with it.
        for (const entry of entries.values()) entry.behind = null;
        throw error;
      });
      for (const [id, head] of heads) {
        const entry = entries.get(id);
        if (entry === undefined) continue;
        if (head > entry.hot.head) {
          entry.behind ??= { head, since: performance.now() };
          // What cannot be read now is asked for again by the next poll.
          entry.mailbox.lookAgain().catch(() => undefined);
        } else if (head < entry.hot.head && entry.mailbox.idle) {
          await suspectRestore(entry);
        }
      }
    }
  }

  /**
   * The database knows less than we did before we asked: its history was replaced. Compared with what we knew then,
   * for a command may commit while the answer is on its way.
   */
  async function suspectRestore(entry: Entry): Promise<void> {
    const known = entry.hot.head;
    const head = (await log.readHeads([entry.hot.id])).get(entry.hot.id) ?? 0;
    if (head < known)
      lose(entry, new LogCorrupt(entry.hot.id, `the log ends at ${head}, this node has seen ${known}`));
  }

  /** One node wakes each location whose time has come; the hot ones know it themselves, so they get a head start. */
  async function wake(): Promise<void> {
    const due = await log.claimDue(toInstant(clock.now() - 1_000), 100, 30_000);
    await Promise.all(
      due.map(async (location) => {
        const entry = await find(location).catch(() => null);
        if (entry === null) return;
        await entry.policies.run();
        const { hot } = entry;
        // A deadline that came to nothing must be moved, or it wakes for ever; this node looks at it meanwhile.
        await log.setDeadline(hot.id, hot.head, entry.policies.wakeAt);
      }),
    );
  }

  async function cool(): Promise<void> {
    const idleSince = performance.now() - coldAfter;
    for (const entry of entries.values()) {
      if (
        entry.readers > 0 ||
        !entry.mailbox.idle ||
        entry.usedAt > idleSince ||
        entry.policies.isNear(coldAfter)
      )
        continue;
      if (entry.hot.head - entry.hot.snapshotAt > 50) await save(entry);
      if (entry.readers === 0 && entry.mailbox.idle && entry.usedAt <= idleSince) remove(entry);
    }
  }

  function every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) =>
          report('background work on locations failed', {
            error: error instanceof Error ? error.message : String(error),
          }),
        )
        .finally(() => {
          running = false;
        });
    }, ms);
    timer.unref();
    timers.push(timer);
    return timer;
  }

  let pollMs = pollEvery;
  let polling: NodeJS.Timeout | undefined;
  function pollHeadsEvery(ms: number): void {
    if (ms === pollMs && polling !== undefined) return;
    pollMs = ms;
    clearInterval(polling);
    if (!stopped) polling = every(ms, () => poll());
  }

  return {
    submit: (location, command, actor, hash) => put(location, command, actor, hash, false),
    submitInner: (location, command, actor) => put(location, command, actor, 'inner', true),
    open: async (location) => (await find(location))?.hot ?? null,
    peek: (location) => entries.get(location)?.hot ?? null,
    keep(location) {
      const entry = entries.get(location);
      if (entry === undefined) throw new Error(`Location "${location}" is not in memory: open it first`);
      entry.readers += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        entry.readers -= 1;
        entry.usedAt = performance.now();
      };
    },
    tagAt: async (location, seq) => entries.get(location)?.hot.tagAt(seq) ?? log.tagAt(location, seq),
    refresh: async (location) => entries.get(location)?.mailbox.lookAgain(),
    offer: (location, courtesy) => entries.get(location)?.mailbox.offer(courtesy),
    look: (ids) => poll(ids),
    pollHeadsEvery,
    start() {
      pollHeadsEvery(pollMs);
      every(1_000, wake);
      every(Math.min(30_000, coldAfter), cool);
      every(TICK_MS, async () => {
        for (const entry of entries.values()) if (entry.policies.isDue) void entry.policies.run();
      });
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      stopped = true;
      await Promise.all([...entries.values()].map((entry) => entry.mailbox.drain()));
      await Promise.all(
        [...entries.values()].map(async (entry) => {
          await entry.saving;
          if (entry.hot.head - entry.hot.snapshotAt > 50) await save(entry);
        }),
      );
    },
    get load() {
      let [readers, behindMs] = [0, 0];
      for (const entry of entries.values()) {
        readers += entry.readers;
        if (entry.behind !== null) behindMs = Math.max(behindMs, performance.now() - entry.behind.since);
      }
      return { hot: entries.size, readers, behindMs };
    },
  };
}
