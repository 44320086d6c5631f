import { describe, expect, it } from 'vitest';
import type { CallView, TaskView } from '../../../domain/call/entities.ts';
import { NOW, call as someCall } from '../../../testkit/entities.ts';
import {
  inFront,
  isMine,
  isPressing,
  isSounding,
  knownOf,
  lasted,
  leftUndone,
  mayRing,
  mayTakeOver,
  newsOf,
  onTheLine,
  overCalls,
  tasksOf,
  toDo,
  toneOf,
  webAddress,
} from './board.ts';

const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
const NONE: ReadonlySet<string> = new Set();

const call = (id: string, status: CallView['status'], more: Partial<CallView> = {}): CallView =>
  someCall(status, { id, ...more });

function task(id: string, more: Partial<TaskView> = {}): TaskView {
  return { kind: 'task', id, version: 1, what: 'follow_up', status: 'open', at: ago(600), ...more };
}

const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

describe('the call board', () => {
  it('[CA40] keeps the order in which calls began, whatever becomes of them', () => {
    const calls = [
      call('late', 'transferring', { startedAt: ago(10) }),
      call('first', 'stale', { startedAt: ago(300) }),
      call('over', 'completed'),
      call('second', 'ai_active', { startedAt: ago(60) }),
    ];
    expect(ids(onTheLine(calls))).toEqual(['first', 'second', 'late']);
    expect(ids(overCalls([...calls, call('later', 'missed', { endedAt: ago(1) })]))).toEqual([
      'later',
      'over',
    ]);
  });

  it('[CA40] shows what rings at the stand before the first on the line, and that before what has just ended', () => {
    const first = call('first', 'ai_active', { startedAt: ago(300) });
    const rings = call('rings', 'transferring', { startedAt: ago(10) });
    const ended = call('ended', 'wrap_up', { endedAt: ago(20) });
    expect(inFront([ended, first, rings], NOW, NONE)?.id).toBe('rings');
    expect(inFront([ended, first], NOW, NONE)?.id).toBe('first');
    expect(inFront([ended], NOW, NONE)?.id).toBe('ended');
    expect(inFront([ended], NOW, new Set(['ended']))).toBeNull();
    expect(inFront([ended], NOW + 30_000, NONE)).toBeNull();
    expect(inFront([], NOW, NONE)).toBeNull();
  });

  it('[CA41] counts by the server’s clock, to the end, and never below nothing', () => {
    expect(lasted(call('a', 'ai_active'), NOW)).toBe(84_000);
    expect(lasted(call('a', 'completed', { endedAt: ago(24) }), NOW)).toBe(60_000);
    // A provider whose clock goes ahead of ours.
    expect(lasted(call('a', 'ringing', { startedAt: ago(-3) }), NOW)).toBe(0);
  });

  it('[CA41] offers what the rules would take: a call is taken over by one, and rings while the machine has it', () => {
    const theirs = call('a', 'staff_takeover', { by: 'Eli' });
    const mine = call('a', 'staff_active', { by: 'Noor' });
    expect([mayTakeOver(theirs, 'Noor'), mayTakeOver(mine, 'Noor'), isMine(mine, 'Noor')]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isMine(call('a', 'staff_active'), null)).toBe(false);
    const all = [
      'ringing',
      'ai_active',
      'transferring',
      'staff_takeover',
      'staff_active',
      'stale',
      'wrap_up',
      'completed',
      'missed',
      'dropped',
      'failed',
    ] as const;
    expect(all.filter((status) => mayRing(call('a', status)))).toEqual(['ringing', 'ai_active', 'stale']);
    expect(all.filter((status) => mayTakeOver(call('a', status), 'Noor'))).toEqual([
      'ringing',
      'ai_active',
      'transferring',
      'stale',
    ]);
    expect(all.map((status) => toneOf({ status }))).toEqual([
      'asks',
      'goes',
      'asks',
      'goes',
      'goes',
      'wrong',
      'over',
      'over',
      'wrong',
      'wrong',
      'wrong',
    ]);
  });

  it('[CA42] tells each step once, and rings for a new call and for one that is passed to the stand', () => {
    const steps = [
      ['ringing', { say: 'rings', sound: 'new' }],
      ['ai_active', null],
      ['transferring', { say: 'stand', sound: 'rush' }],
      ['staff_active', { say: 'taken', sound: null }],
      ['wrap_up', { say: 'over', sound: null }],
      ['completed', null],
    ] as const;
    let known = knownOf([]);
    for (const [status, news] of steps) {
      const calls = [call('a', status)];
      expect(newsOf(known, calls, NOW)).toEqual(news === null ? [] : [{ call: 'a', ...news }]);
      known = knownOf(calls);
      expect(newsOf(known, calls, NOW)).toEqual([]);
    }
    expect(newsOf(knownOf([call('a', 'ai_active')]), [call('a', 'dropped')], NOW)).toEqual([
      { call: 'a', say: 'lost', sound: 'late' },
    ]);
    // Of a call that never connected, its end is the first that is heard; of a finished one, nothing is news.
    expect(newsOf(knownOf([]), [call('a', 'missed'), call('b', 'completed')], NOW)).toEqual([
      { call: 'a', say: 'lost', sound: 'late' },
    ]);
  });

  it('[CA42] a page that has just come, or whose line was gone, rings for what began a moment ago and for nothing older', () => {
    const calls = [call('now', 'ringing', { since: ago(2) }), call('old', 'ai_active', { since: ago(60) })];
    expect(newsOf(new Map(), calls, NOW).map((news) => news.call)).toEqual(['now']);
    expect([isSounding(call('a', 'ringing'), 'new'), isSounding(call('a', 'ai_active'), 'new')]).toEqual([
      true,
      false,
    ]);
    expect(isSounding(call('a', 'staff_active'), 'rush')).toBe(false);
    expect(isSounding(call('a', 'dropped'), 'late')).toBe(true);
  });

  it('[CA44] what is due first comes first, what has no time last, what is over apart', () => {
    const tasks = [
      task('note', { what: 'message' }),
      task('later', { dueAt: ago(-900), call: 'a' }),
      task('soon', { dueAt: ago(-120), status: 'claimed', claimedBy: 'Eli' }),
      task('missed', { dueAt: ago(60), status: 'expired', call: 'a' }),
      task('done', { status: 'done', dueAt: ago(300) }),
    ];
    expect(ids(toDo(tasks))).toEqual(['soon', 'later', 'note']);
    expect(ids(leftUndone(tasks))).toEqual(['missed']);
    expect(ids(tasksOf(tasks, 'a'))).toEqual(['later', 'missed']);
    expect(tasks.filter((one) => isPressing(one, NOW)).map(({ id }) => id)).toEqual(['soon']);
  });

  it('[CA45] follows an address of the web alone', () => {
    expect(webAddress('https://example.com/1.wav')).toBe('https://example.com/1.wav');
    for (const odd of [
      'javascript:alert(1)',
      'data:audio/wav;base64,AAAA',
      'file:///etc/passwd',
      '1.wav',
      '',
    ])
      expect(webAddress(odd)).toBeNull();
    expect(webAddress(undefined)).toBeNull();
  });
});
