import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { command, furnish, newId, openNode, orderCommand, perform } from './testing/node.ts';
import type { Node } from './testing/node.ts';

const database = useTestDatabase();
let a: Node;
let admin: pg.Pool;
let count = 0;

beforeAll(async () => {
  a = await openNode(database().heardLog);
  admin = new pg.Pool({ ...database().superuser, max: 1 });
});
afterAll(async () => {
  await a.stop();
  await admin.end();
});

async function place(): Promise<string> {
  const location = `t${(count += 1)}`;
  await furnish(a, location);
  return location;
}

describe('time', () => {
  test('[M18] a hold is released when its time has come, by a node that had the location cold, once', async () => {
    const location = await place();
    const order = newId();
    const item = newId();
    await perform(
      a,
      location,
      command('order.place', {
        order: {
          id: order,
          type: 'counter',
          items: [{ id: item, menuItem: 'lemonade', qty: 1, hold: true }],
        },
      }),
    );
    await perform(
      a,
      location,
      command('order.hold', { order, items: [item], at: new Date(Date.now() + 300).toISOString() }),
    );
    const [c, d] = [await openNode(database().heardLog), await openNode(database().heardLog)];
    c.locations.start();
    d.locations.start();
    const fired = async (): Promise<number> => {
      const { rows } = await admin.query<{ n: string }>(
        `select count(*) n from events where location_id = $1 and type = 'ticket.fired' and by->>'id' = 'policy:order.release'`,
        [location],
      );
      return Number(rows[0]?.n);
    };
    await expect.poll(fired, { timeout: 8_000 }).toBe(1);
    await sleep(1_500);
    expect(await fired()).toBe(1);
    await Promise.all([c.stop(), d.stop()]);
  });

  test('[M19] time does not fall within a location when the clock does', async () => {
    const location = await place();
    let now = Date.now() + 60_000;
    const node = await openNode(database().heardLog, { clock: { now: () => now } });
    await perform(node, location, orderCommand());
    now -= 120_000;
    await perform(node, location, orderCommand());
    const ats = (node.seen.get(location) ?? []).map(({ at }) => at);
    expect(ats.toSorted()).toEqual(ats);
    expect(new Set(ats).size).toBe(1);
    await node.stop();
  });

  test('[M20] a location goes cold without reader or command, and comes back as it was', async () => {
    const node = await openNode(database().heardLog, { coldAfter: 300 });
    node.locations.start();
    const location = await place();
    await perform(node, location, command('table.seat', { table: 'T1', covers: 2 }));
    const release = node.locations.keep(location);
    await sleep(900);
    expect(node.locations.peek(location)).not.toBeNull();
    release();
    await expect.poll(() => node.locations.peek(location), { timeout: 5_000 }).toBeNull();
    expect((await node.locations.open(location))?.state.tables.get('T1')?.status).toBe('seated');
    await node.stop();
  });
});

describe('asking the log again', () => {
  test('[M23] a node that cannot read the log does not say that it has read it', async () => {
    const location = await place();
    let away = false;
    const node = await openNode(database().heardLog, {}, (log) => ({
      ...log,
      readTail: (...asked) => (away ? Promise.reject(new Error('no database')) : log.readTail(...asked)),
    }));
    await node.locations.open(location);
    const { seq } = (await perform(a, location, orderCommand())) as { seq: number };
    away = true;
    await expect(node.locations.refresh(location)).rejects.toThrow('no database');
    expect(node.locations.peek(location)?.head).toBeLessThan(seq);
    away = false;
    await node.locations.refresh(location);
    expect(node.locations.peek(location)?.head).toBe(seq);
    await node.stop();
  });
});
