import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard, TokenRefused } from './client.ts';
import type { HeardOptions } from './client.ts';
import { createReader } from './reader.ts';
import type { Change, Heard, Nudge, Repair } from './shapes.ts';
import type { Blocked } from './testing/fakeHttp.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';

/** The whole client on each rung of the ladder, against a server in memory whose doors can be shut one by one. */

let server: FakeServer;
let pairs: SocketPairs;
let open: { close(): void }[] = [];
let pinger: ReturnType<typeof setInterval>;

const TOPIC = 'station:grill';
/** What is in the way of everything better. */
const BEHIND: { readonly [via: string]: readonly Blocked[] } = {
  sse: [],
  long_poll: ['sse_buffered'],
  poll: ['sse', 'held_changes'],
};

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
const shown = (heard: Pick<Heard, 'view'>, topic = TOPIC) =>
  [...heard.view(topic).get().entities.ticket.values()].map(({ id, status }) => `${id} ${status}`);

/** Without sockets, and with what else is in the way. */
function behind(via: string): void {
  pairs.reachable = false;
  for (const what of BEHIND[via] ?? []) server.http.blocked.add(what);
}

async function arrived(heard: Heard, via: string): Promise<void> {
  heard.view(TOPIC).subscribe(() => undefined);
  for (let n = 0; n < 60 && heard.connection.get().via !== via; n += 1) await pass(1_000);
  // A first answer proves a long poll; only the second shows that open questions are cut.
  if (via === 'poll') await pass(3_000);
  expect(heard.connection.get().via).toBe(via);
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  server = createFakeServer();
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
  pinger = setInterval(() => server.ping(), 15_000);
});

afterEach(() => {
  clearInterval(pinger);
  for (const one of open) one.close();
  open = [];
  vi.useRealTimers();
});

