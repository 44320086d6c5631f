import { expect } from 'vitest';

/** What will hold within 10 s; on a busy machine a screen may take its time. */
export function soon<T>(ask: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 10_000 });
}
