/** Schedules that once failed, each by its seed and what it found; they run with every build. */
export type Found = {
  readonly title: string;
  readonly seed: number;
  readonly profile: string;
  readonly steps?: number;
};

export const FOUND: readonly Found[] = [
  {
    title: 'an order that a recall brings back to the kitchen brings its other tickets along',
    seed: 121,
    profile: 'wifi',
  },
  { title: 'a socket that is half full does not hold its node in a loop', seed: 231, profile: 'wifi' },
  {
    title: 'nodes that watch the same screens do not answer each other without end',
    seed: 1,
    profile: 'calm',
  },
  {
    title: 'a tap that is refused while storage is full is not forgotten with its page',
    seed: 21,
    profile: 'storm',
  },
  {
    title: 'a node that goes away calls no history another one to those who wait for it',
    seed: 9336,
    profile: 'nodes',
  },
];
