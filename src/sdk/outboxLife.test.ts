import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandInputs } from '../domain/commands.ts';
import { makeProblem } from '../protocol/problems.ts';
import { mintId } from './ids.ts';
import { LIVES } from './kept.ts';
import type { Kept } from './kept.ts';
import { leasedTab } from './leases.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxEngine } from './outbox.ts';
import { indexedStorage, memoryStorage } from './outboxStorage.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import type { Delivery, Letter, Sender } from './send.ts';
import type { Actor } from './shapes.ts';
import { holdTab, loneTab } from './tabs.ts';
import type { Tab } from './tabs.ts';

/** What the outbox owes to people: whose taps they are, what is said of them, and what a server that forgot gets again. */

let open: OutboxEngine[] = [];
let places = 0;
afterEach(() => {
  for (const box of open) box.close();
  open = [];
  vi.useRealTimers();
});

const freshPlace = () => `place-${(places += 1)}`;
const done = ({ id, name }: Letter, seq = 1): Delivery => ({
  got: 'answer',
  answer: { id, name, seq, replayed: false, result: {} },
});

/** A server that is there or not, and remembers in which order taps came and how many at once. */
function line(up = true) {
  const state = { up, sent: [] as string[], atOnce: 0, most: 0, delay: 5 };
  const deliver = async (letter: Letter): Promise<Delivery> => {
    state.atOnce += 1;
    state.most = Math.max(state.most, state.atOnce);
    await new Promise((resolve) => setTimeout(resolve, state.delay));
    state.atOnce -= 1;
    if (letter.still && !letter.still()) return { got: 'again', wait: 0 };
    if (!state.up) return { got: 'again', wait: 0 };
    state.sent.push(letter.id);
    return done(letter);
  };
  const sender: Sender = {
    one: deliver,
    many: (letters) => Promise.all(letters.map(deliver)),
  };
  return Object.assign(state, { sender });
}

type Page = { box: OutboxEngine; adopted: Kept[]; actor: { now: Actor } };

function page(
  place: string,
  sender: Sender,
  more: { storage?: OutboxStorage; tab?: Tab; actor?: string; now?: () => number } = {},
): Page {
  const storage = more.storage ?? indexedStorage(place);
  const actor = { now: { id: more.actor ?? 'device:1' } as Actor };
  const adopted: Kept[] = [];
  const now = more.now ?? Date.now;
  const box = createOutbox({
    storage,
    tab: more.tab ?? holdTab(place, storage.durable, now),
    sender,
    actor: () => actor.now,
    now,
    random: () => 0.01,
    adopted: (kept) => adopted.push(kept),
    settled: () => undefined,
  });
  open.push(box);
  return { box, adopted, actor };
}

function tap(box: OutboxEngine, aggregate = 'order:1', name: Kept['name'] = 'ticket.bump') {
  const id = mintId();
  return { id, ...box.add({ id, name, body: '{"ticket":"a"}', aggregate, tappedAt: Date.now() }, undefined) };
}
const settle = (what: () => void | Promise<void>, timeout = 4000) =>
  vi.waitFor(what, { timeout, interval: 10 });
const close = (one: Page) => {
  one.box.close();
  return new Promise((resolve) => setTimeout(resolve, 20));
};

