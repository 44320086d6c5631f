import type { Actor, Command, Role } from '../domain/commands.ts';
import type { Entity, EntityKind, Gone } from '../domain/entities.ts';
import type { Audience } from '../domain/present.ts';
import { topicKind } from '../domain/rights.ts';
import type { LocationState, Touch } from '../domain/state.ts';

/**
 * The words of the feed.
 *
 * - *topic*: what a reader asks for: `station:grill`, `kitchen`, `pos` …
 * - *view*: one topic of one location for one audience; all its readers share it.
 * - *position*: a number of the location's log up to which a view or a reader is told everything.
 * - *cursor*: the opaque form of a position, checked against the log when it comes back.
 * - *sink*: where a reader's frames go; the feed does not know what carries them.
 */

export type { Audience } from '../domain/present.ts';

/** A location in memory, as the feed needs it. */
export type FeedLocation = {
  readonly id: string;
  readonly organization: string;
  readonly epoch: string;
  readonly state: LocationState;
  /** The tag of a recent event; null when only the log remembers it. */
  tagAt(seq: number): string | null;
};

/** Where locations come from and receipts go to. */
export type FeedSource = {
  /** Null when there is no such location. Rejects when it cannot be served at the moment. */
  open(location: string): Promise<FeedLocation | null>;
  keep(location: string): () => void;
  tagAt(location: string, seq: number): Promise<string | null>;
  /** Reads what other nodes appended; resolves when the state has it, rejects when the log cannot be read. */
  refresh(location: string): Promise<void>;
  submitInner(location: string, command: Command, actor: Actor): Promise<unknown>;
};

/** Views are pure functions of state; tests hand in smaller ones. */
export type Views = {
  topicExists(state: LocationState, topic: string): boolean;
  project(
    state: LocationState,
    topic: string,
    kind: EntityKind,
    id: string,
    audience: Audience,
  ): Entity | null;
  listTopic(state: LocationState, topic: string, audience: Audience): Entity[];
  goneSince(state: LocationState, topic: string, pos: number): Gone[] | null;
  whyGone(state: LocationState, touch: Touch): Gone['why'];
  episode(state: LocationState, ticket: string): number;
};

/** Who reads: what its token allows, read again before every send. */
export type Reader = {
  /** Names the screen or connection, to count it once. */
  readonly session: string;
  readonly actor: Actor;
  readonly role: Role;
  readonly organization: string;
  readonly location: string;
  /** The paired screen, and the stations it is assigned to. */
  readonly device?: string | undefined;
  readonly stations?: readonly string[] | undefined;
  /** A guest's one order. */
  readonly order?: string | undefined;
  /** What the page calls itself. */
  readonly screen?: string | undefined;
};

/** What carries frames to a reader. */
export type Transport = 'websocket' | 'sse' | 'long-poll' | 'poll';

/** A guest has one topic, that of its order; what others may read is their role's. */
export function isOwn({ role, order }: Pick<Reader, 'role' | 'order'>, topic: string): boolean {
  return role !== 'guest' || (order !== undefined && topic === `order:${order}`);
}

/** Where frames go. `send` takes text; nothing is sent while `bufferedBytes` is above the bound. */
export type Sink = {
  readonly transport?: Transport;
  /** When something last came from the other side; ms since 1970 by this node's clock. */
  lastSeen?(): number;
  /** Bytes accepted by `send` that have not left the process. */
  bufferedBytes(): number;
  /** `cursor`: with this frame the reader has everything up to there. */
  send(frame: string, cursor?: string): void;
  close(code: number, reason: string, retryAfter?: number): void;
};

/** The reader cannot have this topic: there is no such place or topic, its role may not, or the place cannot be served now. */
export class FeedRefusal extends Error {
  override readonly name = 'FeedRefusal';
  readonly why: 'no_place' | 'no_topic' | 'forbidden' | 'not_ready';

  constructor(why: FeedRefusal['why'], detail: string) {
    super(detail);
    this.why = why;
  }
}

/** A guest's topic is one and the same for whoever reads it: there is no more to it than its guest may see. */
export function audienceOf(role: Role, topic: string): Audience {
  if (topicKind(topic) === 'order') return 'guest';
  return role === 'display' ? 'display' : 'staff';
}
