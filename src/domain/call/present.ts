import type { LocationState } from '../state.ts';
import type { CallView, TaskView } from './entities.ts';
import type { CallOutcome } from './outcomes.ts';
import { ringsUntil } from './policies.ts';
import type { Call, Link } from './state.ts';

export function presentCall(state: LocationState, id: string): CallView | null {
  const call = state.calls.calls[id];
  if (!call) return null;
  const outcome = call.outcome ?? outcomeOf(call);
  const { guest, turns, links } = call;
  return {
    kind: 'call',
    id,
    version: call.version,
    status: call.status,
    since: call.since,
    direction: call.direction,
    channel: call.channel,
    line: state.config?.channels.find((one) => one.id === call.channel)?.name ?? call.provider,
    provider: call.provider,
    ...given('from', call.from),
    ...given('to', call.to),
    ...(guest && { guest: { ...guest, allergies: [...guest.allergies] } }),
    ...(call.status === 'stale' && { heardAt: call.heardAt }),
    startedAt: call.startedAt,
    ...given('answeredAt', call.answeredAt),
    ...given('quiet', call.quiet),
    ...given('endedAt', call.endedAt),
    ...given('reason', call.reason),
    ...given('transferTo', call.transferTo),
    ...given('ringsUntil', ringsUntil(call)),
    ...given('by', call.by),
    analysis: call.analysis,
    ...given('summary', call.summary),
    ...given('sentiment', call.sentiment),
    ...(turns && {
      turns: turns.map(({ who, text, at }) => ({ who, text, ...given('at', at) })),
    }),
    ...given('cut', call.cut),
    ...given('recording', call.recording),
    ...given('erased', call.erased),
    ...given('outcome', outcome),
    links: links.map((link) => ({ ...link })),
  };
}

/** What most likely came of it, until somebody says so: what was done in it, the weightiest first. */
function outcomeOf({ links, staffed, status }: Call): CallOutcome | undefined {
  const did = (what: Link['what'], how: Link['did']): boolean =>
    links.some((one) => one.what === what && one.did === how);
  if (did('reservation', 'made') || did('entry', 'made')) return 'reservation_made';
  if (did('order', 'made')) return 'order_placed';
  if (did('reservation', 'changed')) return 'reservation_changed';
  if (did('reservation', 'cancelled')) return 'reservation_cancelled';
  if (did('message', 'made')) return 'message_taken';
  if (staffed === true) return 'transferred';
  return status === 'missed' || status === 'dropped' ? 'abandoned' : undefined;
}

export function presentTask(state: LocationState, id: string): TaskView | null {
  const task = state.calls.tasks[id];
  if (!task) return null;
  return {
    kind: 'task',
    id,
    version: task.version,
    what: task.what,
    status: task.status,
    ...given('call', task.call),
    ...given('text', task.text),
    ...given('from', task.from),
    ...given('phone', task.phone),
    ...given('for', task.for),
    at: task.at,
    ...given('by', task.by),
    ...given('dueAt', task.dueAt),
    ...given('claimedBy', task.claimedBy),
    ...given('endedAt', task.endedAt),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
