import type { Courtesy } from '../location/courtesy.ts';
import type { StoredEvent } from '../log/types.ts';
import { createHints } from './hints.ts';
import type { HintPlace } from './hints.ts';
import { createHub } from './inProcess.ts';
import { createRedisBackplane } from './redis.ts';
import { createRooms } from './rooms.ts';
import type { Rooms } from './rooms.ts';
import type { Backplane } from './types.ts';

/** The other nodes, as this one's locations know them: somebody to listen to, and to tell. */

export type NeighboursOptions = {
  /** None: there is no other node. */
  readonly redisUrl: string | undefined;
  /** Instead of the one that `redisUrl` names, for tests. */
  readonly backplane?: Backplane;
  /** The locations of this node; asked for late, since they tell us of what they open. */
  readonly locations: () => {
    offer(location: string, courtesy: Courtesy): void;
    look(locations?: readonly string[]): Promise<void>;
    pollHeadsEvery(ms: number): void;
  };
  readonly readCourtesy: (data: unknown) => Courtesy | null;
  readonly report?: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
};

/** What was heard and said since the start. */
export type NeighbourCounts = {
  hints: number;
  malformed: number;
  applied: number;
  refused: number;
  dropped: number;
};

export type Neighbours = {
  readonly rooms: Rooms;
  readonly node: string;
  readonly isUp: boolean;
  readonly isAlone: boolean;
  readonly counts: Readonly<NeighbourCounts>;
  onChange(listener: (isUp: boolean) => void): void;
  /** A location came into memory, or left it. */
  opened(location: { readonly id: string }): void;
  closed(location: { readonly id: string }): void;
  /** This node appended something. */
  committed(location: HintPlace, stored: readonly StoredEvent[]): void;
  courtesy(outcome: 'applied' | 'refused'): void;
  start(): void;
  stop(): Promise<void>;
};

/** How often heads are compared while somebody tells us, and while nobody can. */
const TOLD_MS = 2_000;
const UNTOLD_MS = 250;
/** All nodes have noticed that the backplane is back: two of its canaries. */
const BACK_MS = 10_000;
/** Channels are joined in groups: their heads are compared together. */
const GATHER_MS = 10;

export function createNeighbours(options: NeighboursOptions): Neighbours {
  const counts: NeighbourCounts = { hints: 0, malformed: 0, applied: 0, refused: 0, dropped: 0 };
  const { redisUrl, report = () => undefined } = options;
  const backplane =
    options.backplane ??
    (redisUrl === undefined
      ? createHub().connect()
      : createRedisBackplane({ url: redisUrl, dropped: () => void (counts.dropped += 1), report }));
  const rooms = createRooms(backplane);
  const toLook = new Set<string>();
  let looking: NodeJS.Timeout | undefined;

  const look = (ids?: readonly string[]): void => {
    // With PostgreSQL away there is nothing to see; the next poll looks again.
    options
      .locations()
      .look(ids)
      .catch(() => undefined);
  };
  const hints = createHints({
    rooms,
    read: options.readCourtesy,
    offer: (location, courtesy) => options.locations().offer(location, courtesy),
    observe: (what) => void (counts[what === 'received' ? 'hints' : 'malformed'] += 1),
  });
  // What was said before the channel was joined nobody will say again.
  rooms.onJoined((location) => {
    if (backplane.isAlone) return;
    toLook.add(location);
    looking ??= setTimeout(() => {
      looking = undefined;
      const ids = [...toLook];
      toLook.clear();
      look(ids);
    }, GATHER_MS).unref();
  });
  const setPace = (): void => options.locations().pollHeadsEvery(backplane.isUp ? TOLD_MS : UNTOLD_MS);
  let calm: NodeJS.Timeout | undefined;
  backplane.onChange(() => {
    clearTimeout(calm);
    if (backplane.isUp) {
      // The other nodes find out later that it is back, and until then they tell nothing.
      options.locations().pollHeadsEvery(UNTOLD_MS);
      calm = setTimeout(setPace, BACK_MS).unref();
    } else setPace();
    look();
  });

  return {
    rooms,
    node: backplane.node,
    get isUp() {
      return backplane.isUp;
    },
    get isAlone() {
      return backplane.isAlone;
    },
    counts,
    onChange: (listener) => backplane.onChange(listener),
    opened: ({ id }) => rooms.open(id),
    closed: ({ id }) => rooms.close(id),
    committed: hints.committed,
    courtesy: (outcome) => void (counts[outcome] += 1),
    start() {
      setPace();
      backplane.start();
    },
    async stop() {
      clearTimeout(looking);
      clearTimeout(calm);
      await backplane.stop();
    },
  };
}

/** The rooms, together with whether anybody can be heard in them. */
export function roomsOf(neighbours: Neighbours): Rooms & Pick<Neighbours, 'isUp' | 'isAlone' | 'onChange'> {
  return {
    ...neighbours.rooms,
    get isUp() {
      return neighbours.isUp;
    },
    get isAlone() {
      return neighbours.isAlone;
    },
    onChange: neighbours.onChange,
  };
}
