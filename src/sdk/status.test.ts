import { describe, expect, it } from 'vitest';
import type { State } from './machineState.ts';
import { describeConnection } from './status.ts';
import type { ConnectionFacts } from './status.ts';

const NOW = 1_000_000;
const OFFSET = 5_000;
const LIVE: State = { name: 'live', attempt: 1, via: 'websocket', since: NOW, heardAt: NOW, probeAt: null };
const facts = (more: Partial<ConnectionFacts> = {}): ConnectionFacts => {
  const now = more.now ?? NOW;
  return {
    state: LIVE,
    via: 'websocket',
    through: 'websocket',
    isLive: true,
    lastFrameAt: now,
    lateMs: 0,
    inStep: true,
    behind: 0,
    rules: 'same',
    clockKnown: true,
    reconnects: 0,
    repairs: 0,
    now,
    serverNow: now + OFFSET,
    ...more,
  };
};

describe('what the connection bar says', () => {
  it('[C109] LIVE needs proof and every topic in step', () => {
    expect(describeConnection(null, facts()).word).toBe('live');
    expect(describeConnection(null, facts({ inStep: false, behind: 12 }))).toMatchObject({
      word: 'catching_up',
      behind: 12,
    });
    expect(describeConnection(null, facts({ isLive: false, lastFrameAt: NOW - 20_000 })).word).toBe(
      'offline',
    );
  });

  it('[C248] a line on which frames come late is not live, and proves only what was true when they were sent', () => {
    const late = describeConnection(null, facts({ lateMs: 44_000 }));
    expect(late).toMatchObject({ word: 'catching_up', lastProofAt: NOW + OFFSET - 44_000 });
    expect(describeConnection(null, facts({ lateMs: 2_000 })).word).toBe('live');
  });

  it("[C110] a short break is catching up; from 20 s without proof on it is OFFLINE since that proof, by the server's clock", () => {
    const live = describeConnection(null, facts());
    const waiting: State = { name: 'waiting', until: NOW + 9_000 };
    const short = describeConnection(
      live,
      facts({ now: NOW + 5_000, state: waiting, isLive: false, lastFrameAt: NOW, inStep: false }),
    );
    expect(short).toMatchObject({ word: 'catching_up', nextTryAt: NOW + 9_000 + OFFSET });
    const long = describeConnection(
      short,
      facts({ now: NOW + 21_000, state: waiting, isLive: false, lastFrameAt: NOW, inStep: false }),
    );
    expect(long).toMatchObject({ word: 'offline', since: NOW + OFFSET, lastProofAt: NOW + OFFSET });
    const longer = describeConnection(
      long,
      facts({ now: NOW + 90_000, state: waiting, isLive: false, lastFrameAt: NOW, inStep: false }),
    );
    expect(longer.since).toBe(long.since);
  });

  it('[C196] a poll is called one, with the age of its last answer, also where another page asks', () => {
    for (const through of ['long_poll', 'poll'] as const)
      for (const via of [through, 'tab'] as const) {
        const view = describeConnection(null, facts({ via, through, now: NOW + 4_700, lastFrameAt: NOW }));
        expect(view).toMatchObject({ word: 'polling', age: 4_000, via, through });
        expect(describeConnection(view, facts({ via, through, now: NOW + 4_900, lastFrameAt: NOW }))).toBe(
          view,
        );
      }
    expect(describeConnection(null, facts({ via: 'sse', through: 'sse' }))).toMatchObject({
      word: 'live',
      age: null,
    });
    expect(describeConnection(null, facts({ via: 'tab', through: 'sse' })).word).toBe('live');
  });

  it('[C111] is connecting for the first five seconds only', () => {
    const connecting: State = {
      name: 'connecting',
      attempt: 1,
      via: 'websocket',
      until: NOW + 8000,
      called: true,
    };
    const first = describeConnection(
      null,
      facts({ state: connecting, isLive: false, lastFrameAt: null, inStep: false }),
    );
    expect(first.word).toBe('connecting');
    const later = describeConnection(
      first,
      facts({ now: NOW + 6_000, state: connecting, isLive: false, lastFrameAt: null, inStep: false }),
    );
    expect(later.word).toBe('offline');
    expect(
      describeConnection(
        later,
        facts({ now: NOW + 7_000, state: connecting, isLive: false, lastFrameAt: null, inStep: false }),
      ).word,
    ).toBe('offline');
  });

  it('[C112] blocked says why and what to do', () => {
    expect(describeConnection(null, facts({ state: { name: 'blocked', reason: 'pair' } })).blocked).toEqual({
      reason: 'pair',
      message: 'Pair this screen again.',
    });
    for (const reason of ['revoked', 'no_such_place', 'version', 'bad_frames', 'refused'] as const)
      expect(
        describeConnection(null, facts({ state: { name: 'blocked', reason } })).blocked?.message,
      ).toMatch(/\w+\.$/);
  });

  it('[C113] is the same object until something it shows changed', () => {
    const live = describeConnection(null, facts());
    expect(describeConnection(live, facts({ now: NOW + 300 }))).toBe(live);
    expect(describeConnection(live, facts({ now: NOW + 1500 }))).not.toBe(live);
    expect(describeConnection(live, facts({ repairs: 1 })).repairs).toBe(1);
  });
});
