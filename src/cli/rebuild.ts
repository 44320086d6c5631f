import { PROJECTIONS } from '../projections/all.ts';
import { createFollower } from '../projections/follower.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { mustExist, withWorkshop } from './workshop.ts';

/**
 * `heard rebuild`: makes the tables of a location anew from its log, beside the old ones, and swaps them; beside a running
 * server too. Nothing leaves the house by it: printing, pushes and messages have a book of their own.
 */
export const rebuild: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, { location: { type: 'string' }, projection: { type: 'string' } });
  const location = must('--location', values.location);
  const chosen = PROJECTIONS.filter(
    ({ name }) => values.projection === undefined || name === values.projection,
  );
  if (chosen.length === 0)
    throw new UsageError(`--projection must be one of ${PROJECTIONS.map(({ name }) => name).join(', ')}`);
  return withWorkshop(terminal, async ({ log, pool }) => {
    await mustExist({ log }, location);
    const follower = createFollower({ log, pool, projections: PROJECTIONS });
    const started = performance.now();
    const rows = await follower.rebuild(location, chosen);
    const seconds = (performance.now() - started) / 1000;
    const head = (await log.readHeads([location])).get(location) ?? 0;
    terminal.out(
      `${chosen.map(({ name }) => name).join(', ')} of ${location}: ${rows} rows from ${head} events in ${seconds.toFixed(1)} s`,
    );
    return 0;
  });
};
