import type { Down, Snap } from '../protocol/down.ts';
import type { SnapshotAnswer } from '../protocol/http.ts';
import type { Said, Wanted } from './carrier.ts';
import type { LastKnown } from './lastKnown.ts';
import {
  applyChange,
  applySnapshot,
  compare,
  emptyReplica,
  forgetLink,
  isFork,
  isSetBack,
} from './replica.ts';
import type { Applied, Replica } from './replica.ts';
import type { Change, Entities, LiveData, Repair, Store, View } from './shapes.ts';
import { openStore, tellAll } from './store.ts';
import { newEntry, remember, repairOf, withLive } from './topicEntry.ts';
import type { Entry } from './topicEntry.ts';

/**
 * The topics this reader has: which ones somebody looks at, the copy of each, and its repair.
 * Any doubt is settled by asking again: first from the own cursor, then by a whole snapshot.
 */
export type TopicsOptions = {
  /** This device's clock, milliseconds. */
  now(): number;
  serverNow(): number;
  /** Says something on the connection in use; false when there is none. */
  say(frame: Said): boolean;
  /** Is there proof of life within the last 20 s? */
  isLive(): boolean;
  fetchSnapshot(href: string): Promise<SnapshotAnswer>;
  /** Entities as they will be after the commands under way. */
  predict(replica: Replica): { entities: Entities; predicted: ReadonlySet<string> };
  /** What this device kept of a topic, to be shown until the server speaks. */
  lastKnown: Pick<LastKnown, 'load' | 'note'>;
  /** A topic fell out of step, came back, or moved on. */
  moved(): void;
  /** A copy that differed was replaced. */
  repaired(repair: Repair): void;
  /** A copy was replaced by one of another history: the server was restored, or another one took over. */
  forked(topic: string, before: Replica, after: Replica): void;
  /** Somebody looks at a topic: there should be a connection. */
  needed(): void;
};

const LINGER_MS = 5_000;
const ASK_AGAIN_MS = 5_000;
const GAPS_MS = 60_000;
const RESETS_MS = 30_000;
const LATE_MS = 10_000;
const MAX_QUEUE = 500;

export type Topics = ReturnType<typeof createTopics>;

