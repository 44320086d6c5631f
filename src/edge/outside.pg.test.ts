import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPushSubscriptions } from '../accounts/pushSubscriptions.ts';
import { createPapers } from '../jobs/papers.ts';
import { createPool } from '../log/pool.ts';
import { type TestServer, startTestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let pool: pg.Pool;
const endpoint = 'https://fcm.googleapis.com/fcm/send/abc';
const keys = { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) };

beforeAll(async () => {
  pool = createPool(database().app, { name: 'outside', max: 2, log: () => undefined });
  server = await startTestServer(database());
});
afterAll(async () => {
  await server.stop();
  await pool.end();
});

async function call(token: string, path: string, payload?: unknown, location = 'brasa') {
  const answer = await server.edge.app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url: `/v1/locations/${location}${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(payload !== undefined && { 'content-type': 'application/json' }),
    },
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) };
}

describe('who is called', () => {
  it('[PR22] is a manager who asked for it, at a known push service', async () => {
    const manager = await server.token('manager');
    expect((await call(manager, '/push')).body).toEqual({ publicKey: expect.stringMatching(/^[\w-]{87}$/) });
    expect((await call(manager, '/push', { endpoint, keys })).status).toBe(204);
    expect((await call(manager, '/push', { endpoint, keys, language: 'es' })).status).toBe(204);
    const store = createPushSubscriptions(pool);
    expect(await store.list('brasa')).toEqual([{ endpoint, ...keys, language: 'es' }]);
    expect(await store.list('esquina')).toEqual([]);

    expect(await call(manager, '/push', { endpoint: 'https://evil.example/x', keys })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'endpoint', message: expect.stringContaining('HEARD_PUSH_HOSTS') }] },
    });
    expect(await call(manager, '/push', { endpoint, keys: { p256dh: '<', auth: '' } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'keys.p256dh' }, { path: 'keys.auth' }] },
    });
    for (const role of ['waiter', 'kitchen', 'host', 'partner'] as const) {
      const token = await server.token(role);
      expect((await call(token, '/push')).status).toBe(403);
      expect((await call(token, '/push', { endpoint, keys })).status).toBe(403);
    }
    expect((await call(await server.token('manager'), '/push', { endpoint, keys }, 'other')).status).toBe(
      404,
    );

    expect((await call(manager, '/push/remove', { endpoint })).status).toBe(204);
    expect(await store.list('brasa')).toEqual([]);
  });

  it('[PR16] one that fails too often is forgotten', async () => {
    const store = createPushSubscriptions(pool);
    await store.add('brasa', 'staff:ana', { endpoint, ...keys, language: 'en' });
    for (let failures = 0; failures < 20; failures += 1) await store.failed('brasa', endpoint);
    expect(await store.list('brasa')).toHaveLength(1);
    await store.failed('brasa', endpoint);
    expect(await store.list('brasa')).toEqual([]);
  });
});

describe('the papers of a built-in printer', () => {
  it('[PR11] are read by who stands at it, of the own location', async () => {
    const papers = createPapers(pool);
    await papers.keep('brasa', 'pass', 'job-1', { lines: [] });
    const cook = await server.token('kitchen');
    expect((await call(cook, '/printers/pass/papers')).body).toMatchObject({
      papers: [{ printer: 'pass', job: 'job-1', printedAt: expect.stringMatching(/Z$/) }],
    });
    expect((await call(cook, '/printers/nothing/papers')).body).toEqual({ papers: [] });
    expect((await call(cook, '/printers/pass/papers?limit=99')).status).toBe(422);
    expect((await call(await server.token('host'), '/printers/pass/papers')).status).toBe(403);
  });
});
