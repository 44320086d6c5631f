import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHub } from './inProcess.ts';
import { createNeighbours } from './neighbours.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('[ND17] after the backplane came back, heads are looked at often until all nodes have noticed', async () => {
  const paces: number[] = [];
  let isUp = true;
  let changed: () => void = () => undefined;
  const plain = createHub().connect();
  const neighbours = createNeighbours({
    redisUrl: undefined,
    backplane: new Proxy(plain, {
      get(target, name) {
        if (name === 'isUp') return isUp;
        if (name === 'onChange') return (listener: () => void) => (changed = listener);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    locations: () => ({
      offer: () => undefined,
      look: async () => undefined,
      pollHeadsEvery: (ms) => paces.push(ms),
    }),
    readCourtesy: () => null,
  });
  neighbours.start();
  paces.length = 0;
  isUp = false;
  changed();
  expect(paces).toEqual([250]);
  isUp = true;
  changed();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(paces).toEqual([250, 250]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(paces).toEqual([250, 250, 2_000]);
  await neighbours.stop();
});