describe.each(['sse', 'long_poll', 'poll'])('a screen over %s', (via) => {
  it('[C157] shows what there is and what changes, without gap or repeat, and says how it comes', async () => {
    behind(via);
    server.put((version) => aTicket('a', version));
    const heard = client();
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    await arrived(heard, via);
    expect(shown(heard)).toEqual(['a new']);
    const word = via === 'sse' ? 'live' : 'polling';
    expect(heard.connection.get()).toMatchObject({ word, rules: 'same', clockKnown: true, repairs: 0 });
    for (let n = 0; n < 7; n += 1) {
      server.put((version) => aTicket(`b${n}`, version), 'ticket.fired');
      if (n % 3 === 0) await pass(400);
    }
    server.put((version) => aTicket('x', version, { station: 'bar' }));
    server.put((version) => aTicket('a', version, { status: 'cooking' }), 'ticket.started');
    await pass(6_000);
    expect(shown(heard)).toEqual(['a cooking', ...Array.from({ length: 7 }, (_, n) => `b${n} new`)]);
    expect(changes.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([2, 3, 4, 5, 6, 7, 8, 10]);
    expect(heard.connection.get()).toMatchObject({ word, repairs: 0 });
  });

  it('[C158] what it painted is heard, at most once a second, by the newest cursor', async () => {
    behind(via);
    const heard = client();
    await arrived(heard, via);
    for (let n = 0; n < 20; n += 1) {
      server.put((version) => aTicket(`t${n}`, version));
      await pass(100);
      const { cursor } = heard.view(TOPIC).get();
      if (cursor !== null) heard.painted(TOPIC, cursor, { visible: true, audio: 'running' });
    }
    await pass(7_000);
    const { cursor } = heard.view(TOPIC).get();
    if (cursor !== null) heard.painted(TOPIC, cursor, { visible: true, audio: 'running' });
    await pass(2_000);
    expect(server.heardAcks.at(-1)).toMatchObject({
      topic: TOPIC,
      cursor: 'c.1.station:grill.20',
      visible: true,
    });
    expect(server.wrongAcks).toEqual([]);
    const posts = server.http.asked.filter(({ path }) => path === '/acks');
    expect(posts.length).toBeGreaterThan(0);
    expect(posts.length).toBeLessThanOrEqual(7);
    expect(posts[0]?.query.get('screen')).toBe('kitchen');
  });

  it('[C159] uses the newest token for its next request, and asks for another when one expired', async () => {
    behind(via);
    let minted = 0;
    const heard = client({ token: () => Promise.resolve(`token-${(minted += 1)}`) });
    await arrived(heard, via);
    server.put((version) => aTicket('a', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new']);
    for (let n = 1; n <= minted; n += 1) server.badTokens.add(`token-${n}`);
    // A stream that runs is ended by its server.
    if (via === 'sse') server.closeAll(4201);
    const before = minted;
    await pass(40_000);
    expect(minted).toBeGreaterThan(before);
    server.put((version) => aTicket('b', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new', 'b new']);
    expect(heard.connection.get()).toMatchObject({ via, blocked: null });
    expect(server.http.asked.at(-1)?.token).toBe(`token-${minted}`);
  });

  it('[C160] stops for good when the screen was revoked', async () => {
    behind(via);
    let revoked = false;
    const heard = client({
      token: () => (revoked ? Promise.reject(new TokenRefused('revoked')) : Promise.resolve('good')),
    });
    await arrived(heard, via);
    revoked = true;
    server.badTokens.add('good');
    if (via === 'sse') server.closeAll(4201);
    await pass(40_000);
    expect(heard.connection.get()).toMatchObject({ word: 'blocked', blocked: { reason: 'revoked' } });
    const asked = server.http.asked.length;
    await pass(120_000);
    expect(server.http.asked.length).toBe(asked);
  });

  it('[C161] starts anew when its cursor is worth nothing', async () => {
    behind(via);
    server.put((version) => aTicket('a', version));
    server.put((version) => aTicket('b', version));
    const heard = client();
    await arrived(heard, via);
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    server.http.blocked.add('http');
    server.http.cut();
    await pass(40_000);
    server.restore();
    server.remove('ticket', 'a');
    server.http.blocked.delete('http');
    await pass(40_000);
    expect(shown(heard)).toEqual(['b new']);
    expect(changes.at(-1)).toMatchObject({ reset: 'fork', gone: [{ id: 'a' }] });
  });

  it('[C162] takes up a topic and gives one up while it runs, and shows one that is refused as a problem', async () => {
    behind(via);
    server.put((version) => aTicket('a', version));
    const heard = client();
    await arrived(heard, via);
    const leave = heard.view('kitchen').subscribe(() => undefined);
    heard.view('nowhere').subscribe(() => undefined);
    await pass(8_000);
    expect(heard.view('kitchen').get().state).toBe('live');
    expect(heard.view('nowhere').get().problem).toMatchObject({ code: 'not_found' });
    expect(heard.view(TOPIC).get().state).toBe('live');
    leave();
    await pass(40_000);
    server.http.asked.length = 0;
    server.http.cut();
    await pass(40_000);
    const topics = server.http.asked.flatMap(({ query }) => query.getAll('topic'));
    expect(topics).toContain(TOPIC);
    expect(topics).not.toContain('kitchen');
    server.put((version) => aTicket('b', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new', 'b new']);
  });

  it('[C163] notices a copy that is wrong by the hash, replaces it, and tells what was missing', async () => {
    behind(via);
    server.put((version) => aTicket('a', version));
    const heard = client();
    const repairs: Repair[] = [];
    heard.onRepaired((repair) => repairs.push(repair));
    await arrived(heard, via);
    // A change that the view was never told of: a bug of the server's.
    server.smuggle(aTicket('ghost', 1));
    server.ping();
    await pass(40_000);
    server.ping();
    await pass(1_000);
    expect(shown(heard).toSorted()).toEqual(['a new', 'ghost new']);
    expect(repairs).toEqual([
      { topic: TOPIC, at: expect.any(Number), cause: 'hash', missing: ['ticket|ghost'], extra: [] },
    ]);
    expect(heard.connection.get().repairs).toBe(1);
  });

  it('[C164] waits as long as a busy server asks, and does not leave the transport for it', async () => {
    behind(via);
    const heard = client();
    await arrived(heard, via);
    server.http.busy = 20;
    server.http.cut();
    await pass(6_000);
    const asked = server.http.asked.filter(({ path }) => path !== '/healthz').length;
    await pass(15_000);
    expect(server.http.asked.filter(({ path }) => path !== '/healthz').length - asked).toBeLessThanOrEqual(1);
    server.http.busy = 0;
    await pass(60_000);
    expect(heard.connection.get().via).toBe(via);
    expect(heard.view(TOPIC).get().state).toBe('live');
  });

  it('[C165] comes back up to a socket when there is one, before it leaves what it has', async () => {
    behind(via);
    const heard = client();
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    await arrived(heard, via);
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    pairs.reachable = true;
    for (let n = 0; n < 200 && heard.connection.get().via !== 'websocket'; n += 1) {
      if (n % 10 === 0) server.put((version) => aTicket(`t${n}`, version), 'ticket.fired');
      await pass(1_000);
      server.ping();
    }
    expect(heard.connection.get()).toMatchObject({ via: 'websocket' });
    await pass(1_000);
    expect(heard.connection.get().word).toBe('live');
    expect(words).not.toContain('offline');
    const seqs = changes.flatMap(({ events }) => events.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    expect(seqs.length).toBe(server.head());
    expect(heard.connection.get().repairs).toBe(0);
  });
});

describe('a poll', () => {
  it('[C166] says how old its answer is, and looks at once after a tap', async () => {
    behind('poll');
    server.put((version) => aTicket('a', version));
    const heard = client();
    await arrived(heard, 'poll');
    const ages: (number | null)[] = [];
    heard.connection.subscribe(() => ages.push(heard.connection.get().age));
    await pass(10_000);
    expect(heard.connection.get().word).toBe('polling');
    expect(Math.max(...ages.map((age) => age ?? -1))).toBe(4_000);
    const asked = server.http.asked.length;
    await heard.command('ticket.bump', { ticket: 'a' });
    await pass(50);
    expect(server.http.asked.length).toBe(asked + 1);
    expect(heard.view(TOPIC).get().predicted.size).toBe(0);
    expect(shown(heard)).toEqual(['a ready']);
  });

  it('[C167] asks each five seconds, a guest each ten, never all at the same moment', async () => {
    behind('poll');
    const reader = createReader({
      baseUrl: 'http://heard.test',
      location: 'brasa',
      topic: TOPIC,
      token: () => Promise.resolve('guest'),
      WebSocket: pairs.WebSocket,
      fetch: (input, init) => server.fetch(input, init),
    });
    open.push(reader);
    server.put((version) => aTicket('a', version));
    reader.view.subscribe(() => undefined);
    for (let n = 0; n < 60 && reader.connection.get().via !== 'poll'; n += 1) await pass(1_000);
    server.http.asked.length = 0;
    await pass(50_000);
    const polls = server.http.asked.filter(({ path }) => path === '/changes').length;
    expect(polls).toBeGreaterThanOrEqual(4);
    expect(polls).toBeLessThanOrEqual(6);
    expect([...reader.view.get().entities.ticket.keys()]).toEqual(['a']);
  });

  it('[C168] asks no second question in a hurry where somebody cuts the first one short', async () => {
    behind('long_poll');
    const heard = client();
    await arrived(heard, 'long_poll');
    server.http.shortcut = true;
    server.http.asked.length = 0;
    await pass(20_000);
    expect(server.http.asked.filter(({ path }) => path === '/changes').length).toBeLessThanOrEqual(21);
    expect(heard.connection.get().via).toBe('long_poll');
  });
});

describe('on any transport', () => {
  it.each(['websocket', 'sse', 'long_poll'])(
    '[C169] a nudge is answered by a fresh acknowledgement and handed on, over %s',
    async (via) => {
      if (via !== 'websocket') behind(via);
      server.put((version) => aTicket('a', version));
      const heard = client();
      const nudges: Nudge[] = [];
      heard.onNudge((nudge) => nudges.push(nudge));
      await arrived(heard, via);
      const { cursor } = heard.view(TOPIC).get();
      heard.painted(TOPIC, cursor ?? '', { visible: true, audio: 'running' });
      await pass(2_000);
      const before = server.heardAcks.length;
      expect(before).toBeGreaterThan(0);
      if (via === 'long_poll')
        server.put(
          (version) => aTicket('a', version, { delivery: { state: 'queued', rung: 1 } }),
          'ticket.unheard',
        );
      else server.sayAll({ t: 'live', topic: TOPIC, kind: 'nudge', id: 'a', data: { episode: 3 } });
      await pass(2_000);
      expect(nudges).toEqual([{ topic: TOPIC, ticket: 'a', episode: via === 'long_poll' ? null : 3 }]);
      expect(server.heardAcks.length).toBe(before + 1);
    },
  );

  it('[C199] an event stream is renewed by another stream beside it, before its token ends', async () => {
    behind('sse');
    let minted = 0;
    const heard = client({ token: () => Promise.resolve(`token-${(minted += 1)}`) });
    await arrived(heard, 'sse');
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    server.put((version) => aTicket('a', version));
    await pass(100);
    const before = server.http.asked.length;
    server.sayAll({ t: 'auth', expiresIn: 30 });
    server.put((version) => aTicket('b', version));
    await pass(500);
    const streams = server.http.asked.slice(before).filter(({ path }) => path === '/stream');
    expect(streams.map(({ token }) => token)).toEqual([`token-${minted}`]);
    expect(streams[0]?.query.getAll('after')).toEqual(['c.1.station:grill.2']);
    server.put((version) => aTicket('c', version));
    await pass(500);
    expect(shown(heard)).toEqual(['a new', 'b new', 'c new']);
    expect(server.peers()).toBe(1);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 0 });
    expect([...words].filter((word) => word !== 'live')).toEqual([]);
  });

  it('[C170] "refresh now" makes a new connection beside the old one, and asks for every topic whole', async () => {
    server.put((version) => aTicket('a', version));
    const heard = client();
    await arrived(heard, 'websocket');
    server.smuggle(aTicket('ghost', 1));
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    heard.refresh();
    await pass(200);
    expect(server.hellos.at(-1)?.subs).toEqual([{ topic: TOPIC, after: null }]);
    expect(shown(heard).toSorted()).toEqual(['a new', 'ghost new']);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 1, repairs: 0 });
    expect(words).not.toContain('offline');
    // Also while it waits for its next try.
    pairs.reachable = false;
    server.http.blocked.add('http');
    pairs.cut();
    await pass(30_000);
    pairs.reachable = true;
    server.http.blocked.clear();
    heard.refresh();
    await pass(200);
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C171] a hidden page whose timers are held back while frames come does not reconnect for it', async () => {
    const heard = client();
    await arrived(heard, 'websocket');
    const hellos = server.hellos.length;
    for (let n = 0; n < 5; n += 1) {
      // Frames come from the network; timers only once a minute.
      for (let quarter = 0; quarter < 4; quarter += 1) {
        vi.setSystemTime(Date.now() + 14_500);
        server.ping();
        await vi.advanceTimersByTimeAsync(5);
      }
      await pass(1_000);
    }
    expect(server.hellos.length).toBe(hellos);
    vi.setSystemTime(Date.now() + 60_000);
    await pass(1_100);
    expect(server.hellos.length).toBe(hellos + 1);
  });

  it('[C172] the rung that worked is where the next page begins', async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined });
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    try {
      behind('long_poll');
      const first = client();
      await arrived(first, 'long_poll');
      expect([...kept]).toEqual([['heard.rung.http://heard.test', '2']]);
      first.close();
      const second = client();
      second.view(TOPIC).subscribe(() => undefined);
      await pass(100);
      expect(second.connection.get().via).toBe('long_poll');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
