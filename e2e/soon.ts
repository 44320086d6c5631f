import { expect } from 'vitest';

/** What will hold within half a minute; on a busy machine a screen may take its time. */
export function soon<T>(ask: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 30_000 });
}
