import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import type { HeardOptions } from './client.ts';
import type { Change, Heard } from './shapes.ts';
import { createSharing } from './sharing.ts';
import { createBrowser } from './testing/browser.ts';
import type { Page } from './testing/browser.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';

/** Several pages of one browser, one connection: against a server in memory, with time and the browser in hand. */

let server: FakeServer;
let pairs: SocketPairs;
let browser: ReturnType<typeof createBrowser>;
let open: Heard[] = [];
let pinger: ReturnType<typeof setInterval>;

const TOPIC = 'station:grill';
const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);

function tokenOf(claims: object): string {
  return `h.${btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 900, ...claims }))}.s`;
}
const MAYA = { sub: 'staff:maya', org: 'brasa-group', loc: 'brasa', role: 'kitchen' };

type Tab = { heard: Heard; page: Page; changes: Change[] };

function tab(options: Partial<HeardOptions> = {}, claims: object = MAYA, topics = [TOPIC]): Tab {
  const page = browser.openPage();
  const heard = createHeard({
    baseUrl: 'http://heard.test',
    location: 'brasa',
    token: () => Promise.resolve(tokenOf(claims)),
    client: { id: `tab-${open.length}`, screen: 'grill' },
    WebSocket: pairs.WebSocket,
    fetch: (input, init) => server.fetch(input, init),
    random: () => 0.5,
    share: (line) =>
      createSharing({
        ...line,
        isVisible: () => page.visible,
        locks: page.locks,
        channel: page.channel(line.name),
      }),
    ...options,
  });
  open.push(heard);
  const changes: Change[] = [];
  for (const topic of topics) {
    heard.onChange(topic, (change) => changes.push(change));
    heard.view(topic).subscribe(() => undefined);
  }
  return { heard, page, changes };
}

const shown = ({ heard }: Tab, topic = TOPIC) => [...heard.view(topic).get().entities.ticket.keys()];
const seqs = ({ changes }: Tab) => changes.flatMap(({ events }) => events.map(({ seq }) => seq));
const lines = () => server.peers();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  server = createFakeServer();
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
  browser = createBrowser();
  pinger = setInterval(() => server.ping(), 15_000);
});

afterEach(() => {
  clearInterval(pinger);
  for (const one of open) one.close();
  open = [];
  vi.useRealTimers();
});

