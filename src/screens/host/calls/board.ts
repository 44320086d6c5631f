import type { CallView, TaskView } from '../../../domain/call/entities.ts';
import { isLive, isUndone } from '../../../domain/call/state.ts';

/**
 * The telephone as the stand draws it: which calls are on the line, which one is in front, what is still to be done after
 * them. Pure; times in ms of the server's clock.
 */

/** A call that is over stays in front for so long, unless somebody puts it away: what came of it is read then. */
const LINGERS_MS = 45_000;
/** What happened longer ago is shown and no news: the page has just come, or its line was gone. */
const NEWS_MS = 10_000;
/** From here on a task that is not done calls for somebody. */
const PRESSING_MS = 5 * 60_000;

/** Who is on the line, the longest first: a call keeps its place until it goes. */
export function onTheLine(calls: Iterable<CallView>): CallView[] {
  return [...calls].filter(isLive).toSorted(byStart);
}

/**
 * The call that is shown while nobody chose another: one that rings at the stand, else the first on the line, else the one
 * that has just ended.
 */
export function inFront(
  calls: Iterable<CallView>,
  now: number,
  putAway: ReadonlySet<string>,
): CallView | null {
  const all = [...calls];
  const line = onTheLine(all);
  const asks = line.find(({ status }) => status === 'transferring');
  const just = all
    .filter((call) => !isLive(call) && !putAway.has(call.id) && now - endOf(call) < LINGERS_MS)
    .toSorted((a, b) => endOf(b) - endOf(a));
  return asks ?? line[0] ?? just[0] ?? null;
}

/** How long it has gone on, or went on; by the server's clock, never negative. */
export function lasted(call: CallView, now: number): number {
  const end = isLive(call) ? now : endOf(call);
  return Math.max(0, end - Date.parse(call.startedAt));
}

function endOf(call: CallView): number {
  return Date.parse(call.endedAt ?? call.since);
}

/** How loudly a state speaks: a hand is wanted, it goes on, something is wrong, it is over. */
export type Tone = 'asks' | 'goes' | 'wrong' | 'over';

export function toneOf({ status }: Pick<CallView, 'status'>): Tone {
  switch (status) {
    case 'ringing':
    case 'transferring':
      return 'asks';
    case 'ai_active':
    case 'staff_takeover':
    case 'staff_active':
      return 'goes';
    case 'stale':
    case 'missed':
    case 'dropped':
    case 'failed':
      return 'wrong';
    case 'wrap_up':
    case 'completed':
      return 'over';
    default:
      return status satisfies never;
  }
}

/** Who it is about to be spoken with: a name, a number, or nobody knows. */
export function callerOf(call: CallView): {
  name: string | null;
  number: string | null;
} {
  return {
    name: call.guest?.name ?? null,
    number: (call.direction === 'inbound' ? call.from : call.to) ?? null,
  };
}

/** What a person may still do with a call, as the rules will judge it. */
export function mayTakeOver(call: CallView, me: string | null): boolean {
  if (!isLive(call)) return false;
  return call.status !== 'staff_takeover' && call.status !== 'staff_active' ? true : isMine(call, me);
}

/** This person has the call already. */
export function isMine({ status, by }: CallView, me: string | null): boolean {
  return (status === 'staff_takeover' || status === 'staff_active') && by !== undefined && by === me;
}

export function mayRing({ status }: CallView): boolean {
  return status === 'ringing' || status === 'ai_active' || status === 'stale';
}

/** Calls that are over, the latest first. */
export function overCalls(calls: Iterable<CallView>): CallView[] {
  return [...calls].filter((call) => !isLive(call)).toSorted((a, b) => endOf(b) - endOf(a));
}

/** What somebody must still do, the most pressing first; what has no time comes last. */
export function toDo(tasks: Iterable<TaskView>): TaskView[] {
  return [...tasks].filter(isUndone).toSorted(byDue);
}

/** What nobody did in its time: it can be asked for anew. */
export function leftUndone(tasks: Iterable<TaskView>): TaskView[] {
  return [...tasks].filter(({ status }) => status === 'expired').toSorted(byDue);
}

export function isPressing(task: TaskView, now: number): boolean {
  return isUndone(task) && task.dueAt !== undefined && Date.parse(task.dueAt) - now < PRESSING_MS;
}

/** Tasks of one call, open ones first. */
export function tasksOf(tasks: Iterable<TaskView>, call: string): TaskView[] {
  return [...tasks]
    .filter((task) => task.call === call)
    .toSorted((a, b) => Number(isUndone(b)) - Number(isUndone(a)) || byDue(a, b));
}

/** What has just happened on the telephone: in words for who does not see it, and what it sounds like. */
export type CallNews = {
  readonly call: string;
  readonly say: 'rings' | 'stand' | 'taken' | 'lost' | 'over';
  readonly sound: CallSound | null;
};
export type CallSound = 'new' | 'rush' | 'late';

/** What stood before, by call. */
export type Known = ReadonlyMap<string, CallView['status']>;

export function knownOf(calls: Iterable<CallView>): Known {
  return new Map([...calls].map(({ id, status }) => [id, status]));
}

/** Each step of each call once, and at once: nobody is called to a telephone that has long ceased to ring. */
export function newsOf(before: Known, calls: Iterable<CallView>, now: number): CallNews[] {
  return [...calls].flatMap((call) => {
    const was = before.get(call.id);
    if (was === call.status || now - Date.parse(call.since) > NEWS_MS) return [];
    const news = stepOf(call, was);
    return news === null ? [] : [{ call: call.id, ...news }];
  });
}

function stepOf(call: CallView, was: CallView['status'] | undefined): Omit<CallNews, 'call'> | null {
  switch (call.status) {
    case 'transferring':
      return { say: 'stand', sound: 'rush' };
    case 'staff_takeover':
    case 'staff_active':
      return was === 'staff_takeover' || was === 'staff_active' ? null : { say: 'taken', sound: null };
    case 'missed':
    case 'dropped':
    case 'failed':
      return { say: 'lost', sound: 'late' };
    case 'wrap_up':
    case 'completed':
      return was === undefined || was === 'wrap_up' ? null : { say: 'over', sound: null };
    case 'ringing':
    case 'ai_active':
    case 'stale':
      return was === undefined ? { say: 'rings', sound: 'new' } : null;
    default:
      return call.status satisfies never;
  }
}

/** A call that rings no more needs no more ringing. */
export function isSounding({ status }: Pick<CallView, 'status'>, sound: CallSound): boolean {
  return sound === 'new' ? status === 'ringing' : sound === 'rush' ? status === 'transferring' : true;
}

/** An address that a browser may follow: what a provider names as a recording is a stranger's word. */
export function webAddress(text: string | undefined): string | null {
  if (text === undefined || !URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

function byStart(a: CallView, b: CallView): number {
  return a.startedAt === b.startedAt ? (a.id < b.id ? -1 : 1) : a.startedAt < b.startedAt ? -1 : 1;
}

function byDue(a: TaskView, b: TaskView): number {
  const [one, other] = [dueOf(a), dueOf(b)];
  return one === other ? (a.at < b.at ? -1 : 1) : one - other;
}

function dueOf({ dueAt }: TaskView): number {
  return dueAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(dueAt);
}
