import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Coverage } from './coverage.ts';
import { runFleet } from './fleet.ts';
import { allCells, whyUnseen } from './machineCells.ts';

/** Ten thousand evenings, and proof that they were evil ones. `HEARD_SCHEDULES` and `HEARD_SEED` say which. */
const STEPS = Number(process.env['HEARD_STEPS'] ?? 300);
const SCHEDULES = Number(process.env['HEARD_SCHEDULES'] ?? 10_000);
const FIRST = Number(process.env['HEARD_SEED'] ?? 1);
const WORKERS = Math.max(2, Math.min(8, availableParallelism()));
/** Each fault this often in ten thousand schedules, and in fewer as many fewer. */
const EACH_FAULT = 1_000;
const MOST_FAILURES = 20;
/** An hour and a half on two cores that have nothing else to do. */
const PATIENCE_MS = 6 * 3_600_000;
/** A schedule takes two seconds; on a machine that is full, and nice about it, it may be given none for a minute. */
const HUNG_MS = 600_000;

const FAULTS = [
  'partition',
  'road',
  'cut',
  'halfOpen',
  'stall',
  'killNode',
  'drain',
  'database crash',
  'database connections',
  'cut before append',
  'cut after append',
  'refused append',
  'redis',
  'sleep',
  'hide',
  'killTab',
  'storage refused',
  'device clock',
  'node clock',
  'revoke',
  'token refused',
  'reroute',
  'restore',
  'hang up',
];
const DOWN = ['ready', 'snap', 'chg', 'live', 'ping', 'auth', 'bye', 'problem'];
const UP = ['hello', 'sub', 'unsub', 'ack', 'auth', 'pong'];
const CALLS = ['call:command', 'reply:command', 'call:acks', 'call:changes', 'reply:changes', 'hint:log'];

describe('many simulated evenings', () => {
  it(
    '[SM1] keep every promise, and every fault, frame and cell of the client was in them',
    { timeout: PATIENCE_MS },
    async () => {
      const coverage = new Coverage();
      const failures: string[] = [];
      const started = performance.now();
      const jobs = function* (): Generator<{ seed: number; steps: number }> {
        for (let index = 0; index < SCHEDULES; index += 1) yield { seed: FIRST + index, steps: STEPS };
      };
      await runFleet(jobs(), { workers: WORKERS, patienceMs: HUNG_MS }, (result) => {
        coverage.add(result);
        if (!result.ok) {
          const failure = `HEARD_SEED=${result.seed} HEARD_STEPS=${STEPS} (${result.profile}): ${result.blames.slice(0, 2).join('; ')}`;
          failures.push(failure);
          console.log(failure);
        }
        if (coverage.schedules % 500 === 0)
          console.log(`${coverage.schedules} schedules, ${failures.length} failed, ${minutes(started)} min`);
        return failures.length < MOST_FAILURES;
      });
      console.log(`${coverage.text()}\n${minutes(started)} minutes with ${WORKERS} processes`);
      expect(failures).toEqual([]);

      const share = Math.min(1, SCHEDULES / 10_000);
      const rare = FAULTS.filter((name) => coverage.get(`fault ${name}`) < Math.floor(EACH_FAULT * share));
      expect(rare.map((name) => `${name}: ${coverage.get(`fault ${name}`)}`)).toEqual([]);
      const frames = [...DOWN.map((name) => `down:${name}`), ...UP.map((name) => `up:${name}`), ...CALLS];
      const unharmed = frames.flatMap((name) =>
        ['lost', 'doubled']
          .filter((fate) => coverage.get(`${fate} ${name}`) === 0)
          .map((fate) => `${fate} ${name}`),
      );
      expect(unharmed).toEqual([]);
      const unseen = allCells().filter(
        (cell) => coverage.get(`cell ${cell}`) === 0 && whyUnseen(cell) === null,
      );
      // The rarest came a dozen times in ten thousand.
      if (share === 1) expect(unseen).toEqual([]);
      for (const via of ['websocket', 'sse', 'long_poll', 'poll'])
        expect(coverage.get(`via ${via}`)).toBeGreaterThan(0);
    },
  );
});

function minutes(since: number): string {
  return ((performance.now() - since) / 60_000).toFixed(1);
}
