import type { Actor, Command } from '../../domain/commands.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { evolve } from '../../domain/evolve.ts';
import type { LocationState, Touch } from '../../domain/state.ts';
import { addHash, entityHash } from '../../domain/viewHash.ts';
import * as views from '../../domain/views.ts';
import type { Chg, Down, Snap } from '../../protocol/down.ts';
import { Kitchen } from '../../testkit/kitchen.ts';
import { createFeed } from '../feed.ts';
import type { Feed, FeedOptions } from '../feed.ts';
import type { FeedLocation, Reader, Sink } from '../source.ts';

/** A kitchen with a feed and no database: what is done in it is committed at once. */
export class KitchenFeed {
  readonly kitchen = new Kitchen();
  readonly feed: Feed;
  readonly heard: { command: Command; actor: Actor }[] = [];
  readonly reports: string[] = [];
  epoch = 'epoch-of-small-place';
  #told: LocationState = this.kitchen.state;
  #location: FeedLocation;

  constructor(more: Partial<FeedOptions> = {}) {
    this.#location = this.makeLocation();
    this.feed = createFeed({
      source: {
        open: async (location) => (location === 'small-place' ? this.#location : null),
        keep: () => () => undefined,
        tagAt: async (_location, seq) => this.tagAt(seq),
        refresh: async () => this.tell(),
        submitInner: async (_location, command, actor) => {
          this.heard.push({ command, actor });
          this.kitchen.run(command, actor);
          this.tell();
          return { ok: true };
        },
      },
      views,
      rules: 'rules-of-today',
      now: () => Date.now(),
      href: (location, topic) => `/v1/locations/${location}/snapshot?topic=${topic}`,
      report: (message, detail) => this.reports.push(`${message} ${JSON.stringify(detail)}`),
      ...more,
    });
  }

  /** The state that the feed has been told of. */
  get told(): LocationState {
    return this.#told;
  }

  /** As if the location had been read anew from another history. */
  restore(): void {
    this.epoch = 'epoch-after-restore';
    this.#location = this.makeLocation();
  }

  /** Commits what was done in the kitchen since the last time. */
  tell(): void {
    const before = this.#told;
    const events = this.kitchen.log.slice(before.head);
    const touched: (readonly Touch[])[] = [];
    let state = before;
    for (const event of events) {
      state = evolve(state, event);
      touched.push(state.touched);
    }
    this.#told = this.kitchen.state;
    if (events.length > 0)
      this.feed.committed({ id: 'small-place' }, before, state, events, { committedAt: Date.now(), touched });
  }

  private makeLocation(): FeedLocation {
    const told = (): LocationState => this.#told;
    return {
      id: 'small-place',
      organization: 'org',
      epoch: this.epoch,
      get state() {
        return told();
      },
      // Half of the tags are only in the "log".
      tagAt: (seq) => (seq > told().head - 20 && seq <= told().head ? this.tagAt(seq) : null),
    };
  }

  private tagAt(seq: number): string | null {
    if (seq === 0) return '0';
    const event: LoggedEvent | undefined = this.kitchen.log[seq - 1];
    return event === undefined ? null : `${event.type.length}x${seq}`;
  }
}

export function reader(more: Partial<Reader> = {}): Reader {
  return {
    session: 's1',
    actor: { id: 'device:grill-1', role: 'kitchen' },
    role: 'kitchen',
    organization: 'org',
    location: 'small-place',
    ...more,
  };
}

/** A socket's other end: a replica that obeys the interval rule, and a buffer that can be full. */
export class TestSink implements Sink {
  readonly frames: Down[] = [];
  readonly held: string[] = [];
  /** Holds what is sent instead of delivering it. */
  stalled = false;
  closed: { code: number; reason: string } | null = null;
  bytes = 0;

  bufferedBytes(): number {
    return this.held.reduce((sum, text) => sum + text.length, 0);
  }

  send(frame: string): void {
    this.bytes += frame.length;
    if (this.stalled) this.held.push(frame);
    else this.frames.push(JSON.parse(frame));
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  /** Stops reading, or goes on; what waited comes first. */
  toggle(): void {
    this.stalled = !this.stalled;
    if (!this.stalled) this.drain();
  }

  /** Reads what waited. */
  drain(): void {
    for (const text of this.held.splice(0)) this.frames.push(JSON.parse(text));
  }
}

/** What a screen has of one topic. */
export class Replica {
  readonly entities = new Map<string, { kind: string; id: string; version: number }>();
  pos = -1;
  cursor: string | null = null;
  gaps = 0;
  resets = 0;
  #building: Snap[] = [];

  apply(frame: Down): void {
    if (frame.t === 'snap') this.#snapshot(frame);
    else if (frame.t === 'chg') this.#change(frame);
  }

  get hash(): number {
    let sum = 0;
    for (const { kind, id, version } of this.entities.values())
      sum = addHash(sum, entityHash(kind, id, version));
    return sum;
  }

  #snapshot(snap: Snap): void {
    if (snap.part === 0) this.#building = [];
    this.#building.push(snap);
    if (!snap.last) return;
    if (snap.reset === true) this.resets += 1;
    if (snap.pos < this.pos && snap.reset !== true) return;
    this.entities.clear();
    for (const { entities } of this.#building)
      for (const entity of entities) this.entities.set(`${entity.kind}|${entity.id}`, entity);
    this.pos = snap.pos;
    this.cursor = snap.cursor;
  }

  #change(chg: Chg): void {
    if (chg.to <= this.pos) return;
    if (chg.from > this.pos) {
      this.gaps += 1;
      return;
    }
    for (const entity of chg.put) {
      const key = `${entity.kind}|${entity.id}`;
      if ((this.entities.get(key)?.version ?? -1) < entity.version) this.entities.set(key, entity);
    }
    for (const { kind, id, version } of chg.gone) {
      const key = `${kind}|${id}`;
      if ((this.entities.get(key)?.version ?? Number.POSITIVE_INFINITY) <= version) this.entities.delete(key);
    }
    this.pos = chg.to;
    this.cursor = chg.cursor;
  }
}
