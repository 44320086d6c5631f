import { type LocationState, emptyLocation } from '../domain/state.ts';
import type { Log } from '../log/types.ts';
import { stateAt } from './replay.ts';

/**
 * Locations as they were. Each is made from the nearest snapshot that is kept (one a day) or from a state that was just
 * asked for, so that stepping on by a second costs what happened in that second. One at a time: a look at the past must not
 * take the kitchen's processor away.
 */

/** The past is too far from anything that is kept. */
export class TooFar extends Error {
  override readonly name = 'TooFar';
}
/** Too many look at the past already. */
export class TooMany extends Error {
  override readonly name = 'TooMany';
}

export type Then = {
  readonly state: LocationState;
  /** When this stopped being so: the time of the next event. Null: it is so now. */
  readonly until: string | null;
};

export type TimeTravel = {
  /** The location after its event `seq`, which must exist; 0 is before the first. Throws TooFar, TooMany. */
  at(location: string, seq: number): Promise<Then>;
};

const KEPT = 12;
const MOST_WAITING = 16;

export function createTimeTravel(
  log: Pick<Log, 'loadSnapshot' | 'readTail'>,
  /** Events that one look may replay. */
  mostEvents = 40_000,
): TimeTravel {
  /** The states last asked for, oldest first. */
  const kept: LocationState[] = [];
  let working: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function look(location: string, seq: number): Promise<Then> {
    const known = kept.filter((state) => state.id === location && state.head <= seq);
    const near = known.reduce(
      (best, state) => (state.head > best.head ? state : best),
      emptyLocation(location),
    );
    const state = await stateAt(log, location, seq, {
      near,
      guard: (from) => {
        if (seq - from > mostEvents)
          throw new TooFar(`${seq - from} events lie between it and the nearest snapshot that is kept`);
      },
    });
    const index = kept.indexOf(state);
    if (index >= 0) kept.splice(index, 1);
    kept.push(state);
    if (kept.length > KEPT) kept.shift();
    const [next] = await log.readTail(location, seq, 1);
    return { state, until: next?.at ?? null };
  }

  return {
    async at(location, seq) {
      if (waiting >= MOST_WAITING) throw new TooMany('Too many look at the past already');
      waiting += 1;
      const before = working;
      const mine = (async () => {
        await before.catch(() => undefined);
        return look(location, seq);
      })();
      working = mine;
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
}
