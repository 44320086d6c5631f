import type { Context } from '../commands.ts';
import { type EventBody, fact } from '../events.ts';
import type { CommandOf } from '../families.ts';
import { conflict, invalid, notFound } from '../refusals.ts';
import type { LocationState } from '../state.ts';
import { toMillis } from '../text.ts';
import { hasLink, linkOf } from './fold.ts';
import { upcomingOfCall, upcomingOfTask } from './policies.ts';
import { report, ringBack } from './report.ts';
import { type Call, type Task, isLive, isUndone } from './state.ts';

export function decideCall(state: LocationState, command: CommandOf<'call'>, context: Context): EventBody[] {
  switch (command.name) {
    case 'call.report':
      return report(state, command.input, context.at);
    case 'call.link':
      return link(state, command.input);
    case 'call.takeOver':
      return takeOver(callOf(state, command.input.call), context);
    case 'call.transfer':
      return transfer(callOf(state, command.input.call), context.at);
    case 'call.close':
      return close(callOf(state, command.input.call), command.input.outcome);
    case 'call.eraseRecording': {
      const call = callOf(state, command.input.call);
      return call.recording === undefined ? [] : [fact('call.recordingErased', { call: call.id })];
    }
    case 'call.followUp':
      return followUp(state, command.input, context.at);
    case 'message.take':
      return takeMessage(state, command.input.message);
    case 'call.claim':
      return claim(taskOf(state, command.input.task), context);
    case 'call.done': {
      const task = taskOf(state, command.input.task);
      if (task.status === 'done') return [];
      if (task.status === 'expired') throw conflict('Its time has passed; ask for it anew.', named(task));
      return [fact('call.taskDone', aboutTask(task))];
    }
    case 'call.fallSilent':
    case 'call.ringOut':
    case 'call.finish':
    case 'call.giveUp':
    case 'call.archive':
      return byTime(state, command, context.at);
    case 'call.expire':
    case 'call.archiveTask': {
      const task = state.calls.tasks[command.input.task];
      if (!task || !isDue(upcomingOfTask(task), command.name, context.at)) return [];
      return [
        fact(command.name === 'call.expire' ? 'call.taskExpired' : 'call.taskArchived', aboutTask(task)),
      ];
    }
    default:
      return command satisfies never;
  }
}

function takeOver(call: Call, { by }: Context): EventBody[] {
  if (!isLive(call)) throw over(call);
  if (call.status === 'staff_takeover' || call.status === 'staff_active') {
    if (call.by === undefined || call.by === by.name) return [];
    throw conflict(`${call.by} has the call already.`, about(call));
  }
  return [fact('call.takenOver', { call: call.id, ...lineOf(call) })];
}

function transfer(call: Call, at: string): EventBody[] {
  if (!isLive(call)) throw over(call);
  if (call.status === 'transferring') return [];
  if (call.status === 'staff_takeover' || call.status === 'staff_active')
    throw conflict(`${call.by ?? 'Somebody of the house'} has the call already.`, about(call));
  return [fact('call.transferStarted', { call: call.id, at, asked: true, ...lineOf(call) })];
}

function close(call: Call, outcome: NonNullable<Call['outcome']>): EventBody[] {
  if (isLive(call)) throw conflict('The call is still going on; close it when it is over.', about(call));
  if (call.outcome === outcome && call.status !== 'wrap_up') return [];
  return [fact('call.closed', { call: call.id, how: 'person', outcome })];
}

function followUp(
  state: LocationState,
  { call, task }: { call: string; task: { id: string; text: string; dueAt: string } },
  at: string,
): EventBody[] {
  callOf(state, call);
  const known = state.calls.tasks[task.id];
  if (known) {
    if (known.text === task.text && known.dueAt === task.dueAt && known.call === call) return [];
    throw conflict(`Task ${task.id} exists with other content.`, named(known));
  }
  if (task.dueAt <= at) throw invalid('task.dueAt', 'is over; name a time that is still to come');
  return [fact('call.followUpAsked', { call, task })];
}

type NewMessage = Extract<CommandOf<'call'>, { name: 'message.take' }>['input']['message'];

function takeMessage(state: LocationState, message: NewMessage): EventBody[] {
  const known = state.calls.tasks[message.id];
  if (known) {
    if (known.text === message.text && known.call === message.call) return [];
    throw conflict(`Message ${message.id} exists with other content.`, named(known));
  }
  return [fact('message.taken', { message })];
}

function claim(task: Task, { by }: Context): EventBody[] {
  if (!isUndone(task)) throw conflict(`The task is ${task.status} already.`, named(task));
  if (task.status === 'claimed') {
    if (task.claimedBy === by.name) return [];
    throw conflict(`${task.claimedBy ?? 'Somebody'} has it already.`, named(task));
  }
  return [fact('call.taskClaimed', aboutTask(task))];
}

function link(
  state: LocationState,
  input: Extract<CommandOf<'call'>, { name: 'call.link' }>['input'],
): EventBody[] {
  const call = state.calls.calls[input.call];
  const made = linkOf(input);
  return !call || made === null || hasLink(call, made) ? [] : [fact('call.linked', input)];
}

type ByTime = Extract<
  CommandOf<'call'>,
  { name: 'call.fallSilent' | 'call.ringOut' | 'call.finish' | 'call.giveUp' | 'call.archive' }
>;

/** Whatever was due and has changed meanwhile comes to nothing. */
function byTime(state: LocationState, { name, input }: ByTime, at: string): EventBody[] {
  const call = state.calls.calls[input.call];
  if (!call || !isDue(upcomingOfCall(call), name, at)) return [];
  const only = { call: call.id };
  switch (name) {
    case 'call.fallSilent':
      return [fact('call.fellSilent', only)];
    case 'call.ringOut':
      return [fact('call.transferEnded', { ...only, at, with: 'ai' }), ...ringBack(call, at, call.since)];
    case 'call.finish':
      return [
        ...(call.analysis === 'pending' ? [fact('call.unanalysed', only)] : []),
        ...(call.status === 'wrap_up' ? [fact('call.closed', { ...only, how: 'time' })] : []),
      ];
    case 'call.giveUp':
      return [
        fact('call.failed', {
          ...only,
          as: 'dropped',
          at: call.heardAt,
          reason: 'silent',
        }),
      ];
    case 'call.archive':
      return [fact('call.archived', only)];
    default:
      return name satisfies never;
  }
}

function isDue(
  list: Iterable<{ at: number; command: () => { name: string } }>,
  name: string,
  at: string,
): boolean {
  const now = toMillis(at) ?? 0;
  for (const one of list) if (one.at <= now && one.command().name === name) return true;
  return false;
}

function callOf(state: LocationState, id: string): Call {
  const call = state.calls.calls[id];
  if (!call) throw notFound('call', id);
  return call;
}

function taskOf(state: LocationState, id: string): Task {
  const task = state.calls.tasks[id];
  if (!task) throw notFound('task', id);
  return task;
}

function aboutTask({ id, call }: Task): { task: string; call?: string } {
  return { task: id, ...(call !== undefined && { call }) };
}

function over(call: Call): ReturnType<typeof conflict> {
  return conflict(`The call is ${call.status.replaceAll('_', ' ')}; nobody is on the line.`, about(call));
}

function lineOf({ channel, externalId }: Call): { channel: string; externalId: string } {
  return { channel, externalId };
}

function about({ id }: Call): { kind: 'call'; id: string } {
  return { kind: 'call', id };
}

function named({ id }: Task): { kind: 'task'; id: string } {
  return { kind: 'task', id };
}
