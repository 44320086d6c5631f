import type { CommandName, CommandRequest } from '../domain/commands.ts';
import type { Entity, EntityKind, Gone } from '../domain/entities.ts';
import type { Cause, Live } from '../protocol/down.ts';
import type { Problem } from '../protocol/problems.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import type { Transport, Via } from './ladder.ts';

/** What the SDK shows to whoever uses it. Times are milliseconds since 1970 by the server's clock, unless said otherwise. */

/** A value that changes: what React's useSyncExternalStore wants. `get` answers the same object until something changed. */
export type Store<T> = { get(): T; subscribe(listener: () => void): () => void };

export type EntityOf<K extends EntityKind> = Extract<Entity, { kind: K }>;

/** The entities of a view by kind, then by id. A kind that did not change keeps its Map. */
export type Entities = { readonly [K in EntityKind]: ReadonlyMap<string, EntityOf<K>> };

/** A topic as this reader has it, predictions applied. */
export type View = {
  readonly topic: string;
  /** `loading`: nothing came yet. `stale`: shown as it was last proved, see `freshness`. */
  readonly state: 'loading' | 'live' | 'stale';
  readonly entities: Entities;
  /** The reader's position; -1 while loading. */
  readonly pos: number;
  /** What to acknowledge once this is painted. */
  readonly cursor: string | null;
  /** When the server last proved that this is how the topic stands. */
  readonly freshness: number | null;
  /** Ids of entities that are shown as they will be after commands that are still under way. */
  readonly predicted: ReadonlySet<string>;
  /** Why the server does not show this topic. */
  readonly problem: Problem | null;
};

/** What one frame changed, with the events that caused it: for sounds and highlights. Each event comes once. */
export type Change = {
  readonly topic: string;
  readonly events: readonly Cause[];
  readonly put: readonly Entity[];
  readonly gone: readonly Gone[];
  readonly pos: number;
  /** When it happened. */
  readonly at: number;
  /** More than 10 s old when it came: update the list, but do not ring for it. */
  readonly late: boolean;
  /** Not a change but a new copy of the topic, and why: what differs from the one before is in `put` and `gone`. */
  readonly reset: string | null;
};

/** Data that never enters the log, the latest of each, by `kind:id` (`ticket:<id>`, `nudge:<id>`). */
export type LiveData = ReadonlyMap<string, Live['data']>;

export type BlockedReason = 'pair' | 'revoked' | 'no_such_place' | 'version' | 'bad_frames' | 'refused';

/** What may be said about the connection, and nothing better than what is proved. */
export type ConnectionView = {
  /**
   * `live`: a frame came within the last 20 s and every topic is in step with it. `polling`: the same, but frames come only
   * when they are asked for, so what is shown is as old as the last answer.
   */
  readonly word: 'connecting' | 'live' | 'catching_up' | 'polling' | 'offline' | 'blocked';
  /** Since when this word holds; for `offline` the last proof before it, where there was one. */
  readonly since: number;
  /** When the last frame came. */
  readonly lastProofAt: number | null;
  /** `catching_up`: log positions still missing, as far as known. */
  readonly behind: number;
  /** `polling`: age of the last answer in milliseconds. */
  readonly age: number | null;
  /** What carries the frames now; `tab`: another page of this browser passes them on. */
  readonly via: Via | null;
  /** The same, of the page that has the connection. */
  readonly through: Transport | null;
  readonly blocked: { readonly reason: BlockedReason; readonly message: string } | null;
  /** When the next try starts; null while one runs or none is needed. */
  readonly nextTryAt: number | null;
  /** `different`: this page is older or newer than the server and predicts nothing; offer a reload when the outbox is empty. */
  readonly rules: 'unknown' | 'same' | 'different';
  /** The server's clock is known (ages can be trusted). */
  readonly clockKnown: boolean;
  readonly reconnects: number;
  /** Snapshots taken because a hash or a gap said that the copy was wrong. */
  readonly repairs: number;
};

/** What came of a command. A refusal changed nothing; the same command may succeed later. */
export type Answer =
  | {
      readonly ok: true;
      readonly id: string;
      readonly name: CommandName;
      readonly seq: number;
      readonly replayed: boolean;
      readonly result: Record<string, unknown>;
    }
  | {
      readonly ok: false;
      readonly id: string;
      readonly name: CommandName;
      /** `discarded`: taken back here before it was sent. `expired`: too old to be sent. */
      readonly reason: 'refused' | 'discarded' | 'expired';
      readonly problem: Problem;
      /** 409: the entity as it is now. */
      readonly current: Entity | null;
    };

/**
 * A promise of the answer, with the command's id. Awaiting it may take as long as the network is away. `saved` tells whether
 * the tap is safe on this device: true once storage said so, false when it lives in this page's memory only.
 */
export type Sent = Promise<Answer> & { readonly id: string; readonly saved: Promise<boolean> };

export type SendCommand = <N extends CommandName>(
  name: N,
  input: CommandRequest<N>,
  options?: { approval?: string },
) => Sent;

