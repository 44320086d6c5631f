import { beforeEach, describe, expect, it } from 'vitest';
import { shellUpdates, type ShellUpdates } from './updates.ts';

let now: number;
let done: string[];
let updates: ShellUpdates;

beforeEach(() => {
  now = 0;
  done = [];
  updates = shellUpdates({
    takeOver: () => done.push('take over'),
    reload: () => done.push('reload'),
    now: () => now,
  });
});

const later = (seconds: number): void => {
  now += seconds * 1000;
  updates.tick();
};

describe('a new version of the page', () => {
  it('[E7] comes in when nobody has touched the page for a minute', () => {
    later(600);
    expect(done).toEqual([]);
    updates.touched();
    updates.isWaiting();
    later(59);
    expect(done).toEqual([]);
    updates.touched();
    later(59);
    expect(done).toEqual([]);
    later(1);
    expect(done).toEqual(['take over']);
    updates.tookOver();
    expect(done).toEqual(['take over', 'reload']);
    later(600);
    expect(done).toHaveLength(2);
  });

  it('[E7] waits for the outbox, and for whatever else a reload would take away', () => {
    updates.isWaiting();
    updates.hold('taps under way', true);
    updates.hold('sound', true);
    later(3600);
    updates.hold('taps under way', false);
    later(5);
    expect(done).toEqual([]);
    updates.hold('sound', false);
    later(5);
    expect(done).toEqual(['take over']);
  });

  it('[E7] a page beside the one that changed goes on until it may reload too', () => {
    updates.hold('taps under way', true);
    updates.tookOver();
    later(3600);
    expect(done).toEqual([]);
    updates.hold('taps under way', false);
    later(5);
    expect(done).toEqual(['reload']);
  });
});
