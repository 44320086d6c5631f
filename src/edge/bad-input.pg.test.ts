import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignJWT } from 'jose';
import { mintToken } from '../accounts/tokens.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { TEST_SECRET, startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';

/** Everything that must be refused at the door, each with its problem; none of it moves a log. */

const database = useTestDatabase();
let server: TestServer;
let port: number;
let heads: number[];
const LOCATIONS = ['brasa', 'esquina', 'other'];

/** An order that is good, and in the log, so that conflicts have something to conflict with. */
const ORDER = '0190a000-0000-7000-8000-00000000a001';
const ITEM = '0190a000-0000-7000-8000-00000000a002';
const KEY = '0190a000-0000-7000-8000-00000000a003';
const goodOrder = {
  order: { id: ORDER, type: 'dine_in', table: 'T1', items: [{ id: ITEM, menuItem: 'espresso', qty: 1 }] },
};
let ticket = '';

beforeAll(async () => {
  server = await startTestServer(database());
  port = Number(new URL(await server.edge.listen(0, '127.0.0.1')).port);
  const placed = await server.command(await server.token('waiter'), 'order.place', goodOrder, { key: KEY });
  expect(placed.status).toBe(200);
  const { tickets } = placed.body['result'] as { tickets: { id: string }[] };
  ticket = tickets[0]?.id ?? '';
  heads = await Promise.all(LOCATIONS.map((location) => server.head(location)));
});
afterAll(async () => {
  // Whatever was refused left no trace, in the refused location or in another one.
  expect(await Promise.all(LOCATIONS.map((location) => server.head(location)))).toEqual(heads);
  await server.stop();
});

