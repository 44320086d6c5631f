import type pg from 'pg';
import type { Actor } from '../domain/commands.ts';
import { type RetentionConfig, retentionConfig } from '../domain/retention.ts';
import { toInstant } from '../domain/text.ts';
import type { Log } from '../log/types.ts';
import { deleteOldConnections, ofLocation } from './connectionTable.ts';
import { type RedactionOptions, redact } from './redact.ts';
import type { Sweep } from './retention.ts';

/** What a location's own configuration says about how long things are kept. */

export type ForgetOldOptions = RedactionOptions & {
  readonly log: RedactionOptions['log'] & Pick<Log, 'seqAt'>;
  readonly pool: pg.Pool;
};

const DAY_MS = 86_400_000;
const LINES = 2_000;
const HOUSE: Actor = { id: 'policy:retention', role: 'policy', name: 'retention' };
/** Names of the checkpoints: up to where the log was gone through. */
const CALLS = 'forgotten calls';
const GUESTS = 'forgotten guests';

export function createForgetOld(options: ForgetOldOptions): Sweep {
  const { pool } = options;
  return async (location, now): Promise<Readonly<Record<string, number>>> => {
    const config = (await options.locations.open(location))?.state.config;
    if (config === undefined || config === null) return {};
    const keep = retentionConfig.parse(config.retention);
    const before = (days: number): string => toInstant(now - days * DAY_MS);
    return {
      calls: await forgetWords(options, location, CALLS, before(keep.calls)),
      guests: await forgetWords(options, location, GUESTS, before(keep.guests)),
      inbox: await forgetDeliveries(pool, location, before(keep.inbox)),
      papers: await forgetPapers(pool, location, before(keep.papers)),
      connections: await forgetLines(pool, location, keep, now),
    };
  };
}

/** Goes through the log from where the last round ended up to what is old enough now. */
async function forgetWords(
  options: ForgetOldOptions,
  location: string,
  name: string,
  before: string,
): Promise<number> {
  const { log, pool } = options;
  const upTo = await log.seqAt(location, before);
  const { rows } = await ofLocation<{ seq: number }>(
    pool,
    location,
    'select seq from checkpoints where location_id = $1 and name = $2',
    [location, name],
  );
  const after = rows[0]?.seq ?? 0;
  if (upTo <= after) return 0;
  const kinds = name === CALLS ? ('calls' as const) : ('all' as const);
  const { subjects, open } = await redact(options, location, { before, after, kinds }, HOUSE, 'retention');
  // What is still open is looked at again: the next round begins before it.
  if (open.length === 0)
    await ofLocation(
      pool,
      location,
      `insert into checkpoints (location_id, name, seq) values ($1, $2, $3)
       on conflict (location_id, name) do update set seq = excluded.seq, updated_at = now()`,
      [location, name, upTo],
    );
  return subjects.length;
}

async function forgetDeliveries(pool: pg.Pool, location: string, before: string): Promise<number> {
  const { count } = await ofLocation(
    pool,
    location,
    'delete from inbox where location_id = $1 and received_at < $2',
    [location, before],
  );
  return count;
}

async function forgetPapers(pool: pg.Pool, location: string, before: string): Promise<number> {
  const { count } = await ofLocation(
    pool,
    location,
    'delete from papers where location_id = $1 and printed_at < $2',
    [location, before],
  );
  return count;
}

async function forgetLines(
  pool: pg.Pool,
  location: string,
  { connections }: RetentionConfig,
  now: number,
): Promise<number> {
  let gone = 0;
  for (let count = LINES; count === LINES; gone += count)
    count = await deleteOldConnections(pool, location, toInstant(now - connections * DAY_MS), LINES);
  return gone;
}
