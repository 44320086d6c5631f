import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { SocketPairs } from '../testkit/socketPair.ts';
import { createHeard } from './client.ts';
import type { HeardOptions, ViewStorage } from './client.ts';
import { memoryStorage } from './outboxStorage.ts';
import type { Heard } from './shapes.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';

/** A server that comes back without everything that it had said. */

const TOPIC = 'station:grill';
let server: FakeServer;
let pairs: SocketPairs;
let open: Heard[] = [];

function memoryViews(): ViewStorage {
  const kept = new Map<string, unknown>();
  return {
    read: async (topic) => structuredClone(kept.get(topic)),
    write: async (topic, value) => void kept.set(topic, structuredClone(value)),
    clear: async () => kept.clear(),
    close: () => undefined,
  };
}

function client(more: Partial<HeardOptions> = {}): Heard {
  const made = createHeard({
    baseUrl: 'http://heard.test',
    location: 'brasa',
    token: () => Promise.resolve('good'),
    client: { id: 'screen-1', screen: 'grill' },
    WebSocket: pairs.WebSocket,
    fetch: (input, init) => server.fetch(input, init),
    storage: memoryStorage(),
    random: () => 0.5,
    ...more,
  });
  made.view(TOPIC).subscribe(() => undefined);
  open.push(made);
  return made;
}
const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);
const idsOf = (items: readonly { was: Entity }[]) => items.map(({ was }) => was.id);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  server = createFakeServer();
  pairs = createSocketPairs((end) => {
    const session = server.accept(end);
    end.onText = session.text;
    end.onGone = session.gone;
  });
  pairs.automatic = true;
});
afterEach(() => {
  for (const one of open) one.close();
  open = [];
  vi.useRealTimers();
});

async function restore(pos: number): Promise<void> {
  pairs.cut();
  server.rewind(pos);
  await pass(10_000);
}

describe('a server that was restored', () => {
  it('[C220] leaves what it does not know any more to a person, with what goes backwards', async () => {
    for (const id of ['a', 'b']) server.put((version) => aTicket(id, version));
    const heard = client();
    await pass(50);
    server.put((version) => aTicket('a', version, { status: 'cooking' }));
    server.put((version) => aTicket('c', version));
    server.put((version) => aTicket('over', version, { status: 'done' }));
    await pass(50);
    await restore(2);
    expect([...heard.view(TOPIC).get().entities.ticket.keys()].sort()).toEqual(['a', 'b']);
    const { withdrawn, regressed, kept } = heard.recovered.get();
    expect([idsOf(withdrawn), idsOf(regressed), kept]).toEqual([['c'], ['a'], false]);
    expect(regressed[0]).toMatchObject({ was: { status: 'cooking' }, now: { status: 'new' } });

    heard.recovered.keep();
    expect(heard.recovered.get().kept).toBe(true);
    // Another tablet sends its order again: the ticket is there as it was.
    server.put((version) => aTicket('c', version));
    await pass(50);
    expect(idsOf(heard.recovered.get().withdrawn)).toEqual([]);
    heard.recovered.remove(['a']);
    expect(heard.recovered.get()).toEqual({ withdrawn: [], regressed: [], kept: false });
  });

  it('[C221] is nothing to decide about when a copy was too old, or wrong', async () => {
    for (const id of ['a', 'b']) server.put((version) => aTicket(id, version));
    const heard = client();
    await pass(50);
    server.remove('ticket', 'a');
    heard.refresh();
    await pass(5000);
    expect(heard.connection.get().word).toBe('live');
    expect(heard.recovered.get().withdrawn).toEqual([]);
  });

  it('[C222] is noticed by a page that was reloaded meanwhile, and what it asks outlives the next reload', async () => {
    const views = memoryViews();
    for (const id of ['a', 'b', 'c']) server.put((version) => aTicket(id, version));
    const before = client({ views });
    await pass(5000);
    before.close();
    server.rewind(1);
    const after = client({ views });
    await pass(5000);
    expect(idsOf(after.recovered.get().withdrawn).sort()).toEqual(['b', 'c']);
    after.close();
    const again = client({ views });
    await pass(5000);
    expect(idsOf(again.recovered.get().withdrawn).sort()).toEqual(['b', 'c']);
    again.recovered.remove();
    again.close();
    const last = client({ views });
    await pass(5000);
    expect(last.recovered.get().withdrawn).toEqual([]);
  });

  it('[C223] gets this screen’s acknowledged taps again, and ends where it was', async () => {
    server.put((version) => aTicket('a', version));
    const heard = client();
    await pass(50);
    const bump = heard.command('ticket.bump', { ticket: 'a' });
    await pass(50);
    expect(await bump).toMatchObject({ ok: true });
    await restore(1);
    expect(server.executed.map(({ id, name }) => [id, name])).toEqual([[bump.id, 'ticket.bump']]);
    expect(heard.view(TOPIC).get().entities.ticket.get('a')?.status).toBe('ready');
    expect(heard.recovered.get()).toMatchObject({ withdrawn: [], regressed: [] });
    expect(heard.outbox.get().pending).toEqual([]);
  });
});
