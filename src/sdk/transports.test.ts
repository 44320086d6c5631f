import { describe, expect, it } from 'vitest';
import { TokenRefused } from './client.ts';
import { createReader } from './reader.ts';
import type { Change, Repair } from './shapes.ts';
import { aTicket } from './testing/fakeServer.ts';
import { pass, shown, TOPIC, useRungs } from './testing/rungs.ts';

/** The whole client on each rung of the ladder, against a server in memory whose doors can be shut one by one. */

const at = useRungs();

describe.each(['sse', 'long_poll', 'poll'])('a screen over %s', (via) => {
  it('[C157] shows what there is and what changes, without gap or repeat, and says how it comes', async () => {
    at.behind(via);
    at.server.put((version) => aTicket('a', version));
    const heard = at.client();
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    await at.arrived(heard, via);
    expect(shown(heard)).toEqual(['a new']);
    const word = via === 'sse' ? 'live' : 'polling';
    expect(heard.connection.get()).toMatchObject({ word, rules: 'same', clockKnown: true, repairs: 0 });
    for (let n = 0; n < 7; n += 1) {
      at.server.put((version) => aTicket(`b${n}`, version), 'ticket.fired');
      if (n % 3 === 0) await pass(400);
    }
    at.server.put((version) => aTicket('x', version, { station: 'bar' }));
    at.server.put((version) => aTicket('a', version, { status: 'cooking' }), 'ticket.started');
    await pass(6_000);
    expect(shown(heard)).toEqual(['a cooking', ...Array.from({ length: 7 }, (_, n) => `b${n} new`)]);
    expect(changes.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([2, 3, 4, 5, 6, 7, 8, 10]);
    expect(heard.connection.get()).toMatchObject({ word, repairs: 0 });
  });

  it('[C158] what it painted is heard, at most once a second, by the newest cursor', async () => {
    at.behind(via);
    const heard = at.client();
    await at.arrived(heard, via);
    for (let n = 0; n < 20; n += 1) {
      at.server.put((version) => aTicket(`t${n}`, version));
      await pass(100);
      const { cursor } = heard.view(TOPIC).get();
      if (cursor !== null) heard.painted(TOPIC, cursor, { visible: true, audio: 'running' });
    }
    await pass(7_000);
    const { cursor } = heard.view(TOPIC).get();
    if (cursor !== null) heard.painted(TOPIC, cursor, { visible: true, audio: 'running' });
    await pass(2_000);
    expect(at.server.heardAcks.at(-1)).toMatchObject({
      topic: TOPIC,
      cursor: 'c.1.station:grill.20',
      visible: true,
    });
    expect(at.server.wrongAcks).toEqual([]);
    const posts = at.server.http.asked.filter(({ path }) => path === '/acks');
    expect(posts.length).toBeGreaterThan(0);
    expect(posts.length).toBeLessThanOrEqual(7);
    expect(posts[0]?.query.get('screen')).toBe('kitchen');
  });

  it('[C159] uses the newest token for its next request, and asks for another when one expired', async () => {
    at.behind(via);
    let minted = 0;
    const heard = at.client({ token: () => Promise.resolve(`token-${(minted += 1)}`) });
    await at.arrived(heard, via);
    at.server.put((version) => aTicket('a', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new']);
    for (let n = 1; n <= minted; n += 1) at.server.badTokens.add(`token-${n}`);
    // A stream that runs is ended by its at.server.
    if (via === 'sse') at.server.closeAll(4201);
    const before = minted;
    await pass(40_000);
    expect(minted).toBeGreaterThan(before);
    at.server.put((version) => aTicket('b', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new', 'b new']);
    expect(heard.connection.get()).toMatchObject({ via, blocked: null });
    expect(at.server.http.asked.at(-1)?.token).toBe(`token-${minted}`);
  });

  it('[C160] stops for good when the screen was revoked', async () => {
    at.behind(via);
    let revoked = false;
    const heard = at.client({
      token: () => (revoked ? Promise.reject(new TokenRefused('revoked')) : Promise.resolve('good')),
    });
    await at.arrived(heard, via);
    revoked = true;
    at.server.badTokens.add('good');
    if (via === 'sse') at.server.closeAll(4201);
    await pass(40_000);
    expect(heard.connection.get()).toMatchObject({ word: 'blocked', blocked: { reason: 'revoked' } });
    const asked = at.server.http.asked.length;
    await pass(120_000);
    expect(at.server.http.asked.length).toBe(asked);
  });

  it('[C161] starts anew when its cursor is worth nothing', async () => {
    at.behind(via);
    at.server.put((version) => aTicket('a', version));
    at.server.put((version) => aTicket('b', version));
    const heard = at.client();
    await at.arrived(heard, via);
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    at.server.http.blocked.add('http');
    at.server.http.cut();
    await pass(40_000);
    at.server.restore();
    at.server.remove('ticket', 'a');
    at.server.http.blocked.delete('http');
    await pass(40_000);
    expect(shown(heard)).toEqual(['b new']);
    expect(changes.at(-1)).toMatchObject({ reset: 'fork', gone: [{ id: 'a' }] });
  });

  it('[C162] takes up a topic and gives one up while it runs, and shows one that is refused as a problem', async () => {
    at.behind(via);
    at.server.put((version) => aTicket('a', version));
    const heard = at.client();
    await at.arrived(heard, via);
    const leave = heard.view('kitchen').subscribe(() => undefined);
    heard.view('nowhere').subscribe(() => undefined);
    await pass(8_000);
    expect(heard.view('kitchen').get().state).toBe('live');
    expect(heard.view('nowhere').get().problem).toMatchObject({ code: 'not_found' });
    expect(heard.view(TOPIC).get().state).toBe('live');
    leave();
    await pass(40_000);
    at.server.http.asked.length = 0;
    at.server.http.cut();
    await pass(40_000);
    const topics = at.server.http.asked.flatMap(({ query }) => query.getAll('topic'));
    expect(topics).toContain(TOPIC);
    expect(topics).not.toContain('kitchen');
    at.server.put((version) => aTicket('b', version));
    await pass(6_000);
    expect(shown(heard)).toEqual(['a new', 'b new']);
  });

  it('[C163] notices a copy that is wrong by the hash, replaces it, and tells what was missing', async () => {
    at.behind(via);
    at.server.put((version) => aTicket('a', version));
    const heard = at.client();
    const repairs: Repair[] = [];
    heard.onRepaired((repair) => repairs.push(repair));
    await at.arrived(heard, via);
    // A change that the view was never told of: a bug of the server's.
    at.server.smuggle(aTicket('ghost', 1));
    at.server.ping();
    await pass(40_000);
    at.server.ping();
    await pass(1_000);
    expect(shown(heard).toSorted()).toEqual(['a new', 'ghost new']);
    expect(repairs).toEqual([
      { topic: TOPIC, at: expect.any(Number), cause: 'hash', missing: ['ticket|ghost'], extra: [] },
    ]);
    expect(heard.connection.get().repairs).toBe(1);
  });

  it('[C164] waits as long as a busy server asks, and does not leave the transport for it', async () => {
    at.behind(via);
    const heard = at.client();
    await at.arrived(heard, via);
    at.server.http.busy = 20;
    at.server.http.cut();
    await pass(6_000);
    const asked = at.server.http.asked.filter(({ path }) => path !== '/healthz').length;
    await pass(15_000);
    expect(at.server.http.asked.filter(({ path }) => path !== '/healthz').length - asked).toBeLessThanOrEqual(
      1,
    );
    at.server.http.busy = 0;
    await pass(60_000);
    expect(heard.connection.get().via).toBe(via);
    expect(heard.view(TOPIC).get().state).toBe('live');
  });

  it('[C165] comes back up to a socket when there is one, before it leaves what it has', async () => {
    at.behind(via);
    const heard = at.client();
    const changes: Change[] = [];
    heard.onChange(TOPIC, (change) => changes.push(change));
    await at.arrived(heard, via);
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    at.pairs.reachable = true;
    for (let n = 0; n < 200 && heard.connection.get().via !== 'websocket'; n += 1) {
      if (n % 10 === 0) at.server.put((version) => aTicket(`t${n}`, version), 'ticket.fired');
      await pass(1_000);
      at.server.ping();
    }
    expect(heard.connection.get()).toMatchObject({ via: 'websocket' });
    await pass(1_000);
    expect(heard.connection.get().word).toBe('live');
    expect(words).not.toContain('offline');
    const seqs = changes.flatMap(({ events }) => events.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    expect(seqs.length).toBe(at.server.head());
    expect(heard.connection.get().repairs).toBe(0);
  });
});

describe.each(['long_poll', 'poll'])('a screen that asks over %s', (via) => {
  it('[C254] is not set back by a whole copy from a node that lags behind', async () => {
    at.behind(via);
    at.server.put((version) => aTicket('a', version));
    const place = 'http://heard.test/v1/locations/brasa';
    const late = await (await at.server.fetch(`${place}/snapshot?topic=${TOPIC}`)).text();
    const lagging: string[] = [];
    let isVoid = false;
    const heard = at.client({
      async fetch(input, init) {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        const isLate = lagging.length > 0 && pathname.endsWith('/snapshot');
        if (isVoid && pathname.endsWith('/changes')) {
          isVoid = false;
          return Response.json({ reset: true, reason: 'other_view' });
        }
        return isLate ? new Response(lagging.pop()) : at.server.fetch(input, init);
      },
    });
    await at.arrived(heard, via);
    at.server.put((version) => aTicket('a', version, { status: 'cooking' }));
    await pass(12_000);
    const seen: string[] = [];
    heard.view(TOPIC).subscribe(() => seen.push(...shown(heard)));
    lagging.push(late);
    isVoid = true;
    at.server.put((version) => aTicket('b', version));
    await pass(20_000);
    expect([isVoid, lagging]).toEqual([false, []]);
    expect(shown(heard)).toEqual(['a cooking', 'b new']);
    expect(seen).not.toContain('a new');
  });
});

describe('a poll', () => {
  it('[C166] says how old its answer is, and looks at once after a tap', async () => {
    at.behind('poll');
    at.server.put((version) => aTicket('a', version));
    const heard = at.client();
    await at.arrived(heard, 'poll');
    const ages: (number | null)[] = [];
    heard.connection.subscribe(() => ages.push(heard.connection.get().age));
    await pass(10_000);
    expect(heard.connection.get().word).toBe('polling');
    expect(Math.max(...ages.map((age) => age ?? -1))).toBe(4_000);
    const asked = at.server.http.asked.length;
    await heard.command('ticket.bump', { ticket: 'a' });
    await pass(50);
    expect(at.server.http.asked.length).toBe(asked + 1);
    expect(heard.view(TOPIC).get().predicted.size).toBe(0);
    expect(shown(heard)).toEqual(['a ready']);
  });

  it('[C167] asks each five seconds, a guest each ten, never all at the same moment', async () => {
    at.behind('poll');
    const reader = createReader({
      baseUrl: 'http://heard.test',
      location: 'brasa',
      topic: TOPIC,
      token: () => Promise.resolve('guest'),
      WebSocket: at.pairs.WebSocket,
      fetch: (input, init) => at.server.fetch(input, init),
    });
    at.open.push(reader);
    at.server.put((version) => aTicket('a', version));
    reader.view.subscribe(() => undefined);
    for (let n = 0; n < 60 && reader.connection.get().via !== 'poll'; n += 1) await pass(1_000);
    at.server.http.asked.length = 0;
    await pass(50_000);
    const polls = at.server.http.asked.filter(({ path }) => path === '/changes').length;
    expect(polls).toBeGreaterThanOrEqual(4);
    expect(polls).toBeLessThanOrEqual(6);
    expect([...reader.view.get().entities.ticket.keys()]).toEqual(['a']);
  });

  it('[C168] asks no second question in a hurry where somebody cuts the first one short', async () => {
    at.behind('long_poll');
    const heard = at.client();
    await at.arrived(heard, 'long_poll');
    at.server.http.shortcut = true;
    at.server.http.asked.length = 0;
    await pass(20_000);
    expect(at.server.http.asked.filter(({ path }) => path === '/changes').length).toBeLessThanOrEqual(21);
    expect(heard.connection.get().via).toBe('long_poll');
  });
});
