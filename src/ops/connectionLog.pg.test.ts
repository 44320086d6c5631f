import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog } from '../log/open.ts';
import { createPool } from '../log/pool.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { createConnectionLog } from './connectionLog.ts';

const database = useTestDatabase();
let pool: pg.Pool;
beforeAll(async () => {
  const log = await openLog({ connection: database().heardLog, writers: 1, readers: 1 });
  await log.createOrganization('group', 'Group');
  for (const id of ['a', 'b']) await log.createLocation('group', id, id);
  await log.close();
  pool = createPool(database().app, { name: 'app', max: 2, log: () => undefined });
});
afterAll(() => pool.end());

const open = (more: Partial<Parameters<typeof createConnectionLog>[0]> = {}) => {
  const dropped: number[] = [];
  const said: string[] = [];
  const connections = createConnectionLog({
    pool,
    node: 'box',
    now: Date.now,
    report: (message) => said.push(message),
    dropped: (count) => dropped.push(count),
    ...more,
  });
  return { connections, dropped, said };
};

describe('the writer', () => {
  it('[V6] gathers lines of many locations into one transaction, and writes what is left when it stops', async () => {
    const { connections, dropped } = open({ flushMs: 60_000 });
    await connections.run();
    for (let index = 0; index < 2_500; index += 1)
      expect(connections.write(index % 2 === 0 ? 'a' : 'b', { kind: 'stream', client: `c${index}` })).toBe(
        true,
      );
    await connections.stop();
    expect(dropped).toEqual([]);
    for (const location of ['a', 'b']) {
      const page = await open().connections.read(location, { limit: 2_000 });
      expect(page?.connections).toHaveLength(1_250);
    }
    expect(connections.write('a', { kind: 'stream' })).toBe(false);
  });

  it('[V6] drops and counts what finds no room, and never throws at whoever writes', async () => {
    const { connections, dropped, said } = open({ most: 10 });
    const taken = Array.from({ length: 25 }, () =>
      connections.write('a', { kind: 'stream', client: 'full' }),
    );
    expect(taken.filter(Boolean)).toHaveLength(10);
    expect(dropped).toHaveLength(15);
    await connections.settle();
    expect(said).toEqual(['the connection log had no room for some lines']);
  });

  it('[V6] keeps lines while the database is away, writes them later, and gives up what it refuses', async () => {
    let isAway = true;
    const away = new Proxy(pool, {
      get(target, name) {
        if (name === 'connect' && isAway) return () => Promise.reject(new Error('away'));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const { connections, dropped } = open({ pool: away });
    const id = randomUUID();
    connections.write('a', { id, kind: 'stream', client: 'patient' });
    await connections.settle();
    isAway = false;
    await connections.settle();
    const page = await connections.read('a', { id, limit: 1 });
    expect(page?.connections).toMatchObject([{ id, client: 'patient' }]);
    expect(dropped).toEqual([]);

    // A text that the database cannot hold is refused: other locations do not lose a line by it.
    connections.write('b', { kind: 'stream', client: 'poison \u0000' });
    connections.write('a', { kind: 'stream', client: 'after the poison' });
    await connections.settle();
    const after = await connections.read('a', { screen: 'after the poison', limit: 1 });
    expect(after?.connections).toHaveLength(1);
    expect(dropped).toEqual([1]);
  });
});