export function createTopics(options: TopicsOptions) {
  const entries = new Map<string, Entry>();
  let link = 0;
  let repairs = 0;

  function entryOf(topic: string): Entry {
    const known = entries.get(topic);
    if (known) return known;
    const replica = emptyReplica(topic);
    const view = openStore<View>({
      topic,
      state: 'loading',
      ...options.predict(replica),
      pos: -1,
      cursor: null,
      freshness: null,
      problem: null,
    });
    const live = openStore<LiveData>(new Map());
    const entry = newEntry(replica, view, live, (own, store, listener) => use(own, store, listener));
    entries.set(topic, entry);
    void recall(entry);
    return entry;
  }

  /** Shows what this device knew of the topic, unless the server was quicker. */
  async function recall(entry: Entry): Promise<void> {
    const known = await options.lastKnown.load(entry.topic);
    if (known === null || entry.replica.pos >= 0) return;
    entry.replica = { ...known.replica, parts: entry.replica.parts };
    entry.proof = known.provenAt;
    show(entry);
    options.moved();
  }

  /** React leaves and comes back within a moment; only who stays away gives the topic up. */
  function use(entry: Entry, store: Store<unknown>, listener: () => void): () => void {
    const off = store.subscribe(listener);
    entry.users += 1;
    if (entry.leaving !== null) clearTimeout(entry.leaving);
    entry.leaving = null;
    if (entry.users === 1) {
      if (link !== 0 && entry.toldOn !== link) ask(entry);
      options.needed();
    }
    let left = false;
    return () => {
      off();
      if (left) return;
      left = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      entry.leaving = setTimeout(() => leave(entry), LINGER_MS);
    };
  }

  function leave(entry: Entry): void {
    entry.leaving = null;
    if (entry.toldOn === link && link !== 0) options.say({ t: 'unsub', topic: entry.topic });
    entry.toldOn = 0;
    entry.inStep = false;
    entry.queue = null;
    show(entry);
    options.moved();
  }

  const isWanted = (entry: Entry) => entry.users > 0 || entry.leaving !== null;

  /** Subscribes, from the own cursor or, where the copy is in doubt, from nothing. */
  function ask(entry: Entry): void {
    entry.inStep = false;
    entry.linkPos = -1;
    entry.askedAt = options.now();
    if (options.say({ t: 'sub', ...wantedOf(entry.replica) })) entry.toldOn = link;
    options.moved();
  }

  /** Takes a snapshot because the copy is wrong. Twice within 30 s: something else is wrong, so not in a loop. */
  function repair(entry: Entry, cause: Repair['cause']): void {
    const now = options.now();
    entry.repairing ??= cause;
    entry.replica = { ...entry.replica, asked: true };
    entry.doubt = true;
    entry.inStep = false;
    repairs += 1;
    entry.resets = [...entry.resets.filter((at) => now - at < RESETS_MS), now];
    entry.gaps = [];
    if (entry.resets.length > 2) entry.holdUntil = now + RESETS_MS;
    else ask(entry);
    show(entry);
  }

  /** The next question would be for a whole snapshot, and it is too early for another one. */
  function isHeld({ replica, holdUntil }: Entry): boolean {
    return replica.asked && options.now() < holdUntil;
  }

  function onGap(entry: Entry): void {
    const now = options.now();
    entry.inStep = false;
    // What is seen while a snapshot waits for its time is no reason to let it wait longer.
    if (isHeld(entry)) return;
    // One question at a time: what comes before its answer is of no use.
    if (now - entry.askedAt < ASK_AGAIN_MS && entry.toldOn === link) return;
    entry.gaps = [...entry.gaps.filter((at) => now - at < GAPS_MS), now];
    if (entry.gaps.length >= 3 && now >= entry.holdUntil) repair(entry, 'gap');
    else ask(entry);
  }

  function take(entry: Entry, applied: Applied, at: string, reset: string | null): void {
    const { outcome, told } = applied;
    if (outcome === 'gap') {
      onGap(entry);
      show(entry);
      return;
    }
    remember(entry, applied.replica, outcome === 'snapshot' || outcome === 'differs');
    const before = entry.replica;
    entry.replica = applied.replica;
    if (isFork(before, applied, reset)) options.forked(entry.topic, before, applied.replica);
    entry.problem = null;
    if (outcome === 'differs') {
      prove(entry);
      show(entry);
      tell(entry, told, at, reset);
      repair(entry, 'hash');
      return;
    }
    if (outcome === 'snapshot') {
      entry.doubt = false;
      const repaired = repairOf(entry, told, options.serverNow());
      if (repaired !== null) options.repaired(repaired);
    }
    // Still waiting for the rest of a snapshot, asked for or not: neither proof nor step.
    if (!entry.replica.asked && outcome !== 'part') prove(entry);
    show(entry);
    tell(entry, told, at, reset);
  }

  function prove(entry: Entry): void {
    entry.inStep = true;
    entry.behind = 0;
    entry.behindSince = null;
    entry.askedAt = 0;
    entry.proof = options.serverNow();
    options.lastKnown.note(entry.replica, entry.proof);
  }

  function tell(entry: Entry, told: Applied['told'], at: string, reset: string | null): void {
    if (!told || entry.listeners.size === 0) return;
    const time = Date.parse(at);
    const happened = Number.isFinite(time) ? time : options.serverNow();
    tellAll(entry.listeners, {
      topic: entry.topic,
      ...told,
      pos: entry.replica.pos,
      at: happened,
      late: reset !== null || options.serverNow() - happened > LATE_MS,
      reset,
    });
  }

  function onSnapshot(entry: Entry, frame: Snap, from: number): void {
    if (frame.href === undefined) {
      take(
        entry,
        applySnapshot(entry.replica, frame, from),
        new Date(options.serverNow()).toISOString(),
        frame.reason ?? 'snapshot',
      );
      return;
    }
    const queue: Entry['queue'] = { link: from, frames: [] };
    entry.queue = queue;
    void options.fetchSnapshot(frame.href).then(
      (snapshot) => {
        if (entry.queue !== queue) return;
        entry.queue = null;
        if (isSetBack(snapshot.pos, entry.replica.pos, frame.reason)) return onLag(entry);
        entry.replica = { ...entry.replica, asked: true };
        onSnapshot(
          entry,
          {
            t: 'snap',
            ...snapshot,
            part: 0,
            last: true,
            reset: true,
            ...(frame.reason !== undefined && { reason: frame.reason }),
          },
          from,
        );
        for (const waiting of queue.frames)
          take(entry, applyChange(entry.replica, waiting), waiting.at, null);
        options.moved();
      },
      () => {
        // Asked for again by `tick`, on whatever connection there is then.
        if (entry.queue === queue) entry.queue = null;
      },
    );
  }

  /** The next try is another node's, or this one has read the log by then: `tick` asks. */
  function onLag(entry: Entry): void {
    entry.inStep = false;
    entry.askedAt = options.now();
    show(entry);
    options.moved();
  }

  function onPing(topics: Record<string, [number, number]>): void {
    for (const [topic, [pos, hash]] of Object.entries(topics)) {
      const entry = entries.get(topic);
      if (!entry || !isWanted(entry) || entry.queue || entry.replica.pos < 0) continue;
      const verdict = compare(entry.replica, pos, hash);
      entry.linkPos = Math.max(entry.linkPos, pos);
      if (verdict === 'differs') {
        if (options.now() >= entry.holdUntil) repair(entry, 'hash');
      } else if (verdict === 'behind') {
        entry.behind = pos - entry.replica.pos;
        entry.behindSince ??= options.now();
        entry.inStep = false;
      } else if (verdict === 'equal') {
        // A copy that equals the server's needs no repair, whoever asked for one.
        entry.replica = { ...entry.replica, asked: false };
        entry.doubt = false;
        prove(entry);
      }
      show(entry);
    }
  }

  function show(entry: Entry): void {
    const { replica } = entry;
    const { entities, predicted } = options.predict(replica);
    const state =
      replica.pos < 0 ? 'loading' : entry.inStep && !entry.doubt && options.isLive() ? 'live' : 'stale';
    const old = entry.view.get();
    if (
      old.state === state &&
      old.entities === entities &&
      old.pos === replica.pos &&
      old.cursor === replica.paintCursor &&
      old.freshness === entry.proof &&
      old.predicted === predicted &&
      old.problem === entry.problem
    )
      return;
    entry.view.set({
      topic: entry.topic,
      state,
      entities,
      pos: replica.pos,
      cursor: replica.paintCursor,
      freshness: entry.proof,
      predicted,
      problem: entry.problem,
    });
  }

  return {
    view: (topic: string): Store<View> => entryOf(topic).viewStore,
    live: (topic: string): Store<LiveData> => entryOf(topic).liveStore,
    onChange(topic: string, listener: (change: Change) => void): () => void {
      const { listeners } = entryOf(topic);
      const own = (change: Change) => listener(change);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    /** What a new connection asks for in its hello. */
    subscriptions(attempt: number): Wanted[] {
      const wanted = [...entries.values()].filter(isWanted);
      for (const entry of wanted) entry.toldOn = attempt;
      return wanted.map(({ replica }) => wantedOf(replica));
    },
    /** A connection is in use from now on. */
    linkUp(attempt: number): void {
      link = attempt;
      for (const entry of entries.values()) {
        if (!isWanted(entry)) continue;
        entry.inStep = false;
        entry.askedAt = options.now();
        entry.problem = null;
        entry.linkPos = -1;
        if (entry.toldOn !== attempt) ask(entry);
      }
    },
    linkDown(attempt: number): void {
      if (link === attempt) link = 0;
      for (const entry of entries.values()) {
        entry.replica = forgetLink(entry.replica, attempt);
        if (entry.queue?.link === attempt) entry.queue = null;
        if (link === 0) entry.inStep = false;
        show(entry);
      }
    },
    /** A frame of any connection that is up; those of two overlap without harm. */
    frame(from: number, frame: Down): void {
      if (frame.t === 'ping') {
        if (from === link) onPing(frame.topics);
        return;
      }
      if (!('topic' in frame) || frame.topic === undefined) return;
      const entry = entries.get(frame.topic);
      if (!entry || !isWanted(entry)) return;
      switch (frame.t) {
        case 'chg':
          if (from === link) entry.linkPos = Math.max(entry.linkPos, frame.to);
          if (entry.queue && entry.queue.link === from) {
            entry.queue.frames.push(frame);
            if (entry.queue.frames.length > MAX_QUEUE) {
              entry.queue = null;
              ask(entry);
            }
            return;
          }
          take(entry, applyChange(entry.replica, frame), frame.at, null);
          return;
        case 'snap':
          if (from === link && frame.last) entry.linkPos = frame.pos;
          onSnapshot(entry, frame, from);
          return;
        case 'live':
          entry.live.set(withLive(entry.live.get(), frame));
          return;
        case 'problem':
          entry.problem = frame;
          entry.inStep = false;
          show(entry);
          return;
      }
    },
    /**
     * May this cursor be acknowledged on the connection in use? One that it has not told yet (another one had, or an
     * earlier life of the log) would end it as a lie.
     */
    mayAcknowledge(topic: string, cursor: string): boolean {
      const entry = entries.get(topic);
      const pos = entry?.cursors.get(cursor);
      return (
        entry !== undefined &&
        pos !== undefined &&
        link !== 0 &&
        entry.toldOn === link &&
        pos <= entry.linkPos
      );
    },
    /** Once a second: asks again for what was not answered. */
    tick(): void {
      const now = options.now();
      for (const entry of entries.values()) {
        if (!isWanted(entry) || link === 0 || entry.problem || entry.queue || isHeld(entry)) continue;
        const unanswered = !entry.inStep && now - entry.askedAt >= ASK_AGAIN_MS;
        const left = entry.behindSince !== null && now - entry.behindSince >= 2_000;
        if (unanswered || left) ask(entry);
        if (left) entry.behindSince = now;
      }
    },
    /** A person does not believe what is shown: every topic is asked for whole, on the next connection or this one. */
    distrust(): void {
      for (const entry of entries.values()) {
        if (!isWanted(entry)) continue;
        entry.replica = { ...entry.replica, asked: true };
        entry.doubt = true;
        entry.inStep = false;
        entry.holdUntil = 0;
        entry.resets = [];
        entry.problem = null;
        show(entry);
      }
    },
    /** Predictions, or the proof of life, changed. */
    refresh(): void {
      for (const entry of entries.values()) if (isWanted(entry)) show(entry);
    },
    inStep: (): boolean =>
      [...entries.values()].every((entry) => !isWanted(entry) || entry.inStep || entry.problem !== null),
    behind: (): number =>
      [...entries.values()].reduce(
        (most, entry) => (isWanted(entry) ? Math.max(most, entry.behind) : most),
        0,
      ),
    repairs: (): number => repairs,
    /** Replicas of the topics that somebody looks at. */
    replicas: (): Replica[] => [...entries.values()].filter(isWanted).map((entry) => entry.replica),
    close(): void {
      for (const entry of entries.values()) if (entry.leaving !== null) clearTimeout(entry.leaving);
      link = 0;
    },
  };
}

/** From the own cursor or, where the copy is in doubt, from nothing. */
function wantedOf({ topic, asked, cursor, pos }: Replica): Wanted {
  return asked || cursor === null ? { topic, after: null, pos: -1 } : { topic, after: cursor, pos };
}
