import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../domain/documents.ts';
import type { Refused, Reply } from './calls.ts';
import type { HouseAnswer } from './draft.ts';
import type { HouseCalls } from './houseCalls.ts';
import { Keeper } from './keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LOST: Refused = { ok: false, why: '', retryAfter: null, status: null };

/** A server with one house, as much of it as the desk asks. */
class Server {
  published: Json = { name: 'Corner' };
  version = 1;
  draft: { config: Json; base: Json; baseVersion: number; revision: number; by: string; at: string } | null =
    null;
  saves = 0;
  keys: string[] = [];
  isLost = false;

  readonly calls: HouseCalls = {
    read: async () => (this.isLost ? LOST : { ok: true, body: this.answer() }),
    save: async ({ config, revision, base }) => {
      if (this.isLost) return LOST;
      this.saves += 1;
      if (revision !== (this.draft?.revision ?? 0))
        return { ok: false, why: 'Ana saved this draft', retryAfter: null, status: 409 };
      this.colleagueSaves(config, 'Olga', base);
      return {
        ok: true,
        body: {
          revision: revision + 1,
          at: '2026-01-01T00:00:00Z',
          version: this.version,
          problems: [],
          findings: [],
        },
      };
    },
    publish: async (revision, key): Promise<Reply<{ version: number }>> => {
      this.keys.push(key);
      if (revision !== this.draft?.revision)
        return { ok: false, why: 'read it again', retryAfter: null, status: 409 };
      this.published = this.draft.config;
      this.version += 1;
      this.draft = null;
      return this.isLost ? LOST : { ok: true, body: { version: this.version } };
    },
    discard: async () => {
      this.draft = null;
      return { ok: true, body: true };
    },
  };

  colleagueSaves(config: Json, by = 'Ana', baseVersion = this.version): void {
    const revision = (this.draft?.revision ?? 0) + 1;
    this.draft = { config, base: this.published, baseVersion, revision, by, at: '2026-01-01T00:00:00Z' };
  }

  answer(): HouseAnswer {
    return {
      version: this.version,
      published: this.published,
      draft: this.draft,
      problems: [],
      findings: [],
    };
  }
}

async function open(server = new Server()): Promise<{ server: Server; keeper: Keeper }> {
  const keeper = new Keeper({
    calls: server.calls,
    name: 'Olga',
    start: {},
    unreachable: () => 'nobody answers',
  });
  keeper.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return { server, keeper };
}
const moment = () => vi.advanceTimersByTimeAsync(1_000);

describe('keeping a draft', () => {
  it('[SU59] saves a moment after the last stroke, once', async () => {
    const { server, keeper } = await open();
    for (const name of ['C', 'Ca', 'Café']) keeper.edit(['name'], name);
    expect(keeper.get()?.state).toBe('unsaved');
    await moment();
    expect(server.saves).toBe(1);
    expect(server.draft?.config).toEqual({ name: 'Café' });
    expect(keeper.get()).toMatchObject({ state: 'saved', desk: { revision: 1, by: 'Olga' } });
  });

  it('[SU59] goes on from what a colleague saved first', async () => {
    const { server, keeper } = await open();
    server.colleagueSaves({ name: 'Corner', phone: '1' });
    keeper.edit(['currency'], 'EUR');
    await moment();
    await moment();
    expect(server.draft).toMatchObject({
      revision: 2,
      config: { name: 'Corner', phone: '1', currency: 'EUR' },
    });
    expect(keeper.get()?.desk.news).toMatchObject([{ what: 'saved', by: 'Ana' }]);
  });

  it('[SU59] saves nothing while somebody has to choose', async () => {
    const { server, keeper } = await open();
    server.colleagueSaves({ name: 'Theirs' });
    keeper.edit(['name'], 'Mine');
    await moment();
    await moment();
    expect(server.draft).toMatchObject({ revision: 1, config: { name: 'Theirs' } });
    const [conflict] = keeper.get()?.desk.conflicts ?? [];
    if (conflict === undefined) throw new Error('no conflict');
    expect(await keeper.publish()).toBe(false);
    keeper.settle(conflict, 'mine');
    await moment();
    expect(server.draft).toMatchObject({ revision: 2, config: { name: 'Mine' } });
  });

  it('[SU59] keeps what is typed while nobody answers, and says so', async () => {
    const { server, keeper } = await open();
    server.isLost = true;
    keeper.edit(['name'], 'Kept');
    await moment();
    expect(keeper.get()).toMatchObject({
      state: 'failed',
      why: 'nobody answers',
      desk: { doc: { name: 'Kept' } },
    });
    server.isLost = false;
    await keeper.look();
    await moment();
    expect(server.draft?.config).toEqual({ name: 'Kept' });
    expect(keeper.get()).toMatchObject({ state: 'saved', why: '' });
  });

  it('[SU59] publishes what was typed last; a publish whose answer got lost is asked for again under the same key', async () => {
    const { server, keeper } = await open();
    keeper.edit(['name'], 'New');
    await moment();
    keeper.edit(['name'], 'Newer');
    const publishing = keeper.publish();
    expect(await publishing).toBe(true);
    expect(server.published).toEqual({ name: 'Newer' });
    expect(keeper.get()).toMatchObject({ state: 'saved', desk: { revision: 0, version: 2 } });

    keeper.edit(['name'], 'Last');
    await moment();
    const { publish } = server.calls;
    const losing = vi.spyOn(server.calls, 'publish').mockImplementationOnce(async (revision, key) => {
      await publish(revision, key);
      return LOST;
    });
    expect(await keeper.publish()).toBe(false);
    expect(keeper.get()).toMatchObject({ state: 'failed' });
    expect(await keeper.publish()).toBe(true);
    expect(keeper.get()).toMatchObject({ state: 'saved', why: '' });
    losing.mockRestore();
    expect(new Set(server.keys.slice(1)).size).toBe(1);
    expect(server.published).toEqual({ name: 'Last' });
  });
});
