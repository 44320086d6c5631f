import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SocketReader } from '../feed/testing/socketReader.ts';
import { createReader } from '../sdk/reader.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';

const database = useTestDatabase();
let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startTestServer(database(), {
    publicUrl: 'https://orders.example.com/',
    // A token of 15 minutes is to be renewed after two seconds.
    streamLimits: { renewMs: 898_000 },
  });
  await server.edge.listen(0, '127.0.0.1');
  const at = server.edge.app.server.address();
  url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
});
afterAll(() => server.stop());

type Reply = { status: number; body: Record<string, unknown>; headers: Headers; text: string };

async function call(method: 'GET' | 'POST', path: string, token?: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : {},
    headers: response.headers,
    text,
  };
}

async function place(location = 'brasa'): Promise<string> {
  const order = crypto.randomUUID();
  const waiter = await server.token('waiter', { loc: location });
  const placed = await server.command(
    waiter,
    'order.place',
    {
      order: {
        id: order,
        type: 'takeout',
        guest: { name: 'Ramos', phone: '+15550199' },
        items: [
          {
            id: crypto.randomUUID(),
            name: 'Special of the day',
            price: 900,
            qty: 1,
            station: 'grill',
            modifiers: [],
          },
        ],
      },
    },
    { location },
  );
  expect(placed.status).toBe(200);
  return order;
}

/** The token in a fresh link of the order. */
async function link(order: string, role: 'waiter' | 'manager' = 'waiter'): Promise<string> {
  const { status, body } = await call(
    'POST',
    `/v1/locations/brasa/orders/${order}/link`,
    await server.token(role),
  );
  expect(status).toBe(200);
  return String(body['url']).replace('https://orders.example.com/track/', '');
}

const session = (token: string) => call('POST', `/v1/track/${token}/session`);

it('[T20] staff who speak with guests make a link, and it opens its own order as long as it is good', async () => {
  const order = await place();
  const token = await link(order);
  expect(token).toMatch(/^[\w-]{22}$/);
  expect(await link(order, 'manager')).not.toBe(token);
  const { status, body, headers } = await session(token);
  expect(status).toBe(200);
  expect(body).toMatchObject({ location: 'brasa', order, topic: `order:${order}`, expiresIn: 900 });
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  for (const role of ['kitchen', 'display', 'partner'] as const)
    expect(
      (await call('POST', `/v1/locations/brasa/orders/${order}/link`, await server.token(role))).status,
    ).toBe(403);
  for (const role of ['host', 'phone', 'expo', 'owner'] as const)
    expect(
      (await call('POST', `/v1/locations/brasa/orders/${order}/link`, await server.token(role))).status,
    ).toBe(200);
  const waiter = await server.token('waiter');
  for (const path of [
    `brasa/orders/${crypto.randomUUID()}/link`,
    'brasa/orders/x/link',
    `other/orders/${order}/link`,
  ])
    expect((await call('POST', `/v1/locations/${path}`, waiter)).status).toBe(404);
});

it('[T21] nothing of a link can be read in the database, and only the newest twenty of an order are good', async () => {
  const order = await place();
  const tokens: string[] = [];
  for (let number = 0; number < 21; number += 1) tokens.push(await link(order));
  const { default: pg } = await import('pg');
  const client = new pg.Client(database().superuser);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      'select * from guest_links where order_id = $1',
      [order],
    );
    expect(rows).toHaveLength(20);
    for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token);
  } finally {
    await client.end();
  }
  const codes = await Promise.all(tokens.map(async (token) => (await session(token)).status));
  expect(codes.filter((code) => code === 404)).toHaveLength(1);
  expect(codes[20]).toBe(200);
});

it('[T22] a link that is malformed, unknown, taken back or over gets one and the same answer', async () => {
  const order = await place();
  const [revoked, over] = [await link(order), await link(await place())];
  const other = await place();
  const kept = await link(other);
  const waiter = await server.token('waiter');
  expect((await call('POST', `/v1/locations/brasa/orders/${order}/link/revoke`, waiter)).body).toEqual({
    revoked: 1,
  });
  const { body } = await session(over);
  const manager = await server.token('manager');
  await server.command(manager, 'order.cancel', { order: body['order'], reason: 'left' });
  expect((await session(over)).status).toBe(200);
  const now = server.time.now;
  server.time.now = Date.now() + 4 * 3_600_000 + 5_000;
  const answers = [
    await session('x'),
    await session('A'.repeat(22)),
    await session(`${revoked}x`),
    await session('%00%C3%B1'.padEnd(60, 'z')),
    await session(revoked),
    await session(over),
  ];
  // An order that goes on keeps its link, however long it takes.
  expect((await session(kept)).status).toBe(200);
  server.time.now = now;
  const said = answers.map(({ status, text, headers }) => [
    status,
    text,
    ...[...headers].filter(([name]) => !/^(x-request-id|date|x-ratelimit-.*)$/.test(name)).map(String),
  ]);
  expect(said[0]?.[0]).toBe(404);
  for (const one of said) expect(one).toEqual(said[0]);
});