/** Who acts on a page: `id` decides whose token sends a tap, `who` is the name that is shown. */
export type Actor = { readonly id: string; readonly who?: string };

/** A command on its way. */
export type Pending = {
  readonly id: string;
  readonly name: CommandName;
  readonly input: unknown;
  /** What it acts on: commands of one aggregate go one after the other. */
  readonly aggregate: string;
  /** When it was tapped. */
  readonly tappedAt: number;
  /**
   * `saving`: not yet on this device. `saved`: safe here, waits for its turn. `waiting`: the same, in memory only.
   * `sending`: under way. `unsent`: tried, the server could not be reached; it is tried again. `stale`: an order of more
   * than 10 min ago, asks before it fires. `held`: of somebody who is not signed in now; it waits for them.
   */
  readonly state: 'saving' | 'saved' | 'waiting' | 'sending' | 'unsent' | 'stale' | 'held';
  readonly attempts: number;
  /** Survives a reload of the page. */
  readonly kept: boolean;
  /** The name of whoever tapped it, where the page said so. */
  readonly who: string | null;
};

/** A refusal that nobody was waiting for, or a tap that grew too old: kept until somebody dismisses it. */
export type Refused = Extract<Answer, { ok: false }> & {
  readonly input: unknown;
  readonly tappedAt: number;
};

export type OutboxView = {
  readonly pending: readonly Pending[];
  /** Those that have not reached the server (all but `sending` on its first try). */
  readonly unsent: number;
  readonly oldest: number | null;
  /** False: memory only, a reload loses what is unsent. True again once the browser takes a tap. */
  readonly durable: boolean;
  readonly refused: readonly Refused[];
};

export type Outbox = Store<OutboxView> & {
  /** Send a `stale` command after all, with those of the same order behind it. */
  confirm(id: string): void;
  /** Take a command back that was not sent. False: too late. */
  discard(id: string): boolean;
  /** Forget a refusal that was shown. */
  dismiss(id: string): void;
  /** Try everything now. */
  flush(): void;
};

/** A ticket that nobody has heard yet: chime again. The acknowledgement is said again by itself. */
export type Nudge = { readonly topic: string; readonly ticket: string; readonly episode: number | null };

/** A copy that was not the server's was replaced by a whole snapshot. */
export type Repair = {
  readonly topic: string;
  /** By the server's clock. */
  readonly at: number;
  /** `hash`: the copy differed from what a ping said; `gap`: changes were missed again and again. */
  readonly cause: 'hash' | 'gap';
  /** Entities that the copy did not have, or had in another version: `ticket|<id>`. */
  readonly missing: readonly string[];
  /** Entities that the copy should not have had. */
  readonly extra: readonly string[];
};

export type Painted = { visible: boolean; audio: Acknowledgement['audio']; behind?: readonly string[] };

/** One location, seen by one screen or script. */
export type Heard = {
  readonly location: string;
  readonly connection: Store<ConnectionView>;
  /** The topic's store. Somebody listening subscribes to it; a few seconds after the last one left it is given up. */
  view(topic: string): Store<View>;
  live(topic: string): Store<LiveData>;
  /** Every change of a topic, once each, in the log's order. Does not subscribe by itself. */
  onChange(topic: string, listener: (change: Change) => void): () => void;
  readonly command: SendCommand;
  readonly outbox: Outbox;
  /** The time by the server's clock. */
  serverNow(): number;
  /** Say that everything up to `cursor` is on the page. Coalesced. */
  painted(topic: string, cursor: string, how: Painted): void;
  /** A ticket on one of this screen's topics is unheard: chime again. */
  onNudge(listener: (nudge: Nudge) => void): () => void;
  /** A copy was found to differ from the server's, and repaired. */
  onRepaired(listener: (repair: Repair) => void): () => void;
  /** What the server forgot: shown until `keep` or `remove`, or until it comes back by itself. */
  readonly recovered: Store<RecoveredView> & { keep(): void; remove(ids?: readonly string[]): void };
  /** "Refresh now": a new connection, and every topic whole, whatever this screen believes of its own. */
  refresh(): void;
  /** Somebody else signed in on this screen, or it was paired again: ask for a new token and use it. */
  renew(): Promise<void>;
  /** Leaves for good; what is in the outbox stays for the next time. */
  close(): void;
};

/** Something this screen showed that the server knows no more (`now` null), or knows as it was before. */
export type Recovered = {
  readonly topic: string;
  /** When it was found out, by the server's clock. */
  readonly at: number;
  readonly was: Entity;
  readonly now: Entity | null;
};

/** What a restored server took from this screen, until a person removes it or it comes back. */
export type RecoveredView = {
  readonly withdrawn: readonly Recovered[];
  readonly regressed: readonly Recovered[];
  /** Somebody wants to see it further; it is no longer news. */
  readonly kept: boolean;
};

/** Why the token provider is asked: so that one with a cache knows when not to use it. */
export type TokenReason = 'connect' | 'renew' | 'expired' | 'refused' | 'command';
export type TokenProvider = (reason: TokenReason) => Promise<string>;
