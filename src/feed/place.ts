import type { LoggedEvent } from '../domain/events.ts';
import { findByTicket, type Touch } from '../domain/state.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import type { EncodingBudget } from './encodings.ts';
import { ForeignTickets, type TicketRow } from './foreignTickets.ts';
import { LiveTickets, type Showing } from './liveTickets.ts';
import { nudgeOf, standingNudges } from './nudges.ts';
import type { LiveDatum } from './presence.ts';
import type { PumpQueue } from './pumpQueue.ts';
import { Receipts, asksToBeHeard, covered, mayCount } from './receipts.ts';
import { RecentCauses } from './recentCauses.ts';
import type { Audience, FeedLocation, FeedSource, Reader, Views } from './source.ts';
import type { Subscription } from './subscription.ts';
import { View, type ViewChange } from './view.ts';
import { Visits, type Watcher, watchersOf } from './watchers.ts';

/** A view, who reads it, and who waits for it to change. */
export type SharedView = {
  readonly view: View;
  readonly subscriptions: Set<Subscription>;
  /** Long polls; called once, when the topic shows a change. */
  readonly waiters: Set<() => void>;
  /** Tickets that ask to be heard, at their version; of a station's view only. */
  readonly unheard: Map<string, number>;
  /** Changes of a station that no screen has painted yet, and when they were committed. */
  readonly unpainted: { readonly seq: number; readonly committedAt: number }[];
  /** Screens that ask or acknowledge over HTTP. */
  readonly visits: Visits;
  usedAt: number;
};

export type FeedObserver = {
  /** Milliseconds from commit to the first send of a frame that shows it. */
  sent?(ms: number, location: string): void;
  /** Milliseconds from commit until the first screen of a station said that it has painted it. */
  painted?(ms: number, location: string): void;
  /** A screen that counts has painted a station up to a position. */
  paintedUpTo?(location: string, station: string, seq: number): void;
  /** Milliseconds from the fire of a ticket until it was heard. */
  heard?(ms: number): void;
  resets?(reason: string): void;
};

export type PlaceOptions = {
  readonly source: FeedSource;
  readonly views: Views;
  readonly rules: string;
  readonly budget: EncodingBudget;
  readonly pumps: PumpQueue;
  readonly blocked: Set<Subscription>;
  readonly now: () => number;
  readonly href: (location: string, topic: string) => string;
  readonly observe: FeedObserver;
  readonly report: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Who looks at the location on all nodes: told of every screen that comes, goes or paints. */
  readonly presence?: {
    stir(location: string): void;
    standing(location: string, topic: string): LiveDatum[];
  };
  /** To the other nodes, while any of them listens: how many screens here have which ticket. */
  readonly isHeard?: (location: string) => boolean;
  readonly tell?: (location: string, rows: readonly TicketRow[]) => void;
};

/** Changes of a location that come within this time travel as one frame. */
const TICK_MS = 16;
const LIVE_MS = 250;
/** A view without readers is kept so long for the next one. */
const UNUSED_MS = 15_000;
/** Changes of a station whose paint is still waited for; what took longer than a minute tells of a closed screen, not of a line. */
const MOST_UNPAINTED = 64;
const PAINT_COUNTS_MS = 60_000;
const LIVE_TOPICS = new Set(['pos', 'kitchen', 'manager']);

