import type { Down } from '../protocol/down.ts';
import type { Hello, Up } from '../protocol/up.ts';
import type { Transport } from './ladder.ts';

/**
 * How frames travel, whatever carries them: a WebSocket, an event stream, a long poll, a plain poll or another tab say
 * the same frames. A carrier says hello in its own way, reports what comes, and forgets the rest.
 */
export type Carrier = {
  open(opening: Opening, events: CarrierEvents): Link;
};

/** A topic that is asked for, `after` a cursor; `pos` is where the copy stands that the cursor belongs to (-1: nowhere). */
export type Wanted = { topic: string; after: string | null; pos: number };
export type Opening = { token: string; client: Hello['client']; subs: readonly Wanted[] };

export type CarrierEvents = {
  /**
   * It is open, and the hello is on its way; nothing has proved yet that anything arrives. `through`: what carries the frames
   * to the page that passes them on.
   */
  opened(through?: Transport): void;
  frame(frame: Down): void;
  /** Ended, or never came up; called once, and never after `close`. */
  gone(code: number, reason: string): void;
};

/** What a screen says while it is connected; `look`: something was done here, so a poll need not wait for its turn. */
export type Said = Exclude<Up, { t: 'hello' | 'sub' }> | ({ t: 'sub' } & Wanted) | { t: 'look' };

export type Link = {
  /** False when it cannot be said any more. */
  say(frame: Said): boolean;
  close(code: number): void;
};
