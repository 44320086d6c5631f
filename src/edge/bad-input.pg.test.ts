import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { BAD_BODIES, KEY, goodOrder, line } from './testing/badBodies.ts';
import type { BadRequest } from './testing/badBodies.ts';
import { BAD_CALLERS } from './testing/badCallers.ts';
import { BAD_REQUESTS } from './testing/badRequests.ts';
import { BAD_WORDS } from './testing/badWords.ts';

/** Everything that must be refused at the door, each with its problem; none of it moves a log. */

const database = useTestDatabase();
let server: TestServer;
let port: number;
let heads: number[];
const LOCATIONS = ['brasa', 'esquina', 'other'];

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

const CASES = [...BAD_BODIES, ...BAD_REQUESTS, ...BAD_WORDS, ...BAD_CALLERS];

async function send({
  method = 'POST',
  url = '/v1/locations/brasa/commands/order.place',
  as = 'waiter',
  key,
  type = 'application/json',
  body,
  headers = {},
}: BadRequest) {
  const authorization =
    as === null
      ? undefined
      : typeof as === 'function'
        ? await as(server)
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
