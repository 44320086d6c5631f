import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { NewClaims } from '../accounts/tokens.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import { Replica } from '../feed/testing/kitchenFeed.ts';
import { TRANSPORTS, openLine } from './testing/lines.ts';
import type { Line, LineOptions, TransportName } from './testing/lines.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

/** What every transport promises, asked of each of the four in the same words, over real connections. */

const at = useStreamHouse();
const lines: Line[] = [];
afterEach(() => {
  for (const line of lines.splice(0)) line.cut();
});

const GRILL = 'station:grill';
/** The same refusal, as a stream and as an answer say it. */
const isStream = (transport: TransportName): boolean => transport === 'websocket';

async function join(
  transport: TransportName,
  more: Partial<LineOptions> & { claims?: Partial<NewClaims>; ttl?: number } = {},
): Promise<Line> {
  const { claims = {}, ttl = 900, ...options } = more;
  const line = openLine(transport, {
    base: at.http,
    token: await token(claims, ttl),
    topic: GRILL,
    ...options,
  });
  lines.push(line);
  await line.up;
  return line;
}

function truth(): { pos: number; hash: number } {
  const { state } = at.house.kitchen;
  return { pos: state.head, hash: viewHash(listTopic(state, GRILL, 'staff')) };
}

async function settled(line: Line): Promise<void> {
  await expect
    .poll(() => ({ pos: line.replica.pos, hash: line.replica.hash }), { timeout: 5_000 })
    .toEqual(truth());
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('[F70] what there is and what happens arrives, whole and in order', async () => {
    at.place();
    const line = await join(transport);
    for (let index = 0; index < 5; index += 1) {
      at.place();
      await sleep(30);
    }
    await settled(line);
    expect(line.replica.gaps).toBe(0);
    const seen = line.frames.flatMap((frame) => (frame.t === 'chg' ? [frame.to] : []));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('[F71] a ticket that it painted is heard, once, and counted as one screen', async () => {
    const line = await join(transport);
    const waiter = await join('websocket', { topic: 'pos', claims: { role: 'waiter', sub: 'staff:maya' } });
    const ticket = at.place();
    await settled(line);
    await line.acknowledge();
    await expect.poll(() => at.house.heard.length).toBe(1);
    expect(at.house.heard[0]?.command).toMatchObject({ name: 'ticket.hear', input: { ticket } });
    await settled(line);
    await line.acknowledge();
    await expect
      .poll(() => waiter.frames.findLast((frame) => frame.t === 'live' && frame.id === ticket))
      .toMatchObject({ data: { sent: 1, screens: 1 } });
    await sleep(300);
    expect(at.house.heard).toHaveLength(1);
  });

  test('[F72] cut without a word, it goes on from its cursor and gets what it missed, once', async () => {
    at.place();
    const first = await join(transport);
    await settled(first);
    first.cut();
    at.place();
    at.place();
    const second = await join(transport, { replica: first.replica });
    await settled(second);
    expect(second.frames.filter(({ t }) => t === 'snap')).toEqual([]);
    expect([second.replica.gaps, second.replica.resets]).toEqual([0, 0]);
  });

  test('[F73] a cursor of another history is answered with a reset and a snapshot', async () => {
    at.place();
    const first = await join(transport);
    await settled(first);
    first.cut();
    at.house.restore();
    at.place();
    const second = await join(transport, { replica: first.replica });
    await settled(second);
    expect(second.replica.resets).toBe(1);
    expect(second.frames.find(({ t }) => t === 'snap')).toMatchObject({ reset: true, reason: 'restored' });
  });

  test('[F86] a change that is lost on the way shows, and asking from the own cursor mends it', async () => {
    const first = await join(transport, { losing: 1 });
    await expect.poll(() => first.replica.cursor).not.toBeNull();
    at.place();
    await sleep(150);
    at.place();
    if (transport === 'websocket' || transport === 'sse') {
      await expect.poll(() => first.replica.gaps).toBeGreaterThan(0);
      expect(first.replica.entities.size).toBe(1);
      first.cut();
      first.replica.gaps = 0;
      await settled(await join(transport, { replica: first.replica }));
    } else await settled(first);
    expect([first.replica.gaps, first.replica.resets]).toEqual([0, 0]);
  });

  test('[F74] a cursor of another topic brings nothing of it', async () => {
    at.place();
    const other = await join(transport, { topic: 'station:drinks' });
    await expect.poll(() => other.replica.cursor).not.toBeNull();
    const stolen = new Replica();
    stolen.cursor = other.replica.cursor;
    stolen.pos = other.replica.pos;
    const line = await join(transport, { replica: stolen });
    await settled(line);
    expect(stolen.resets).toBe(1);
  });

  test('[F75] a token that ends, ends it', async () => {
    const line = await join(transport, { ttl: 2 });
    await expect.poll(() => line.ended, { timeout: 10_000 }).not.toBeNull();
    expect(line.ended).toBe(transport === 'websocket' || transport === 'sse' ? 4201 : 401);
  });

  test('[F76] a screen that was sent away gets nothing more and is not let in again', async () => {
    const line = await join(transport, { claims: { dev: 'd1' } });
    at.revokedDevices.add('d1');
    at.streams.revoked('d1');
    at.place();
    await expect.poll(() => line.ended, { timeout: 10_000 }).not.toBeNull();
    expect(line.ended).toBe(transport === 'websocket' || transport === 'sse' ? 4003 : 401);
    const again = await join(transport, { claims: { dev: 'd1' } });
    await expect.poll(() => again.ended).not.toBeNull();
    expect(again.ended).toBe(isStream(transport) ? 4003 : 401);
  });

  test.each<[string, Partial<LineOptions>, Partial<NewClaims>, number, number]>([
    ['another tenant', {}, { org: 'other' }, 4004, 404],
    ['the token of another location', {}, { loc: 'other-place' }, 4004, 404],
    ["another tenant's location", { location: 'other-place' }, { loc: undefined, role: 'owner' }, 4004, 404],
    ['a topic of another role', { topic: 'pos' }, {}, 4004, 403],
    ['a station that does not exist', { topic: 'station:moon' }, {}, 4004, 404],
  ])('[F77] %s gets nothing', async (_name, options, claims, code, status) => {
    at.place();
    const line = await join(transport, { ...options, claims });
    await expect.poll(() => line.ended).not.toBeNull();
    expect(line.ended).toBe(isStream(transport) ? code : status);
    expect(line.frames.filter(({ t }) => t === 'snap' || t === 'chg')).toEqual([]);
    expect(line.replica.entities.size).toBe(0);
  });
});

test('[F78] a reader that hops over all four transports and is cut at random ends equal to state, without a gap', async () => {
  const replica = new Replica();
  for (let hop = 0; hop < 24; hop += 1) {
    const transport = TRANSPORTS[hop % 4] ?? 'poll';
    const line = await join(transport, { replica, pollMs: 10 });
    for (let index = 0; index < 3; index += 1) {
      at.place();
      await sleep(Math.random() * 30);
    }
    line.cut();
  }
  const line = await join('sse', { replica });
  await settled(line);
  expect(replica.gaps).toBe(0);
});
