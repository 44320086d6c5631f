import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTokenReader, mintToken } from '../accounts/tokens.ts';
import type { NewClaims } from '../accounts/tokens.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import { KitchenFeed, Replica } from '../feed/testing/kitchenFeed.ts';
import type { SnapshotAnswer } from '../protocol/http.ts';
import { ana, burger, id, lemonade } from '../testkit/kitchen.ts';
import { createApp } from './app.ts';
import { createDoor } from './door.ts';
import { registerFeed } from './feedRoutes.ts';

const SECRET = 'a secret of the tests';
const BASE = '/v1/locations/small-place';
let house: KitchenFeed;
let app: FastifyInstance;
let orders = 0;

beforeEach(async () => {
  house = new KitchenFeed();
  house.feed.start();
  orders = 0;
  const door = createDoor({
    readToken: createTokenReader(SECRET),
    isRevoked: () => false,
    readLocation: async (location) =>
      location === 'small-place' || location === 'unreadable'
        ? {
            id: location,
            organization: 'org',
            name: location,
            demo: false,
            head: 0,
            epoch: 'e',
            deadline: null,
            createdAt: '',
          }
        : null,
  });
  app = await createApp({ door, log: () => undefined });
  registerFeed(app, { feed: house.feed });
  await app.ready();
});
afterEach(async () => {
  house.feed.stop();
  await app.close();
});

