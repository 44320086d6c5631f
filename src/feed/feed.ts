import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState, Touch } from '../domain/state.ts';
import { mayRead, topicKind } from '../domain/rights.ts';
import { CLOSE } from '../protocol/down.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import { checkCursor, decodeCursor } from './cursor.ts';
import { EncodingBudget, textFrom } from './encodings.ts';
import { type FeedObserver, Place, type PlaceOptions } from './place.ts';
import { type TicketRow, readTicketRows } from './foreignTickets.ts';
import type { LiveDatum } from './presence.ts';
import { PumpQueue } from './pumpQueue.ts';
import type { SnapshotHead } from './snapshotEncoding.ts';
import {
  type FeedLocation,
  FeedRefusal,
  type FeedSource,
  type Reader,
  type Sink,
  type Views,
  audienceOf,
  isOwn,
} from './source.ts';
import { Subscription } from './subscription.ts';
import type { Watcher } from './watchers.ts';

/**
 * The feed: from commits to frames, on whatever carries them. It keeps no queue for anybody: views have positions,
 * readers have positions, and whoever is behind is told from state.
 */

export type FeedOptions = {
  readonly source: FeedSource;
  readonly views: Views;
  /** Hash of the rules: a cursor of other rules is void, since the same version may look different. */
  readonly rules: string;
  /** Milliseconds since 1970 by the log's clock. */
  readonly now: () => number;
  /** Where a large snapshot is fetched. */
  readonly href: (location: string, topic: string) => string;
  readonly observe?: FeedObserver;
  /** Who looks at a location on all nodes; it is told of every screen here. */
  readonly presence?: PlaceOptions['presence'];
  /** The other nodes, to be told which screens here have which ticket. */
  readonly rooms?: {
    isHeard(location: string): boolean;
    say(location: string, kind: 'seen', json: string): void;
    on(kind: 'seen', handler: (location: string, data: unknown, node: string) => void): void;
  };
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Bytes of encodings of all views together. Default 512 MB. */
  readonly encodingBytes?: number;
};

export type FeedSnapshot = { readonly head: SnapshotHead; text(): string; zipped(): Promise<Buffer> };

