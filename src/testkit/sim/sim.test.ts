import { describe, expect, it } from 'vitest';
import { Coverage } from './coverage.ts';
import { runFleet } from './fleet.ts';
import { PROFILES } from './profiles.ts';
import type { ScheduleResult } from './schedule.ts';
import { FOUND } from './seeds.ts';

/**
 * The whole product but its processes, in a world without real time: `docs/simulation.md`. `HEARD_SEED` runs one schedule,
 * `HEARD_STEPS` says how long, `HEARD_SCHEDULES` how many.
 */
const STEPS = Number(process.env['HEARD_STEPS'] ?? 300);
const FIRST = Number(process.env['HEARD_SEED'] ?? 20_260_101);
const COUNT = Number(process.env['HEARD_SCHEDULES'] ?? (process.env['HEARD_SEED'] === undefined ? 40 : 1));
const WORKERS = 2;

const failures = (results: readonly ScheduleResult[]): string[] =>
  results
    .filter(({ ok }) => !ok)
    .map(
      ({ seed, profile, blames }) =>
        `HEARD_SEED=${seed} HEARD_STEPS=${STEPS} (${profile}): ${blames.join('; ')}`,
    );

describe('a simulated evening', () => {
  it('[SM1] keeps every promise under seeded faults', { timeout: 600_000 }, async () => {
    const coverage = new Coverage();
    const results: ScheduleResult[] = [];
    const jobs = Array.from({ length: COUNT }, (_, index) => ({ seed: FIRST + index, steps: STEPS }));
    await runFleet(jobs, { workers: WORKERS }, (result) => {
      coverage.add(result);
      results.push(result);
    });
    console.log(coverage.text());
    expect(failures(results)).toEqual([]);
    expect(results).toHaveLength(COUNT);
  });

  it('[SM2] is the same each time: one seed, one history', { timeout: 120_000 }, async () => {
    const hashes = new Map<number, string[]>();
    const seeds = PROFILES.map((_, index) => index + 1);
    await runFleet(
      [...seeds, ...seeds.toReversed()].map((seed) => ({ seed, steps: 60 })),
      { workers: WORKERS },
      ({ seed, hash }) => void hashes.set(seed, [...(hashes.get(seed) ?? []), hash]),
    );
    for (const [one, two] of hashes.values()) expect(one).toBe(two);
    expect(new Set([...hashes.values()].map(([one]) => one)).size).toBe(seeds.length);
  });

  it.each(FOUND)('[SM3] $title', { timeout: 120_000 }, async ({ seed, profile, steps = 300 }) => {
    const results: ScheduleResult[] = [];
    await runFleet([{ seed, steps, profile }], { workers: 1 }, (result) => void results.push(result));
    expect(failures(results)).toEqual([]);
  });
});
