import type { Down } from '../protocol/down.ts';
import type { Problem } from '../protocol/problems.ts';
import type { Replica, Told } from './replica.ts';
import type { Change, LiveData, Repair, Store, View } from './shapes.ts';
import type { OpenStore } from './store.ts';

/** One topic of this reader: its copy, who looks at it, and how it stands with the connection in use. */
export type Entry = {
  readonly topic: string;
  replica: Replica;
  readonly view: OpenStore<View>;
  readonly live: OpenStore<LiveData>;
  /** What `view` and `live` hand out: subscribing also subscribes the topic. */
  readonly viewStore: Store<View>;
  readonly liveStore: Store<LiveData>;
  readonly listeners: Set<(change: Change) => void>;
  users: number;
  leaving: ReturnType<typeof setTimeout> | null;
  /** The connection that was told of this topic. */
  toldOn: number;
  inStep: boolean;
  /** When it was last asked for on the connection in use. */
  askedAt: number;
  behind: number;
  behindSince: number | null;
  proof: number | null;
  gaps: number[];
  resets: number[];
  /** No whole snapshot is to be asked for before. */
  holdUntil: number;
  doubt: boolean;
  /** Why a snapshot was asked for that is not here yet. */
  repairing: Repair['cause'] | null;
  problem: Problem | null;
  /** How far the connection in use has told; -1 before its first word on this topic. */
  linkPos: number;
  /** Positions of the cursors that may have been painted, since the last snapshot. */
  cursors: Map<string, number>;
  /** Frames that wait for a snapshot fetched over HTTP. */
  queue: { link: number; frames: Extract<Down, { t: 'chg' }>[] } | null;
};

type Use = (entry: Entry, store: Store<unknown>, listener: () => void) => () => void;

const MAX_CURSORS = 64;
const MAX_LIVE = 1_000;

/** A topic that nobody asked for yet; `use` is called for everybody who begins to look at it. */
export function newEntry(
  replica: Replica,
  view: OpenStore<View>,
  live: OpenStore<LiveData>,
  use: Use,
): Entry {
  const entry: Entry = {
    topic: replica.topic,
    replica,
    view,
    live,
    viewStore: { get: view.get, subscribe: (listener) => use(entry, view, listener) },
    liveStore: { get: live.get, subscribe: (listener) => use(entry, live, listener) },
    listeners: new Set(),
    users: 0,
    leaving: null,
    toldOn: 0,
    inStep: false,
    askedAt: 0,
    behind: 0,
    behindSince: null,
    proof: null,
    gaps: [],
    resets: [],
    holdUntil: 0,
    doubt: false,
    repairing: null,
    problem: null,
    linkPos: -1,
    cursors: new Map(),
    queue: null,
  };
  return entry;
}

/** Cursors of before a snapshot may be of another log, or ahead of this one: nobody may acknowledge those. */
export function remember(entry: Entry, next: Replica, anew: boolean): void {
  if (anew) entry.cursors.clear();
  if (next.paintCursor === null || entry.cursors.has(next.paintCursor)) return;
  entry.cursors.set(next.paintCursor, next.pos);
  for (const oldest of entry.cursors.keys()) {
    if (entry.cursors.size <= MAX_CURSORS) break;
    entry.cursors.delete(oldest);
  }
}

/** The latest of each, newest last, so that the bound drops what is oldest. */
export function withLive(before: LiveData, { kind, id, data }: Extract<Down, { t: 'live' }>): LiveData {
  const live = new Map(before);
  const key = `${kind}:${id}`;
  live.delete(key);
  if (data !== null) live.set(key, data);
  for (const oldest of live.keys()) {
    if (live.size <= MAX_LIVE) break;
    live.delete(oldest);
  }
  return live;
}

/** What was wrong is what the snapshot changed; null: none was asked for, or it was told before. */
export function repairOf(entry: Entry, told: Told | null, at: number): Repair | null {
  const cause = entry.repairing;
  if (cause === null) return null;
  entry.repairing = null;
  const names = (list: readonly { kind: string; id: string }[] = []) =>
    list.map(({ kind, id }) => `${kind}|${id}`);
  return { topic: entry.topic, at, cause, missing: names(told?.put), extra: names(told?.gone) };
}
