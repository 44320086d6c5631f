import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { effectsOf } from '../../jobs/effects.ts';
import { createEffectsFollower } from '../../jobs/effectsFollower.ts';
import { openLog } from '../../log/open.ts';
import { createPool } from '../../log/pool.ts';
import type { Log } from '../../log/types.ts';
import { readEvent } from '../../domain/events.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { isOpen } from '../../domain/order.ts';
import { READABLE_VERSIONS } from '../../domain/snapshot.ts';
import type { ConnectionLine } from '../../ops/connectionLog.ts';
import { PROJECTIONS } from '../../projections/all.ts';
import { EffectLedger } from '../../projections/effectLedger.ts';
import { createFollower } from '../../projections/follower.ts';
import type { Follower } from '../../projections/follower.ts';
import { allRows } from '../../projections/testing/tables.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { readDemo } from '../demoHouse.ts';
import { proveLog } from '../verify.ts';
import { reportAudit } from '../auditReport.ts';
import { writePast } from './writePast.ts';

const database = useTestDatabase();
let log: Log;
let pool: pg.Pool;
let superuser: pg.Pool;
let projections: Follower;
const lines: ConnectionLine[] = [];
const deadlines: (string | null)[] = [];

beforeAll(async () => {
  log = await openLog({ connection: database().heardLog, writers: 1, readers: 1 });
  pool = createPool(database().app, { name: 'app', max: 4, log: () => undefined });
  superuser = createPool(database().superuser, { name: 'superuser', max: 1, log: () => undefined });
  projections = createFollower({ log, pool, projections: PROJECTIONS, gatherMs: 50 });
});
afterAll(async () => {
  await projections.stop();
  await pool.end();
  await superuser.end();
  await log.close();
});

async function write(location: string) {
  const [house] = await readDemo();
  const config = house?.locations[0]?.config;
  if (config === undefined) throw new Error('the demo has a location');
  await log.createOrganization('past-group', 'past-group');
  await log.createLocation('past-group', location, location);
  return writePast(location, config, { orders: 20, dineIn: 0.6 }, 12, {
    // What is due of a past that is not whole yet would be done by today's clock.
    log: {
      ...log,
      append(proposals) {
        deadlines.push(...proposals.map(({ deadline }) => deadline));
        return log.append(proposals);
      },
    },
    projections,
    ledger: new EffectLedger(pool),
    connections: { write: (_location, line) => lines.push(line) > 0 },
  });
}

describe('the past of a demo', () => {
  it('[FG11] is a log as service would have left it: whole, every ticket answered for, and the house empty and clean at its end', async () => {
    const report = await write('past');
    expect(report?.orders).toBeGreaterThan(200);
    const { audit, head, state } = await proveLog(log, 'past', null, null);
    expect(head).toBe(report?.events);
    expect(reportAudit(audit, new Date().toISOString()).isKept).toBe(true);
    expect(
      [...state.orders.values()].filter(isOpen).filter((order) => order.completedAt === undefined),
    ).toEqual([]);
    expect([...state.tables.values()].filter(({ status }) => status !== 'free')).toEqual([]);
    expect(deadlines.slice(0, -1).filter((deadline) => deadline !== null)).toEqual([]);
    expect(deadlines.length).toBeGreaterThan(10);
    const snapshot = await log.loadSnapshot('past', READABLE_VERSIONS, Math.floor(head / 2));
    expect(snapshot?.seq).toBeGreaterThan(head / 4);
  });

  it('[FG11] has a bad Friday: screens gone for six minutes, tickets that climbed to paper, lines that say so', async () => {
    const all = await log.readTail('past', 0);
    const rungs = all.flatMap((event) =>
      event.type === 'ticket.unheard' ? [event.data as { rung: number }] : [],
    );
    expect(rungs.some(({ rung }) => rung === 3)).toBe(true);
    expect(all.some(({ type }) => type === 'ticket.printed')).toBe(true);
    const deaf = lines.filter(({ kind, to }) => kind === 'station' && to === 'deaf');
    expect(deaf).toHaveLength(3);
    expect(new Date(deaf[0]?.at ?? 0).getUTCDay()).toBeGreaterThanOrEqual(5);
  });

  it('[FG12] is told to nobody outside, is in the tables as if it had been followed, and is written only into an empty log', async () => {
    await projections.settle('past');
    const followed = await allRows(superuser, 'past');
    await projections.rebuild('past');
    expect(await allRows(superuser, 'past')).toEqual(followed);
    const handed: string[] = [];
    const effects = createEffectsFollower<pg.ClientBase>({
      ledger: new EffectLedger(pool),
      effectsOf,
      enqueue: async (_client, _location, list) => void handed.push(...list.map(({ id }) => id)),
      readEvents: async (location, after, limit) =>
        (await log.readTail(location, after, limit)).map((row) => readEvent(row)) as LoggedEvent[],
    });
    await effects.catchUp('past');
    await effects.stop();
    expect(handed).toEqual([]);
    const head = (await log.readHeads(['past'])).get('past');
    expect(await write('past')).toBeNull();
    expect((await log.readHeads(['past'])).get('past')).toBe(head);
  });
});