describe('one sender for all pages of a device', () => {
  const tabs: [string, (place: string) => Tab | undefined][] = [
    ['locks', () => undefined],
    ['leases, where a browser has no locks', (place) => leasedTab(place, mintId(), Date.now)],
  ];
  it.each(tabs)(
    '[C200] two pages take turns, and keep the order of the taps of one order, with %s',
    async (_, makeTab) => {
      const place = freshPlace();
      const server = line();
      server.delay = 20;
      const [one, two] = [0, 1].map(() => {
        const tab = makeTab(place);
        return page(place, server.sender, tab && { tab });
      });
      if (!one || !two) throw new Error('two pages');
      await new Promise((resolve) => setTimeout(resolve, 50));
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        const made = tap((n % 2 === 0 ? one : two).box);
        ids.push(made.id);
        await made.saved;
        // Hands are slower than clocks.
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
      await settle(() => expect(server.sent).toHaveLength(5), 15_000);
      expect(server.sent).toEqual(ids);
      expect(server.most).toBe(1);
    },
    20_000,
  );

  it('[C201] a lease that nobody renews is taken over, and one from the future is no lease', async () => {
    const times = { alive: 300, ask: 60, listen: 40, lease: 120, renew: 40, look: 10, patience: 5000 };
    const place = freshPlace();
    let skew = 0;
    const dead = leasedTab(place, 'dead', () => Date.now() + skew, { ...times, renew: 60_000 });
    const next = leasedTab(place, 'next', Date.now, times);
    expect((await next.others()).has('dead')).toBe(true);
    let finish: () => void = () => undefined;
    const frozen = dead.turn(() => new Promise((resolve) => (finish = resolve)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const started = Date.now();
    await next.turn(() => Promise.resolve());
    expect(Date.now() - started).toBeGreaterThan(40);
    finish();
    await frozen;
    skew = 3_600_000;
    const ahead = dead.turn(() => new Promise((resolve) => (finish = resolve)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    await next.turn(() => Promise.resolve());
    finish();
    await ahead;
    dead.release();
    await settle(async () => expect((await next.others()).has('dead')).toBe(false));
    next.release();
  });

  it('[C202] a page that stays open takes over what another one left when it closed', async () => {
    const place = freshPlace();
    const server = line(false);
    const one = page(place, server.sender);
    const two = page(place, server.sender);
    const left = tap(one.box);
    await left.saved;
    await close(one);
    server.up = true;
    two.box.flush();
    await settle(() => expect(server.sent).toEqual([left.id]), 15_000);
    expect(two.adopted.map(({ id }) => id)).toEqual([left.id]);
  }, 20_000);
});

describe('whose tap it is', () => {
  it('[C203] nobody sends the taps of somebody else: they wait on the device until their person signs in', async () => {
    const place = freshPlace();
    const server = line(false);
    const maya = page(place, server.sender, { actor: 'staff:maya' });
    maya.actor.now = { id: 'staff:maya', who: 'Maya' };
    const hers = tap(maya.box);
    await hers.saved;
    await close(maya);
    server.up = true;
    const later = page(place, server.sender, { actor: 'device:1' });
    await settle(() =>
      expect(later.box.get().pending.map(({ id, state, who }) => [id, state, who])).toEqual([
        [hers.id, 'held', 'Maya'],
      ]),
    );
    const own = tap(later.box);
    await settle(() => expect(server.sent).toEqual([own.id]));
    later.actor.now = { id: 'staff:maya' };
    later.box.flush();
    await settle(() => expect(server.sent).toEqual([own.id, hers.id]));
    await settle(() => expect(later.box.get().pending).toEqual([]));
  });

  it('[C204] a tap under way is not sent with the token of whoever signed in meanwhile', async () => {
    const server = line();
    server.delay = 50;
    const one = page('x', server.sender, { storage: memoryStorage(), tab: loneTab('t') });
    tap(one.box);
    await new Promise((resolve) => setTimeout(resolve, 10));
    one.actor.now = { id: 'staff:luis' };
    await settle(() => expect(one.box.get().pending.map(({ state }) => state)).toEqual(['held']));
    expect(server.sent).toEqual([]);
  });
});

describe('what is said to be safe', () => {
  /** A browser's storage that refuses while it is told to. */
  function moody(inner: OutboxStorage) {
    const mood = { full: true };
    const storage: OutboxStorage = {
      ...inner,
      durable: true,
      put: (id, text) =>
        mood.full ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : inner.put(id, text),
    };
    return { mood, storage };
  }

  it('[C205] a refused write is never called saved; the tap goes all the same, and is kept once there is room', async () => {
    vi.useFakeTimers({ now: Date.now() });
    const { mood, storage } = moody(memoryStorage());
    const server = line(false);
    const { box } = page('x', server.sender, { storage, tab: loneTab('t') });
    const first = tap(box);
    await vi.advanceTimersByTimeAsync(1);
    expect(await first.saved).toBe(false);
    expect(box.get()).toMatchObject({ durable: false, pending: [{ kept: false }] });
    mood.full = false;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(box.get()).toMatchObject({ durable: true, pending: [{ kept: true, state: 'unsent' }] });
    server.up = true;
    box.flush();
    await vi.advanceTimersByTimeAsync(100);
    expect(server.sent).toEqual([first.id]);
  });

  it('[C206] a database that another version of the page blocks is named within seconds and used once it is free', async () => {
    const place = freshPlace();
    // An older page holds it open, and somebody waits to delete it: whoever comes after waits too.
    const older = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('heard');
      request.addEventListener('success', () => resolve(request.result));
    });
    indexedDB.deleteDatabase('heard');
    const storage = indexedStorage(place, 60);
    await expect(storage.put('a', 'b')).rejects.toThrow('did not answer within 60 ms');
    older.close();
    await storage.put('a', 'b');
    expect(await storage.all()).toEqual(['b']);
    storage.close();
    await expect(storage.put('a', 'b')).rejects.toThrow('closed');
  });

  it('[C207] every command has a life of its own; what makes food asks before it grows stale', () => {
    const isListed = (name: string) => name in LIVES || `${name.split('.', 1)[0]}.` in LIVES;
    expect(Object.keys(commandInputs).filter((name) => !isListed(name))).toEqual([]);
    for (const [name, { asks, expires }] of Object.entries(LIVES)) {
      expect(expires, name).toBeGreaterThan(asks ?? 0);
      if (/^ticket\.|^item\.(un)?ready|^table\.(seat|clear)/.test(name))
        expect(expires, name).toBeLessThanOrEqual(30 * 60_000);
    }
    for (const name of ['order.place', 'order.add', 'order.fire', 'item.refire'])
      expect(LIVES[name]?.asks, name).toBe(10 * 60_000);
  });

  it('[C208] what grew too old, and what was refused after a reload, stays to be read over the next reload', async () => {
    const place = freshPlace();
    let skew = 0;
    const now = () => Date.now() + skew;
    const refusing: Sender = {
      one: async () => ({ got: 'refusal', problem: makeProblem('conflict', 'It was voided.') }),
      many: async (letters) =>
        letters.map(() => ({ got: 'refusal', problem: makeProblem('conflict', 'no') })),
    };
    const one = page(place, line(false).sender, { now });
    const [old, other] = [tap(one.box, 'order:1'), tap(one.box, 'order:2', 'order.cancel')];
    await Promise.all([old.saved, other.saved]);
    await close(one);
    skew = 31 * 60_000;
    const two = page(place, refusing, { now });
    await settle(() => {
      const reasons = new Map(two.box.get().refused.map(({ id, reason }) => [id, reason]));
      expect(reasons).toEqual(
        new Map([
          [old.id, 'expired'],
          [other.id, 'refused'],
        ]),
      );
    });
    await close(two);
    const three = page(place, refusing, { now });
    await settle(() => expect(three.box.get().refused).toHaveLength(2));
    three.box.dismiss(old.id);
    three.box.dismiss(other.id);
    await close(three);
    const four = page(place, refusing, { now });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(four.box.get().refused).toEqual([]);
  });
});

describe('a refusal that storage would not write', () => {
  it('[C257] leaves the tap where it was, and the next page says what became of it', async () => {
    const place = freshPlace();
    const refusing: Sender = {
      one: async () => ({ got: 'refusal', problem: makeProblem('conflict', 'It was voided.') }),
      many: async (letters) =>
        letters.map(() => ({ got: 'refusal', problem: makeProblem('conflict', 'no') })),
    };
    const one = page(place, line(false).sender);
    const late = tap(one.box);
    await late.saved;
    await close(one);
    const real = indexedStorage(place);
    const full: OutboxStorage = {
      ...real,
      put: (id, text) =>
        text.includes('"refusal"') ? Promise.reject(new Error('full')) : real.put(id, text),
    };
    const two = page(place, refusing, { storage: full });
    await settle(() => expect(two.box.get().refused.map(({ id }) => id)).toEqual([late.id]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close(two);
    const three = page(place, refusing);
    await settle(() => expect(three.box.get().refused.map(({ id }) => id)).toEqual([late.id]));
  });
});

describe('a server that forgot', () => {
  it('[C209] gets everything again that it acknowledged in the last ten minutes, with the same keys and in order', async () => {
    const place = freshPlace();
    let skew = 0;
    const now = () => Date.now() + skew;
    const server = line();
    const one = page(place, server.sender, { now });
    const early = tap(one.box);
    await early.answer;
    skew = 11 * 60_000;
    const first = tap(one.box);
    await first.answer;
    await close(one);
    // The page was reloaded in between: what it had sent is still known.
    const two = page(place, server.sender, { now });
    const second = tap(two.box);
    await second.answer;
    server.sent.length = 0;
    await Promise.all([two.box.sendAgain(), two.box.sendAgain()]);
    await settle(() => expect(server.sent).toEqual([first.id, second.id]));
    await settle(() => expect(two.box.get().pending).toEqual([]));
    expect(two.adopted.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(early.id).not.toBe(first.id);
  });

  it('[C210] keeps nothing of what is older than ten minutes', async () => {
    const place = freshPlace();
    let skew = 0;
    const server = line();
    const one = page(place, server.sender, { now: () => Date.now() + skew });
    await tap(one.box).answer;
    skew = 11 * 60_000;
    const late = tap(one.box);
    await late.answer;
    const kept = indexedStorage(place);
    await settle(async () => {
      const all = (await kept.all()).map((text) => (JSON.parse(text) as Kept).id);
      expect(all).toEqual([late.id]);
    });
    kept.close();
  });
});