it('[T24] a guest reads its own order on every path, and nothing else on any', async () => {
  const [order, foreign] = [await place(), await place()];
  const links = server.accounts.guestLinks;
  const made = await links.make('brasa', order, 'staff:maya');
  const claims = { sub: `guest:${made.id}`, role: 'guest' as const, ord: order };
  const guest = await server.token('guest', claims);
  const own = encodeURIComponent(`order:${order}`);
  const snapshot = await call('GET', `/v1/locations/brasa/snapshot?topic=${own}`, guest);
  expect(snapshot.body['entities']).toMatchObject([{ kind: 'tracking', step: 'received' }]);
  const cursor = String(snapshot.body['cursor']);
  expect((await call('GET', `/v1/locations/brasa/changes?topic=${own}&after=${cursor}`, guest)).status).toBe(
    200,
  );
  const ack = { topic: `order:${order}`, cursor, painted: true, visible: true, audio: 'running' };
  expect((await call('POST', '/v1/locations/brasa/acks', guest, [ack])).status).toBe(204);

  const refusals: unknown[] = [];
  for (const topic of [`order:${foreign}`, `order:${crypto.randomUUID()}`, 'kitchen', 'pos', 'station:grill'])
    for (const path of ['snapshot', 'changes', 'stream']) {
      const answer = await call(
        'GET',
        `/v1/locations/brasa/${path}?topic=${encodeURIComponent(topic)}`,
        guest,
      );
      refusals.push([answer.status, String(answer.body['detail']).replace(topic, 'T')]);
    }
  expect(new Set(refusals.map((one) => JSON.stringify(one))).size).toBeLessThanOrEqual(2);
  expect(refusals.every((one) => Array.isArray(one) && (one[0] === 403 || one[0] === 426))).toBe(true);
  for (const path of ['log', 'orders', `orders/${order}`, 'devices', 'reports/x'])
    expect([403, 404]).toContain((await call('GET', `/v1/locations/brasa/${path}`, guest)).status);
  expect((await call('GET', `/v1/locations/esquina/snapshot?topic=${own}`, guest)).status).toBe(404);
  expect((await call('POST', `/v1/locations/brasa/orders/${order}/link`, guest)).status).toBe(403);
  expect((await server.command(guest, 'order.cancel', { order, reason: 'mine' })).status).toBe(403);

  const ws = `${url.replace('http', 'ws')}/v1/locations/brasa/stream`;
  const stranger = await new SocketReader(ws).open();
  stranger.hello(guest, [`order:${foreign}`]);
  expect((await stranger.end()).code).toBe(4004);
  expect(JSON.stringify(stranger.frames)).not.toContain('tracking');
});

