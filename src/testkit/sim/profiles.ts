import type { DatabaseMood } from './postgres.ts';
import { HEALTHY } from './postgres.ts';
import type { Weather } from './weather.ts';

/** What a schedule is about: the weather in it, and how often each thing happens. Weights are shares of the steps. */

export type Happening =
  | 'tap'
  | 'order'
  | 'wait'
  | 'longWait'
  | 'partition'
  | 'road'
  | 'cutWire'
  | 'halfOpen'
  | 'stall'
  | 'killNode'
  | 'drainNode'
  | 'crashDatabase'
  | 'dropConnections'
  | 'redis'
  | 'sleepTab'
  | 'hideTab'
  | 'killTab'
  | 'jumpDevice'
  | 'jumpNode'
  | 'revoke'
  | 'refuseToken'
  | 'reroute'
  | 'double'
  | 'look'
  | 'hangUp'
  | 'restore';

export type Profile = {
  readonly name: string;
  readonly weather: Weather;
  readonly mood: DatabaseMood;
  readonly storageFails: number;
  readonly tokenSeconds: number;
  /** The menu fills several parts of a snapshot. */
  readonly fat?: boolean;
  /** A place's state is mixed up with another one's now and then: what the last assertion before a send is for. */
  readonly scrambled?: boolean;
  /** A rule refuses what time asks for: it must not be asked for without end. */
  readonly stubborn?: boolean;
  readonly weights: Partial<Record<Happening, number>>;
};

const CALM: Weather = {
  lost: 0,
  doubled: 0,
  overtakes: 0,
  delay: [1, 15],
  slow: 0.01,
  slowDelay: [50, 400],
};
const WIFI: Weather = {
  lost: 0.03,
  doubled: 0.03,
  overtakes: 0.03,
  delay: [2, 60],
  slow: 0.05,
  slowDelay: [200, 4_000],
};
const ROUGH: Weather = { ...WIFI, lost: 0.01, doubled: 0.015, overtakes: 0.01, slow: 0.02 };
const SHAKY: DatabaseMood = { cutBefore: 0.02, cutAfter: 0.03, refuses: 0.02, slow: 0.05, slowMs: [20, 900] };

const WORK = { tap: 46, order: 6, wait: 22, longWait: 0.5, double: 5, look: 2 } as const;
const usual = { weather: CALM, mood: HEALTHY, storageFails: 0, tokenSeconds: 900 } as const;

export const PROFILES: readonly Profile[] = [
  { ...usual, name: 'calm', weights: { ...WORK, cutWire: 2 } },
  {
    ...usual,
    name: 'wifi',
    weather: WIFI,
    fat: true,
    weights: { ...WORK, partition: 4, road: 3, cutWire: 3, halfOpen: 4, stall: 2 },
  },
  {
    ...usual,
    name: 'nodes',
    weather: ROUGH,
    weights: { ...WORK, killNode: 5, drainNode: 4, jumpNode: 1, redis: 2 },
  },
  {
    ...usual,
    name: 'database',
    mood: SHAKY,
    weights: { ...WORK, crashDatabase: 5, dropConnections: 4, killNode: 1 },
  },
  {
    ...usual,
    name: 'redis',
    weather: { ...CALM, lost: 0.05, doubled: 0.05, overtakes: 0.05 },
    weights: { ...WORK, redis: 9, cutWire: 3 },
  },
  {
    ...usual,
    name: 'sleepers',
    storageFails: 0.03,
    weights: { ...WORK, sleepTab: 6, hideTab: 6, killTab: 6, jumpDevice: 3, longWait: 1.5 },
  },
  {
    ...usual,
    name: 'rights',
    tokenSeconds: 75,
    weather: ROUGH,
    weights: { ...WORK, revoke: 3, refuseToken: 3, sleepTab: 3, longWait: 2 },
  },
  {
    ...usual,
    name: 'house',
    weather: ROUGH,
    weights: { ...WORK, reroute: 8, killNode: 1, cutWire: 3, redis: 1 },
  },
  {
    ...usual,
    name: 'storm',
    weather: WIFI,
    mood: { ...SHAKY, cutBefore: 0.01, cutAfter: 0.01, refuses: 0.01 },
    storageFails: 0.01,
    tokenSeconds: 120,
    weights: {
      ...WORK,
      partition: 2,
      road: 2,
      cutWire: 2,
      halfOpen: 2,
      stall: 1,
      killNode: 2,
      drainNode: 2,
      crashDatabase: 2,
      dropConnections: 2,
      redis: 2,
      sleepTab: 2,
      hideTab: 2,
      killTab: 2,
      jumpDevice: 1,
      jumpNode: 1,
      revoke: 1,
      refuseToken: 1,
      reroute: 2,
      longWait: 1,
    },
  },
  {
    ...usual,
    name: 'restore',
    weather: { ...CALM, slow: 0.05 },
    weights: { ...WORK, restore: 0.7, cutWire: 2, hideTab: 1 },
  },
  { ...usual, name: 'doors', weights: { ...WORK, hangUp: 1 } },
  { ...usual, name: 'scrambled', scrambled: true, weights: { ...WORK, cutWire: 8, killNode: 2 } },
  { ...usual, name: 'stubborn', stubborn: true, weights: { ...WORK, longWait: 3, killNode: 1 } },
];

export function profileOf(seed: number, name?: string): Profile {
  const profile =
    name === undefined ? PROFILES[seed % PROFILES.length] : PROFILES.find((one) => one.name === name);
  if (profile === undefined)
    throw new RangeError(
      `There is no profile "${String(name)}"; there are ${PROFILES.map((one) => one.name).join(', ')}`,
    );
  return profile;
}
