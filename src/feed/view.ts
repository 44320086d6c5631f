import type { Entity, Gone } from '../domain/entities.ts';
import type { Touch } from '../domain/state.ts';
import { standingOf } from '../domain/views.ts';
import { addHash, entityHash, removeHash } from '../domain/viewHash.ts';
import type { Chg, Cause } from '../protocol/down.ts';
import { encodeCursor } from './cursor.ts';
import { type Cached, type EncodingBudget, type Frame, Ring } from './encodings.ts';
import type { RecentCauses } from './recentCauses.ts';
import { SnapshotEncoding } from './snapshotEncoding.ts';
import type { Audience, FeedLocation, Views } from './source.ts';

/** Bytes of frames that a view keeps, and how many frames behind a reader may be to be given these instead of one from state. */
const RING_BYTES = 256 * 1024;
const RING_STEPS = 8;

export type ViewChange = {
  readonly frame: Frame;
  readonly put: readonly Entity[];
  readonly gone: readonly Gone[];
};

/**
 * One topic of one location for one audience, shared by all its readers. It knows which entities are in it at which
 * version, so that it can tell what an event changed and keep the hash by one addition a change.
 */
export class View implements Cached {
  readonly location: FeedLocation;
  readonly topic: string;
  readonly audience: Audience;
  readonly #views: Views;
  readonly #rules: string;
  readonly #budget: EncodingBudget;
  readonly #causes: RecentCauses;
  readonly #members = new Map<string, Touch & { version: number; hash: number }>();
  readonly #ring = new Ring(RING_BYTES);
  #catchUp: Frame | null = null;
  #snapshot: SnapshotEncoding | null = null;
  #hash = 0;
  /** Everything up to here is in `members`. */
  #synced: number;
  /** Everything up to here has been said in frames. */
  #framed: number;

  constructor(
    location: FeedLocation,
    topic: string,
    audience: Audience,
    views: Views,
    rules: string,
    budget: EncodingBudget,
    causes: RecentCauses,
  ) {
    this.location = location;
    this.topic = topic;
    this.audience = audience;
    this.#views = views;
    this.#rules = rules;
    this.#budget = budget;
    this.#causes = causes;
    for (const entity of views.listTopic(location.state, topic, audience)) this.#remember(entity);
    this.#synced = standingOf(location.state, topic)?.pos ?? 0;
    this.#framed = this.#synced;
  }

  get hash(): number {
    return this.#hash;
  }

  /** The position of the view: what is in it is what the topic showed there. */
  get synced(): number {
    return this.#synced;
  }

  /** The position up to which frames were made; behind `synced` only by changes that this topic does not show. */
  get framed(): number {
    return this.#framed;
  }

