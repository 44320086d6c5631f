import { describe, expect, it, vi } from 'vitest';
import type { Nudge } from './shapes.ts';
import { aTicket } from './testing/fakeServer.ts';
import { pass, shown, TOPIC, useRungs } from './testing/rungs.ts';

/** What holds whatever carries the frames: nudges, renewal, "refresh now", sleep, and where the next page begins. */

const at = useRungs();

describe('on any transport', () => {
  it.each(['websocket', 'sse', 'long_poll'])(
    '[C169] a nudge is answered by a fresh acknowledgement and handed on, over %s',
    async (via) => {
      if (via !== 'websocket') at.behind(via);
      at.server.put((version) => aTicket('a', version));
      const heard = at.client();
      const nudges: Nudge[] = [];
      heard.onNudge((nudge) => nudges.push(nudge));
      await at.arrived(heard, via);
      const { cursor } = heard.view(TOPIC).get();
      heard.painted(TOPIC, cursor ?? '', { visible: true, audio: 'running' });
      await pass(2_000);
      const before = at.server.heardAcks.length;
      expect(before).toBeGreaterThan(0);
      if (via === 'long_poll')
        at.server.put(
          (version) => aTicket('a', version, { delivery: { state: 'queued', rung: 1 } }),
          'ticket.unheard',
        );
      else at.server.sayAll({ t: 'live', topic: TOPIC, kind: 'nudge', id: 'a', data: { episode: 3 } });
      await pass(2_000);
      expect(nudges).toEqual([{ topic: TOPIC, ticket: 'a', episode: via === 'long_poll' ? null : 3 }]);
      expect(at.server.heardAcks.length).toBe(before + 1);
    },
  );

  it('[C199] an event stream is renewed by another stream beside it, before its token ends', async () => {
    at.behind('sse');
    let minted = 0;
    const heard = at.client({ token: () => Promise.resolve(`token-${(minted += 1)}`) });
    await at.arrived(heard, 'sse');
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    at.server.put((version) => aTicket('a', version));
    await pass(100);
    const before = at.server.http.asked.length;
    at.server.sayAll({ t: 'auth', expiresIn: 30 });
    at.server.put((version) => aTicket('b', version));
    await pass(500);
    const streams = at.server.http.asked.slice(before).filter(({ path }) => path === '/stream');
    expect(streams.map(({ token }) => token)).toEqual([`token-${minted}`]);
    expect(streams[0]?.query.getAll('after')).toEqual(['c.1.station:grill.2']);
    at.server.put((version) => aTicket('c', version));
    await pass(500);
    expect(shown(heard)).toEqual(['a new', 'b new', 'c new']);
    expect(at.server.peers()).toBe(1);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 0 });
    expect([...words].filter((word) => word !== 'live')).toEqual([]);
  });

  it('[C170] "refresh now" makes a new connection beside the old one, and asks for every topic whole', async () => {
    at.server.put((version) => aTicket('a', version));
    const heard = at.client();
    await at.arrived(heard, 'websocket');
    at.server.smuggle(aTicket('ghost', 1));
    const words = new Set<string>();
    heard.connection.subscribe(() => words.add(heard.connection.get().word));
    heard.refresh();
    await pass(200);
    expect(at.server.hellos.at(-1)?.subs).toEqual([{ topic: TOPIC, after: null }]);
    expect(shown(heard).toSorted()).toEqual(['a new', 'ghost new']);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 1, repairs: 0 });
    expect(words).not.toContain('offline');
    // Also while it waits for its next try.
    at.pairs.reachable = false;
    at.server.http.blocked.add('http');
    at.pairs.cut();
    await pass(30_000);
    at.pairs.reachable = true;
    at.server.http.blocked.clear();
    heard.refresh();
    await pass(200);
    expect(heard.connection.get().word).toBe('live');
  });

  it('[C240] a server that is slow to answer is busy: its sockets are not left for what costs it more', async () => {
    at.server.put((version) => aTicket('a', version));
    const heard = at.client({
      fetch: async (input, init) => {
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        init?.signal?.throwIfAborted();
        return at.server.fetch(input, init);
      },
    });
    at.pairs.reachable = false;
    heard.view(TOPIC).subscribe(() => undefined);
    await pass(120_000);
    expect(at.server.http.asked.filter(({ path }) => path !== '/healthz')).toEqual([]);
    at.pairs.reachable = true;
    await pass(15_000);
    expect(heard.connection.get()).toMatchObject({ word: 'live', via: 'websocket' });
  });

  it('[C171] a hidden page whose timers are held back while frames come does not reconnect for it', async () => {
    const heard = at.client();
    await at.arrived(heard, 'websocket');
    const hellos = at.server.hellos.length;
    for (let n = 0; n < 5; n += 1) {
      // Frames come from the network; timers only once a minute.
      for (let quarter = 0; quarter < 4; quarter += 1) {
        vi.setSystemTime(Date.now() + 14_500);
        at.server.ping();
        await vi.advanceTimersByTimeAsync(5);
      }
      await pass(1_000);
    }
    expect(at.server.hellos.length).toBe(hellos);
    vi.setSystemTime(Date.now() + 60_000);
    await pass(1_100);
    expect(at.server.hellos.length).toBe(hellos + 1);
  });

  it('[C172] the rung that worked is where the next page begins', async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined });
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    try {
      at.behind('long_poll');
      const first = at.client();
      await at.arrived(first, 'long_poll');
      expect([...kept]).toEqual([['heard.rung.http://heard.test', '2']]);
      first.close();
      const second = at.client();
      second.view(TOPIC).subscribe(() => undefined);
      await pass(100);
      expect(second.connection.get().via).toBe('long_poll');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
