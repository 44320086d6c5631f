import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPushSubscriptions } from './accounts/pushSubscriptions.ts';
import { readConfig } from './config.ts';
import { createPapers } from './jobs/papers.ts';
import { createPool } from './log/pool.ts';
import { type Outside, createOutside } from './outside.ts';
import { type TestServer, startTestServer } from './testkit/insideServer.ts';
import { useTestDatabase } from './testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let outside: Outside;
let pool: pg.Pool;
let superuser: pg.Client;

beforeAll(async () => {
  pool = createPool(database().app, { name: 'slips', max: 4, log: () => undefined });
  const papers = createPapers(pool);
  server = await startTestServer(database(), {
    publicUrl: 'https://orders.example.com',
    outside: {
      papers,
      push: createPushSubscriptions(pool),
      pushKey: 'none',
      pushHosts: [],
      printSlip: (...asked) => outside.printSlip(...asked),
    },
  });
  outside = createOutside({
    config: readConfig({}),
    pool,
    jobsPool: createPool(database().app, { name: 'jobs', max: 4, log: () => undefined }),
    alone: true,
    locations: server.locations,
    accounts: server.accounts,
    providers: [],
    secret: server.secret,
    now: () => Date.now(),
    report: () => undefined,
  });
  await outside.jobs.start();
  superuser = new pg.Client(database().superuser);
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await outside.stop();
  await server.stop();
  await pool.end();
});

async function place(): Promise<string> {
  const order = crypto.randomUUID();
  const item = {
    id: crypto.randomUUID(),
    name: 'Special',
    price: 900,
    qty: 1,
    station: 'grill',
    modifiers: [],
  };
  const placed = await server.command(await server.token('waiter'), 'order.place', {
    order: { id: order, type: 'takeout', items: [item] },
  });
  expect(placed.status).toBe(200);
  return order;
}

async function ask(order: string, payload?: unknown) {
  const answer = await server.edge.app.inject({
    method: 'POST',
    url: `/v1/locations/brasa/orders/${order}/link`,
    headers: {
      authorization: `Bearer ${await server.token('waiter')}`,
      ...(payload !== undefined && { 'content-type': 'application/json' }),
    },
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function count(sql: string, ...values: unknown[]): Promise<number> {
  const { rows } = await superuser.query<{ count: string }>(sql, values);
  return Number(rows[0]?.count);
}
const links = (order: string) => count('select count(*) from guest_links where order_id = $1', order);

it('[PR24] a slip comes out of the printer that was named, with the link of this very call', async () => {
  const order = await place();
  const { status, body } = await ask(order, { printer: 'prn-bar' });
  expect(status).toBe(200);
  expect(body.printers).toEqual([
    { id: 'prn-grill', name: 'Grill printer' },
    { id: 'prn-bar', name: 'Bar printer' },
  ]);
  const papers = () => outside.papers.list('brasa', 'prn-bar', 10);
  for (let tries = 0; tries < 400 && (await papers()).length === 0; tries += 1) await sleep(50);
  const [paper] = await papers();
  expect(paper?.body).toMatchObject({ codes: [body.url] });
  expect(JSON.stringify(paper?.body)).toContain('Follow your order');
  expect(await links(order)).toBe(1);
  const { status: opened } = await server.edge.app
    .inject({ method: 'POST', url: `/v1/track/${String(body.url).split('/').at(-1)}/session` })
    .then(({ statusCode }) => ({ status: statusCode }));
  expect(opened).toBe(200);
});

it('[PR27] a printer that the location does not have is named, and makes no link', async () => {
  const order = await place();
  for (const [printer, message] of [
    ['prn-cocina', 'it has prn-grill, prn-bar'],
    ['not a name', 'must be'],
    [7, 'string'],
  ] as const) {
    const { status, body } = await ask(order, { printer });
    expect([status, body.errors[0].path]).toEqual([422, 'printer']);
    expect(body.errors[0].message).toContain(message);
  }
  expect((await ask(order, { printers: 'prn-bar' })).body.errors[0].path).toBe('printers');
  expect(await links(order)).toBe(0);
  expect((await ask(order)).status).toBe(200);
  expect((await ask(order, {})).status).toBe(200);
  expect(await links(order)).toBe(2);
});

it('[PR26] link and slip are made together or not at all, once a call, and the row in line keeps the secret', async () => {
  const order = await place();
  const jobs = () =>
    count(`select count(*) from graphile_worker._private_jobs where payload::text like $1`, `%${order}%`);
  await outside.jobs.stop();
  const asked = [await ask(order, { printer: 'prn-bar' }), await ask(order, { printer: 'prn-bar' })];
  expect(asked.map(({ status }) => status)).toEqual([200, 200]);
  expect([await links(order), await jobs()]).toEqual([2, 2]);
  const token = String(asked[0]?.body.url).split('/').at(-1);
  expect(
    await count(
      `select count(*) from graphile_worker._private_jobs where payload::text like $1`,
      `%${token}%`,
    ),
  ).toBe(0);

  await superuser.query('alter function graphile_worker.add_job rename to add_job_away');
  try {
    expect((await ask(order, { printer: 'prn-bar' })).status).toBeGreaterThanOrEqual(500);
    expect([await links(order), await jobs()]).toEqual([2, 2]);
  } finally {
    await superuser.query('alter function graphile_worker.add_job_away rename to add_job');
  }
});
