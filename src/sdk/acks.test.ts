import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Acknowledgement } from '../protocol/up.ts';
import { acknowledgement } from '../protocol/up.ts';
import { createAcks } from './acks.ts';
import { mintId } from './ids.ts';

const seen = { visible: true, audio: 'running' } as const;

describe('acknowledgements', () => {
  let said: Acknowledgement[];
  let up: boolean;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    said = [];
    up = true;
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const make = () =>
    createAcks({
      now: Date.now,
      say: (ack) => {
        if (up) said.push(ack);
        return up;
      },
    });

  it('[C96] go at once after a pause, then the latest every 250 ms, each topic by itself', () => {
    const acks = make();
    for (let n = 1; n <= 10; n += 1) {
      acks.painted('grill', `g${n}`, seen);
      acks.painted('bar', `b${n}`, seen);
      vi.advanceTimersByTime(50);
    }
    vi.advanceTimersByTime(300);
    expect(said.filter(({ topic }) => topic === 'grill').map(({ cursor }) => cursor)).toEqual([
      'g1',
      'g5',
      'g10',
    ]);
    expect(said.filter(({ topic }) => topic === 'bar')).toHaveLength(3);
  });

  it("[C97] have the wire's shape, with at most 500 tickets behind", () => {
    const acks = make();
    acks.painted('grill', 'g1', {
      ...seen,
      visible: false,
      behind: Array.from({ length: 600 }, () => mintId()),
    });
    expect(acknowledgement.safeParse(said[0]).success).toBe(true);
    expect(said[0]).toMatchObject({ painted: true, visible: false });
    expect(said[0]?.behind).toHaveLength(500);
    acks.painted('bar', 'b1', { ...seen, behind: [] });
    expect(said[1]).not.toHaveProperty('behind');
  });

  it('[C98] that could not be said are said on the next connection, if the screen still shows the same', () => {
    const acks = make();
    up = false;
    acks.painted('grill', 'g1', seen);
    acks.painted('bar', 'b1', seen);
    up = true;
    acks.resumed('grill', 'g1');
    acks.resumed('bar', 'b2');
    acks.resumed('never', 'x');
    vi.advanceTimersByTime(1000);
    expect(said.map(({ cursor }) => cursor)).toEqual(['g1']);
  });

  it('[C99] end with the client', () => {
    const acks = make();
    acks.painted('grill', 'g1', seen);
    acks.painted('grill', 'g2', seen);
    acks.close();
    vi.advanceTimersByTime(1000);
    expect(said).toHaveLength(1);
  });
});