describe('pages of one browser', () => {
  it('[C178] have one connection, and each shows its own topics as if it had one for itself', async () => {
    server.put((version) => aTicket('a', version));
    server.put((version) => aTicket('b', version, { station: 'bar' }));
    const first = tab();
    await pass(200);
    const second = tab({}, MAYA, [TOPIC, 'station:bar']);
    const third = tab({}, MAYA, ['kitchen']);
    await pass(500);
    expect(lines()).toBe(1);
    expect(server.hellos).toHaveLength(1);
    expect([first, second, third].map(({ heard }) => heard.connection.get())).toMatchObject([
      { word: 'live', via: 'websocket' },
      { word: 'live', via: 'tab', rules: 'same', clockKnown: true },
      { word: 'live', via: 'tab' },
    ]);
    server.put((version) => aTicket('c', version), 'ticket.fired');
    server.put((version) => aTicket('d', version, { station: 'bar' }), 'ticket.fired');
    await pass(100);
    expect(shown(first)).toEqual(['a', 'c']);
    expect(shown(second)).toEqual(['a', 'c']);
    expect(shown(second, 'station:bar')).toEqual(['b', 'd']);
    expect(shown(third, 'kitchen')).toEqual(['a', 'b', 'c', 'd']);
    expect(seqs(first)).toEqual([3]);
    expect(seqs(second).toSorted((a, b) => a - b)).toEqual([3, 4]);
    expect(seqs(third)).toEqual([3, 4]);
    // Also when it is quiet for long.
    await pass(120_000);
    expect(lines()).toBe(1);
    expect(third.heard.connection.get()).toMatchObject({
      word: 'live',
      via: 'tab',
      reconnects: 0,
      repairs: 0,
    });
  });

  it('[C179] that open while much happens miss nothing and ring for everything once', async () => {
    const first = tab();
    await pass(200);
    const tabs = [first];
    for (let n = 0; n < 12; n += 1) {
      server.put((version) => aTicket(`t${n}`, version), 'ticket.fired');
      if (n % 4 === 1) tabs.push(tab());
      await pass(20);
      server.put((version) => aTicket(`t${n}`, version, { status: 'cooking' }), 'ticket.started');
      await pass(n % 3);
    }
    await pass(2_000);
    expect(lines()).toBe(1);
    expect(seqs(first)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
    expect(first.changes.every(({ late, reset }) => !late && reset === null)).toBe(true);
    for (const one of tabs) {
      expect(shown(one)).toHaveLength(12);
      const own = seqs(one);
      expect(own).toEqual([...new Set(own)].toSorted((a, b) => a - b));
      expect(one.heard.connection.get().repairs).toBe(0);
    }
  });

  it('[C180] are heard each for what it painted, and a page in front is not undone by one behind', async () => {
    server.put((version) => aTicket('a', version));
    const leader = tab();
    await pass(200);
    const follower = tab();
    await pass(300);
    leader.page.visible = false;
    const paint = ({ heard }: Tab, visible: boolean) =>
      heard.painted(TOPIC, heard.view(TOPIC).get().cursor ?? '', { visible, audio: 'running' });
    paint(follower, true);
    await pass(400);
    paint(leader, false);
    await pass(400);
    expect(server.heardAcks.map(({ cursor, visible }) => [cursor, visible])).toEqual([
      ['c.1.station:grill.1', true],
    ]);
    for (let n = 0; n < 6; n += 1) {
      server.put((version) => aTicket(`t${n}`, version));
      await pass(300);
      // Asking again moves the server's position back: nobody may acknowledge beyond it meanwhile.
      if (n % 2 === 0) tab();
      paint(leader, true);
      paint(follower, true);
      await pass(100);
    }
    await pass(2_000);
    expect(server.wrongAcks).toEqual([]);
    expect(server.heardAcks.at(-1)).toMatchObject({ cursor: 'c.1.station:grill.7', visible: true });
  });

  it('[C181] go on over the next page at once when the leading one closes, without a gap', async () => {
    const first = tab();
    await pass(200);
    const second = tab();
    const third = tab();
    await pass(300);
    server.put((version) => aTicket('a', version), 'ticket.fired');
    await pass(50);
    first.heard.close();
    server.put((version) => aTicket('b', version), 'ticket.fired');
    await pass(3_000);
    expect(lines()).toBe(1);
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
    expect(third.heard.connection.get()).toMatchObject({ word: 'live', via: 'tab' });
    expect([seqs(second), seqs(third)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    // And when it crashes, without a word.
    second.page.crash();
    pairs.cut();
    server.put((version) => aTicket('c', version), 'ticket.fired');
    await pass(8_000);
    expect(third.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
    expect(seqs(third)).toEqual([1, 2, 3]);
  });

  it('[C182] take the lead from one that is frozen within six seconds, and it follows when it wakes', async () => {
    const first = tab();
    await pass(200);
    const second = tab();
    await pass(300);
    first.page.frozen = true;
    server.put((version) => aTicket('a', version), 'ticket.fired');
    await pass(6_000);
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
    expect(seqs(second)).toEqual([1]);
    first.page.frozen = false;
    await pass(3_000);
    expect(first.heard.connection.get()).toMatchObject({ word: 'live', via: 'tab' });
    expect(lines()).toBe(1);
    server.put((version) => aTicket('b', version), 'ticket.fired');
    await pass(100);
    expect([seqs(first), seqs(second)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('[C183] opened while the leading one is frozen do not wait for it', async () => {
    const first = tab();
    await pass(200);
    first.page.frozen = true;
    const second = tab();
    await pass(8_000);
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
  });

  it('[C184] are led by one in front when the leading one is hidden and has lost its line', async () => {
    const first = tab();
    await pass(200);
    const second = tab();
    await pass(300);
    first.page.visible = false;
    pairs.reachable = false;
    server.http.blocked.add('http');
    pairs.cut();
    await pass(25_000);
    expect(second.heard.connection.get().word).toBe('offline');
    pairs.reachable = true;
    server.http.blocked.clear();
    await pass(12_000);
    expect(second.heard.connection.get().word).toBe('live');
    expect(lines()).toBe(1);
  });

  it('[C185] never share between two people, and go over nobody with a token that does not say whose it is', async () => {
    const maya = tab();
    await pass(200);
    const luis = tab({}, { ...MAYA, sub: 'staff:luis' });
    const host = tab({}, { ...MAYA, role: 'host' }, ['kitchen']);
    const other = tab({}, { ...MAYA, dev: 'tablet-7' });
    const blind = tab({ token: () => Promise.resolve('opaque') });
    const elsewhere = tab({ location: 'esquina' });
    await pass(3_000);
    expect(lines()).toBe(6);
    for (const { heard } of [maya, luis, host, other, blind, elsewhere])
      expect(heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
    expect(new Set(server.hellos.map(({ client }) => client.id)).size).toBe(6);
  });

  it('[C186] part when somebody else signs in on the leading one', async () => {
    let who: object = MAYA;
    const first = tab({ token: () => Promise.resolve(tokenOf(who)) });
    await pass(200);
    const second = tab();
    await pass(300);
    expect(lines()).toBe(1);
    who = { ...MAYA, sub: 'staff:luis' };
    await first.heard.renew();
    await pass(3_000);
    expect(lines()).toBe(2);
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
    server.put((version) => aTicket('a', version));
    await pass(100);
    expect([shown(first), shown(second)]).toEqual([['a'], ['a']]);
  });

  it('[C187] say how frames come to the one that leads', async () => {
    pairs.reachable = false;
    server.http.blocked.add('sse_buffered');
    const first = tab();
    await pass(20_000);
    expect(first.heard.connection.get()).toMatchObject({ word: 'polling', via: 'long_poll' });
    const second = tab();
    await pass(12_000);
    expect(second.heard.connection.get()).toMatchObject({ word: 'polling', via: 'tab' });
    server.put((version) => aTicket('a', version), 'ticket.fired');
    await pass(100);
    expect(seqs(second)).toEqual([1]);
    pairs.reachable = true;
    await pass(130_000);
    expect([first, second].map(({ heard }) => heard.connection.get())).toMatchObject([
      { word: 'live', via: 'websocket' },
      { word: 'live', via: 'tab' },
    ]);
  });

  it('[C188] go with the connection through a drain, and are told when it is away', async () => {
    const first = tab();
    await pass(200);
    const second = tab({}, MAYA, [TOPIC, 'kitchen']);
    await pass(300);
    server.bye(4200);
    await pass(500);
    server.put((version) => aTicket('a', version), 'ticket.fired');
    await pass(500);
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'tab', reconnects: 0 });
    expect(shown(second, 'kitchen')).toEqual(['a']);
    pairs.reachable = false;
    server.http.blocked.add('http');
    pairs.cut();
    await pass(1_000);
    expect(second.heard.connection.get().word).not.toBe('live');
    await pass(25_000);
    expect([first, second].map(({ heard }) => heard.connection.get().word)).toEqual(['offline', 'offline']);
    pairs.reachable = true;
    server.http.blocked.clear();
    server.put((version) => aTicket('b', version), 'ticket.fired');
    await pass(10_000);
    expect([seqs(first), seqs(second).filter((seq, n, all) => all.indexOf(seq) === n)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(lines()).toBe(1);
  });

  it('[C189] without locks have a connection each', async () => {
    const first = tab({ share: false });
    const second = tab({ share: false });
    await pass(300);
    expect(lines()).toBe(2);
    expect([first, second].map(({ heard }) => heard.connection.get().via)).toEqual([
      'websocket',
      'websocket',
    ]);
  });

  it('[C190] whose leading one may look at nothing any more do not depend on it', async () => {
    let good = true;
    const first = tab({ token: () => (good ? Promise.resolve(tokenOf(MAYA)) : Promise.resolve('')) });
    await pass(200);
    const second = tab();
    await pass(300);
    good = false;
    server.closeAll(4010);
    await pass(15_000);
    expect(first.heard.connection.get().word).toBe('blocked');
    expect(second.heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
  });
});