/** One location in the feed: its views, and the rhythm in which they are brought up to date. */
export class Place {
  readonly location: FeedLocation;
  readonly #options: PlaceOptions;
  readonly #release: () => void;
  readonly #shared = new Map<string, SharedView>();
  readonly #causes = new RecentCauses();
  readonly #live = new LiveTickets();
  readonly #foreign = new ForeignTickets();
  readonly #receipts: Receipts;
  readonly #touched = new Map<string, Touch>();
  #committedAt: number | null = null;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #flushTimer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  #liveTimer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(location: FeedLocation, options: PlaceOptions) {
    this.location = location;
    this.#options = options;
    this.#release = options.source.keep(location.id);
    this.#receipts = new Receipts({
      submit: (command, actor) => options.source.submitInner(location.id, command, actor),
      episode: (ticket) => options.views.episode(location.state, ticket),
      report: (message, detail) => options.report(message, { location: location.id, ...detail }),
    });
  }

  get subscriptions(): number {
    let count = 0;
    for (const { subscriptions } of this.#shared.values()) count += subscriptions.size;
    return count;
  }

  /** The shared view of a topic, up to date. */
  view(topic: string, audience: Audience): SharedView {
    this.settle();
    const key = `${audience}|${topic}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      const { views, rules, budget } = this.#options;
      const view = new View(this.location, topic, audience, views, rules, budget, this.#causes);
      shared = {
        view,
        subscriptions: new Set(),
        waiters: new Set(),
        unheard: new Map(),
        unpainted: [],
        visits: new Visits(),
        usedAt: 0,
      };
      if (topic.startsWith('station:') && audience === 'staff')
        for (const entity of views.listTopic(this.location.state, topic, audience))
          if (asksToBeHeard(entity)) shared.unheard.set(entity.id, entity.version);
      this.#shared.set(key, shared);
    }
    if (shared.subscriptions.size === 0) shared.view.skipQuiet();
    shared.usedAt = performance.now();
    return shared;
  }

  /** Takes note of events that are in the log, and of the state that has them. */
  committed(
    events: readonly LoggedEvent[],
    touched: readonly (readonly Touch[])[],
    committedAt: number,
  ): void {
    for (const [index, event] of events.entries()) {
      const touches = touched[index] ?? [];
      this.#causes.add(event, touches);
      for (const touch of touches) this.#touched.set(`${touch.kind}|${touch.id}`, touch);
      if (event.type === 'ticket.heard') this.#heard(event);
      if (event.type === 'ticket.unheard' && event.data.rung === 1)
        this.emit(nudgeOf(this.location.state, event.data.ticket));
    }
    if (events.some(({ type }) => type === 'person.redacted')) this.#forgetFrames();
    this.#committedAt ??= committedAt;
    if (this.#flushTimer !== null || this.#stopped) return;
    const wait = this.#flushedAt + TICK_MS - performance.now();
    this.#flushTimer = wait <= 0 ? setImmediate(() => this.#flush()) : setTimeout(() => this.#flush(), wait);
  }

  /** Frames of before hold words that are gone from state: whoever is behind is told from state. */
  #forgetFrames(): void {
    this.settle();
    for (const { view } of this.#shared.values()) {
      view.dropEncodings();
      this.#options.budget.release(view);
    }
  }

  /** Brings every view to the head of state; readers are told in the next tick. */
  settle(): void {
    const touched = [...this.#touched.values()];
    this.#touched.clear();
    for (const shared of this.#shared.values()) {
      if (shared.view.synced === this.location.state.head) continue;
      const change = shared.view.advance(touched);
      if (change !== null) this.#changed(shared, change);
    }
  }

  /** Told once a second: quiet topics say that they still know everything. */
  tick(now: number): void {
    this.settle();
    for (const [key, shared] of this.#shared) {
      const { view, subscriptions, waiters, visits } = shared;
      visits.sweep(Date.now());
      if (subscriptions.size > 0) {
        if (view.advanceQuietly() !== null) this.#options.pumps.push(subscriptions);
      } else if (waiters.size === 0 && visits.size === 0 && now - shared.usedAt > UNUSED_MS) {
        this.#options.budget.release(view);
        this.#shared.delete(key);
      }
    }
  }

  /** Nobody reads here any more. */
  get isUnused(): boolean {
    return this.#shared.size === 0;
  }

  snapshotFrames(
    { view }: SharedView,
    reset: string | null,
  ): { frames: string[]; pos: number; cursor: string } {
    this.settle();
    if (reset !== null) this.#options.observe.resets?.(reset);
    const head = { topic: view.topic, pos: view.synced, cursor: view.cursorAt(view.synced), hash: view.hash };
    return {
      frames: view.snapshot().frames(head, this.#options.href(this.location.id, view.topic), reset),
      pos: view.synced,
      cursor: head.cursor,
    };
  }

  add(subscription: Subscription): void {
    subscription.shared.subscriptions.add(subscription);
    this.#options.presence?.stir(this.location.id);
  }

  detach(subscription: Subscription): void {
    subscription.shared.subscriptions.delete(subscription);
    subscription.shared.usedAt = performance.now();
    this.#options.blocked.delete(subscription);
    this.#options.presence?.stir(this.location.id);
    this.#stirLive();
  }

  /** True when it was not blocked before. */
  block(subscription: Subscription): boolean {
    if (this.#options.blocked.has(subscription)) return false;
    this.#options.blocked.add(subscription);
    return true;
  }

  unblock(subscription: Subscription): void {
    if (this.#options.blocked.delete(subscription)) this.#stirLive();
  }

  /** A screen that counts painted a station up to `seq`. */
  painted(shared: SharedView, reader: Reader, seq: number, ack: Acknowledgement): void {
    this.#receipts.take(covered(shared.unheard, seq, ack), reader);
    this.#observePaint(shared, seq);
    this.#stirLive();
  }

  /** Who watches any of its topics, on this node. */
  watchers(now: number): Watcher[] {
    const { config } = this.location.state;
    return [...this.#shared.values()].flatMap(({ view, subscriptions, visits }) =>
      watchersOf(view.topic, subscriptions, visits, config, now),
    );
  }

  /** The same, said over HTTP: there is no subscription to remember it. */
  polled(shared: SharedView, reader: Reader, seq: number, ack: Acknowledgement): void {
    shared.visits.acknowledged(reader, seq, ack, Date.now());
    this.#options.presence?.stir(this.location.id);
    if (!ack.painted || !ack.visible) return;
    if (mayCount(reader, shared.view.topic, this.location.state.config))
      this.painted(shared, reader, seq, ack);
  }

  /** A reader of a topic with live data has everything else: what is live now. */
  welcome(subscription: Subscription): void {
    const { topic } = subscription;
    const { presence } = this.#options;
    const standing =
      subscription.shared.view.audience === 'display' ? [] : presence?.standing(this.location.id, topic);
    const nudges = standingNudges(this.location.state, subscription.shared.unheard.keys());
    for (const { kind, id, data } of [...(standing ?? []), ...nudges])
      subscription.sendLive(liveFrame(topic, kind, id, data));
    if (!LIVE_TOPICS.has(subscription.topic)) return;
    for (const [id, data] of this.#live.changed(this.#everywhere, performance.now(), true))
      subscription.sendLive(liveFrame(topic, 'ticket', id, data));
  }

  /** Tells live data to the readers of the topics that it is for. */
  emit(data: readonly LiveDatum[]): void {
    for (const { view, subscriptions } of this.#shared.values()) {
      if (subscriptions.size === 0 || view.audience === 'display') continue;
      for (const one of data) {
        if (!one.topics(view.topic)) continue;
        const frame = liveFrame(view.topic, one.kind, one.id, one.data);
        for (const subscription of subscriptions) subscription.sendLive(frame);
      }
    }
  }

  /** Screens that have not been given what there is. */
  behind(): Set<string> {
    const sessions = new Set<string>();
    for (const { view, subscriptions } of this.#shared.values())
      for (const { position, reader } of subscriptions)
        if (position < view.framed) sessions.add(reader.session);
    return sessions;
  }

  leaked(subscription: Subscription, from: { id: string; organization: string }): void {
    this.#options.report('a frame was about to reach a stranger', {
      from: from.id,
      to: subscription.reader.location,
      topic: subscription.topic,
    });
  }

  /** Closes every reader and wakes every poll: the location left memory. */
  close(code: number, reason: string): void {
    for (const { subscriptions, waiters } of this.#shared.values()) {
      for (const subscription of [...subscriptions]) subscription.close(code, reason);
      for (const wake of waiters) wake();
    }
    this.stop();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#flushTimer !== null) {
      clearTimeout(this.#flushTimer as NodeJS.Timeout);
      clearImmediate(this.#flushTimer as NodeJS.Immediate);
    }
    if (this.#liveTimer !== null) clearTimeout(this.#liveTimer);
    this.#receipts.stop();
    for (const { view } of this.#shared.values()) this.#options.budget.release(view);
    this.#shared.clear();
    this.#release();
  }

  #flush(): void {
    this.#flushTimer = null;
    this.#flushedAt = performance.now();
    this.settle();
    for (const { subscriptions, view } of this.#shared.values()) {
      for (const subscription of subscriptions) {
        if (subscription.position >= view.framed) continue;
        this.#options.pumps.push(subscriptions);
        break;
      }
    }
    if (this.#committedAt !== null)
      this.#options.observe.sent?.(Math.max(0, this.#options.now() - this.#committedAt), this.location.id);
    this.#committedAt = null;
  }

  #changed(shared: SharedView, { put, gone }: ViewChange): void {
    for (const wake of shared.waiters) wake();
    shared.waiters.clear();
    if (!shared.view.topic.startsWith('station:') || shared.view.audience !== 'staff') return;
    if (this.#committedAt !== null && shared.subscriptions.size > 0) {
      shared.unpainted.push({ seq: shared.view.synced, committedAt: this.#committedAt });
      if (shared.unpainted.length > MOST_UNPAINTED) shared.unpainted.shift();
    }
    const now = performance.now();
    for (const entity of put) {
      if (entity.kind !== 'ticket') continue;
      if (asksToBeHeard(entity)) shared.unheard.set(entity.id, entity.version);
      else shared.unheard.delete(entity.id);
      this.#live.note(entity, now);
    }
    for (const { id } of gone) {
      shared.unheard.delete(id);
      this.#live.forget(id);
      this.#foreign.forget(id);
    }
    this.#stirLive();
  }

  /** How long the changes waited that a screen has now painted; the first screen counts. */
  #observePaint(shared: SharedView, seq: number): void {
    const { observe, now } = this.#options;
    const station = shared.view.topic.slice('station:'.length);
    observe.paintedUpTo?.(this.location.id, station, seq);
    let painted = 0;
    for (const change of shared.unpainted) {
      if (change.seq > seq) break;
      painted += 1;
      const ms = now() - change.committedAt;
      if (ms <= PAINT_COUNTS_MS) observe.painted?.(Math.max(0, ms), this.location.id);
    }
    shared.unpainted.splice(0, painted);
  }

  #heard(event: Extract<LoggedEvent, { type: 'ticket.heard' }>): void {
    const found = findByTicket(this.location.state, event.data.ticket);
    const firedAt = found?.ticket.firedAt ?? null;
    if (firedAt !== null)
      this.#options.observe.heard?.(Math.max(0, Date.parse(event.at) - Date.parse(firedAt)));
  }

  #stirLive(): void {
    if (this.#liveTimer !== null || this.#stopped || this.#live.size === 0) return;
    this.#liveTimer = setTimeout(() => {
      this.#liveTimer = null;
      this.#sendLive();
    }, LIVE_MS);
  }

  #sendLive(): void {
    if (this.#options.isHeard?.(this.location.id) === true) {
      const news = this.#live.news((stations, version) => this.#showing(stations, version));
      if (news.length > 0) this.#options.tell?.(this.location.id, news);
    }
    const changed = this.#live.changed(this.#everywhere, performance.now());
    if (changed.length === 0) return;
    for (const { view, subscriptions } of this.#shared.values()) {
      if (subscriptions.size === 0 || !LIVE_TOPICS.has(view.topic)) continue;
      const frames = changed.map(([id, data]) => liveFrame(view.topic, 'ticket', id, data));
      for (const subscription of subscriptions) for (const frame of frames) subscription.sendLive(frame);
    }
  }

  /** Another node says which of its screens have which ticket. */
  told(node: string, rows: readonly TicketRow[]): void {
    const now = performance.now();
    this.#foreign.take(node, rows, now);
    for (const row of rows) this.#live.noteForeign(row, now);
    this.#stirLive();
  }

  /** Screens of all nodes. */
  readonly #everywhere = (stations: readonly string[], version: number, id: string): Showing => {
    const [here, there] = [
      this.#showing(stations, version),
      this.#foreign.sum(id, version, performance.now()),
    ];
    return { sent: here.sent + there.sent, screens: here.screens + there.screens };
  };

  /** Screens of the ticket's station, and of the one that stands in for it. */
  #showing(stations: readonly string[], version: number): Showing {
    let [sent, screens] = [0, 0];
    for (const station of stations) {
      const there = this.#showingAt(station, version);
      sent += there.sent;
      screens += there.screens;
    }
    return { sent, screens };
  }

  #showingAt(station: string, version: number): Showing {
    const shared = this.#shared.get(`staff|station:${station}`);
    let [sent, screens] = [0, 0];
    if (shared === undefined) return { sent, screens };
    const { config } = this.location.state;
    const seen = new Set<string>();
    for (const { reader, topic, position, painted } of shared.subscriptions) {
      if (!mayCount(reader, topic, config)) continue;
      seen.add(reader.session);
      if (position >= version) sent += 1;
      if (Math.max(painted, shared.visits.get(reader.session)?.painted ?? -1) >= version) screens += 1;
    }
    for (const { reader, painted } of shared.visits.values()) {
      if (painted < version || seen.has(reader.session)) continue;
      if (!mayCount(reader, shared.view.topic, config)) continue;
      sent += 1;
      screens += 1;
    }
    return { sent, screens };
  }
}

function liveFrame(topic: string, kind: string, id: string, data: string): string {
  return `{"t":"live","topic":${JSON.stringify(topic)},"kind":${JSON.stringify(kind)},"id":${JSON.stringify(id)},"data":${data}}`;
}
