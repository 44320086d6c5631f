import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Entity } from './domain/entities.ts';
import { pushKeys } from './integrations/push/keys.ts';
import { larder } from './testkit/larder.ts';
import { type PushService, startPushService } from './testkit/pushService.ts';
import { TEST_SECRET, type TestServer, startServer } from './testkit/server.ts';

/** From the counter to the people: the real server, real sockets, and a push service that opens what it is sent. */

let service: PushService;
let server: TestServer;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  service = await startPushService(pushKeys(TEST_SECRET).publicKey);
  const ca = join(tmpdir(), `heard-push-${process.pid}.pem`);
  await writeFile(ca, service.ca);
  server = await startServer({ env: { HEARD_PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: ca } });
  await server.addLocations([['larder', larder]]);
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await server.dispose();
  await service.close();
});

async function call(path: string, role: 'manager' | 'waiter', body: unknown): Promise<void> {
  const response = await fetch(`${server.url}/v1/locations/larder${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await server.token('larder', role)}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

const command = (name: string, input: unknown, role: 'manager' | 'waiter' = 'manager') =>
  call(`/commands/${name}`, role, input);

/** What a screen of this topic was sent of an ingredient, oldest first; null when it was taken away. */
async function watch(
  topic: string,
  role: 'manager' | 'waiter' | 'expo',
): Promise<(Extract<Entity, { kind: 'stock' }> | null)[]> {
  const got: (Extract<Entity, { kind: 'stock' }> | null)[] = [];
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/locations/larder/stream`, 'heard.v1');
  sockets.push(socket);
  const token = await server.token('larder', role);
  await new Promise<void>((done, fail) => {
    socket.on('error', fail);
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          t: 'hello',
          v: 1,
          token,
          client: { id: `${topic}-1`, app: 'test', screen: topic },
          subs: [{ topic, after: null }],
        }),
      ),
    );
    socket.on('message', (data) => {
      const frame = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '{}') as {
        t: string;
        put?: Entity[];
        gone?: { kind: string; id: string }[];
      };
      if (frame.t === 'ping') socket.send(JSON.stringify({ t: 'pong', n: (frame as { n?: number }).n }));
      if (frame.t === 'snap') done();
      for (const one of frame.put ?? []) if (one.kind === 'stock' && one.id === 'lemon') got.push(one);
      if (frame.gone?.some(({ kind, id }) => kind === 'stock' && id === 'lemon') === true) got.push(null);
    });
  });
  return got;
}

const sell = () =>
  command(
    'order.place',
    {
      order: {
        id: crypto.randomUUID(),
        type: 'takeout',
        guest: { name: 'Ada' },
        items: [{ id: crypto.randomUUID(), menuItem: 'lemonade', qty: 1 }],
      },
    },
    'waiter',
  );

it('[ST22] [ST23] what runs out is on the tablet, at the pass, with the manager and on the managers’ telephones', async () => {
  const { endpoint, p256dh, auth, language } = service.subscription;
  await call('/push', 'manager', { endpoint, keys: { p256dh, auth }, language });
  await command('stock.count', { ingredient: 'lemon', onHand: 5 });
  const [pos, pass, manager] = await Promise.all([
    watch('pos', 'waiter'),
    watch('kitchen', 'expo'),
    watch('manager', 'manager'),
  ]);
  await sell();
  // Low: nothing is missing yet, so only the manager hears of it.
  await expect.poll(() => manager.at(-1)?.level, { timeout: 5_000 }).toBe('low');
  // Told before it is out: a call about what has changed since is not made.
  await expect.poll(() => service.delivered.length, { timeout: 15_000 }).toBe(1);
  await sell();
  for (const got of [pos, pass])
    await expect
      .poll(() => got.at(-1), { timeout: 5_000 })
      .toMatchObject({ level: 'out', onHand: 1, dishes: [{ item: 'lemonade', lacking: true }] });
  await expect
    .poll(() => service.delivered.map(({ body }) => body), { timeout: 15_000 })
    .toMatchObject([
      { kind: 'stock', location: 'larder', ingredient: 'lemon', level: 'low', onHand: 3 },
      { kind: 'stock', ingredient: 'lemon', level: 'out', onHand: 1, dishes: ['Lemonade'] },
    ]);
  expect(service.refused).toEqual([]);
  await command('stock.sellOut', { ingredient: 'lemon' }, 'waiter');
  await expect.poll(() => pos.at(-1)?.dishes[0]?.soldOut, { timeout: 5_000 }).toBe(true);
  await command('stock.receive', { ingredient: 'lemon', amount: 50 });
  for (const got of [pos, pass]) await expect.poll(() => got.at(-1), { timeout: 5_000 }).toBeNull();
  await expect.poll(() => server.countEvents(['larder'], 'menu.restored'), { timeout: 5_000 }).toBe(1);
  expect(service.delivered).toHaveLength(2);
}, 60_000);