  cursorAt(seq: number): string {
    return encodeCursor(this.location, this.#rules, this.topic, this.audience, seq);
  }

  /** Takes in what events up to the head of state touched. Answers the change, or null when this topic shows none of it. */
  advance(touched: readonly Touch[]): ViewChange | null {
    const { state } = this.location;
    const put: Entity[] = [];
    const left: Touch[] = [];
    for (const touch of touched) {
      const key = `${touch.kind}|${touch.id}`;
      const known = this.#members.get(key);
      const entity = this.#views.project(state, this.topic, touch.kind, touch.id, this.audience);
      if (entity === null) {
        if (known === undefined) continue;
        this.#hash = removeHash(this.#hash, known.hash);
        this.#members.delete(key);
        left.push(touch);
      } else if (known === undefined || known.version !== entity.version) {
        this.#remember(entity);
        put.push(entity);
      }
    }
    // What a guest follows may end: that is one change more.
    this.#synced = standingOf(state, this.topic)?.pos ?? this.#synced + (left.length > 0 ? 1 : 0);
    const gone = touched.length === 0 ? [] : this.#goneSinceFrame(left);
    if (put.length === 0 && gone.length === 0) return null;
    this.#snapshot = null;
    const keys = new Set([...put, ...gone].map(({ kind, id }) => `${kind}|${id}`));
    return { frame: this.#frame(put, gone, this.#causesSince(this.#framed, keys)), put, gone };
  }

  /** Says that nothing was to be seen since the last frame; null when there is nothing to say that about. */
  advanceQuietly(): Frame | null {
    return this.#framed < this.#synced ? this.#frame([], [], []) : null;
  }

  /** With no reader there is nobody to tell: the next frame starts at the view's position. */
  skipQuiet(): void {
    this.#framed = this.#synced;
  }

  /**
   * A frame for a reader at `pos`: (from, to] with from ≤ pos < to. From the ring when it is near, else from state, all
   * changes at once. Null when the departed of so long ago are forgotten: then only a snapshot helps.
   */
  frameAfter(pos: number): Frame | null {
    const near = this.#ring.next(pos, RING_STEPS);
    if (near !== null) return near;
    if (this.#catchUp?.from === pos && this.#catchUp.to === this.#synced) return this.#catchUp;
    const changed = this.#changedSince(pos);
    if (changed === null) return null;
    const keys = new Set([...changed.put, ...changed.gone].map(({ kind, id }) => `${kind}|${id}`));
    this.#catchUp = this.#encode(pos, this.#synced, changed.put, changed.gone, this.#causesSince(pos, keys));
    this.#charge();
    return this.#catchUp;
  }

  /** The whole topic at `synced`, encoded once until it changes. */
  snapshot(): SnapshotEncoding {
    this.#snapshot ??= new SnapshotEncoding(
      this.#views.listTopic(this.location.state, this.topic, this.audience),
    );
    this.#charge();
    return this.#snapshot;
  }

  dropEncodings(): void {
    this.#ring.clear();
    this.#catchUp = null;
    this.#snapshot = null;
  }

  /** What the view knows of its members says which of them changed: nothing else is looked at. */
  #changedSince(pos: number): { put: Entity[]; gone: Gone[] } | null {
    const { state } = this.location;
    const gone = this.#views.goneSince(state, this.topic, pos);
    if (gone === null) return null;
    const put: Entity[] = [];
    for (const { version, kind, id } of this.#members.values()) {
      if (version <= pos) continue;
      const entity = this.#views.project(state, this.topic, kind, id, this.audience);
      if (entity !== null) put.push(entity);
    }
    return { put, gone };
  }

  #remember(entity: Entity): void {
    const key = `${entity.kind}|${entity.id}`;
    const known = this.#members.get(key);
    if (known !== undefined) this.#hash = removeHash(this.#hash, known.hash);
    const hash = entityHash(entity.kind, entity.id, entity.version);
    this.#members.set(key, { kind: entity.kind, id: entity.id, version: entity.version, hash });
    this.#hash = addHash(this.#hash, hash);
  }

  /**
   * What left since the last frame: also what came and went in between. This view never saw that, but a reader who was on
   * another node half-way did, and this frame tells it that it knows everything up to `to`.
   */
  #goneSinceFrame(left: readonly Touch[]): Gone[] {
    const { state } = this.location;
    const told = this.#views.goneSince(state, this.topic, this.#framed) ?? [];
    const known = new Set(told.map(({ kind, id }) => `${kind}|${id}`));
    // More left at once than the state remembers: those that this view had are named all the same.
    const rest = left.filter(({ kind, id }) => !known.has(`${kind}|${id}`));
    return [
      ...told,
      ...rest.map((touch) => ({ ...touch, version: this.#synced, why: this.#views.whyGone(state, touch) })),
    ];
  }

  #frame(put: readonly Entity[], gone: readonly Gone[], causes: readonly Cause[]): Frame {
    const frame = this.#encode(this.#framed, this.#synced, put, gone, causes);
    this.#framed = this.#synced;
    this.#ring.push(frame);
    this.#charge();
    return frame;
  }

  #encode(
    from: number,
    to: number,
    put: readonly Entity[],
    gone: readonly Gone[],
    causes: readonly Cause[],
  ): Frame {
    const { id, organization, state } = this.location;
    const chg: Chg = {
      t: 'chg',
      topic: this.topic,
      from,
      to,
      cursor: this.cursorAt(to),
      at: standingOf(state, this.topic)?.at ?? state.at ?? '',
      events:
        this.audience === 'staff'
          ? [...causes]
          : causes.map(({ by, ...cause }) => ({ ...cause, by: { id: by.role, role: by.role } })),
      put: [...put],
      gone: [...gone],
    };
    return {
      location: id,
      organization,
      from,
      to,
      cursor: chg.cursor,
      isEmpty: put.length === 0 && gone.length === 0,
      changes: put.length + gone.length,
      text: JSON.stringify(chg),
    };
  }

  /** The names of events are the house's own: who did what, and when. A guest sees what came of it. */
  #causesSince(pos: number, keys: ReadonlySet<string>): Cause[] {
    return this.audience === 'guest' ? [] : this.#causes.since(pos, keys);
  }

  #charge(): void {
    this.#budget.charge(
      this,
      this.#ring.bytes + (this.#catchUp?.text.length ?? 0) + (this.#snapshot?.bytes ?? 0),
    );
  }
}
