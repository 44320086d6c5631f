import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { createApp } from './app.ts';
import { CALLS } from './contract.ts';
import { createDoor } from './door.ts';
import { csvCell } from './history.ts';
import { registerPages } from './pages.ts';

const database = useTestDatabase();
const METRICS_TOKEN = 'a token for the metrics';
let server: TestServer;
let reasons: string[] = [];
beforeAll(async () => {
  server = await startTestServer(database(), {
    metricsToken: METRICS_TOKEN,
    notReady: async () => reasons,
    providers: [],
  });
});
afterAll(() => server.stop());

const get = (url: string, headers: Record<string, string> = {}) => server.edge.app.inject({ url, headers });
const as = async (...of: Parameters<TestServer['token']>) => ({
  authorization: `Bearer ${await server.token(...of)}`,
});

describe('the reference', () => {
  it('[H19] names every route, and every call it names is there', async () => {
    for (const call of CALLS) {
      const url = call.path.startsWith('/v1/locations/{location}/commands/')
        ? '/v1/locations/:location/commands/:name'
        : call.path.replaceAll(/\{(\w+)\}/g, ':$1');
      expect(
        server.edge.app.hasRoute({ method: call.method === 'get' ? 'GET' : 'POST', url }),
        call.path,
      ).toBe(true);
    }
  });

  it('[H19] can be read in a browser without the internet', async () => {
    const page = await get('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="https?:/);
    for (const [, path] of page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g))
      expect((await get(`/docs/${path}`)).statusCode, path).toBe(200);
    expect((await get('/v1/openapi.json')).json()).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Heard' },
    });
    expect((await get('/v1/asyncapi.json')).json()).toMatchObject({ asyncapi: '3.0.0' });
  });

  it('[H19] knows each route that the server answers', () => {
    const known = new Set(
      CALLS.map(
        (call) =>
          `${call.method.toUpperCase()} ${call.path.startsWith('/v1/locations/{location}/commands/') ? '/v1/locations/{location}/commands/{name}' : call.path}`,
      ),
    );
    const served = server.edge.app.served.filter(
      (route) => route.includes(' /v1/') || /\/(?:healthz|readyz|metrics)$/.test(route),
    );
    expect(served.length).toBeGreaterThan(20);
    expect(served.filter((route) => !known.has(route))).toEqual([]);
  });
});

describe('health', () => {
  it('[H24] says what keeps the node from work', async () => {
    expect((await get('/healthz')).json()).toEqual({ ok: true, version: 'test' });
    expect((await get('/readyz')).json()).toEqual({ ready: true });
    reasons = ['PostgreSQL is away'];
    const response = await get('/readyz');
    expect([response.statusCode, response.headers['retry-after'], response.json()]).toEqual([
      503,
      '1',
      { ready: false, reasons },
    ]);
    reasons = [];
  });
});

