import { afterEach, expect, it, vi } from 'vitest';
import { createWatchdog } from './watchdog.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('[ND20] a location 30 s behind its log makes the node unready, 60 s ends it, once; catching up makes it ready again', async () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const ends: string[] = [];
  let since: number | null = null;
  const dog = createWatchdog({
    behindMs: () => (since === null ? 0 : Date.now() - since),
    report: (message) => lines.push(message),
    onWedged: (reason) => ends.push(reason),
  });
  dog.start();
  since = Date.now();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(dog.reason).toBeNull();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(dog.reason).toBe('a location is 31 s behind its log');
  since = null;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(dog.reason).toBeNull();
  expect(ends).toEqual([]);
  since = Date.now();
  await vi.advanceTimersByTimeAsync(80_000);
  expect(ends).toEqual(['a location is 60 s behind its log']);
  expect(lines).toEqual([
    'alert: this node falls behind',
    'this node has caught up',
    'alert: this node falls behind',
    'alert: this node does not catch up and ends',
  ]);
  dog.stop();
});
