import { runSchedule } from './schedule.ts';
import type { ScheduleOptions, ScheduleResult } from './schedule.ts';

/**
 * A process that runs schedules: its clock, its chance and its page are replaced for good, so nothing else lives in it.
 * Asked by message one at a time; by hand: `node src/testkit/sim/sim-child.ts SEED [STEPS] [PROFILE]`.
 */
const [, , seed, steps = '300', profile] = process.argv;

function ask(options: ScheduleOptions): Promise<ScheduleResult> {
  return runSchedule(options);
}

if (process.send !== undefined) {
  process.on('message', (options: ScheduleOptions) => {
    void ask(options).then((result) => process.send?.(result));
  });
} else if (seed !== undefined) {
  const story = Number(process.env['HEARD_STORY'] ?? 60);
  const result = await ask({
    seed: Number(seed),
    steps: Number(process.env['HEARD_STEPS'] ?? steps),
    story,
    ...(profile !== undefined && { profile }),
  });
  for (const line of result.story) console.log(line);
  console.log(
    `${result.profile} ${result.hash} ${result.seconds.toFixed(0)} s, ${result.happenings} happenings, ${result.ms.toFixed(0)} ms`,
  );
  for (const line of result.blames) console.log(line);
  process.exitCode = result.ok ? 0 : 1;
}
