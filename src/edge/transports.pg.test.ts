import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { uuid7 } from '../ops/uuid7.ts';
import { TRANSPORTS, openLine } from './testing/lines.ts';
import type { Line } from './testing/lines.ts';

/** The whole server on a database: an order comes in over HTTP, and a kitchen screen on each transport makes it heard. */

const database = useTestDatabase();
let server: TestServer;
let base = '';
const lines: Line[] = [];

beforeAll(async () => {
  server = await startTestServer(database());
  base = await server.edge.listen(0, '127.0.0.1');
});
afterEach(() => {
  for (const line of lines.splice(0)) line.cut();
});
afterAll(() => server.stop());

async function place(): Promise<string> {
  const order = uuid7();
  const { status, body } = await server.command(await server.token('waiter'), 'order.place', {
    order: {
      id: order,
      type: 'counter',
      items: [{ id: uuid7(), menuItem: 'fries', qty: 1, modifiers: [] }],
    },
  });
  expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('"grill"')]);
  return order;
}

async function heard(order: string): Promise<number> {
  const events = await server.log.readTail('brasa', 0, 10_000);
  return events.filter(({ type, data }) => type === 'ticket.heard' && JSON.stringify(data).includes(order))
    .length;
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('[F71] an order becomes a heard ticket in the log, once', async () => {
    const token = await server.token('kitchen', { sub: `cli:${transport}` });
    const line = openLine(transport, { base, token, topic: 'station:grill', location: 'brasa' });
    lines.push(line);
    await line.up;
    const order = await place();
    await expect.poll(() => line.frames.some((frame) => JSON.stringify(frame).includes(order))).toBe(true);
    await line.acknowledge();
    await expect.poll(() => heard(order), { timeout: 5_000 }).toBe(1);
    expect(line.replica.gaps).toBe(0);
  });

  test('[F76] a paired screen that the manager signs out gets nothing more, at once', async () => {
    const device = uuid7();
    const token = await server.token('kitchen', { sub: `device:${device}`, dev: device, st: ['grill'] });
    const line = openLine(transport, { base, token, topic: 'station:grill', location: 'brasa' });
    lines.push(line);
    await line.up;
    await expect.poll(() => server.feed.watchers('brasa').some((one) => one.device === device)).toBe(true);
    await server.accounts.revocations.revoke('brasa', `device:${device}`);
    const since = performance.now();
    await place();
    await expect.poll(() => line.ended, { timeout: 5_000 }).not.toBeNull();
    expect(line.ended).toBe(transport === 'websocket' || transport === 'sse' ? 4003 : 401);
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});

test('[F82] drain ends streams with a word and answers who waits; nobody is lost', async () => {
  const token = await server.token('kitchen');
  const open = (transport: 'websocket' | 'sse' | 'long-poll'): Line =>
    openLine(transport, { base, token, topic: 'station:grill', location: 'brasa' });
  const [socket, stream, long] = [open('websocket'), open('sse'), open('long-poll')];
  lines.push(socket, stream, long);
  await Promise.all([socket.up, stream.up, long.up]);
  await server.edge.drain();
  await expect.poll(() => [socket.ended, stream.ended]).toEqual([4200, 4200]);
  // The answer came; whoever asks again finds that nobody listens here any more.
  await expect.poll(() => long.ended).toBe(1006);
});