export type Feed = {
  /** What happened: to be called as `onCommit` of the locations. */
  committed(
    location: { readonly id: string },
    before: LocationState,
    after: LocationState,
    events: readonly LoggedEvent[],
    appended: { readonly committedAt: number; readonly touched: readonly (readonly Touch[])[] },
  ): void;
  /** The location left memory: its readers come back and start afresh. */
  lost(location: { readonly id: string }): void;
  /** May this reader have this topic here, now? Rejects with FeedRefusal. */
  admit(reader: Reader, topic: string): Promise<void>;
  /** Subscribes; frames go to the sink until the subscription is detached. Rejects with FeedRefusal. */
  attach(reader: Reader, topic: string, after: string | null, sink: Sink): Promise<Subscription>;
  /** The whole topic as it is. Rejects with FeedRefusal. */
  snapshot(reader: Reader, topic: string): Promise<FeedSnapshot>;
  /** The body of `GET /changes`: what changed after a cursor, waiting up to `waitMs` for something. Rejects with FeedRefusal. */
  changes(
    reader: Reader,
    topic: string,
    after: string | null,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<string>;
  /** An acknowledgement that came over HTTP. `refused`: the cursor is not one that this topic gave out. */
  acknowledge(reader: Reader, ack: Acknowledgement): Promise<'noted' | 'refused'>;
  /** Who watches a location on this node: sockets, event streams, and who polled a moment ago. */
  watchers(location: string): Watcher[];
  /** Sessions that have not been given what there is. */
  behind(location: string): ReadonlySet<string>;
  /** Tells live data to whoever reads the topics that it is for. */
  emit(location: string, data: readonly LiveDatum[]): void;
  start(): void;
  stop(): void;
  readonly load: {
    readonly places: number;
    readonly subscriptions: number;
    readonly blocked: number;
    readonly encodingBytes: number;
  };
};

const WATCH_MS = 100;
const TICK_MS = 1_000;
const DEFAULT_ENCODINGS = 512 * 1024 * 1024;

export function createFeed(options: FeedOptions): Feed {
  const { source, views, rules } = options;
  const budget = new EncodingBudget(options.encodingBytes ?? DEFAULT_ENCODINGS);
  const pumps = new PumpQueue();
  const blocked = new Set<Subscription>();
  const places = new Map<string, Place>();
  const timers: NodeJS.Timeout[] = [];
  let isStopped = false;
  const report = options.report ?? (() => undefined);
  const placeOptions = {
    source,
    views,
    rules,
    budget,
    pumps,
    blocked,
    now: options.now,
    href: options.href,
    observe: options.observe ?? {},
    report,
    ...(options.presence !== undefined && { presence: options.presence }),
    isHeard: (location: string) => options.rooms?.isHeard(location) === true,
    tell: (location: string, rows: readonly TicketRow[]) =>
      options.rooms?.say(location, 'seen', JSON.stringify(rows)),
  };
  options.rooms?.on('seen', (location, data, node) => {
    const rows = readTicketRows(data);
    if (rows !== null) places.get(location)?.told(node, rows);
  });

  function placeOf(location: FeedLocation): Place {
    const there = places.get(location.id);
    if (there?.location === location) return there;
    there?.close(CLOSE.resync, 'the location was read anew');
    const place = new Place(location, placeOptions);
    places.set(location.id, place);
    return place;
  }

  /** The location, if this reader may read this topic there: asked again on every way in. */
  async function enter(reader: Reader, topic: string): Promise<FeedLocation> {
    const location = await readable(source.open(reader.location));
    if (location === null || location.organization !== reader.organization)
      throw new FeedRefusal('no_place', 'There is no such location');
    // Before anything is said of what is there: a guest learns nothing of other orders, not even that they are none.
    if (!isOwn(reader, topic)) throw new FeedRefusal('forbidden', 'A guest may read its own order alone');
    // An order that was placed on another node a moment ago is read before it is denied.
    if (topicKind(topic) === 'order' && !views.topicExists(location.state, topic))
      await readable(source.refresh(reader.location));
    if (!views.topicExists(location.state, topic))
      throw new FeedRefusal('no_topic', `There is no topic "${topic.slice(0, 80)}" here`);
    if (!mayRead(reader.role, topic))
      throw new FeedRefusal('forbidden', `The role ${reader.role} may not read ${topic}`);
    return location;
  }

  async function judge(
    location: FeedLocation,
    reader: Reader,
    topic: string,
    after: string,
  ): ReturnType<typeof checkCursor> {
    const audience = audienceOf(reader.role, topic);
    return readable(checkCursor(after, location, topic, audience, rules, source, views));
  }

  /** The last line before an answer, as a subscription has one before each send: nothing of one place goes to another. */
  function assertOwn(reader: Reader, from: { id: string; organization: string }, topic: string): void {
    if (from.id === reader.location && from.organization === reader.organization) return;
    report('a frame was about to reach a stranger', { from: from.id, to: reader.location, topic });
    throw new FeedRefusal('no_place', 'There is no such location');
  }

  /** Resolves when the topic shows a change, the time is over or the caller went away. */
  function waitFor(
    waiters: Set<() => void>,
    ms: number,
    signal?: AbortSignal,
  ): { promise: Promise<void>; cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    waiters.add(resolve);
    if (signal?.aborted === true) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    const cancel = (): void => {
      clearTimeout(timer);
      waiters.delete(resolve);
    };
    return { promise: promise.finally(cancel), cancel };
  }

  /** What a socket learns from `ready` and `ping`: the time, and which rules made the frames. */
  const told = (): string =>
    `"now":"${new Date(options.now()).toISOString()}","rules":${JSON.stringify(rules)}`;
  const reset = (reason: string): string => `{"reset":true,"reason":${JSON.stringify(reason)},${told()}}`;

  const changes: Feed['changes'] = async (reader, topic, after, waitMs, signal) => {
    const location = await enter(reader, topic);
    if (after === null) return reset('none');
    const verdict = await judge(location, reader, topic, after);
    if (!verdict.ok) return reset(verdict.reset);
    const place = placeOf(location);
    const shared = place.view(topic, audienceOf(reader.role, topic));
    shared.visits.asked(reader, waitMs, Date.now());
    // Interest first, then the look: what happens in between wakes.
    const wait = waitFor(shared.waiters, waitMs, signal);
    let frames = framesSince(shared.view, verdict.seq);
    if (frames !== null && frames.length === 0 && waitMs > 0) {
      await wait.promise;
      if (signal?.aborted === true) shared.visits.broke(reader, Date.now());
      else shared.visits.asked(reader, waitMs, Date.now());
      // Read anew meanwhile: whether that is another history is asked of the cursor again, not guessed.
      if (!isStopped && places.get(location.id) !== place) return changes(reader, topic, after, 0, signal);
      // A node that goes away has nothing new to say; the next one has.
      if (!isStopped) place.settle();
      frames = framesSince(shared.view, verdict.seq);
    }
    wait.cancel();
    shared.usedAt = performance.now();
    if (frames === null) return reset('too_old');
    const { synced } = shared.view;
    assertOwn(reader, shared.view.location, topic);
    return `{"pos":${synced},"cursor":${JSON.stringify(shared.view.cursorAt(synced))},"hash":${shared.view.hash},${told()},"frames":[${frames.join(',')}]}`;
  };

  return {
    committed(location, _before, _after, events, { committedAt, touched }) {
      places.get(location.id)?.committed(events, touched, committedAt);
    },
    lost(location) {
      const place = places.get(location.id);
      places.delete(location.id);
      place?.close(CLOSE.resync, 'the location was read anew');
    },
    async admit(reader, topic) {
      await enter(reader, topic);
    },
    async attach(reader, topic, after, sink) {
      const location = await enter(reader, topic);
      const verdict = after === null ? null : await judge(location, reader, topic, after);
      const place = placeOf(location);
      const shared = place.view(topic, audienceOf(reader.role, topic));
      const subscription = new Subscription(
        place,
        shared,
        reader,
        topic,
        sink,
        verdict?.ok === true ? verdict.seq : -1,
      );
      place.add(subscription);
      if (verdict?.ok !== true) subscription.sendSnapshot(verdict?.reset ?? null);
      subscription.pump();
      return subscription;
    },
    async snapshot(reader, topic) {
      const place = placeOf(await enter(reader, topic));
      const { view } = place.view(topic, audienceOf(reader.role, topic));
      const head = { topic, pos: view.synced, cursor: view.cursorAt(view.synced), hash: view.hash };
      const encoding = view.snapshot();
      assertOwn(reader, view.location, topic);
      return { head, text: () => encoding.body(head), zipped: () => encoding.zipped(head) };
    },
    changes,
    async acknowledge(reader, ack) {
      const location = await enter(reader, ack.topic);
      if (decodeCursor(ack.cursor)?.topic !== ack.topic) return 'refused';
      const verdict = await judge(location, reader, ack.topic, ack.cursor);
      // What was too long ago or of other rules is no lie, only late.
      if (!verdict.ok)
        return verdict.reset === 'bad_cursor' || verdict.reset === 'fork' ? 'refused' : 'noted';
      const place = placeOf(location);
      place.polled(place.view(ack.topic, audienceOf(reader.role, ack.topic)), reader, verdict.seq, ack);
      return 'noted';
    },
    watchers: (location) => places.get(location)?.watchers(Date.now()) ?? [],
    behind: (location) => places.get(location)?.behind() ?? new Set(),
    emit: (location, data) => places.get(location)?.emit(data),
    start() {
      const watch = setInterval(() => {
        const now = performance.now();
        for (const subscription of blocked) subscription.watch(now);
      }, WATCH_MS);
      const tick = setInterval(() => {
        const now = performance.now();
        for (const [id, place] of places) {
          place.tick(now);
          if (!place.isUnused) continue;
          place.stop();
          places.delete(id);
        }
      }, TICK_MS);
      timers.push(watch.unref(), tick.unref());
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearInterval(timer);
      for (const place of places.values()) place.close(CLOSE.drain, 'this node is going away');
      places.clear();
    },
    get load() {
      let subscriptions = 0;
      for (const place of places.values()) subscriptions += place.subscriptions;
      return { places: places.size, subscriptions, blocked: blocked.size, encodingBytes: budget.total };
    },
  };
}

/** Whoever needs the log, while it cannot be read, comes back: nothing is said of what is not known. */
async function readable<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw new FeedRefusal(
      'not_ready',
      error instanceof Error ? error.message : 'The log cannot be read at the moment',
    );
  }
}

/**
 * Frames that bring a reader from `pos` to the view's position; null when it takes a snapshot. Empty ones are joined to
 * the one after them, so that there is no gap between frames; after the last one the answer's own `pos` says it.
 */
function framesSince(view: Subscription['shared']['view'], from: number): string[] | null {
  const frames: string[] = [];
  let told = from;
  for (let pos = from; pos < view.framed;) {
    const frame = view.frameAfter(pos);
    if (frame === null) return null;
    pos = frame.to;
    if (frame.isEmpty) continue;
    frames.push(textFrom(frame, view.topic, told));
    told = pos;
  }
  return frames;
}
