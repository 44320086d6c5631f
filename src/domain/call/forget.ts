import type { Touch } from '../state.ts';
import type { Call, Calls, Task } from './state.ts';

/** The words of whoever called are overwritten in memory; that there was a call, and what came of it, stays. */
export function forgetCalls(
  calls: Calls,
  subjects: ReadonlySet<string>,
  mark: string,
  seq: number,
): { calls: Calls; touched: Touch[] } {
  const touched: Touch[] = [];
  let next = calls;
  for (const call of Object.values(calls.calls)) {
    if (!subjects.has(call.id)) continue;
    next = { ...next, calls: { ...next.calls, [call.id]: forgetCall(call, mark, seq) } };
    touched.push({ kind: 'call', id: call.id });
  }
  for (const task of Object.values(calls.tasks)) {
    if (!subjects.has(task.id) && !subjects.has(task.call ?? '')) continue;
    next = { ...next, tasks: { ...next.tasks, [task.id]: forgetTask(task, mark, seq) } };
    touched.push({ kind: 'task', id: task.id });
  }
  return { calls: next, touched };
}

function forgetCall(call: Call, mark: string, seq: number): Call {
  const { recording: _recording, turns, guest, ...rest } = call;
  return {
    ...rest,
    version: seq,
    forgotten: true,
    ...(call.from !== undefined && { from: mark }),
    ...(call.to !== undefined && { to: mark }),
    ...(call.transferTo !== undefined && { transferTo: mark }),
    ...(call.summary !== undefined && { summary: mark }),
    ...(guest && { guest: { name: mark, visits: guest.visits, allergies: guest.allergies.map(() => mark) } }),
    ...(turns && { turns: turns.map((turn) => ({ ...turn, text: mark })) }),
  };
}

function forgetTask(task: Task, mark: string, seq: number): Task {
  return {
    ...task,
    version: seq,
    ...(task.text !== undefined && { text: mark }),
    ...(task.from !== undefined && { from: mark }),
    ...(task.phone !== undefined && { phone: mark }),
  };
}
