import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard, TokenRefused } from './client.ts';
import type { HeardOptions } from './client.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';
import type { Change, Heard } from './shapes.ts';

/** The whole client against a server in memory, with time under the test's hand. */

let server: FakeServer;
let pairs: SocketPairs;
let heard: Heard;
let open: Heard[] = [];

function serve(options: Parameters<typeof createFakeServer>[0] = {}): void {
  server = createFakeServer(options);
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
}

function client(options: Partial<HeardOptions> = {}): Heard {
  const made = createHeard({
    baseUrl: 'http://heard.test',
    location: 'brasa',
    token: () => Promise.resolve('good'),
    client: { id: 'screen-1', screen: 'kitchen' },
    WebSocket: pairs.WebSocket,
    fetch: (input, init) => server.fetch(input, init),
    random: () => 0.5,
    ...options,
  });
  open.push(made);
  return made;
}

const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);
const tickets = () => [...heard.view('station:grill').get().entities.ticket.values()];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  serve();
});

afterEach(() => {
  for (const one of open) one.close();
  open = [];
  vi.useRealTimers();
});

describe('a screen', () => {
  it('[C1] is live once the topic came, shows what changes, and says so only while frames come', async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    expect(heard.connection.get().word).toBe('connecting');
    heard.view('station:grill').subscribe(() => undefined);
    expect(heard.view('station:grill').get().state).toBe('loading');
    await pass(50);
    expect(heard.connection.get().word).toBe('live');
    expect(heard.view('station:grill').get()).toMatchObject({ state: 'live', pos: 1 });
    server.put((version) => aTicket('b', version));
    await pass(50);
    expect(tickets().map(({ id }) => id)).toEqual(['a', 'b']);

    await pass(19_000);
    expect(heard.connection.get().word).toBe('live');
    pairs.reachable = false;
    await pass(1_500);
    expect(heard.connection.get().word).not.toBe('live');
    expect(heard.view('station:grill').get().state).toBe('stale');
    expect(tickets()).toHaveLength(2);
  });

  it('[C2] answers pings from the message itself and stays live on them alone', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    for (let n = 0; n < 8; n += 1) {
      await pass(15_000);
      server.ping();
      await pass(10);
      expect(heard.connection.get().word).toBe('live');
    }
    expect(server.pongs).toHaveLength(8);
    expect(server.hellos).toHaveLength(1);
    expect(heard.view('station:grill').get().freshness).toBe(heard.serverNow() - 10);
  });

  it('[C3] comes back from its own cursor and misses nothing', async () => {
    heard = client();
    const changes: Change[] = [];
    heard.onChange('station:grill', (change) => changes.push(change));
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.put((version) => aTicket('a', version), 'ticket.fired');
    await pass(50);
    pairs.cut();
    expect(heard.connection.get().word).toBe('catching_up');
    server.put((version) => aTicket('b', version), 'ticket.fired');
    server.put((version) => aTicket('a', version, { status: 'cooking' }), 'ticket.started');
    await pass(2_000);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 1, repairs: 0 });
    expect(server.hellos[1]?.subs).toEqual([{ topic: 'station:grill', after: 'c.1.station:grill.1' }]);
    expect(changes.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1, 2, 3]);
    expect(tickets().map(({ id, status }) => [id, status])).toEqual([
      ['a', 'cooking'],
      ['b', 'new'],
    ]);
  });

  it('[C4] says OFFLINE since the last proof, and when it tries next', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    const proof = heard.serverNow();
    pairs.reachable = false;
    server.http.blocked.add('http');
    pairs.cut();
    await pass(25_000);
    const { word, since, lastProofAt, nextTryAt } = heard.connection.get();
    expect(word).toBe('offline');
    expect(Math.abs(since - proof)).toBeLessThan(1100);
    expect(lastProofAt).toBe(since);
    await pass(3_000);
    expect(nextTryAt === null || nextTryAt > since).toBe(true);
  });

  it("[C5] repairs a copy whose hash is not the server's, and counts it", async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.sayAll({
      t: 'ping',
      n: 1,
      now: new Date().toISOString(),
      topics: { 'station:grill': [1, 12345] },
    });
    await pass(1);
    expect(heard.view('station:grill').get().state).toBe('stale');
    await pass(50);
    expect(heard.view('station:grill').get().state).toBe('live');
    expect(heard.connection.get().repairs).toBe(1);
    expect(tickets()).toHaveLength(1);
  });

  it('[C6] does not repair in a loop: after two within 30 s it waits, and says that the copy is in doubt', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    const lie = () =>
      server.sayAll({
        t: 'ping',
        n: 1,
        now: new Date().toISOString(),
        topics: { 'station:grill': [0, 999] },
      });
    for (let n = 0; n < 10; n += 1) {
      lie();
      await pass(1000);
    }
    const after10s = heard.connection.get().repairs;
    expect(after10s).toBe(3);
    expect(heard.view('station:grill').get().state).toBe('stale');
    server.ping();
    await pass(50);
    expect(heard.view('station:grill').get().state).toBe('live');
  });

  it('[C7] takes a snapshot that it is referred to over HTTP, and the changes that came meanwhile', async () => {
    for (let n = 0; n < 120; n += 1) server.put((version) => aTicket(`t${n}`, version));
    server.byHref = true;
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(3);
    server.put((version) => aTicket('late', version));
    await pass(100);
    expect(server.calls.map(({ path }) => path)).toContain('/snapshot');
    expect(tickets()).toHaveLength(121);
    expect(heard.view('station:grill').get().state).toBe('live');
    expect(heard.connection.get().repairs).toBe(0);
  });

  it('[C8] takes a snapshot in parts, and shows nothing of it before the last', async () => {
    serve({ partSize: 10 });
    for (let n = 0; n < 35; n += 1) server.put((version) => aTicket(`t${n}`, version));
    pairs.automatic = false;
    heard = client();
    const seen = new Set<number>();
    heard.view('station:grill').subscribe(() => seen.add(tickets().length));
    for (let n = 0; n < 20; n += 1) {
      await pass(1);
      pairs.deliver();
    }
    expect([...seen]).toEqual([35]);
  });

  it('[C9] starts anew when its cursor is worth nothing, and tells what went', async () => {
    server.put((version) => aTicket('a', version));
    server.put((version) => aTicket('b', version));
    heard = client();
    const resets: Change[] = [];
    heard.onChange('station:grill', (change) => change.reset !== null && resets.push(change));
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.restore();
    server.remove('ticket', 'a');
    pairs.cut();
    server.remove('ticket', 'b');
    await pass(2_000);
    expect(tickets()).toEqual([]);
    expect(resets).toHaveLength(1);
    expect(resets[0]).toMatchObject({ reset: 'fork', late: true });
    expect(resets[0]?.gone.map(({ id }) => id)).toContain('b');
  });

  it('[C10] takes a second connection before it drops the first when the server drains', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    server.bye(4200);
    server.put((version) => aTicket('a', version));
    await pass(100);
    expect(server.hellos).toHaveLength(2);
    expect(server.peers()).toBe(1);
    expect(words.has('offline')).toBe(false);
    expect(heard.connection.get().word).toBe('live');
    expect(tickets()).toHaveLength(1);
  });

  it('[C11] asks for a token again when one expired or was refused, and stops at the second refusal', async () => {
    const reasons: string[] = [];
    let token = 'good';
    heard = client({
      token: (reason) => {
        reasons.push(reason);
        return Promise.resolve(token);
      },
    });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.closeAll(4201);
    await pass(50);
    expect(reasons).toEqual(['connect', 'expired']);
    expect(heard.connection.get().word).toBe('live');

    token = 'bad';
    server.badTokens.add('bad');
    pairs.cut();
    await pass(10_000);
    expect(reasons.slice(2)).toEqual(['connect', 'refused']);
    expect(heard.connection.get()).toMatchObject({
      word: 'blocked',
      blocked: { reason: 'pair', message: 'Pair this screen again.' },
    });
    await pass(60_000);
    expect(reasons).toHaveLength(4);

    token = 'good';
    await heard.renew();
    await pass(50);
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C140] whoever signs in on a shared screen speaks on a connection of their own, made before the old one goes', async () => {
    let token = 'screen';
    heard = client({ token: () => Promise.resolve(token) });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    token = 'maya';
    await heard.renew();
    await pass(50);
    expect(server.hellos.map((hello) => hello.token)).toEqual(['screen', 'maya']);
    expect(server.peers()).toBe(1);
    expect(words.has('offline')).toBe(false);
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C12] stops for good when it was revoked, by the server or by its own token provider', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.closeAll(4003);
    await pass(60_000);
    expect(heard.connection.get().blocked?.reason).toBe('revoked');
    expect(server.hellos).toHaveLength(1);

    const other = client({ token: () => Promise.reject(new TokenRefused('revoked')) });
    other.view('station:grill').subscribe(() => undefined);
    await pass(50);
    expect(other.connection.get().blocked?.reason).toBe('revoked');
  });

  it('[C13] renews its token in band when the server asks', async () => {
    let n = 0;
    heard = client({ token: () => Promise.resolve(`token-${(n += 1)}`) });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.sayAll({ t: 'auth', expiresIn: 60 });
    await pass(50);
    expect(server.tokensSeen).toEqual(['token-2']);
    expect(server.hellos).toHaveLength(1);
  });

  it('[C14] shows a topic that the server refuses as a problem of that topic only', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    heard.view('nowhere').subscribe(() => undefined);
    await pass(50);
    expect(heard.view('nowhere').get()).toMatchObject({ state: 'loading', problem: { code: 'not_found' } });
    expect(heard.view('station:grill').get().state).toBe('live');
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C15] gives a topic up a while after the last who looked at it, not at once', async () => {
    heard = client();
    const off = heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    off();
    heard.view('station:grill').subscribe(() => undefined)();
    await pass(2_000);
    server.put((version) => aTicket('a', version));
    await pass(50);
    expect(tickets()).toHaveLength(1);
    await pass(6_000);
    server.put((version) => aTicket('b', version));
    await pass(50);
    expect(tickets()).toHaveLength(1);
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    expect(tickets()).toHaveLength(2);
  });

  it("[C16] shows the server's time on a tablet whose clock is wrong", async () => {
    serve({ now: () => Date.now() + 3_600_000 });
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    expect(heard.connection.get().clockKnown).toBe(false);
    await pass(50);
    expect(heard.connection.get().clockKnown).toBe(true);
    expect(Math.abs(heard.serverNow() - (Date.now() + 3_600_000))).toBeLessThan(100);
    expect(Math.abs((heard.connection.get().lastProofAt ?? 0) - heard.serverNow())).toBeLessThan(1200);
  });

  it('[C17] hands on live data, the latest of each', async () => {
    heard = client();
    heard.live('station:grill').subscribe(() => undefined);
    await pass(50);
    server.sayAll({ t: 'live', topic: 'station:grill', kind: 'ticket', id: 'a', data: { screens: 1 } });
    server.sayAll({ t: 'live', topic: 'station:grill', kind: 'ticket', id: 'a', data: { screens: 2 } });
    await pass(50);
    expect([...heard.live('station:grill').get()]).toEqual([['ticket:a', { screens: 2 }]]);
  });

  it('[C18] acknowledges what was painted, coalesced, and again on a new connection that shows the same', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    for (let n = 0; n < 10; n += 1) {
      server.put((version) => aTicket(`t${n}`, version));
      await pass(20);
      heard.painted('station:grill', heard.view('station:grill').get().cursor ?? '', {
        visible: true,
        audio: 'running',
      });
    }
    await pass(300);
    expect(server.heardAcks.length).toBeLessThanOrEqual(3);
    expect(server.heardAcks.at(-1)).toMatchObject({
      cursor: 'c.1.station:grill.10',
      painted: true,
      visible: true,
      audio: 'running',
    });
    const before = server.heardAcks.length;
    pairs.cut();
    await pass(2_000);
    expect(server.heardAcks.slice(before).map(({ cursor }) => cursor)).toEqual(['c.1.station:grill.10']);
  });
});
