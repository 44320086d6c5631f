import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { viewHash } from '../domain/viewHash.ts';
import { createSocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import type { Heard } from './shapes.ts';
import { createSharing } from './sharing.ts';
import { createBrowser } from './testing/browser.ts';
import type { Page } from './testing/browser.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';

/**
 * Seeded chaos among the pages of one browser: pages open, close, crash, freeze, hide and wake, while the server drains,
 * is cut off, restored and lies. Afterwards every page equals the server, nobody acknowledged what was never told, each event
 * was told once and in order, and one connection is left.
 */
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
const STEPS = 200;
const MOST_TABS = 5;
const TOPICS = ['station:grill', 'station:bar', 'kitchen'] as const;
const TOKEN = `h.${btoa(JSON.stringify({ sub: 'staff:maya', org: 'o', loc: 'brasa', role: 'kitchen' }))}.s`;

function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const coverage = {
  opened: 0,
  closed: 0,
  crashed: 0,
  frozen: 0,
  hidden: 0,
  cut: 0,
  drained: 0,
  restored: 0,
  unreachable: 0,
  lies: 0,
  over: 0,
};

type Tab = { heard: Heard; page: Page; topics: readonly string[]; seen: Map<string, number[]> };

async function runSeed(seed: number): Promise<void> {
  const random = randomOf(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const server = createFakeServer({ partSize: 5 });
  const pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
  const browser = createBrowser();
  let tabs: Tab[] = [];
  let made = 0;

  function openTab(): void {
    const page = browser.openPage();
    made += 1;
    const heard = createHeard({
      baseUrl: 'http://heard.test',
      location: 'brasa',
      token: () => Promise.resolve(TOKEN),
      client: { id: `tab-${made}` },
      WebSocket: pairs.WebSocket,
      fetch: (input, init) => server.fetch(input, init),
      random,
      share: (line) =>
        createSharing({
          ...line,
          isVisible: () => page.visible,
          locks: page.locks,
          channel: page.channel(line.name),
        }),
    });
    const first = pick(TOPICS.length);
    const topics = TOPICS.slice(first, first + 1 + pick(2));
    const seen = new Map<string, number[]>();
    for (const topic of topics) {
      const own: number[] = [];
      seen.set(topic, own);
      heard.onChange(topic, (change) => {
        if (change.reset !== null) own.push(-1);
        else own.push(...change.events.map(({ seq }) => seq));
      });
      heard.view(topic).subscribe(() => {
        const { cursor } = heard.view(topic).get();
        if (cursor !== null) heard.painted(topic, cursor, { visible: page.visible, audio: 'running' });
      });
    }
    tabs.push({ heard, page, topics, seen });
    coverage.opened += 1;
  }

  openTab();
  for (let n = 0; n < STEPS; n += 1) {
    const draw = random();
    const tab = tabs[pick(tabs.length)];
    if (draw < 0.3) {
      const id = `t${pick(20)}`;
      if (pick(4) === 0) server.remove('ticket', id);
      else
        server.put(
          (version) => aTicket(id, version, { station: pick(2) === 0 ? 'grill' : 'bar' }),
          'changed',
        );
    } else if (draw < 0.4) {
      if (tabs.length < MOST_TABS) openTab();
    } else if (draw < 0.44 && tab && tabs.length > 1) {
      tab.heard.close();
      tabs = tabs.filter((one) => one !== tab);
      coverage.closed += 1;
    } else if (draw < 0.47 && tab && tabs.length > 1) {
      // Its sockets go with it, and so do its timers; the other pages hear nothing of it.
      tab.page.crash();
      tab.heard.close();
      tabs = tabs.filter((one) => one !== tab);
      coverage.crashed += 1;
    } else if (draw < 0.52 && tab) {
      tab.page.frozen = !tab.page.frozen;
      if (tab.page.frozen) coverage.frozen += 1;
    } else if (draw < 0.57 && tab) {
      tab.page.visible = !tab.page.visible;
      if (!tab.page.visible) coverage.hidden += 1;
    } else if (draw < 0.6) coverage.cut += pairs.cut();
    else if (draw < 0.63) {
      server.bye(4200);
      coverage.drained += 1;
    } else if (draw < 0.65) {
      server.restore();
      pairs.cut();
      coverage.restored += 1;
    } else if (draw < 0.67) {
      pairs.reachable = !pairs.reachable;
      if (pairs.reachable) server.http.blocked.clear();
      else if (pick(2) === 0) server.http.blocked.add('http');
      coverage.unreachable += 1;
    } else if (draw < 0.69) {
      server.sayAll({
        t: 'ping',
        n: 0,
        now: new Date().toISOString(),
        topics: { kitchen: [server.head(), 1] },
      });
      coverage.lies += 1;
    } else if (draw < 0.75) server.ping();
    else await vi.advanceTimersByTimeAsync(pick(3_000));
    await vi.advanceTimersByTimeAsync(pick(5));
    coverage.over += tabs.filter(({ heard }) => heard.connection.get().via === 'tab').length;
  }

  // Everybody wakes, and the network heals.
  for (const { page } of tabs) page.frozen = false;
  pairs.reachable = true;
  server.http.blocked.clear();
  for (let n = 0; n < 150; n += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    if (n % 14 === 13) server.ping();
  }

  expect(server.wrongAcks).toEqual([]);
  expect(server.peers()).toBe(1);
  expect(tabs.filter(({ heard }) => heard.connection.get().via === 'websocket')).toHaveLength(1);
  for (const [index, { heard, topics, seen }] of tabs.entries()) {
    expect(heard.connection.get().word, `page ${index}`).toBe('live');
    for (const topic of topics) {
      const view = heard.view(topic).get();
      expect(viewHash(view.entities.ticket.values()), `${topic} on page ${index}`).toBe(
        viewHash(server.list(topic)),
      );
      let last = 0;
      for (const seq of seen.get(topic) ?? []) {
        if (seq !== -1) expect(seq, `${topic} on page ${index}`).toBeGreaterThan(last);
        last = seq === -1 ? 0 : seq;
      }
    }
  }
  for (const { heard } of tabs) heard.close();
  await vi.advanceTimersByTimeAsync(100);
  expect(server.peers()).toBe(0);
}

describe('chaos among pages', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(SEEDS)('[C197] seed %i: every page ends as the server is, over one connection', runSeed);

  it('[C198] the schedules did all of it', () => {
    for (const [name, count] of Object.entries(coverage)) expect(count, name).toBeGreaterThan(20);
  });
});