describe('metrics', () => {
  it('[H25] are for those with a token, and an owner sees only its own locations', async () => {
    server.metrics.connections('brasa', 3);
    server.metrics.connections('other', 5);
    expect((await get('/metrics')).statusCode).toBe(401);
    expect((await get('/metrics', { authorization: 'Bearer wrong' })).statusCode).toBe(401);
    expect((await get('/metrics', await as('waiter'))).statusCode).toBe(403);
    const all = await get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` });
    expect(all.body).toContain('heard_connections{location="other",transport="websocket"} 5');
    const own = await get('/metrics', await as('owner'));
    expect(own.body).toContain('heard_connections{location="brasa",transport="websocket"} 3');
    expect(own.body).not.toContain('other');
  });

  it('[H25] count the screens of each location, and those that came back', async () => {
    const url = await server.edge.listen(0, '127.0.0.1');
    const token = await server.token('kitchen', { loc: 'esquina' });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/locations/esquina/stream`, 'heard.v1');
    await new Promise((resolve) => socket.once('open', resolve));
    const text = async () => (await get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })).body;
    expect(await text()).not.toContain('location="esquina"');
    const subs = [{ topic: 'kitchen', after: 'YWJj' }];
    socket.send(JSON.stringify({ t: 'hello', v: 1, token, client: { id: 'x' }, subs }));
    await expect.poll(text).toContain('heard_connections{location="esquina",transport="websocket"} 1');
    expect(await text()).toContain('heard_reconnects_total{cause="unknown"} 1');
    socket.close();
    await expect.poll(text).not.toContain('location="esquina"');
  });

  it("[H25] have histograms in the budget's steps, without a location", async () => {
    server.metrics.orderToCommit(12);
    server.metrics.commitToSent(3);
    server.metrics.orderToHeard(250);
    const { body } = await get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` });
    for (const name of ['order_to_commit', 'commit_to_sent', 'order_to_heard']) {
      expect(body).toMatch(new RegExp(`heard_${name}_seconds_bucket\\{le="0\\.3"\\} [1-9]`));
      expect(body).not.toMatch(new RegExp(`heard_${name}_seconds[^\\n]*location=`));
    }
  });
});

describe('history', () => {
  const rows = Array.from({ length: 7 }, (_, at) => ({
    id: `0190a000-0000-7000-8000-00000000000${at}`,
    number: at + 1,
    status: at < 3 ? 'closed' : 'placed',
    guest: at === 2 ? 'Ana "=1+1", Nöe' : null,
    placedAt: `2026-03-0${at + 1}T12:00:00.000Z`,
  }));
  beforeAll(async () => {
    const client = new pg.Client(database().superuser);
    await client.connect();
    for (const row of rows)
      await client.query(
        `insert into orders (location_id, id, number, day, status, type, source, guest_name, placed_at, total, body)
         values ('brasa', $1, $2, '2026-03-01', $3, 'takeout', 'pos', $4, $5, 1350, $6)`,
        [
          row.id,
          row.number,
          row.status,
          row.guest,
          row.placedAt,
          { kind: 'order', id: row.id, number: row.number },
        ],
      );
    await client.end();
  });

  const numbers = async (query: string) => {
    const response = await get(`/v1/locations/brasa/orders?${query}`, await as('waiter'));
    expect(response.statusCode).toBe(200);
    const { orders, next }: { orders: { number: number }[]; next: string | null } = response.json();
    return { numbers: orders.map((order) => order.number), next };
  };

  it('[H27] is found by status, time and words, newest first', async () => {
    expect((await numbers('')).numbers).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await numbers('status=closed')).numbers).toEqual([3, 2, 1]);
    expect(
      (await numbers('status=closed,placed&from=2026-03-03T00:00:00Z&to=2026-03-05T00:00:00Z')).numbers,
    ).toEqual([4, 3]);
    expect((await numbers('q=n%C3%B6e')).numbers).toEqual([3]);
    expect((await numbers('q=5')).numbers).toEqual([5]);
    expect((await numbers('q=%25')).numbers).toEqual([]);
  });

  it('[H27] comes page by page without repeat or gap', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { numbers: number[]; next: string | null } = await numbers(
        `limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.numbers);
      cursor = page.next;
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('[H27] [H106] comes as CSV that no spreadsheet runs, to whoever prefers it', async () => {
    const typeOf = async (accept: string) =>
      (await get('/v1/locations/brasa/orders', { ...(await as('manager')), accept })).headers['content-type'];
    const response = await get('/v1/locations/brasa/orders?status=closed', {
      ...(await as('manager')),
      accept: 'text/csv',
    });
    expect(response.headers['content-type']).toMatch(/^text\/csv/);
    const lines = response.body.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('"Ana ""=1+1"", Nöe"');
    for (const accept of ['TEXT/CSV', 'application/json;q=0.5, text/csv'])
      expect(await typeOf(accept), accept).toMatch(/^text\/csv/);
    for (const accept of ['text/csv;q=0', 'application/json, text/csv;q=0.1', '*/*'])
      expect(await typeOf(accept), accept).toMatch(/^application\/json/);
    expect(csvCell('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
    expect(csvCell('-1')).toBe("'-1");
    expect(csvCell(-1)).toBe('-1');
  });

  it('[H6] of one tenant is nothing to another', async () => {
    expect((await get('/v1/locations/other/orders', await as('owner', { loc: 'other' }))).json()).toEqual({
      orders: [],
      next: null,
    });
    expect(
      (await get(`/v1/locations/other/orders/${rows[0]?.id}`, await as('owner', { loc: 'other' })))
        .statusCode,
    ).toBe(404);
    expect((await get(`/v1/locations/brasa/orders/${rows[0]?.id}`, await as('owner'))).json()).toMatchObject({
      number: 1,
    });
  });

  it('[H27] of events is the log itself, for managers', async () => {
    const response = await get('/v1/locations/brasa/log?after=0&limit=1', await as('manager'));
    expect(response.json()).toMatchObject({
      head: expect.any(Number),
      events: [
        {
          seq: 1,
          type: 'location.configured',
          v: 1,
          at: expect.any(String),
          by: { id: 'cli:init' },
          command: expect.any(String),
          data: {},
        },
      ],
    });
  });
});

describe('pages', () => {
  it('[H29] [H108] come from the build: pages are asked for each time, assets kept for a year, and nothing else is there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'screens-'));
    await mkdir(join(dir, 'assets'));
    await mkdir(join(dir, 'pos'));
    await mkdir(join(dir, '.vite'));
    await writeFile(join(dir, 'pos', 'index.html'), '<!doctype html><title>pos</title>');
    await writeFile(join(dir, 'assets', 'pos-abc.js'), `console.log(${JSON.stringify('x'.repeat(5_000))})`);
    await writeFile(join(dir, '.vite', 'manifest.json'), '{}');
    const door = createDoor({
      readToken: async () => ({ ok: false, why: 'refused' }),
      isRevoked: () => false,
      readLocation: async () => null,
    });
    const app = await createApp({ door, log: () => undefined });
    await registerPages(app, dir, false);
    const page = await app.inject('/pos');
    expect([page.statusCode, page.headers['cache-control'], page.body]).toEqual([
      200,
      'no-cache',
      '<!doctype html><title>pos</title>',
    ]);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const asset = await app.inject({ url: '/assets/pos-abc.js', headers: { 'accept-encoding': 'gzip' } });
    expect([asset.statusCode, asset.headers['cache-control'], asset.headers['content-encoding']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'gzip',
    ]);
    for (const url of [
      '//',
      '/%00',
      '/.vite/manifest.json',
      '/../../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/',
    ])
      expect((await app.inject(url)).json(), url).toMatchObject({ status: 404, code: 'not_found' });
    await app.close();
    await rm(dir, { recursive: true });
  });

  it('[H29] say what to do when they are not built', async () => {
    const app = fastify();
    await registerPages(app, null, false);
    const response = await app.inject('/kitchen/grill');
    expect([response.statusCode, response.body]).toEqual([503, expect.stringContaining('npm run build')]);
    await app.close();
  });
});
