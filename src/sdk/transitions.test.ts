import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import { memoryStorage } from './outboxStorage.ts';
import type { Heard } from './shapes.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';
import { createTransitionLog, defaultLines } from './transitionLog.ts';
import type { LineStorage, TransitionLog, Uploaded } from './transitionLog.ts';
import type { Transition } from './transitions.ts';
import { createWatch } from './transitions.ts';

/** The line's own story: written while it is down, told when it is back. */

const TOPIC = 'station:grill';
const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);

describe('a screen tells of its line', () => {
  let server: FakeServer;
  let pairs: SocketPairs;
  let heard: Heard;
  beforeEach(async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
    server = createFakeServer();
    pairs = createSocketPairs((end) => {
      const session = server.accept(end);
      end.onText = session.text;
      end.onGone = session.gone;
    });
    pairs.automatic = true;
    heard = createHeard({
      baseUrl: 'http://heard.test',
      location: 'brasa',
      token: () => Promise.resolve('good'),
      client: { id: 'device-1-kitchen', screen: 'grill' },
      WebSocket: pairs.WebSocket,
      fetch: (input, init) => server.fetch(input, init),
      storage: memoryStorage(),
      lines: null,
      random: () => 0.5,
    });
    server.put((version) => aTicket('a', version));
    heard.view(TOPIC).subscribe(() => undefined);
    await pass(3000);
  });
  afterEach(() => {
    heard.close();
    vi.useRealTimers();
  });
  const told = () => server.lines.filter((line) => line.kind !== 'outbox') as Transition[];

  it('[C230] every state with its cause, how long the one before had lasted, its transport and its code', async () => {
    expect(told().map(({ from, to, cause }) => [from, to, cause])).toEqual([
      ['idle', 'connecting', 'start'],
      ['connecting', 'handshaking', 'opened'],
      ['handshaking', 'live', 'ready'],
    ]);
    server.lines.length = 0;
    await pass(10_000);
    server.closeAll(4100);
    await pass(8000);
    const [cut] = told();
    expect(cut).toMatchObject({
      from: 'live',
      cause: 'overloaded',
      code: 4100,
      screen: 'grill',
      at: expect.stringMatching(/^2026-01-31T18:00:1\d\.\d+Z$/),
    });
    expect(cut?.durationMs).toBeGreaterThan(9000);
    expect(told().at(-2)).toMatchObject({ to: 'live', transport: 'websocket' });
  });

  it('[C231] how much was missed meanwhile, and what was told to make up for it', async () => {
    server.lines.length = 0;
    pairs.reachable = false;
    server.http.blocked.add('http');
    pairs.cut();
    await pass(1000);
    for (const id of ['b', 'c', 'd']) server.put((version) => aTicket(id, version));
    await pass(30_000);
    expect(server.lines.filter(({ kind }) => kind !== 'outbox')).toEqual([]);
    pairs.reachable = true;
    server.http.blocked.clear();
    await pass(60_000);
    const made = told().find(({ topic }) => topic === TOPIC);
    expect(made).toMatchObject({ from: 'stale', to: 'live', cause: 'caught_up', gap: 3, replayed: 3 });
    expect(made?.durationMs).toBeGreaterThan(30_000);
  });

  it('[C232] how many taps wait and for how long, at most each 15 seconds, and when none does', async () => {
    server.lines.length = 0;
    server.nextHttp.push(new Error('no'), new Error('no'), new Error('no'), new Error('no'));
    void heard.command('ticket.bump', { ticket: 'a' });
    await pass(3000);
    const outboxes = () => server.lines.filter((line) => line.kind === 'outbox');
    expect(outboxes()).toMatchObject([{ depth: 1, screen: 'grill' }]);
    await pass(11_000);
    expect(outboxes()).toHaveLength(1);
    await pass(20_000);
    expect(outboxes().at(-1)).toMatchObject({ depth: 0, oldestMs: 0 });
    const count = outboxes().length;
    await pass(60_000);
    expect(outboxes()).toHaveLength(count);
  });
});

