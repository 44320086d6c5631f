import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createSocketPairs } from '../../testkit/socketPair.ts';
import type { SocketPairs } from '../../testkit/socketPair.ts';
import { createHeard } from '../client.ts';
import type { HeardOptions } from '../client.ts';
import type { Heard } from '../shapes.ts';
import type { Blocked } from './fakeHttp.ts';
import { createFakeServer } from './fakeServer.ts';
import type { FakeServer } from './fakeServer.ts';

export const TOPIC = 'station:grill';

/** What is in the way of everything better. */
const BEHIND: { readonly [via: string]: readonly Blocked[] } = {
  sse: [],
  long_poll: ['sse_buffered'],
  poll: ['sse', 'held_changes'],
};

export const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);

export const shown = (heard: Pick<Heard, 'view'>, topic = TOPIC) =>
  [...heard.view(topic).get().entities.ticket.values()].map(({ id, status }) => `${id} ${status}`);

/** A server in memory whose doors can be shut one by one, with time under the test's hand; one for each test. */
export class Rungs {
  server: FakeServer = createFakeServer();
  pairs: SocketPairs = createSocketPairs(() => undefined);
  readonly open: { close(): void }[] = [];
  #pinger: ReturnType<typeof setInterval> | undefined;

  begin(): void {
    vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
    const server = createFakeServer();
    this.server = server;
    this.pairs = createSocketPairs((end) => {
      const session = server.accept(end);
      end.onText = session.text;
      end.onGone = session.gone;
    });
    this.pairs.automatic = true;
    this.#pinger = setInterval(() => server.ping(), 15_000);
  }

  end(): void {
    clearInterval(this.#pinger);
    for (const one of this.open.splice(0)) one.close();
    vi.useRealTimers();
  }

  client(options: Partial<HeardOptions> = {}): Heard {
    const made = createHeard({
      baseUrl: 'http://heard.test',
      location: 'brasa',
      token: () => Promise.resolve('good'),
      client: { id: 'screen-1', screen: 'kitchen' },
      WebSocket: this.pairs.WebSocket,
      fetch: (input, init) => this.server.fetch(input, init),
      random: () => 0.5,
      ...options,
    });
    this.open.push(made);
    return made;
  }

  /** Without sockets, and with what else is in the way. */
  behind(via: string): void {
    this.pairs.reachable = false;
    for (const what of BEHIND[via] ?? []) this.server.http.blocked.add(what);
  }

  async arrived(heard: Heard, via: string): Promise<void> {
    heard.view(TOPIC).subscribe(() => undefined);
    for (let n = 0; n < 60 && heard.connection.get().via !== via; n += 1) await pass(1_000);
    // A first answer proves a long poll; only the second shows that open questions are cut.
    if (via === 'poll') await pass(3_000);
    expect(heard.connection.get().via).toBe(via);
  }
}

export function useRungs(): Rungs {
  const at = new Rungs();
  beforeEach(() => at.begin());
  afterEach(() => at.end());
  return at;
}
