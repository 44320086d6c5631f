import type { LoggedEvent } from '../events.ts';
import type { EventOf } from '../families.ts';
import type { LocationState, Touch } from '../state.ts';
import { type CallFact, foldCall, withLink } from './fold.ts';
import { withDeadline } from './policies.ts';
import type { Call, Calls, Link, Task } from './state.ts';

/** Ids of calls that left memory: so many are remembered, so that what is said of them later does not bring them back. */
const OVER = 300;

type Applied = { state: LocationState; touched: Touch[] };

export function evolveCall(state: LocationState, event: EventOf<'call'>): Applied {
  switch (event.type) {
    case 'call.followUpAsked':
    case 'call.ringBackAsked':
    case 'message.taken':
      return ask(state, newTask(state.calls, event), event.seq);
    case 'call.taskClaimed':
      return setTask(state, event, (task) => ({
        ...task,
        status: 'claimed',
        ...(event.by.name !== undefined && { claimedBy: event.by.name }),
      }));
    case 'call.taskDone':
      return setTask(state, event, (task) => ({ ...task, status: 'done', endedAt: event.at }));
    case 'call.taskExpired':
      return setTask(state, event, (task) => ({ ...task, status: 'expired', endedAt: event.at }));
    case 'call.taskArchived': {
      const { [event.data.task]: _gone, ...tasks } = state.calls.tasks;
      return settle(state, { ...state.calls, tasks }, [{ kind: 'task', id: event.data.task }]);
    }
    case 'call.archived': {
      const { [event.data.call]: gone, ...calls } = state.calls.calls;
      if (!gone) return { state, touched: [] };
      const over = [...state.calls.over, gone.id].slice(-OVER);
      return settle(state, { ...state.calls, calls, over }, [{ kind: 'call', id: gone.id }]);
    }
    default:
      return change(state, event);
  }
}

function change(state: LocationState, event: EventOf<'call'> & CallFact): Applied {
  const { call: id } = event.data;
  const before = state.calls.calls[id] ?? null;
  const after = foldCall(before, event, event.at, event.by.name);
  if (after === null) return { state, touched: [] };
  const call = event.type === 'call.started' ? withEarlierLinks(state, after) : after;
  return settle(
    state,
    { ...state.calls, calls: { ...state.calls.calls, [id]: { ...call, version: event.seq } } },
    [{ kind: 'call', id }],
  );
}

/** What was done in the call before it was told of. */
function withEarlierLinks(state: LocationState, call: Call): Call {
  let linked = call;
  const add = (what: Link['what'], id: string): void => {
    linked = withLink(linked, { did: 'made', what, id });
  };
  for (const one of Object.values(state.bookings.reservations))
    if (one.call === call.id) add('reservation', one.id);
  for (const one of Object.values(state.bookings.waitlist)) if (one.call === call.id) add('entry', one.id);
  for (const one of Object.values(state.calls.tasks))
    if (one.call === call.id && one.what === 'message') add('message', one.id);
  for (const one of state.orders.values()) if (one.call === call.id) add('order', one.id);
  return linked;
}

/** Calls follow what was booked and ordered in them. */
export function followCalls(applied: Applied, event: LoggedEvent): Applied {
  const made = madeIn(event);
  const call = made && applied.state.calls.calls[made.call];
  if (!made || !call) return applied;
  const linked = withLink(call, made.link);
  if (linked === call) return applied;
  const { calls } = applied.state;
  return {
    state: {
      ...applied.state,
      calls: { ...calls, calls: { ...calls.calls, [call.id]: { ...linked, version: event.seq } } },
    },
    touched: [...applied.touched, { kind: 'call', id: call.id }],
  };
}

function madeIn(event: LoggedEvent): { call: string; link: Link } | null {
  const link = (call: string | undefined, what: Link['what'], id: string) =>
    call === undefined ? null : { call, link: { did: 'made', what, id } as const };
  switch (event.type) {
    case 'order.placed':
      return link(event.data.order.call, 'order', event.data.order.id);
    case 'reservation.held':
    case 'reservation.requested':
    case 'reservation.booked':
      return link(event.data.reservation.call, 'reservation', event.data.reservation.id);
    case 'waitlist.added':
      return link(event.data.entry.call, 'entry', event.data.entry.id);
    case 'message.taken':
      return link(event.data.message.call, 'message', event.data.message.id);
    default:
      return null;
  }
}

function newTask(
  calls: Calls,
  event: Extract<EventOf<'call'>, { type: 'call.followUpAsked' | 'call.ringBackAsked' | 'message.taken' }>,
): Omit<Task, 'version'> {
  const base = {
    status: 'open' as const,
    at: event.at,
    ...(event.by.role !== 'policy' && event.by.name !== undefined && { by: event.by.name }),
  };
  if (event.type === 'message.taken') return { ...base, ...event.data.message, what: 'message' };
  const call = calls.calls[event.data.call];
  const phone = call?.direction === 'outbound' ? call.to : call?.from;
  const about = {
    ...base,
    call: event.data.call,
    ...(phone !== undefined && { phone }),
    ...(call?.guest && { from: call.guest.name }),
  };
  return event.type === 'call.followUpAsked'
    ? { ...about, ...event.data.task, what: 'follow_up' }
    : { ...about, ...event.data.task, what: 'ring_back' };
}

function ask(state: LocationState, task: Omit<Task, 'version'>, seq: number): Applied {
  const tasks = { ...state.calls.tasks, [task.id]: { ...task, version: seq } };
  return settle(state, { ...state.calls, tasks }, [{ kind: 'task', id: task.id }]);
}

function setTask(
  state: LocationState,
  event: Extract<EventOf<'call'>, { type: `call.task${string}` }>,
  edit: (task: Task) => Task,
): Applied {
  const { task: id } = event.data;
  const task = state.calls.tasks[id];
  if (!task) return { state, touched: [] };
  const tasks = { ...state.calls.tasks, [id]: { ...edit(task), version: event.seq } };
  return settle(state, { ...state.calls, tasks }, [{ kind: 'task', id }]);
}

function settle(state: LocationState, calls: Calls, touched: Touch[]): Applied {
  return { state: { ...state, calls: withDeadline(calls) }, touched };
}