describe('the story of a line', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') }));
  afterEach(() => void vi.useRealTimers());
  const lineOf = (n: number): Transition => ({
    id: `01a00000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    at: new Date(Date.now() + n).toISOString(),
    screen: 'grill',
    from: 'live',
    to: 'waiting',
    cause: 'cut',
    durationMs: n,
  });
  function memoryLines(): LineStorage & { kept: Map<string, Transition> } {
    const kept = new Map<string, Transition>();
    return {
      kept,
      all: async () => [...kept.values()],
      put: async (line) => void kept.set(line.id, line),
      remove: async (ids) => ids.forEach((id) => kept.delete(id)),
      close: () => undefined,
    };
  }
  function log(
    storage: LineStorage | null,
    answers: Uploaded[],
  ): { log: TransitionLog; batches: Transition[][]; line: { on: boolean } } {
    const batches: Transition[][] = [];
    const line = { on: true };
    const made = createTransitionLog({
      storage,
      screen: 'grill',
      now: Date.now,
      serverNow: Date.now,
      isOnline: () => line.on,
      upload: async (body) => {
        batches.push(JSON.parse(body));
        return answers.shift() ?? 'taken';
      },
    });
    return { log: made, batches, line };
  }

  it('[C233] is kept over a reload, handed over in batches of at most 200, each line once', async () => {
    const storage = memoryLines();
    const first = log(storage, []);
    first.line.on = false;
    for (let n = 0; n < 450; n += 1) first.log.add(lineOf(n));
    await pass(10_000);
    expect(first.batches).toEqual([]);
    first.log.close();
    const second = log(storage, []);
    await pass(10_000);
    expect(second.batches.map((batch) => batch.length)).toEqual([199, 199, 52]);
    expect(second.batches.flat().map(({ durationMs }) => durationMs)).toEqual(
      Array.from({ length: 450 }, (_, n) => n),
    );
    expect(storage.kept.size).toBe(0);
    second.log.close();
  });

  it('[C234] is sent again when the server cannot take it now, dropped when it cannot read it, and kept to itself where nobody asks', async () => {
    const storage = memoryLines();
    const later = log(storage, ['later', 'spoiled']);
    later.log.add(lineOf(1));
    await pass(3000);
    expect(later.log.lines()).toHaveLength(1);
    await pass(61_000);
    expect([later.batches.length, later.batches[0]?.[0]?.id === later.batches[1]?.[0]?.id]).toEqual([
      2,
      true,
    ]);
    expect([later.log.lines().length, storage.kept.size]).toEqual([0, 0]);
    later.log.close();
    const never = log(null, ['never']);
    never.log.add(lineOf(2));
    await pass(3000);
    never.log.add(lineOf(3));
    await pass(120_000);
    expect(never.batches).toHaveLength(1);
  });

  it('[C235] forgets its oldest lines beyond 500', async () => {
    const storage = memoryLines();
    const { log: made, line } = log(storage, []);
    line.on = false;
    for (let n = 0; n < 520; n += 1) made.add(lineOf(n));
    await pass(10);
    expect([made.lines().length, made.lines()[0]?.durationMs, storage.kept.size]).toEqual([500, 20, 500]);
    made.close();
  });

  it('[C236] tells a night of failures in a few lines', () => {
    const lines: Transition[] = [];
    const watch = createWatch({
      screen: 's',
      now: Date.now,
      serverNow: Date.now,
      add: (line) => lines.push(line),
    });
    const making = { attempt: 1, via: 'websocket', until: 0, called: true } as const;
    for (let n = 0; n < 1000; n += 1) {
      watch.moved(
        { name: 'waiting', until: 0 },
        { type: 'timer' },
        { name: 'connecting', ...making },
        'websocket',
      );
      watch.moved(
        { name: 'connecting', ...making },
        { type: 'gone', attempt: 1, code: 1006 },
        { name: 'waiting', until: 0 },
        null,
      );
    }
    expect(lines.length).toBeLessThan(120);
    expect(lines[0]).toMatchObject({ cause: 'retry' });
    expect(lines[1]).toMatchObject({ cause: 'cut', code: 1006 });
  });

  it('[C233] lives in IndexedDB, each location by itself', async () => {
    vi.useRealTimers();
    const [brasa, other] = [defaultLines('brasa'), defaultLines('other')];
    await brasa?.put(lineOf(1));
    await other?.put(lineOf(2));
    expect(await brasa?.all()).toEqual([expect.objectContaining({ durationMs: 1 })]);
    await brasa?.remove([lineOf(1).id]);
    expect([await brasa?.all(), (await other?.all())?.length]).toEqual([[], 1]);
    brasa?.close();
    other?.close();
  });
});