it('[T25] on a socket: every byte is its own order’s, the token is renewed in band, and a link taken back ends it', async () => {
  const order = await place();
  const token = await link(order);
  const topic = `order:${order}`;
  const first = await session(token);
  const ws = `${url.replace('http', 'ws')}/v1/locations/brasa/stream`;
  const socket = await new SocketReader(ws).open();
  const bytes: string[] = [];
  socket.ws.on('message', (data: Buffer) => bytes.push(data.toString('utf8')));
  socket.hello(String(first.body['token']), [topic]);
  await socket.ready();
  await socket.get((frame) => frame.t === 'snap');
  // The rest of the house goes on.
  for (let number = 0; number < 5; number += 1) await place();
  const expo = await server.token('expo');
  const [ticket] = [...(server.locations.peek('brasa')?.state.orders.get(order)?.tickets ?? [])];
  expect((await server.command(expo, 'ticket.bump', { ticket: ticket?.id })).status).toBe(200);
  await socket.get(
    (frame) => frame.t === 'chg' && frame.put.some((one) => one.kind === 'tracking' && one.step === 'ready'),
  );
  const again = await session(token);
  socket.say({ t: 'auth', token: again.body['token'] });
  const foreign = await session(await link(await place()));
  const { log } = server;
  const page = await log.readEventsPage('brasa', 0, 1_000);
  const said = bytes.join('\n');
  for (const event of page?.events ?? []) expect(said).not.toContain(event.command);
  expect(said).not.toMatch(/"seq"|"by"|Ramos|5550199|maya|900/i);
  const cursors = [...said.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor = '']) =>
    Buffer.from(cursor, 'base64url').toString('utf8'),
  );
  expect(cursors.length).toBeGreaterThan(1);
  for (const cursor of cursors) expect(Number(cursor.split('.')[2])).toBeLessThan(10);
  expect(socket.ws.readyState).toBe(WebSocket.OPEN);

  // The token of another link is somebody else's.
  const thief = await new SocketReader(ws).open();
  thief.hello(String(again.body['token']), [topic]);
  await thief.ready();
  thief.say({ t: 'auth', token: foreign.body['token'] });
  expect((await thief.end()).code).toBe(4001);

  await call('POST', `/v1/locations/brasa/orders/${order}/link/revoke`, await server.token('waiter'));
  expect((await socket.end()).code).toBe(4003);
});

it('[T28] an order that had ended and goes on keeps its link', async () => {
  const order = await place();
  const token = await link(order);
  const expo = await server.token('expo');
  const standing = () => server.locations.peek('brasa')?.state.orders.get(order);
  await server.command(expo, 'ticket.bump', { ticket: standing()?.tickets[0]?.id });
  await server.command(expo, 'order.serve', { order });
  expect((await session(token)).status).toBe(200);
  const again = { order, item: standing()?.items[0]?.id, reason: 'cold' };
  expect((await server.command(expo, 'item.refire', again)).status).toBe(200);
  expect((await session(token)).status).toBe(200);
  const now = server.time.now;
  server.time.now = Date.now() + 5 * 3_600_000;
  expect((await session(token)).status).toBe(200);
  server.time.now = now;
});

it('[T27] a guest’s reader renews its token in band and loses nothing: one connection, no reset', async () => {
  const order = await place();
  const token = await link(order);
  const sessions: Record<string, unknown>[] = [];
  const reader = createReader({
    baseUrl: url,
    location: 'brasa',
    topic: `order:${order}`,
    token: async () => {
      const { body } = await session(token);
      sessions.push(body);
      return String(body['token']);
    },
  });
  const until = async (is: () => boolean): Promise<void> => {
    for (let waited = 0; !is(); waited += 20) {
      if (waited > 8_000) throw new Error(`not in time: ${JSON.stringify(reader.connection.get())}`);
      await sleep(20);
    }
  };
  const stop = reader.view.subscribe(() => undefined);
  try {
    await until(() => reader.view.get().state === 'live');
    await until(() => sessions.length === 2);
    await sleep(300);
    const [ticket] = [...(server.locations.peek('brasa')?.state.orders.get(order)?.tickets ?? [])];
    await server.command(await server.token('expo'), 'ticket.bump', { ticket: ticket?.id });
    await until(() => reader.view.get().entities.tracking.get(order)?.step === 'ready');
    expect(reader.connection.get()).toMatchObject({ word: 'live', reconnects: 0, repairs: 0 });
    expect(sessions[1]?.['token']).not.toBe(sessions[0]?.['token']);
  } finally {
    stop();
    reader.close();
  }
});

it('[T26] what is written to the log names no link', async () => {
  const token = await link(await place());
  await session(token);
  await call('GET', `/track/${token}`);
  await call('GET', `/v1/track/${token}/nothing`);
  expect(JSON.stringify(server.lines)).not.toContain(token);
});

// The last: it uses up what this address may ask.
it('[T23] a link is not for trying often: 30 a minute, and an address has its bound too', async () => {
  const token = await link(await place());
  const codes: number[] = [];
  for (let number = 0; number < 32; number += 1) codes.push((await session(token)).status);
  expect(codes.slice(0, 30).every((code) => code === 200)).toBe(true);
  expect(codes.slice(30)).toEqual([429, 429]);
  const other = await link(await place());
  expect((await session(other)).status).toBe(200);
  let refused: Reply | null = null;
  for (let number = 0; number < 260 && refused === null; number += 1) {
    const answer = await session('B'.repeat(22));
    if (answer.status === 429) refused = answer;
  }
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
});
