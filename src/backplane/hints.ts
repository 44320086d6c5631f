import type { Courtesy } from '../location/courtesy.ts';
import type { StoredEvent } from '../log/types.ts';
import type { Rooms } from './rooms.ts';

/**
 * After each commit of its own a node tells the others that have the location in memory: up to where the log goes now,
 * and the events themselves when they are small, so that they need not ask for them.
 */

/** Events that take more than this as JSON are not sent along: the log has them. */
const MOST_COURTESY = 32 * 1024;
const MOST_EVENTS = 100;

export type HintPlace = {
  readonly id: string;
  readonly epoch: string;
  readonly head: number;
  tagAt(seq: number): string | null;
};

export type HintsOptions = {
  readonly rooms: Rooms;
  /** Reads what came over the wire; null for what is none. */
  readonly read: (data: unknown) => Courtesy | null;
  /** To the location in this node's memory, which checks it. */
  readonly offer: (location: string, courtesy: Courtesy) => void;
  readonly observe?: (what: 'received' | 'malformed') => void;
};

export type Hints = {
  /** To be called for what this node committed itself, in order. */
  committed(location: HintPlace, stored: readonly StoredEvent[]): void;
};

export function createHints({ rooms, read, offer, observe }: HintsOptions): Hints {
  rooms.on('log', (location, data) => {
    const courtesy = read(data);
    observe?.(courtesy === null ? 'malformed' : 'received');
    if (courtesy !== null) offer(location, courtesy);
  });
  return {
    committed(location, stored) {
      const first = stored[0];
      if (first === undefined) return;
      const from = first.seq - 1;
      const base = { epoch: location.epoch, from, tag: location.tagAt(from) ?? '', head: location.head };
      const events = rooms.isHeard(location.id) && stored.length <= MOST_EVENTS ? JSON.stringify(stored) : '';
      const along = events.length > 0 && events.length <= MOST_COURTESY ? events : 'null';
      rooms.say(location.id, 'log', `${JSON.stringify(base).slice(0, -1)},"events":${along}}`);
    },
  };
}
