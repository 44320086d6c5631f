import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard, TokenRefused } from './client.ts';
import type { HeardOptions, ViewStorage } from './client.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';
import type { Heard } from './shapes.ts';

/** What a screen still knows after a reload without a server. */

const TOPIC = 'station:grill';

let server: FakeServer;
let pairs: SocketPairs;
let kept: Map<string, unknown>;
let open: Heard[];

function page(options: Partial<HeardOptions> = {}): Heard {
  const heard = createHeard({
    baseUrl: 'http://heard.test',
    location: 'brasa',
    token: () => Promise.resolve('good'),
    client: { id: 'screen-1', screen: 'kitchen' },
    WebSocket: pairs.WebSocket,
    fetch: (input, init) => server.fetch(input, init),
    random: () => 0.5,
    views: memoryViews(),
    ...options,
  });
  heard.view(TOPIC).subscribe(() => undefined);
  open.push(heard);
  return heard;
}

/** As IndexedDB does it: what is read is a copy of what was written. */
function memoryViews(): ViewStorage {
  return {
    read: (topic) => Promise.resolve(structuredClone(kept.get(topic))),
    write: (topic, value) => Promise.resolve(void kept.set(topic, structuredClone(value))),
    clear: () => Promise.resolve(kept.clear()),
    close: () => undefined,
  };
}

const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);
const shown = (heard: Heard) => [...heard.view(TOPIC).get().entities.ticket.keys()];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  kept = new Map();
  open = [];
  server = createFakeServer();
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
});

afterEach(() => {
  for (const heard of open) heard.close();
  vi.useRealTimers();
});

/** A page that was live with tickets a and b, and is gone. */
async function before(): Promise<void> {
  server.put((version) => aTicket('a', version));
  server.put((version) => aTicket('b', version));
  const heard = page();
  await pass(100);
  expect(heard.view(TOPIC).get().state).toBe('live');
  await pass(3000);
  heard.close();
}

describe('the last known view', () => {
  it('[E1] a page that is reloaded without a server shows what was last proved, as such', async () => {
    await before();
    const provenBy = Date.now();
    pairs.reachable = false;
    server.http.blocked.add('http');
    await pass(60_000);
    const heard = page();
    await pass(8000);
    const view = heard.view(TOPIC).get();
    expect(shown(heard)).toEqual(['a', 'b']);
    expect(view.state).toBe('stale');
    expect(view.freshness).toBeLessThanOrEqual(provenBy);
    expect(view.freshness).toBeGreaterThan(provenBy - 10_000);
    expect(view.cursor, 'nothing that could be acknowledged as painted').toBeNull();
    expect(heard.connection.get().word).toBe('offline');
  });

  it("[E2] the server's first word replaces it whole, also what is no longer there", async () => {
    await before();
    server.remove('ticket', 'a');
    server.put((version) => aTicket('c', version));
    const heard = page();
    await pass(100);
    expect(heard.view(TOPIC).get().state).toBe('live');
    expect(shown(heard)).toEqual(['b', 'c']);
  });

  it('[E3] what is older than half a day, or of another version of the rules, is not shown', async () => {
    await before();
    pairs.reachable = false;
    server.http.blocked.add('http');
    const old = kept.get(TOPIC);
    kept.set(TOPIC, { ...(old as object), rules: 'others' });
    expect(shown(await offline())).toEqual([]);
    kept.set(TOPIC, old);
    expect(shown(await offline())).toEqual(['a', 'b']);
    await pass(12 * 3_600_000);
    expect(shown(await offline())).toEqual([]);
  });

  it('[E4] a screen that was revoked forgets it, and writes nothing after', async () => {
    await before();
    expect(kept.size).toBe(1);
    const heard = page({ token: () => Promise.reject(new TokenRefused('revoked')) });
    await pass(5000);
    expect(heard.connection.get().blocked?.reason).toBe('revoked');
    expect(kept.size).toBe(0);
    heard.close();
    expect(kept.size).toBe(0);
  });

  async function offline(): Promise<Heard> {
    const heard = page();
    await pass(100);
    heard.close();
    return heard;
  }
});
