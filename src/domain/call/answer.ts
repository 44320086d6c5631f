import type { CommandOf } from '../families.ts';
import type { LocationState } from '../state.ts';

/** What a command about a call comes to: nothing of whom it is about. */
export function answerCall(
  state: LocationState,
  { input }: CommandOf<'call'>,
): { [key: string]: { [key: string]: string | number } } {
  const callId = !('call' in input)
    ? undefined
    : typeof input.call === 'string'
      ? input.call
      : input.call?.id;
  const taskId =
    'message' in input
      ? input.message.id
      : !('task' in input)
        ? undefined
        : typeof input.task === 'string'
          ? input.task
          : input.task.id;
  const call = callId === undefined ? undefined : state.calls.calls[callId];
  const task = taskId === undefined ? undefined : state.calls.tasks[taskId];
  return {
    ...(call && { call: { id: call.id, status: call.status, version: call.version } }),
    ...(task && { task: { id: task.id, status: task.status, version: task.version } }),
  };
}
