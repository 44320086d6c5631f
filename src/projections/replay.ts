import type { Json as FrozenState } from '../domain/answer.ts';
import { readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { READABLE_VERSIONS, thaw } from '../domain/snapshot.ts';
import { type LocationState, emptyLocation } from '../domain/state.ts';
import type { Log, StoredEvent } from '../log/types.ts';
import type { Step } from './projection.ts';

/** A projection met an event that this code does not know; another version of Heard must carry it on. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** Takes stored events one by one, on top of a state. */
export function* stepsOf(from: LocationState, stored: Iterable<StoredEvent>): Generator<Step> {
  let before = from;
  for (const one of stored) {
    const event = readEvent(one);
    if (event === null)
      throw new UnreadableEvent(`event ${one.seq} of "${from.id}" is a "${one.type}" version ${one.v}`);
    const after = evolve(before, event);
    yield { before, event, after };
    before = after;
  }
}

const PAGE = 2_000;
/** A state this near is stepped on from, and no snapshot is looked for. */
const NEAR = 1_000;

/** The state of a location at `seq`: from the nearest snapshot below (or from `near`, when that is nearer), event by event. */
export async function stateAt(
  log: Pick<Log, 'loadSnapshot' | 'readTail'>,
  location: string,
  seq: number,
  how: {
    readonly near?: LocationState;
    /** Told from where it will be replayed, before it is; may throw. */
    readonly guard?: (from: number) => void;
  } = {},
): Promise<LocationState> {
  let state = how.near ?? emptyLocation(location);
  if (seq > state.head && (state.head === 0 || seq - state.head > NEAR)) {
    const snapshot = await log.loadSnapshot(location, READABLE_VERSIONS, seq);
    if (snapshot !== null && snapshot.seq > state.head) state = thaw(snapshot.state as FrozenState);
  }
  how.guard?.(state.head);
  while (state.head < seq) {
    const tail = await log.readTail(location, state.head, Math.min(PAGE, seq - state.head));
    if (tail.length === 0)
      throw new RangeError(`The log of "${location}" ends at ${state.head}, before ${seq}`);
    for (const { after } of stepsOf(state, tail)) state = after;
  }
  return state;
}
