import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { deleteOldConnections } from '../ops/connectionTable.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let ws = '';
beforeAll(async () => {
  server = await startTestServer(database(), { metricsToken: 'a token for the metrics' });
  ws = listening(await server.edge.listen(0, '127.0.0.1')).replace('http', 'ws');
});
afterAll(() => server.stop());

function listening(at: string | { readonly url: string }): string {
  return typeof at === 'string' ? at : at.url;
}

const call = async (
  method: 'GET' | 'POST',
  path: string,
  role: Parameters<TestServer['token']>[0] = 'manager',
  body?: unknown,
  headers: Record<string, string> = {},
) => {
  const response = await server.edge.app.inject({
    method,
    url: `/v1/locations/${path}`,
    headers: {
      authorization: `Bearer ${await server.token(role, { loc: path.split(/[/?]/)[0] ?? 'brasa' })}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
};
const json = async (...of: Parameters<typeof call>) => JSON.parse((await call(...of)).text);

type Row = Record<string, unknown> & {
  kind: string;
  to?: string;
  cause?: string;
  topic?: string;
  client?: string;
};
const rows = async (query = '', location = 'brasa'): Promise<Row[]> =>
  (await json('GET', `${location}/connections?limit=1000${query}`)).connections;

/** A kitchen screen on a real socket. */
class Screen {
  readonly frames: Record<string, unknown>[] = [];
  readonly #socket: WebSocket;
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) =>
      this.frames.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>),
    );
  }
  static async open(client: string, subs: unknown[], location = 'brasa', name = 'grill'): Promise<Screen> {
    const socket = new WebSocket(`${ws}/v1/locations/${location}/stream`, 'heard.v1');
    const screen = new Screen(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const token = await server.token('kitchen', { loc: location });
    socket.send(
      JSON.stringify({
        t: 'hello',
        v: 1,
        token,
        client: { id: client, app: 'screen/kitchen', screen: name },
        subs,
      }),
    );
    return screen;
  }
  cursor(): string {
    return String(this.frames.findLast((frame) => typeof frame['cursor'] === 'string')?.['cursor']);
  }
  acknowledge(topic: string): void {
    this.#socket.send(
      JSON.stringify({
        t: 'ack',
        topic,
        cursor: this.cursor(),
        painted: true,
        visible: true,
        audio: 'running',
      }),
    );
  }
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.close(1000);
    });
  }
  terminate(): void {
    this.#socket.terminate();
  }
}

const place = async (): Promise<void> => {
  const line = {
    id: randomUUID(),
    menuItem: 'classic-burger',
    qty: 1,
    modifiers: [
      { group: 'doneness', option: 'medium' },
      { group: 'side', option: 'fries' },
    ],
  };
  const answer = await server.command(await server.token('waiter'), 'order.place', {
    order: { id: randomUUID(), type: 'counter', items: [line] },
  });
  expect(answer.status).toBe(200);
};

describe('the connection log', () => {
  it('[V1] has every stream from open to closed, with cause, code, duration, gap and what was told again', async () => {
    const topic = 'station:grill';
    const first = await Screen.open('tablet-1', [{ topic, after: null }]);
    await expect.poll(() => first.frames.some(({ t }) => t === 'snap')).toBe(true);
    first.acknowledge(topic);
    const cursor = first.cursor();
    first.terminate();
    await expect.poll(() => rows('&screen=tablet-1')).toHaveLength(3);
    await place();
    const second = await Screen.open('tablet-1', [{ topic, after: cursor }]);
    await expect.poll(() => second.frames.some(({ t }) => t === 'chg')).toBe(true);
    await second.close();
    await expect.poll(() => rows('&screen=tablet-1')).toHaveLength(6);
    const told = (await rows('&screen=tablet-1')).reverse();
    expect(told.map(({ to, cause }) => [to, cause])).toEqual([
      ['ready', 'first'],
      ['reading', 'snapshot'],
      ['closed', 'cut'],
      ['ready', 'after_cut'],
      ['reading', 'resumed'],
      ['closed', 'left'],
    ]);
    expect(told[2]).toMatchObject({ code: 1006, topic, transport: 'websocket', node: 'test', by: 'kitchen' });
    expect(told[2]?.['durationMs']).toBeGreaterThanOrEqual(0);
    expect(told[4]?.['gap']).toBeGreaterThan(0);
    expect(told[4]?.['replayed']).toBeGreaterThan(0);
    const text = await server.metrics.render(null);
    expect(text).toContain('heard_reconnects_total{cause="cut"} 1');
    const pulse = await json('GET', 'brasa/pulse');
    expect(pulse.pulse.at).toHaveLength(360);
  });

  it('[V2] takes what a screen tells of its own line, once, and refuses what is none', async () => {
    const id = randomUUID();
    const at = new Date().toISOString();
    const line = {
      id,
      at,
      screen: 'grill',
      from: 'live',
      to: 'offline',
      cause: 'cut',
      durationMs: 61_000,
      gap: 3,
    };
    const upload = [line, { id: randomUUID(), kind: 'outbox', screen: 'grill', depth: 2, oldestMs: 9_000 }];
    for (const _ of [1, 2]) {
      const { status } = await call('POST', 'brasa/connections?client=tablet-9', 'kitchen', upload);
      expect(status).toBe(204);
    }
    const told = (await rows('&screen=tablet-9')).filter(({ kind }) => kind === 'screen');
    expect(told).toEqual([expect.objectContaining({ id, at, to: 'offline', durationMs: 61_000, gap: 3 })]);
    expect(await server.metrics.render(null)).toContain('heard_outbox_depth{location="brasa"} 2');
    for (const wrong of [[], [{ ...line, id: 'x' }], [{ ...line, more: 1 }], Array(201).fill(line), {}]) {
      const { status, text } = await call('POST', 'brasa/connections', 'kitchen', wrong);
      expect([status, JSON.parse(text).code], JSON.stringify(wrong).slice(0, 80)).toEqual([
        422,
        'invalid_input',
      ]);
    }
    expect((await call('POST', 'brasa/connections', 'partner', upload)).status).toBe(403);
  });

  it('[V3] a line of the future is written now, and one older than the log not at all', async () => {
    const line = { screen: 'clock', from: 'live', to: 'offline', cause: 'sleep' };
    await call('POST', 'brasa/connections', 'kitchen', [
      { ...line, id: randomUUID(), at: '2099-01-01T00:00:00Z' },
      { ...line, id: randomUUID(), at: '2001-01-01T00:00:00Z' },
    ]);
    const told = await rows('&screen=clock');
    expect(told).toHaveLength(1);
    expect(Math.abs(Date.parse(String(told[0]?.['at'])) - Date.now())).toBeLessThan(60_000);
  });

  it('[V4] is read by managers of the location alone, page by page, also as CSV', async () => {
    for (const role of ['kitchen', 'waiter', 'expo'] as const)
      for (const path of ['connections', 'connections/story?at=19:42', 'pulse', 'drills'])
        expect((await call('GET', `brasa/${path}`, role)).status, `${role} ${path}`).toBe(403);
    for (let index = 0; index < 5; index += 1)
      server.seeing.connections.write('esquina', {
        at: Date.now() - index * 1000,
        kind: 'screen',
        client: `=cmd|${index}`,
        to: 'offline',
      });
    const seen: string[] = [];
    let path = 'esquina/connections?limit=2';
    for (let page = 0; page < 4 && path !== ''; page += 1) {
      const { connections, next } = await json('GET', path);
      seen.push(...connections.map((row: Row) => row.client));
      path = next === null ? '' : `esquina/connections?limit=2&cursor=${next}`;
    }
    expect(seen).toEqual(['=cmd|0', '=cmd|1', '=cmd|2', '=cmd|3', '=cmd|4']);
    expect((await call('GET', 'esquina/connections?cursor=nonsense')).status).toBe(422);
    const csv = await call('GET', 'esquina/connections', 'manager', undefined, { accept: 'text/csv' });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toContain('at,kind,screen,client');
    expect(csv.text).toContain("'=cmd|0");
    expect((await rows('', 'brasa')).some((row) => String(row.client).startsWith('=cmd'))).toBe(false);
  });

  it('[V5] forgets what is older than 30 days and what is more than a location may keep', async () => {
    const now = Date.now();
    for (let index = 0; index < 6; index += 1)
      server.seeing.connections.write('other', {
        at: now - index * 1000,
        kind: 'screen',
        client: `c${index}`,
      });
    server.seeing.connections.write('other', { at: now - 31 * 86_400_000, kind: 'screen', client: 'old' });
    await server.seeing.connections.settle();
    const pool = new pg.Pool(database().app);
    try {
      const before = new Date(now - 30 * 86_400_000).toISOString();
      expect(await deleteOldConnections(pool, 'other', before, 100)).toBe(1);
      expect(await deleteOldConnections(pool, 'other', before, 100, 4)).toBe(2);
      const left = await pool.query('select from connections');
      // Without the name of a location nothing is seen at all.
      expect(left.rowCount).toBe(0);
    } finally {
      await pool.end();
    }
    const page = await server.seeing.connections.read('other', { limit: 10 });
    expect(page?.connections.map(({ client }) => client)).toEqual(['c0', 'c1', 'c2', 'c3']);
  });
});

describe('canaries', () => {
  const prove = (minute: number) =>
    server.locations.submitInner(
      'brasa',
      { id: randomUUID(), name: 'station.prove', input: { station: 'drinks', minute } },
      { id: 'policy:station.prove', role: 'policy' },
    );

  it('[V32] are measured to the paint of a real screen, and an incident when it stays silent while it is live', async () => {
    const topic = 'station:drinks';
    const minute = Math.floor(Date.now() / 60_000);
    const screen = await Screen.open('bar-1', [{ topic, after: null }], 'brasa', 'drinks');
    await expect.poll(() => screen.frames.some(({ t }) => t === 'snap')).toBe(true);
    screen.acknowledge(topic);
    await expect.poll(() => [...server.seeing.watch.stations('brasa')]).toContain('drinks');
    const drinks = async () =>
      (await json('GET', 'brasa/pulse')).stations.find((one: { id: string }) => one.id === 'drinks').canary;

    expect(await prove(minute)).toMatchObject({ ok: true });
    await expect.poll(() => screen.frames.some(({ t }) => t === 'chg')).toBe(true);
    screen.acknowledge(topic);
    await expect.poll(drinks).toMatchObject({ ms: expect.any(Number) });
    expect((await drinks()).ms).toBeLessThan(10_000);
    expect(await server.metrics.render(null)).toContain('heard_canary_seconds_count 1');

    // It still reads and says that it is in front, and paints nothing more.
    expect(await prove(minute + 1)).toMatchObject({ ok: true });
    await expect.poll(drinks, { timeout: 15_000 }).toMatchObject({ ms: null });
    await expect
      .poll(async () => (await rows('&screen=drinks')).filter(({ kind }) => kind === 'canary'))
      .toMatchObject([{ cause: 'not_painted', detail: { minute: minute + 1 } }]);
    expect(await server.metrics.render(null)).toContain('heard_canaries_lost_total 1');
    await screen.close();
  }, 40_000);
});

describe('what happened', () => {
  it('[V10] is told from both logs, in the zone of the house', async () => {
    const now = Date.now();
    const at = (seconds: number) => now - 600_000 + seconds * 1000;
    server.seeing.connections.write('brasa', {
      at: at(0),
      kind: 'station',
      screen: 'drinks',
      from: 'live',
      to: 'deaf',
      durationMs: 20_000,
    });
    server.seeing.connections.write('brasa', {
      at: at(33),
      kind: 'station',
      screen: 'drinks',
      from: 'deaf',
      to: 'live',
      durationMs: 53_000,
    });
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(at(0));
    const story = await json('GET', `brasa/connections/story?at=${encodeURIComponent(clock)}`);
    expect(story.text).toMatch(/Drinks had no live screen until .* \(53 s\)/i);
    expect(story.list.map((item: { what: string }) => item.what)).toEqual(
      expect.arrayContaining(['stationDeaf', 'stationBack']),
    );
    expect((await call('GET', 'brasa/connections/story?at=noon')).status).toBe(422);
  });
});

describe('the plug-pull drill', () => {
  it('[V20] refuses what cannot be, and keeps what was measured, its order cancelled and in no report', async () => {
    const refused = await call('POST', 'brasa/drills', 'manager', { id: randomUUID(), step: 'screen' });
    expect([refused.status, JSON.parse(refused.text).errors[0].path]).toEqual([422, 'station']);
    expect((await call('GET', `brasa/drills/${randomUUID()}`)).status).toBe(404);
    const id = randomUUID();
    const begun = await json('POST', 'brasa/drills', 'manager', { id, step: 'screen', station: 'grill' });
    expect(begun.checks.map((check: { check: string; state: string }) => check.state)).toContain('waiting');
    // What the house would write when the station's screen goes.
    server.seeing.connections.write('brasa', {
      kind: 'stream',
      client: 't',
      topic: 'station:grill',
      to: 'closed',
      cause: 'silent',
      code: 4108,
    });
    server.seeing.connections.write('brasa', {
      kind: 'station',
      screen: 'grill',
      to: 'deaf',
      durationMs: 20_200,
    });
    await server.seeing.connections.settle();
    await expect
      .poll(async () => (await server.locations.open('brasa'))?.state.orders.get(begun.order)?.source, {
        timeout: 5_000,
      })
      .toBe('drill');
    const running = await json('GET', `brasa/drills/${id}`);
    const state = (name: string) => running.checks.find(({ check }: { check: string }) => check === name);
    expect(state('noticed')).toMatchObject({ state: 'passed', values: { cause: 'silent' } });
    expect(state('deaf')).toMatchObject({ state: 'passed', ms: 20_200 });
    const done = await json('POST', `brasa/drills/${id}/end`);
    expect(done.endedAt).not.toBeNull();
    expect(done.checks.map((check: { state: string }) => check.state)).not.toContain('waiting');
    expect([done.passed, done.of > done.passed]).toEqual([2, true]);
    const { drills } = await json('GET', 'brasa/drills');
    expect(drills[0]).toMatchObject({ id, passed: 2, endedAt: done.endedAt });
    const order = (await server.locations.open('brasa'))?.state.orders.get(begun.order);
    expect(order?.cancelled).toBeDefined();
    // Its card does not stay on the board, struck through, until a cook has seen it.
    expect(order?.tickets.flatMap(({ pending }) => pending)).toEqual([]);
    const { orders } = await json('GET', 'brasa/orders?limit=200');
    expect(orders.some((one: { id: string }) => one.id === begun.order)).toBe(false);
  });
});