type Case = {
  title: string;
  status: number;
  code: string;
  /** Of the first error. */
  path?: string;
  method?: string;
  url?: string;
  /** A role at brasa, or a header of its own; null sends none. */
  as?: string | null | (() => Promise<string>);
  key?: string | null;
  type?: string | null;
  /** Sent as it is when it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
};

const place = (change: (order: Record<string, unknown>) => void): unknown => {
  const body = structuredClone(goodOrder) as { order: Record<string, unknown> };
  body.order['id'] = '0190a000-0000-7000-8000-00000000b001';
  change(body.order);
  return body;
};
const line = (more: Record<string, unknown>) =>
  place((order) =>
    Object.assign(order, {
      items: [{ id: '0190a000-0000-7000-8000-00000000b002', menuItem: 'espresso', qty: 1, ...more }],
    }),
  );
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const unsigned = () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: 'x', org: 'brasa-group', loc: 'brasa', role: 'owner', iss: 'heard', exp: 4_000_000_000 })}.x`;
};
const changed = async () => {
  const [head, body, signature] = (await server.token('waiter')).split('.');
  const claims = { ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), role: 'owner' };
  return `Bearer ${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
};
const claims = { sub: 'cli:waiter', org: 'brasa-group', loc: 'brasa', role: 'waiter' as const };
const withKey = (key: Uint8Array, body: Record<string, unknown>) =>
  new SignJWT(body).setProtectedHeader({ alg: 'HS256' }).setIssuer('heard').setExpirationTime('1h').sign(key);

const CASES: Case[] = [
  // The body
  { title: 'no JSON', body: '{"order":', status: 400, code: 'malformed' },
  { title: 'an empty body', body: '', status: 400, code: 'malformed' },
  { title: 'white space', body: ' \n', status: 400, code: 'malformed' },
  { title: 'JSON with more after it', body: '{} {}', status: 400, code: 'malformed' },
  { title: 'NaN', body: '{"order":NaN}', status: 400, code: 'malformed' },
  {
    title: 'bytes that are no UTF-8',
    body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    status: 400,
    code: 'malformed',
  },
  { title: 'a megabyte too much', body: `"${'x'.repeat(1_048_577)}"`, status: 413, code: 'too_large' },
  {
    title: 'text',
    type: 'text/plain',
    body: JSON.stringify(goodOrder),
    status: 415,
    code: 'unsupported_type',
  },
  {
    title: 'a form',
    type: 'application/x-www-form-urlencoded',
    body: 'order=1',
    status: 415,
    code: 'unsupported_type',
  },
  { title: 'XML', type: 'application/xml', body: '<order/>', status: 415, code: 'unsupported_type' },
  {
    title: 'no content type',
    type: null,
    body: JSON.stringify(goodOrder),
    status: 415,
    code: 'unsupported_type',
  },
  { title: 'null', body: 'null', status: 422, code: 'invalid_input', path: '' },
  { title: 'an array', body: [], status: 422, code: 'invalid_input', path: '' },
  { title: 'a string', body: '"order"', status: 422, code: 'invalid_input', path: '' },
  {
    title: '33 levels',
    body: deep(33),
    status: 422,
    code: 'invalid_input',
    path: Array(32).fill('a').join('.'),
  },
  { title: 'a hundred thousand levels', body: deep(100_000), status: 422, code: 'invalid_input' },
  { title: 'a hundred thousand open brackets', body: '['.repeat(100_000), status: 400, code: 'malformed' },
  {
    title: '__proto__',
    body: `{"order":{"__proto__":{"id":"x"}}}`,
    status: 422,
    code: 'invalid_input',
    path: 'order.__proto__',
  },
  {
    title: 'constructor',
    body: `{"order":${JSON.stringify(goodOrder.order)},"constructor":{"prototype":{}}}`,
    status: 422,
    code: 'invalid_input',
    path: 'constructor',
  },
  // Strings
  {
    title: 'U+0000 in a note',
    body: line({ notes: 'a\u0000b' }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  {
    title: 'half an emoji',
    body: JSON.stringify(line({ notes: 'X' })).replace('"X"', '"\\ud83c"'),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  {
    title: 'half an emoji in a field that is not known',
    body: '{"order":{"x":["\\udf36"]}}',
    status: 422,
    code: 'invalid_input',
    path: 'order.x.0',
  },
  {
    title: 'U+0000 in the name of a field',
    body: '{"a\\u0000":1}',
    status: 422,
    code: 'invalid_input',
    path: '',
  },
  {
    title: 'a note of 141 characters',
    body: line({ notes: 'x'.repeat(141) }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  // Fields and types
  { title: 'no order', body: {}, status: 422, code: 'invalid_input', path: 'order' },
  {
    title: 'an unknown field',
    body: place((order) => Object.assign(order, { tabel: 'T1' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.tabel',
  },
  {
    title: 'an unknown field beside the order',
    body: { ...goodOrder, force: true },
    status: 422,
    code: 'invalid_input',
    path: 'force',
  },
  {
    title: 'an id that is none',
    body: place((order) => Object.assign(order, { id: '42' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.id',
  },
  {
    title: 'a type that is none',
    body: place((order) => Object.assign(order, { type: 'drive_in' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.type',
  },
  {
    title: 'no items',
    body: place((order) => Object.assign(order, { items: [] })),
    status: 422,
    code: 'invalid_input',
    path: 'order.items',
  },
  {
    title: '201 items',
    body: place((order) =>
      Object.assign(order, {
        items: Array.from({ length: 201 }, (_, at) => ({
          id: `0190a000-0000-7000-8000-0000000c${String(at).padStart(4, '0')}`,
          menuItem: 'espresso',
          qty: 1,
        })),
      }),
    ),
    status: 422,
    code: 'invalid_input',
    path: 'order.items',
  },
  {
    title: 'none of it',
    body: line({ qty: 0 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a thousand of it',
    body: line({ qty: 1000 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'half of it',
    body: line({ qty: 0.5 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a number in words',
    body: line({ qty: '2' }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: '1e400 of it',
    body: JSON.stringify(line({ qty: 7 })).replace('"qty":7', '"qty":1e400'),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a time that never was',
    body: place((order) => Object.assign(order, { promisedAt: '2026-02-30T10:00:00Z' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.promisedAt',
  },
  {
    title: 'a time without a zone',
    body: place((order) => Object.assign(order, { promisedAt: '2026-02-20T10:00:00' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.promisedAt',
  },
  {
    title: 'a table that is a path',
    body: place((order) => Object.assign(order, { table: '../T1' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.table',
  },
  {
    title: 'an open line without a price',
    body: place((order) => Object.assign(order, { items: [{ id: ITEM, name: 'Soup', qty: 1 }] })),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.price',
  },
  // Rules
  {
    title: 'a dish that is not on the menu',
    body: line({ menuItem: 'unicorn' }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.menuItem',
  },
  {
    title: 'a required choice that was not made',
    body: line({ menuItem: 'ribeye' }),
    status: 422,
    code: 'invalid_input',
  },
  {
    title: 'an option of another group',
    body: line({ modifiers: [{ group: 'shots', option: 'oat' }] }),
    status: 422,
    code: 'invalid_input',
  },
  {
    title: 'a table that is not there',
    body: place((order) => Object.assign(order, { table: 'T99' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.table',
  },
  {
    title: 'the same order with other content',
    body: place((order) => Object.assign(order, { id: ORDER, covers: 9 })),
    status: 409,
    code: 'conflict',
  },
  {
    title: 'a bump of a ticket that is not there',
    url: '/v1/locations/brasa/commands/ticket.bump',
    as: 'kitchen',
    body: { ticket: '0190a000-0000-7000-8000-00000000dead' },
    status: 404,
    code: 'not_found',
  },
  {
    title: 'handing over what is not ready',
    url: '/v1/locations/brasa/commands/order.serve',
    body: { order: ORDER, items: [ITEM] },
    status: 409,
    code: 'conflict',
  },
  {
    title: 'making again what was not made',
    url: '/v1/locations/brasa/commands/item.refire',
    as: 'manager',
    body: { order: ORDER, item: ITEM, reason: 'cold' },
    status: 409,
    code: 'conflict',
  },
  {
    title: 'clearing a table whose order is under way',
    url: '/v1/locations/brasa/commands/table.clear',
    body: { table: 'T1' },
    status: 409,
    code: 'conflict',
  },
  {
    title: 'a void without a reason',
    url: '/v1/locations/brasa/commands/item.void',
    as: 'manager',
    body: { order: ORDER, item: ITEM, made: false },
    status: 422,
    code: 'invalid_input',
    path: 'reason',
  },
  {
    title: 'sold out of both an item and an option',
    url: '/v1/locations/brasa/commands/menu.soldOut',
    as: 'manager',
    body: { item: 'espresso', option: 'oat' },
    status: 422,
    code: 'invalid_input',
    path: 'item',
  },
  {
    title: 'a configuration that contradicts itself',
    url: '/v1/locations/brasa/commands/location.configure',
    as: 'manager',
    body: {
      config: {
        name: 'X',
        stations: [
          { id: 'a', name: 'A' },
          { id: 'a', name: 'B' },
        ],
      },
    },
    status: 422,
    code: 'invalid_input',
    path: 'config.stations.1.id',
  },
  // The key
  {
    title: 'no key',
    key: null,
    body: goodOrder,
    status: 422,
    code: 'invalid_input',
    path: 'Idempotency-Key',
  },
  {
    title: 'a key that is no UUID',
    key: 'order-1',
    body: goodOrder,
    status: 422,
    code: 'invalid_input',
    path: 'Idempotency-Key',
  },
  {
    title: 'a key used for another body',
    key: KEY,
    body: place(() => undefined),
    status: 422,
    code: 'idempotency_key_reused',
  },
  {
    title: 'a key used for another command',
    key: KEY,
    url: '/v1/locations/brasa/commands/table.seat',
    body: { table: 'T1', covers: 2 },
    status: 422,
    code: 'idempotency_key_reused',
  },
  {
    title: 'a key used by another person',
    key: KEY,
    as: 'manager',
    body: goodOrder,
    status: 422,
    code: 'idempotency_key_reused',
  },
  // Who
  { title: 'no token', as: null, body: goodOrder, status: 401, code: 'unauthenticated' },
  { title: 'no token and no JSON', as: null, body: '{', status: 401, code: 'unauthenticated' },
  {
    title: 'another scheme',
    as: async () => 'Basic b3duZXI6MTExMQ==',
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a word for a token',
    as: async () => 'Bearer token',
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token of nine kilobytes',
    as: async () => `Bearer a.${'b'.repeat(9_000)}.c`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'an unsigned token',
    as: async () => unsigned(),
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  { title: 'a token with a raised role', as: changed, body: goodOrder, status: 401, code: 'unauthenticated' },
  {
    title: 'a token of another server',
    as: async () => `Bearer ${await mintToken('another secret that is long enough too', claims, 60)}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token signed with the bare secret',
    as: async () => `Bearer ${await withKey(new TextEncoder().encode(TEST_SECRET), claims)}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token that has expired',
    as: async () => `Bearer ${await server.token('waiter', { ttl: -1 })}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  { title: 'a role that may not', as: 'kitchen', body: goodOrder, status: 403, code: 'forbidden' },
  {
    title: 'a role that may not, with a body that is none',
    as: 'display',
    body: '{',
    status: 403,
    code: 'forbidden',
  },
  { title: 'a guest', as: 'guest', body: goodOrder, status: 403, code: 'forbidden' },
  {
    title: 'an approval that is none',
    headers: { 'heard-approval': 'please' },
    body: goodOrder,
    status: 403,
    code: 'forbidden',
  },
  // Where
  {
    title: "another tenant's location",
    url: '/v1/locations/other/commands/order.place',
    body: goodOrder,
    status: 404,
    code: 'not_found',
  },
  {
    title: 'another location of the same tenant',
    url: '/v1/locations/esquina/commands/order.place',
    body: goodOrder,
    status: 404,
    code: 'not_found',
  },
  {
    title: "another tenant's owner",
    url: '/v1/locations/brasa/log',
    method: 'GET',
    as: async () => `Bearer ${await server.token('owner', { loc: 'other' })}`,
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a location that is nowhere',
    url: '/v1/locations/nowhere/commands/order.place',
    body: goodOrder,
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a location in capitals',
    url: '/v1/locations/BRASA/commands/order.place',
    body: goodOrder,
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a command that is none',
    url: '/v1/locations/brasa/commands/order.eat',
    body: goodOrder,
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a command of the house itself',
    url: '/v1/locations/brasa/commands/ticket.hear',
    as: 'kitchen',
    body: { ticket: ITEM },
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a command called toString',
    url: '/v1/locations/brasa/commands/toString',
    body: {},
    status: 404,
    code: 'not_found',
  },
  { title: 'a path that is none', url: '/v1/location', body: {}, status: 404, code: 'not_found' },
  {
    title: 'a path with a broken escape',
    url: '/v1/locations/%zz/commands/order.place',
    body: {},
    status: 400,
    code: 'malformed',
  },
  {
    title: 'GET for a command',
    url: '/v1/locations/brasa/commands/order.place',
    method: 'GET',
    status: 405,
    code: 'not_found',
  },
  {
    title: 'DELETE for an order',
    url: `/v1/locations/brasa/orders/${ORDER}`,
    method: 'DELETE',
    status: 405,
    code: 'not_found',
  },
  // Reads
  {
    title: 'a limit of a thousand and one',
    url: '/v1/locations/brasa/log?limit=1001',
    method: 'GET',
    as: 'manager',
    status: 422,
    code: 'invalid_input',
    path: 'limit',
  },
  {
    title: 'a place in the log below nothing',
    url: '/v1/locations/brasa/log?after=-1',
    method: 'GET',
    as: 'manager',
    status: 422,
    code: 'invalid_input',
    path: 'after',
  },
  {
    title: 'an unknown question',
    url: '/v1/locations/brasa/log?since=1',
    method: 'GET',
    as: 'manager',
    status: 422,
    code: 'invalid_input',
    path: 'since',
  },
  {
    title: 'the log for a waiter',
    url: '/v1/locations/brasa/log',
    method: 'GET',
    as: 'waiter',
    status: 403,
    code: 'forbidden',
  },
  {
    title: 'orders for a cook',
    url: '/v1/locations/brasa/orders',
    method: 'GET',
    as: 'kitchen',
    status: 403,
    code: 'forbidden',
  },
  {
    title: 'orders of a status that is none',
    url: '/v1/locations/brasa/orders?status=eaten',
    method: 'GET',
    as: 'waiter',
    status: 422,
    code: 'invalid_input',
    path: 'status.0',
  },
  {
    title: 'a cursor of another list',
    url: '/v1/locations/brasa/orders?cursor=abc',
    method: 'GET',
    as: 'waiter',
    status: 422,
    code: 'invalid_input',
    path: 'cursor',
  },
  {
    title: 'the screens of a location for a waiter',
    url: '/v1/locations/brasa/devices',
    method: 'GET',
    as: 'waiter',
    status: 403,
    code: 'forbidden',
  },
  {
    title: 'metrics for a waiter',
    url: '/metrics',
    method: 'GET',
    as: 'waiter',
    status: 403,
    code: 'forbidden',
  },
  {
    title: 'metrics for nobody',
    url: '/metrics',
    method: 'GET',
    as: null,
    status: 401,
    code: 'unauthenticated',
  },
  // Batches
  {
    title: 'an empty batch',
    url: '/v1/locations/brasa/commands',
    body: [],
    status: 422,
    code: 'invalid_input',
    path: '',
  },
  {
    title: 'a batch that is none',
    url: '/v1/locations/brasa/commands',
    body: {},
    status: 422,
    code: 'invalid_input',
    path: '',
  },
  {
    title: 'a hundred and one commands',
    url: '/v1/locations/brasa/commands',
    body: Array(101).fill({}),
    status: 422,
    code: 'invalid_input',
    path: '',
  },
  // Accounts
  {
    title: 'a PIN without a screen',
    url: '/v1/accounts/pin',
    as: 'waiter',
    body: { pin: '1111' },
    status: 403,
    code: 'forbidden',
  },
  {
    title: 'a PIN with letters',
    url: '/v1/accounts/approvals',
    as: 'waiter',
    body: { pin: '1a11' },
    status: 422,
    code: 'invalid_input',
    path: 'pin',
  },
  {
    title: 'a credential that is none',
    url: '/v1/accounts/device',
    as: null,
    body: { credential: 'hd1.brasa.x.y' },
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a claim that is none',
    url: '/v1/accounts/pairings/claim',
    as: null,
    body: { claim: 'x' },
    status: 404,
    code: 'not_found',
  },
  {
    title: 'a kitchen screen without a station',
    url: '/v1/locations/brasa/pairings/ABCDEFGH/approve',
    as: 'manager',
    body: { name: 'X', page: 'kitchen' },
    status: 422,
    code: 'invalid_input',
    path: 'station',
  },
];

async function send({
  method = 'POST',
  url = '/v1/locations/brasa/commands/order.place',
  as = 'waiter',
  key,
  type = 'application/json',
  body,
  headers = {},
}: Case) {
  const authorization =
    as === null
      ? undefined
      : typeof as === 'function'
        ? await as()
        : `Bearer ${await server.token(as as 'waiter')}`;
  const content: unknown = typeof body === 'function' ? (body as () => unknown)() : body;
  return server.edge.app.inject({
    method: method as 'POST',
    url,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(key !== null && method === 'POST' && { 'idempotency-key': key ?? crypto.randomUUID() }),
      ...(type !== null && body !== undefined && { 'content-type': type }),
      ...headers,
    },
    ...(content !== undefined && {
      payload: typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    }),
  });
}

describe('bad input over HTTP', () => {
  it('[H4] is a long list', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(CASES.map((one) => one.title)).size).toBe(CASES.length);
  });

  it.each(CASES)('[H4] $title: $status $code', async (one) => {
    const response = await send(one);
    const problem = response.json();
    expect({
      status: response.statusCode,
      code: problem.code,
      ...(one.path !== undefined && { path: problem.errors?.[0]?.path }),
    }).toEqual({
      status: one.status,
      code: one.code,
      ...(one.path !== undefined && { path: one.path }),
    });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['x-request-id']).toMatch(/\S/);
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^urn:heard:problem:/),
      title: expect.any(String),
      status: one.status,
      detail: expect.any(String),
    });
    // Nothing of the inside is shown.
    expect(response.body).not.toMatch(/at .*\.ts:|node_modules|select /);
  });

  it("[H6] says the same of a location that is another tenant's and of one that does not exist", async () => {
    const token = await server.token('waiter');
    const [others, nowhere] = await Promise.all(
      ['other', 'nowhere'].map((location) => server.command(token, 'order.place', goodOrder, { location })),
    );
    expect(others).toEqual(nowhere);
    expect(others?.status).toBe(404);
  });

  it('[H7] knows who calls before it reads a megabyte', async () => {
    const response = await send({
      title: '',
      as: null,
      body: `"${'x'.repeat(1_100_000)}"`,
      status: 401,
      code: '',
    });
    expect(response.statusCode).toBe(401);
  });

  it('[H5] of a line that may be two things, the likelier one is explained', async () => {
    const response = await send({ title: '', body: line({ qty: 0, seat: 'A' }), status: 422, code: '' });
    expect(
      response
        .json()
        .errors.map((error: { path: string }) => error.path)
        .sort(),
    ).toEqual(['order.items.0.qty', 'order.items.0.seat']);
  });

  it('[H5] repeats the x-request-id of the caller, unless it is no such thing', async () => {
    const given = await server.edge.app.inject({ url: '/healthz', headers: { 'x-request-id': 'abc-1' } });
    expect(given.headers['x-request-id']).toBe('abc-1');
    const strange = await server.edge.app.inject({
      url: '/healthz',
      headers: { 'x-request-id': 'a b\u00e9' },
    });
    expect(strange.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (bytes) => {
        answer += bytes.toString();
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.setTimeout(5_000, () => socket.destroy());
    });

  it('[H4] answers what is no HTTP with a problem', async () => {
    const answer = await raw('HELLO KITCHEN\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('"code":"malformed"');
  });

  it('[H4] refuses headers of more than 16 KB', async () => {
    const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"too_large"');
  });

  it('[H4] refuses a request with two lengths, and one that is smuggled', async () => {
    const answer = await raw(
      'POST /v1/accounts/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('[H11] is judged one by one; what is wrong with one is its own problem', async () => {
    const token = await server.token('kitchen');
    const response = await server.edge.app.inject({
      method: 'POST',
      url: '/v1/locations/brasa/commands',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      payload: JSON.stringify([
        { id: 'x', name: 'ticket.bump', input: { ticket } },
        { id: crypto.randomUUID(), name: 'ticket.eat', input: {} },
        { id: crypto.randomUUID(), name: 'order.place', input: goodOrder },
        { id: crypto.randomUUID(), name: 'ticket.bump', input: { ticket, force: true } },
        {
          id: crypto.randomUUID(),
          name: 'ticket.bump',
          input: { ticket: '0190a000-0000-7000-8000-00000000dead' },
          more: 1,
        },
        7,
      ]),
    });
    expect(response.statusCode).toBe(200);
    expect(
      response
        .json()
        .map((one: { status: number; errors?: { path: string }[] }) => [one.status, one.errors?.[0]?.path]),
    ).toEqual([
      [422, 'id'],
      [404, undefined],
      [403, undefined],
      [422, 'force'],
      [422, 'more'],
      [422, ''],
    ]);
  });
});
