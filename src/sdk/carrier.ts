import type { Down } from '../protocol/down.ts';
import type { Hello, Up } from '../protocol/up.ts';

/**
 * How frames travel, whatever carries them: a WebSocket today; an event stream, a long poll and a plain poll say the
 * same frames. A carrier says hello in its own way, reports what comes, and forgets the rest.
 */
export type Carrier = {
  /** How the connection bar calls it: a polled screen is not live. */
  readonly kind: 'push' | 'poll';
  open(hello: Hello, events: CarrierEvents): Link;
};

export type CarrierEvents = {
  /** It is up, and the hello is on its way. */
  opened(): void;
  frame(frame: Down): void;
  /** Ended, or never came up; called once, and never after `close`. */
  gone(code: number, reason: string): void;
};

export type Link = {
  /** False when it cannot be said any more. */
  say(frame: Up): boolean;
  close(code: number): void;
};
