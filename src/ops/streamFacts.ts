import type { Role } from '../domain/commands.ts';
import type { Transport } from '../feed/source.ts';
import type { Resumed } from '../feed/subscription.ts';

/**
 * What the doors tell of the streams they carry, whatever carries them.
 *
 * - *stream*: one reader's way down: a socket, an event stream, or a row of polls by the same screen.
 * - *joined*: it said who it is, and may be there. Who never did is nobody's, and stands in no location's log.
 */

/** A stream that has joined. The same object is handed over in every call about it. */
export type StreamFacts = {
  /** Names the stream; a screen that comes back has another. */
  readonly session: string;
  readonly location: string;
  readonly transport: Transport;
  /** What the page calls itself, the same over its reconnects. */
  readonly client: string;
  /** What kind of page it is, as it says itself: `screen/kitchen`. */
  readonly app?: string | undefined;
  /** The station or place that the page shows. */
  readonly screen?: string | undefined;
  readonly role: Role;
  readonly name?: string | undefined;
  /** The paired screen. */
  readonly device?: string | undefined;
  /** When the connection began, before it said who it is; ms since 1970 by this machine. */
  readonly openedAt: number;
};

/** What a screen says when it has painted something. */
export type Painted = { readonly visible: boolean; readonly audio?: string };

export type StreamObserver = {
  opened?(): void;
  /** It said who it is; `resumed`: it came back with a cursor. */
  joined?(stream: StreamFacts, resumed: boolean): void;
  /** It reads a topic; `resumed` is null for one that began with a snapshot. */
  subscribed?(stream: StreamFacts, topic: string, resumed: Resumed | null): void;
  unsubscribed?(stream: StreamFacts, topic: string): void;
  /** It said what it painted. */
  acknowledged?(stream: StreamFacts, ack: Painted): void;
  /** A screen without a stream asked again: it counts as there for a while. */
  polled?(stream: StreamFacts, topic: string): void;
  /** The same as `acknowledged`, said in a request of its own, by the name of the client. */
  acknowledgedBy?(location: string, client: string, ack: Painted): void;
  /** With the code that the server chose, or the one that the other side did; null for one that never joined. */
  closed?(code: number, stream: StreamFacts | null): void;
  heartbeatFailed?(stream: StreamFacts): void;
};
