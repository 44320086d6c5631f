import type { Entity } from '../../domain/entities.ts';

/**
 * What the managers' page and the board inside it tell each other. They are of one origin, and the board holds no token: it
 * shows what it is given and can ask for nothing.
 */

/** A board as it was. */
export type Moment = {
  readonly heard: 'moment';
  /** `station:grill`, or `kitchen` for the pass. */
  readonly topic: string;
  /** What the time was, ms since 1970. */
  readonly now: number;
  readonly entities: readonly Entity[];
};

/** From the board: it is ready to be given a moment, or somebody pointed at one of its cards. */
export type Pointed = { readonly heard: 'ready' } | { readonly heard: 'pointed'; readonly card: string };

export function isMoment(data: unknown): data is Moment {
  return typeof data === 'object' && data !== null && 'heard' in data && data.heard === 'moment';
}

export function isPointed(data: unknown): data is Pointed {
  return (
    typeof data === 'object' &&
    data !== null &&
    'heard' in data &&
    (data.heard === 'ready' || data.heard === 'pointed')
  );
}
