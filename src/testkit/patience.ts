import { setTimeout as sleep } from 'node:timers/promises';

/** How long a start may take on a machine that is full; a process that ended is noticed at once. */
const WITHIN_MS = 240_000;
const SAY_EVERY_MS = 15_000;

/**
 * Asks again and again until it is so. What is waited for is said each 15 s, so that a test that runs out of its own time
 * leaves behind why. Throws with the same words when it never comes; what `isSo` throws ends it at once.
 */
export async function untilSo(
  isSo: () => boolean | Promise<boolean>,
  options: {
    /** `the server at … is ready`, and what is known of it. */
    readonly what: () => string;
    readonly pollMs?: number;
    readonly withinMs?: number;
    readonly sayEveryMs?: number;
    readonly say?: (line: string) => void;
  },
): Promise<void> {
  const { what, pollMs = 25, withinMs = WITHIN_MS, sayEveryMs = SAY_EVERY_MS } = options;
  const say = options.say ?? ((line) => void process.stderr.write(`${line}\n`));
  const began = performance.now();
  let saidAt = began;
  while (!(await isSo())) {
    const now = performance.now();
    if (now - began > withinMs)
      throw new Error(`it did not come within ${Math.round(withinMs / 1_000)} s that ${what()}`);
    if (now - saidAt >= sayEveryMs) {
      saidAt = now;
      say(`waiting for ${Math.round((now - began) / 1_000)} s until ${what()}`);
    }
    await sleep(pollMs);
  }
}
