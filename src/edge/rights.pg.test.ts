import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandInputs, roles } from '../domain/commands.ts';
import type { Role } from '../domain/commands.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';

/**
 * The contract's table, written out by hand: a copy of the code would agree with every mistake in it.
 * Each role: the commands it may give. What is not here is refused.
 */
const ALL = Object.keys(commandInputs);
const of = (...groups: string[]): string[] =>
  ALL.filter((name) => groups.some((group) => name === group || name.startsWith(`${group}.`)));
const MAY: Record<Role, string[]> = {
  owner: ALL,
  manager: ALL,
  expo: of(
    'order',
    'item',
    'ticket',
    'menu',
    'channel',
    'stock.portions',
    'stock.waste',
    'stock.sellOut',
  ).filter((name) => name !== 'order.place'),
  kitchen: of(
    'ticket',
    'item.ready',
    'item.unready',
    'menu',
    'stock.portions',
    'stock.waste',
    'stock.sellOut',
  ),
  waiter: of('order', 'item', 'menu.soldOut', 'stock.portions', 'stock.sellOut', 'table'),
  host: of('table', 'order.place', 'reservation', 'waitlist', 'call', 'message'),
  phone: of('table', 'order.place', 'reservation', 'waitlist', 'call', 'message'),
  display: [],
  guest: [],
  partner: of('order.place', 'order.cancel'),
};
const READS: Record<Role, string[]> = {
  owner: ['station:grill', 'kitchen', 'pos', 'floor', 'host', 'manager'],
  manager: ['station:grill', 'kitchen', 'pos', 'floor', 'host', 'manager'],
  expo: ['station:grill', 'kitchen', 'pos', 'floor'],
  kitchen: ['station:grill', 'kitchen'],
  waiter: ['kitchen', 'pos', 'floor'],
  host: ['host', 'pos', 'floor'],
  phone: ['host', 'pos', 'floor'],
  display: ['kitchen'],
  guest: [],
  partner: [],
};
const TOPICS = ['station:grill', 'kitchen', 'pos', 'floor', 'host', 'manager'];

/** Each of a guest's requests by another link: one alone would soon be asking too much. */
const own = (role: Role) => (role === 'guest' ? { ord: crypto.randomUUID() } : {});

const database = useTestDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(database());
});
afterAll(() => server.stop());

describe('rights over HTTP', () => {
  it.each(roles.flatMap((role) => ALL.map((name) => ({ role, name }))))(
    '[H8] $role and $name',
    async ({ role, name }) => {
      // An input that no command takes: who may give it is told what is wrong with it, who may not is told only that.
      const { status } = await server.command(await server.token(role, own(role)), name, {
        no: 'such field',
      });
      expect(status).toBe(MAY[role].includes(name) ? 422 : 403);
    },
  );

  it.each(roles.flatMap((role) => TOPICS.map((topic) => ({ role, topic }))))(
    '[H8] $role and the topic $topic',
    async ({ role, topic }) => {
      const response = await server.edge.app.inject({
        url: `/v1/locations/brasa/snapshot?topic=${topic}`,
        headers: { authorization: `Bearer ${await server.token(role, own(role))}` },
      });
      expect(response.statusCode).toBe(READS[role].includes(topic) ? 200 : 403);
    },
  );

  it('[H8] a guest reads its own order and no other', async () => {
    const placed = await server.command(await server.token('waiter'), 'order.place', order('espresso'));
    const { id } = (placed.body['result'] as { order: { id: string } }).order;
    const token = await server.token('guest', { ord: crypto.randomUUID() });
    const response = await server.edge.app.inject({
      url: `/v1/locations/brasa/snapshot?topic=order:${id}`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.statusCode).toBe(403);
  });
});

const order = (menuItem: string, more: Record<string, unknown> = {}) => ({
  order: {
    id: crypto.randomUUID(),
    type: 'dine_in',
    table: 'T3',
    items: [{ id: crypto.randomUUID(), menuItem, qty: 1 }],
    ...more,
  },
});

describe('answers to commands', () => {
  it('[H9] are the same for the same key and body, and effect happens once', async () => {
    const token = await server.token('waiter');
    const [key, body] = [crypto.randomUUID(), order('espresso')];
    const first = await server.command(token, 'order.place', body, { key });
    const head = await server.head('brasa');
    const again = await server.command(token, 'order.place', JSON.parse(JSON.stringify(body)), {
      key: key.toUpperCase(),
    });
    expect(again).toEqual({ status: 200, body: { ...first.body, replayed: true } });
    expect(await server.head('brasa')).toBe(head);
    const reordered = { order: Object.fromEntries(Object.entries(body.order).reverse()) };
    expect((await server.command(token, 'order.place', reordered, { key })).body['replayed']).toBe(true);
  });

  it('[H9] to ten taps at once are one order', async () => {
    const token = await server.token('waiter');
    const [key, body] = [crypto.randomUUID(), order('espresso')];
    const before = await server.head('brasa');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => server.command(token, 'order.place', body, { key })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    expect(answers.filter((answer) => answer.body['replayed'] === false)).toHaveLength(1);
    expect(await server.head('brasa')).toBe(before + 2);
  });

  it('[H9] show a stranger who guessed the key nothing', async () => {
    const [key, body] = [crypto.randomUUID(), order('espresso', { notes: 'for the lady in red' })];
    await server.command(await server.token('waiter'), 'order.place', body, { key });
    const other = await server.command(
      await server.token('waiter', { sub: 'staff:tom' }),
      'order.place',
      body,
      { key },
    );
    expect(other.status).toBe(422);
    expect(other.body['code']).toBe('idempotency_key_reused');
    expect(JSON.stringify(other.body)).not.toContain('lady');
    expect(other.body).not.toHaveProperty('current');
  });

  it('[H9] to the same order under a new key: equal content 200 without events, other content 409', async () => {
    const token = await server.token('waiter');
    const body = order('espresso');
    await server.command(token, 'order.place', body);
    const head = await server.head('brasa');
    expect((await server.command(token, 'order.place', body)).status).toBe(200);
    expect((await server.command(token, 'order.place', { order: { ...body.order, covers: 7 } })).status).toBe(
      409,
    );
    expect(await server.head('brasa')).toBe(head);
  });

  it('[H10] that refuse show staff how the thing stands, and a partner nothing', async () => {
    const body = order('espresso');
    await server.command(await server.token('waiter'), 'order.place', body);
    const otherwise = { order: { ...body.order, covers: 5 } };
    const staff = await server.command(await server.token('waiter'), 'order.place', otherwise);
    expect(staff.status).toBe(409);
    expect(staff.body['current']).toMatchObject({
      kind: 'order',
      id: body.order.id,
      items: [{ menuItem: 'espresso' }],
    });
    const partner = await server.command(await server.token('partner'), 'order.place', otherwise);
    expect(partner.status).toBe(409);
    expect(partner.body).not.toHaveProperty('current');
  });
});
