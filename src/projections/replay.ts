import type { Json as FrozenState } from '../domain/answer.ts';
import { readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { Order } from '../domain/order.ts';
import { STATE_VERSION, thaw } from '../domain/snapshot.ts';
import { type LocationState, emptyLocation } from '../domain/state.ts';
import type { Log, StoredEvent } from '../log/types.ts';

/** A projection met an event that this code does not know; another version of Heard must carry it on. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

function step(state: LocationState, stored: StoredEvent): LocationState {
  const event = readEvent(stored);
  if (event === null)
    throw new UnreadableEvent(
      `event ${stored.seq} of "${state.id}" is a "${stored.type}" version ${stored.v}`,
    );
  return evolve(state, event);
}

/** The state of a location at `seq`: from the nearest snapshot below, then event by event. */
export async function stateAt(
  log: Pick<Log, 'loadSnapshot' | 'readTail'>,
  location: string,
  seq: number,
): Promise<LocationState> {
  const snapshot = seq === 0 ? null : await log.loadSnapshot(location, STATE_VERSION, seq);
  let state = snapshot === null ? emptyLocation(location) : thaw(snapshot.state as FrozenState);
  while (state.head < seq) {
    const tail = await log.readTail(location, state.head, Math.min(2_000, seq - state.head));
    if (tail.length === 0)
      throw new RangeError(`The log of "${location}" ends at ${state.head}, before ${seq}`);
    state = tail.reduce(step, state);
  }
  return state;
}

/** Takes `events` one by one and answers the orders they touched, each as it last stood: also one that left memory on the way. */
export function ordersTouched(
  before: LocationState,
  events: readonly StoredEvent[],
): { state: LocationState; orders: Map<string, Order> } {
  const orders = new Map<string, Order>();
  let state = before;
  for (const stored of events) {
    const after = step(state, stored);
    for (const { kind, id } of after.touched) {
      const order = kind === 'order' ? (after.orders.get(id) ?? state.orders.get(id)) : undefined;
      if (order !== undefined) orders.set(id, order);
    }
    state = after;
  }
  return { state, orders };
}