async function bearer(claims: Partial<NewClaims> = {}): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await mintToken(SECRET, { sub: 'cli:kitchen', org: 'org', loc: 'small-place', role: 'kitchen', ...claims }, 900)}`,
  };
}

function place(): string {
  const number = (orders += 1);
  house.kitchen.do(
    'order.place',
    {
      order: {
        id: id('order', number),
        type: 'counter',
        items: [burger(number * 2), lemonade(number * 2 + 1)],
      },
    },
    ana,
  );
  house.tell();
  return house.kitchen.ticket(number, 'grill');
}

test('[F54] [H106] a snapshot, the changes since and an acknowledgement over HTTP say the same as the socket', async () => {
  for (let index = 0; index < 30; index += 1) place();
  const headers = await bearer();
  const plain = await app.inject({ url: `${BASE}/snapshot?topic=station:grill`, headers });
  expect(plain.statusCode).toBe(200);
  expect(plain.headers['content-type']).toContain('application/json');
  expect(plain.headers['cache-control']).toBe('no-store');
  const zipped = await app.inject({
    url: `${BASE}/snapshot?topic=station:grill`,
    headers: { ...headers, 'accept-encoding': 'br, gzip' },
  });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.rawPayload).toString('utf8')).toBe(plain.body);
  expect(zipped.rawPayload.length).toBeLessThan(plain.body.length / 5);

  // Whoever refuses gzip by its weight gets none.
  const refused = await app.inject({
    url: `${BASE}/snapshot?topic=station:grill`,
    headers: { ...headers, 'accept-encoding': 'gzip;q=0, identity' },
  });
  expect([refused.headers['content-encoding'], refused.body]).toEqual([undefined, plain.body]);

  const replica = new Replica();
  const snapshot: SnapshotAnswer = plain.json();
  replica.apply({ ...snapshot, t: 'snap', part: 0, last: true });
  const waiting = app.inject({
    url: `${BASE}/changes?topic=station:grill&after=${replica.cursor}&wait=5`,
    headers,
  });
  await sleep(30);
  const ticket = place();
  const answer = (await waiting).json();
  for (const frame of answer.frames) replica.apply(frame);
  expect(replica.pos).toBe(house.kitchen.state.head);
  expect(replica.hash).toBe(viewHash(listTopic(house.kitchen.state, 'station:grill', 'staff')));

  const said = {
    topic: 'station:grill',
    cursor: answer.cursor,
    painted: true,
    visible: true,
    audio: 'running',
  };
  const acked = await app.inject({ method: 'POST', url: `${BASE}/acks`, headers, payload: [said] });
  expect(acked.statusCode).toBe(204);
  await expect.poll(() => house.heard.length).toBe(31);
  expect(
    house.heard.some(({ command }) => command.name === 'ticket.hear' && command.input.ticket === ticket),
  ).toBe(true);
  const manager = await bearer({ role: 'manager', sub: 'staff:ana' });
  place();
  const { cursor } = (
    await app.inject({ url: `${BASE}/snapshot?topic=station:grill`, headers: manager })
  ).json();
  expect(
    (
      await app.inject({
        method: 'POST',
        url: `${BASE}/acks`,
        headers: manager,
        payload: [{ ...said, cursor }],
      })
    ).statusCode,
  ).toBe(204);
  await sleep(400);
  expect(house.heard).toHaveLength(31);
});

type Wrong = {
  name: string;
  method?: 'GET' | 'POST';
  url: string;
  claims?: Partial<NewClaims>;
  payload?: object;
  status: number;
  code: string;
  path?: string;
};
const good = { topic: 'station:grill', cursor: 'x', painted: true, visible: true };
const wrongs: Wrong[] = [
  { name: 'a snapshot of nothing', url: '/snapshot', status: 422, code: 'invalid_input', path: 'topic' },
  {
    name: 'a snapshot with a word nobody knows',
    url: '/snapshot?topic=kitchen&deep=1',
    status: 422,
    code: 'invalid_input',
    path: 'deep',
  },
  {
    name: 'a snapshot of two topics',
    url: '/snapshot?topic=kitchen&topic=pos',
    status: 422,
    code: 'invalid_input',
    path: 'topic',
  },
  {
    name: 'a topic that does not exist',
    url: '/snapshot?topic=station:moon',
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a word that is no topic, for a manager',
    url: '/snapshot?topic=cellar',
    claims: { role: 'manager' },
    status: 404,
    code: 'not_found',
  },
  { name: 'a topic of another role', url: '/snapshot?topic=pos', status: 403, code: 'forbidden' },
  {
    name: 'a topic for a partner',
    url: '/changes?topic=kitchen',
    claims: { role: 'partner' },
    status: 403,
    code: 'forbidden',
  },
  {
    name: 'a wait of a minute',
    url: '/changes?topic=kitchen&wait=60',
    status: 422,
    code: 'invalid_input',
    path: 'wait',
  },
  {
    name: 'a wait that is no number',
    url: '/changes?topic=kitchen&wait=soon',
    status: 422,
    code: 'invalid_input',
    path: 'wait',
  },
  {
    name: 'a cursor of 401 letters',
    url: `/changes?topic=kitchen&after=${'x'.repeat(401)}`,
    status: 422,
    code: 'invalid_input',
    path: 'after',
  },
  {
    name: 'acks that are none',
    method: 'POST',
    url: '/acks',
    payload: [],
    status: 422,
    code: 'invalid_input',
  },
  {
    name: 'acks that are no list',
    method: 'POST',
    url: '/acks',
    payload: { topic: 'kitchen' },
    status: 422,
    code: 'invalid_input',
  },
  {
    name: 'an ack that does not say whether it was painted',
    method: 'POST',
    url: '/acks',
    payload: [{ topic: 'kitchen', cursor: 'x', visible: true }],
    status: 422,
    code: 'invalid_input',
    path: '0.painted',
  },
  {
    name: 'an ack with a cursor that is none',
    method: 'POST',
    url: '/acks',
    payload: [good],
    status: 422,
    code: 'invalid_input',
    path: '0.cursor',
  },
  {
    name: 'an ack of a topic of another role',
    method: 'POST',
    url: '/acks',
    payload: [{ ...good, topic: 'pos' }],
    status: 403,
    code: 'forbidden',
  },
  {
    name: 'a station that does not exist, acked',
    method: 'POST',
    url: '/acks',
    payload: [{ ...good, topic: 'station:moon' }],
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a snapshot by a stranger',
    url: '/snapshot?topic=kitchen',
    claims: { org: 'other' },
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a snapshot by the token of another location',
    url: '/snapshot?topic=kitchen',
    claims: { loc: 'elsewhere' },
    status: 404,
    code: 'not_found',
  },
];

test.each(wrongs)(
  '[F55] $name: $status $code',
  async ({ method = 'GET', url, claims, payload, status, code, path }) => {
    place();
    const { head } = house.kitchen.state;
    const answer = await app.inject({
      method,
      url: `${BASE}${url}`,
      headers: await bearer(claims),
      ...(payload !== undefined && { payload }),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code, status });
    if (path !== undefined)
      expect(answer.json().errors.map((error: { path: string }) => error.path)).toContain(path);
    await sleep(30);
    expect(house.kitchen.state.head).toBe(head);
  },
);

test('[F55] any doubt about a cursor of a poll is a reset, not an error', async () => {
  const headers = await bearer();
  expect((await app.inject({ url: `${BASE}/changes?topic=kitchen`, headers })).json()).toMatchObject({
    reset: true,
    reason: 'none',
  });
  expect(
    (await app.inject({ url: `${BASE}/changes?topic=kitchen&after=abc`, headers })).json(),
  ).toMatchObject({
    reset: true,
    reason: 'bad_cursor',
  });
});
