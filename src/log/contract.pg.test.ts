import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeLog } from '../testkit/logContract.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { openBadLine } from '../testkit/unix-proxy.ts';
import { openLog } from './open.ts';
import type { Log } from './types.ts';

const database = useTestDatabase();
let log: Log;

beforeAll(async () => {
  log = await openLog({ connection: database().heardLog });
});
afterAll(() => log.close());

async function asSuperuser<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client(database().superuser);
  await client.connect();
  const { rows } = await client.query<T>(text, values);
  await client.end();
  return rows;
}

describe("PostgreSQL's log", () => {
  describeLog(() => ({
    log,
    async hold(location) {
      const other = new pg.Client(database().heardLog);
      await other.connect();
      await other.query('begin');
      await other.query('select from locations where id = $1 for update', [location]);
      return async () => {
        await other.query('rollback');
        await other.end();
      };
    },
    async loseEvent(location, seq) {
      await asSuperuser('delete from events where location_id = $1 and seq = $2', [location, seq]);
    },
    async snapshotsOf(location, version) {
      const rows = await asSuperuser<{ seq: string }>(
        'select seq from snapshots where location_id = $1 and state_version = $2 order by seq',
        [location, version],
      );
      return rows.map(({ seq }) => Number(seq));
    },
    async cutOff() {
      const line = await openBadLine(database().heardLog.host ?? '');
      const own = await openLog({ connection: { ...database().heardLog, host: line.host }, writers: 1 });
      // The connection is made and the statement known before the line goes bad.
      await own.append([]);
      line.cutAfterRequest = 1;
      return {
        log: own,
        async close() {
          line.cutAfterRequest = 0;
          await own.close();
          await line.close();
        },
      };
    },
  }));
});
