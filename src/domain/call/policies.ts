import { nameId } from '../ids.ts';
import type { Upcoming } from '../ladder.ts';
import { toInstant, toMillis } from '../text.ts';
import { type Call, type Calls, type Task, isLive, isTerminal, isUndone } from './state.ts';

/** What time alone asks of calls. Each has one command with an id of its own, and is over once that is in the log. */

/** A call of which nothing is heard for so long may be over without our being told. */
const SILENT_MS = 90_000;
/** Of one with a person on it, or whose provider never says anything in between. */
const QUIET_MS = 30 * 60_000;
const GIVE_UP_MS = 60 * 60_000;
/** How long it rings at the stand. */
const RINGS_MS = 20_000;
/** Summary and recording come within this time of the end, or not at all. */
const FINISH_MS = 10 * 60_000;
const ARCHIVE_MS = 4 * 3_600_000;
/** What nobody ever did leaves the list as well. */
const FORGOTTEN_MS = 14 * 24 * 3_600_000;

/** The same with the time at which a policy next looks at them. */
export function withDeadline(calls: Calls): Calls {
  let first = Number.POSITIVE_INFINITY;
  for (const { at } of upcomingCalls(calls)) first = Math.min(first, at);
  const deadline = first === Number.POSITIVE_INFINITY ? null : toInstant(first);
  return deadline === calls.deadline ? calls : { ...calls, deadline };
}

export function* upcomingCalls(calls: Calls): Generator<Upcoming> {
  for (const id in calls.calls) {
    const call = calls.calls[id];
    if (call) yield* upcomingOfCall(call);
  }
  for (const id in calls.tasks) {
    const task = calls.tasks[id];
    if (task) yield* upcomingOfTask(task);
  }
}

export function* upcomingOfCall(call: Call): Generator<Upcoming> {
  const { status, since } = call;
  if (isLive(call)) {
    if (status === 'stale') yield once(call, 'call.giveUp', since, GIVE_UP_MS);
    else yield once(call, 'call.fallSilent', call.heardAt, silence(call));
    if (isRinging(call)) yield once(call, 'call.ringOut', since, RINGS_MS);
    return;
  }
  const ended = call.overAt ?? since;
  if (status === 'wrap_up' || call.analysis === 'pending') yield once(call, 'call.finish', ended, FINISH_MS);
  if (isTerminal(call)) yield once(call, 'call.archive', ended, ARCHIVE_MS);
}

/** When a call that rings at the stand goes back to the machine. */
export function ringsUntil(call: Call): string | undefined {
  return isRinging(call) ? toInstant(millis(call.since) + RINGS_MS) : undefined;
}

function isRinging({ status, asked }: Call): boolean {
  return status === 'transferring' && asked === true;
}

function silence({ quiet, status }: Call): number {
  return quiet === true || status === 'staff_takeover' || status === 'staff_active' ? QUIET_MS : SILENT_MS;
}

export function* upcomingOfTask(task: Task): Generator<Upcoming> {
  const { id, dueAt } = task;
  if (isUndone(task) && dueAt !== undefined)
    yield {
      at: millis(dueAt),
      command: () => ({ id: nameId('task-expire', id, dueAt), name: 'call.expire', input: { task: id } }),
    };
  const at = task.endedAt === undefined ? millis(task.at) + FORGOTTEN_MS : millis(task.endedAt) + ARCHIVE_MS;
  yield {
    at,
    command: () => ({
      id: nameId('task-archive', id, toInstant(at)),
      name: 'call.archiveTask',
      input: { task: id },
    }),
  };
}

function once(
  { id }: Call,
  name: 'call.fallSilent' | 'call.ringOut' | 'call.finish' | 'call.giveUp' | 'call.archive',
  since: string,
  after: number,
): Upcoming {
  return {
    at: millis(since) + after,
    command: () => ({ id: nameId(name, id, since), name, input: { call: id } }),
  };
}

function millis(instant: string): number {
  return toMillis(instant) ?? 0;
}
