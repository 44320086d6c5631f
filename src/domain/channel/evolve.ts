import type { EventOf } from '../families.ts';
import type { LocationState, Touch } from '../state.ts';
import { isAwaiting } from './platform.ts';
import type { PlatformEvent } from './platform.ts';
import type { Door } from './state.ts';

type Applied = { state: LocationState; touched: Touch[] };

export function evolveChannel(
  state: LocationState,
  event: Exclude<EventOf<'channel'>, PlatformEvent>,
): Applied {
  const { channel } = event.data;
  switch (event.type) {
    case 'channel.paused': {
      const { until, reason, by = 'house' } = event.data;
      return setDoor(state, channel, event.seq, (door) => ({
        ...door,
        paused: { by, ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) },
      }));
    }
    case 'channel.resumed':
      return setDoor(state, channel, event.seq, ({ paused: _paused, ...door }) => door);
    case 'channel.busied':
      return setDoor(state, channel, event.seq, (door) => ({ ...door, busyMinutes: event.data.minutes }));
    // Another call for the same thing is on its way.
    case 'channel.storeAsked':
      return setDoor(state, channel, event.seq, ({ trouble, ...door }) =>
        trouble !== undefined && trouble.act !== event.data.act ? { ...door, trouble } : door,
      );
    case 'channel.storeTold':
      // Nothing is asked of the whole channel when a call is put through: that it was is the good news itself.
      return putsThrough(event.data.act)
        ? setDoor(state, channel, event.seq, ({ trouble: _trouble, ...door }) => door)
        : { state, touched: [] };
    case 'channel.storeRefused': {
      const { act, words } = event.data;
      return setDoor(state, channel, event.seq, (door) => ({
        ...door,
        trouble: { act, words, at: event.at },
      }));
    }
    default:
      return event satisfies never;
  }
}

/** Doors follow the orders that wait at them. */
export function followChannels(before: LocationState, applied: Applied, seq: number): Applied {
  let next = applied;
  for (const { kind, id } of applied.touched) {
    if (kind !== 'order') continue;
    const [was, is] = [before.orders.get(id)?.platform, applied.state.orders.get(id)?.platform];
    if (was === is) continue;
    const channel = is?.channel ?? was?.channel ?? '';
    const waits = is !== undefined && isAwaiting(is);
    if (waits === (was !== undefined && isAwaiting(was))) continue;
    const moved = setDoor(next.state, channel, seq, (door) => ({
      ...door,
      waiting: waits ? [...door.waiting, id] : door.waiting.filter((one) => one !== id),
    }));
    next = { state: moved.state, touched: [...next.touched, ...moved.touched] };
  }
  return next;
}

/** Of a telephone line: its provider is asked to put a caller through. */
export function putsThrough(act: string): boolean {
  return act === 'call.takeOver' || act === 'call.transfer';
}

/** As it is while nothing was said of it. */
export function doorOf(state: LocationState, id: string): Door {
  return state.channels.doors[id] ?? { id, version: 0, busyMinutes: 0, waiting: [] };
}

function setDoor(state: LocationState, id: string, seq: number, edit: (door: Door) => Door): Applied {
  const door = { ...edit(doorOf(state, id)), version: seq };
  return {
    state: { ...state, channels: { ...state.channels, doors: { ...state.channels.doors, [id]: door } } },
    touched: [{ kind: 'channel', id }],
  };
}
