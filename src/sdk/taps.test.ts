import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import type { HeardOptions } from './client.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';
import type { Heard } from './shapes.ts';

/** Taps, from the finger to the topic's own word. */

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

describe('a command', () => {
  it("[C19] is predicted at the tap, confirmed by the answer, and the prediction ends with the topic's own word", async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.eager = false;
    const sent = heard.command('ticket.bump', { ticket: 'a', version: 1 });
    expect(tickets()[0]?.status).toBe('ready');
    expect([...heard.view('station:grill').get().predicted]).toEqual(['a']);
    expect(heard.outbox.get().pending).toMatchObject([
      { id: sent.id, name: 'ticket.bump', state: 'saving', aggregate: 'order:order-of-a' },
    ]);
    await sent.saved;
    await pass(50);
    expect(await sent).toMatchObject({ ok: true, id: sent.id, seq: 2, replayed: false });
    expect(heard.outbox.get().pending).toEqual([]);
    // The answer is here, the topic is not there yet.
    expect(heard.view('station:grill').get().predicted.size).toBe(1);
    server.flush();
    await pass(50);
    expect(heard.view('station:grill').get().predicted.size).toBe(0);
    expect(tickets()[0]).toMatchObject({ status: 'ready', version: 2 });
  });

  it('[C20] is taken back from the screen when it is refused, and says why with the thing as it is', async () => {
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    server.eager = false;
    server.put((version) => aTicket('a', version, { status: 'voided' }));
    const sent = heard.command('ticket.bump', { ticket: 'a', version: 1 });
    await pass(50);
    expect(await sent).toMatchObject({
      ok: false,
      reason: 'refused',
      problem: { code: 'conflict' },
      current: { id: 'a', status: 'voided' },
    });
    expect(tickets()[0]?.status).toBe('new');
    expect(heard.outbox.get()).toMatchObject({ pending: [], refused: [] });
  });

  it('[C21] is not predicted when the server has other rules', async () => {
    serve({ rules: 'of-another-month' });
    server.put((version) => aTicket('a', version));
    heard = client();
    heard.view('station:grill').subscribe(() => undefined);
    await pass(50);
    expect(heard.connection.get().rules).toBe('different');
    void heard.command('ticket.bump', { ticket: 'a' });
    expect(tickets()[0]?.status).toBe('new');
    await pass(50);
    expect(tickets()[0]?.status).toBe('ready');
  });

  it('[C22] works without any connection, and says so before it is sent', async () => {
    heard = client();
    const sent = heard.command('table.clear', { table: 'T1' });
    await pass(10);
    expect(await sent).toMatchObject({ ok: true });
    expect(server.hellos).toHaveLength(0);
  });
});

describe('options', () => {
  it('[C23] are refused with words that name them', () => {
    expect(() => client({ baseUrl: 'orders' })).toThrow(/baseUrl/);
    expect(() => client({ baseUrl: 'ftp://orders' })).toThrow(/baseUrl/);
  });
});
