import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestServer, startTestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer(database());
  token = await server.token('manager', { name: 'Ana' });
});
afterAll(() => server.stop());

const say = async (name: string, input: unknown) => {
  const answer = await server.command(token, name, input);
  expect([name, answer.status, answer.body['detail']]).toEqual([name, 200, undefined]);
};
type Told = { what: string; say: string; values: Record<string, unknown>; at?: string };
type Answer = {
  orders: {
    number: number;
    status: string;
    facts: Told[];
    tickets: { name: string; status: string; facts: Told[] }[];
  }[];
};
async function why(q: string, as = token): Promise<{ status: number; body: Answer }> {
  const response = await server.edge.app.inject({
    url: `/v1/locations/brasa/why?q=${encodeURIComponent(q)}`,
    headers: { authorization: `Bearer ${as}` },
  });
  return { status: response.statusCode, body: response.json() };
}

it('[SU30] says by which rule each line went where, who bumped it and when, what is held, and that no screen is there', async () => {
  const id = crypto.randomUUID();
  const line = (menuItem: string, more: object = {}) => ({
    id: crypto.randomUUID(),
    menuItem,
    qty: 1,
    ...more,
  });
  await say('order.place', {
    order: {
      id,
      type: 'takeout',
      displayId: 'UE-7Q4',
      guest: { name: 'Grace' },
      items: [
        line('fries'),
        line('house-lemonade'),
        line('cheesecake', { hold: true }),
        { id: crypto.randomUUID(), name: 'Off the menu', price: 100, qty: 1 },
      ],
    },
  });
  const hot = await server.locations.open('brasa');
  const drinks = hot?.state.orders.get(id)?.tickets.find(({ station }) => station === 'drinks');
  await say('ticket.bump', { ticket: drinks?.id });

  const { status, body } = await why('ue-7q4');
  expect(status).toBe(200);
  const [order] = body.orders;
  const told = Object.fromEntries((order?.tickets ?? []).map(({ name, facts }) => [name, facts]));
  const words = (name: string) => (told[name] ?? []).map((fact) => fact.say);
  expect(words('Grill')).toContain('FRIES goes to Grill by the rule of its category Starters.');
  expect(words('Grill')).toContain('Nobody has heard it yet.');
  expect(words('Grill')).toContain(
    'It is number 1 of 1 on the board of Grill, oldest first; what does not fit is on the next page.',
  );
  expect(words('Grill').join(' ')).toContain('No screen shows Grill');
  expect(told['Drinks']?.find(({ what }) => what === 'bumped')).toMatchObject({
    say: 'It was bumped by Ana.',
    at: expect.any(String),
  });
  expect(words('Desserts')).toContain('It is held, without a time: somebody must fire it.');
  expect(words('UNROUTED')).toContain('Off the menu has no rule: it lies in the lane UNROUTED at the pass.');
  expect(JSON.stringify(body)).not.toContain('Grace');
  expect((await why(String(order?.number))).body.orders[0]?.number).toBe(order?.number);
});

it('[SU31] says who cancelled, who voided and to where it moved; of what is not there it says nothing', async () => {
  const id = crypto.randomUUID();
  const item = crypto.randomUUID();
  await say('order.place', {
    order: { id, type: 'dine_in', table: 'T9', items: [{ id: item, menuItem: 'fries', qty: 2 }] },
  });
  await say('order.transfer', { order: id, table: 'T10' });
  await say('item.void', { order: id, item, qty: 1, reason: 'changed', made: false });
  await say('order.cancel', { order: id, reason: 'left' });
  const { body } = await why(id);
  expect(body.orders[0]?.status).toBe('cancelled');
  expect(body.orders[0]?.facts.map((fact) => fact.say)).toEqual([
    'The order moved from table T9 to T10.',
    'The order was cancelled by Ana.',
  ]);
  expect(body.orders[0]?.tickets[0]?.facts.map((fact) => fact.say)).toContain('1 × FRIES was voided by Ana.');
  expect((await why('98765')).body).toEqual({ orders: [] });
  expect((await why('1', await server.token('waiter'))).status).toBe(403);
  expect((await why('1', await server.token('kitchen'))).status).toBe(200);
});
