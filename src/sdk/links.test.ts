import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import type { HeardOptions } from './client.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';
import type { Heard } from './shapes.ts';

/** What happens while one connection ends and the next begins. */

let server: FakeServer;
let pairs: SocketPairs;
let heard: Heard;
let open: Heard[] = [];

function serve(): void {
  server = createFakeServer();
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

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  serve();
});

afterEach(() => {
  for (const one of open) one.close();
  open = [];
  vi.useRealTimers();
});

describe('between two connections', () => {
  it('[C125] a topic that is wanted while a connection is being made is asked for once it is ready', async () => {
    pairs.automatic = false;
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(1);
    // The hello is on its way without it.
    pairs.deliver();
    heard.view('station:bar').subscribe(() => undefined);
    pairs.settle();
    await pass(1);
    pairs.settle();
    expect(heard.view('station:bar').get().state).toBe('live');
    expect(server.hellos[0]?.subs.map(({ topic }) => topic)).toEqual(['station:grill']);
  });

  it('[C126] a token that comes too late opens nothing, and a provider that never answers is asked again', async () => {
    const waiting: ((token: string) => void)[] = [];
    let prompt = false;
    heard = client({
      token: () => (prompt ? Promise.resolve('good') : new Promise((resolve) => waiting.push(resolve))),
    });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(30_000);
    expect(waiting.length).toBeGreaterThanOrEqual(2);
    prompt = true;
    for (const answer of waiting) answer('good');
    await pass(20_000);
    for (const answer of waiting) answer('good');
    await pass(1_000);
    expect(server.hellos).toHaveLength(1);
    expect(pairs.openCount).toBe(1);
    expect(heard.connection.get().word).not.toBe('blocked');
  });

  it('[C130] a token that took longer than its attempt is used by the next one alone', async () => {
    let sockets = 0;
    const { WebSocket } = pairs;
    heard = client({
      token: () => new Promise((resolve) => setTimeout(() => resolve('good'), 9_000)),
      WebSocket: class extends WebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          sockets += 1;
        }
      },
    });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(9_100);
    expect(sockets).toBe(1);
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C127] three gaps within a minute are repaired by a snapshot', async () => {
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.put((version) => aTicket('a', version));
    await pass(50);
    for (let n = 0; n < 3; n += 1) {
      server.sayAll({
        t: 'chg',
        topic: 'station:grill',
        from: 90 + n,
        to: 99,
        cursor: 'x',
        at: new Date().toISOString(),
        events: [],
        put: [],
        gone: [],
      });
      await pass(2_000);
    }
    expect(heard.connection.get()).toMatchObject({ word: 'live', repairs: 1 });
    expect(heard.view('station:grill').get().pos).toBe(1);
  });

  it('[C128] the token goes to no other server, whatever a frame says', async () => {
    const asked: string[] = [];
    heard = client({
      fetch: (input, init) => {
        asked.push(typeof input === 'string' ? input : 'url' in input ? input.url : input.href);
        return server.fetch(input, init);
      },
    });
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.sayAll({
      t: 'snap',
      topic: 'station:grill',
      pos: 5,
      cursor: 'x',
      hash: 0,
      entities: [],
      part: 0,
      last: true,
      reset: true,
      href: 'https://elsewhere.test/snapshot',
    });
    await pass(1_000);
    expect(asked).toEqual([]);
  });

  it('[C129] acknowledges only what the connection in use has told', async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    heard.painted('station:grill', 'c.1.station:grill.7', { visible: true, audio: 'running' });
    heard.painted('pos', 'c.1.pos.1', { visible: true, audio: 'running' });
    await pass(1_000);
    expect(server.heardAcks).toEqual([]);
    // Painted from the old connection, while the new one has not said a word of it.
    pairs.automatic = false;
    server.put((version) => aTicket('b', version));
    pairs.settle();
    pairs.cut();
    heard.painted('station:grill', 'c.1.station:grill.2', { visible: true, audio: 'running' });
    pairs.automatic = true;
    await pass(2_000);
    expect(server.heardAcks.map(({ cursor }) => cursor)).toEqual(['c.1.station:grill.2']);
    expect(server.wrongAcks).toEqual([]);
  });

  it('[C131] an acknowledgement waits until a node that lags behind has told as much', async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(300);
    heard.painted('station:grill', 'c.1.station:grill.1', { visible: true, audio: 'running' });
    await pass(1);
    server.eager = false;
    server.lagging = true;
    pairs.automatic = false;
    server.bye(4200);
    pairs.deliver();
    await pass(1);
    // The new connection opens and says hello from where this screen is; then the old one tells more.
    pairs.deliver();
    pairs.deliver();
    server.put((version) => aTicket('b', version));
    server.flush(1, 1);
    pairs.deliver();
    expect(heard.view('station:grill').get().pos).toBe(2);
    heard.painted('station:grill', 'c.1.station:grill.2', { visible: true, audio: 'running' });
    pairs.settle();
    expect(server.peers()).toBe(1);
    await pass(400);
    pairs.settle();
    const said = () => server.heardAcks.map(({ cursor }) => cursor);
    expect(said()).toEqual(['c.1.station:grill.1']);
    server.flush();
    pairs.settle();
    expect(said()).toEqual(['c.1.station:grill.1', 'c.1.station:grill.2']);
    expect(server.wrongAcks).toEqual([]);
  });
});
