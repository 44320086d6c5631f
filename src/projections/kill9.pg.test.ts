import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEmbedded } from '../log/embedded.ts';
import { smallPlace } from '../testkit/kitchen.ts';
import { startServer } from '../testkit/server.ts';
import type { TestServer } from '../testkit/server.ts';
import { PROJECTIONS } from './all.ts';
import { reading } from './scoped.ts';

/** The real server, killed while it follows; the real command beside it. */

const LOCATION = 'struck';
let server: TestServer;
let app: pg.Pool;
let disconnect: () => Promise<unknown>;

beforeAll(async () => {
  server = await startServer();
  await server.addLocations([[LOCATION, smallPlace]]);
  const connections = await connectEmbedded(server.dataDir);
  app = new pg.Pool({ ...connections.app, max: 2 });
  disconnect = () => connections.stop();
});
afterAll(async () => {
  await app.end();
  await disconnect();
  await server.dispose();
});

/** Every row of the location in every table that is made of the log. */
function tables(): Promise<Record<string, unknown[]>> {
  return reading(app, LOCATION, async (client) => {
    const found: Record<string, unknown[]> = {};
    for (const { name, key } of PROJECTIONS.flatMap((projection) => projection.tables))
      found[name] = (await client.query(`select * from ${name} order by ${key.join(', ')}`)).rows;
    return found;
  });
}

async function isFollowed(): Promise<boolean> {
  const { rows } = await app.query<{ behind: string }>(
    `select count(*) as behind from unnest($1::text[]) n join locations l on l.id = $2
       left join checkpoints c on c.name = n and c.location_id = l.id where coalesce(c.seq, 0) < l.head`,
    [PROJECTIONS.map(({ name }) => name), LOCATION],
  );
  return rows[0]?.behind === '0';
}

async function send(token: string, name: string, input: unknown): Promise<boolean> {
  const key = crypto.randomUUID();
  // As an outbox would: until somebody answers.
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${server.url}/v1/locations/${LOCATION}/commands/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(input),
    }).catch(() => null);
    if (answer !== null && answer.status !== 503) return answer.status === 200;
    await sleep(50);
  }
  return false;
}

function heard(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../cli/heard.ts'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HEARD_DATA_DIR: server.dataDir, HEARD_SECRET: server.secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

describe('a server that is killed while it follows', () => {
  test('[FG20] leaves each fact in the tables once, and the commands beside it make the same rows and the same board again', async () => {
    const token = await server.token(LOCATION, 'manager');
    let placed = 0;
    let over = false;
    const ordering = (async () => {
      while (!over) {
        const order = crypto.randomUUID();
        const items = [
          { id: crypto.randomUUID(), menuItem: 'lemonade', qty: 2 },
          { id: crypto.randomUUID(), menuItem: 'milanesa', qty: 1 },
        ];
        if (!(await send(token, 'order.place', { order: { id: order, type: 'counter', items } }))) continue;
        placed += 1;
        if (placed % 3 === 0) await send(token, 'order.cancel', { order, reason: 'guest left' });
      }
    })();
    for (const pause of [700, 1_300, 1_050]) {
      await sleep(pause);
      await server.kill9();
      await server.restart();
    }
    await sleep(500);
    over = true;
    await ordering;
    await expect.poll(isFollowed, { timeout: 20_000 }).toBe(true);

    const followed = await tables();
    expect(followed['orders']).toHaveLength(placed);
    expect(followed['sold_lines']).toHaveLength(placed * 2);
    expect(followed['corrections']).toHaveLength(Math.floor(placed / 3) * 2);
    // A milanesa is made at two stations.
    expect(followed['fired_tickets']).toHaveLength(placed * 3);
    expect(followed['cooked_lines']).toHaveLength(placed * 3);

    const answer = await fetch(`${server.url}/v1/locations/${LOCATION}/snapshot?topic=station:drinks`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const now = (await answer.json()) as { hash: number; entities: unknown[] };
    const then = await heard(
      'replay',
      '--location',
      LOCATION,
      '--at',
      '2999-01-01T00:00:00Z',
      '--topic',
      'station:drinks',
    );
    expect(JSON.parse(then.out)).toMatchObject({ hash: now.hash, entities: now.entities });
    expect((await heard('replay', '--location', LOCATION, '--at', 'noon')).code).toBe(2);

    const { code, out } = await heard('rebuild', '--location', LOCATION);
    expect(out).toMatch(/^orders, sales, kitchen of struck: \d+ rows from \d+ events in \d+\.\d s\n$/);
    expect(code).toBe(0);
    await expect.poll(isFollowed, { timeout: 20_000 }).toBe(true);
    // Time went on: what a policy did meanwhile is in the rows of now, so they are compared as of now.
    const rebuilt = await tables();
    expect((await heard('rebuild', '--location', LOCATION, '--projection', 'kitchen')).code).toBe(0);
    for (const name of ['sold_lines', 'corrections', 'cooked_lines'])
      expect(rebuilt[name]).toEqual(followed[name]);
    expect(rebuilt['fired_tickets']).toHaveLength(placed * 3);
    expect((await heard('rebuild', '--location', LOCATION, '--projection', 'weather')).code).toBe(2);
  });
});
