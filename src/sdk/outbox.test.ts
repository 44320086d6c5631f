import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mintId } from './ids.ts';
import { ageLimit, aggregateOf } from './kept.ts';
import type { Kept } from './kept.ts';
import { createOutbox } from './outbox.ts';
import { holdTab } from './tabs.ts';
import type { OutboxEngine } from './outbox.ts';
import { indexedStorage, memoryStorage } from './outboxStorage.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import type { Delivery, Letter } from './send.ts';
import type { Answer } from './shapes.ts';
import { makeProblem } from '../protocol/problems.ts';

const MINUTE = 60_000;

/** A sender under the test's hand: every call waits until it is answered. */
function handSender() {
  const calls: { letters: readonly Letter[]; answer: (deliveries: Delivery[]) => void }[] = [];
  const wait = (letters: readonly Letter[]) =>
    new Promise<Delivery[]>((answer) => calls.push({ letters, answer }));
  return {
    calls,
    sender: {
      one: async (letter: Letter) => (await wait([letter]))[0] ?? { got: 'again' as const, wait: 0 },
      many: (letters: readonly Letter[]) => wait(letters),
    },
    /** Answers the oldest open call with the same for all. */
    async answer(make: (letter: Letter) => Delivery): Promise<void> {
      const call = calls.shift();
      call?.answer(call.letters.map(make));
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const done = ({ id, name }: Letter): Delivery => ({
  got: 'answer',
  answer: { id, name, seq: 1, replayed: false, result: {} },
});
const again = (): Delivery => ({ got: 'again', wait: 0 });

let hand: ReturnType<typeof handSender>;
let open: OutboxEngine[] = [];

function outbox(
  storage: OutboxStorage = memoryStorage(),
  more: Partial<Parameters<typeof createOutbox>[0]> = {},
  place = 'brasa',
): OutboxEngine {
  const made = createOutbox({
    storage,
    tab: holdTab(place, storage.durable, Date.now),
    sender: hand.sender,
    actor: () => ({ id: 'device:1' }),
    now: Date.now,
    random: () => 0.5,
    adopted: () => undefined,
    settled: () => undefined,
    ...more,
  });
  open.push(made);
  return made;
}

const tap = (
  box: OutboxEngine,
  aggregate = 'order:1',
  name: Kept['name'] = 'ticket.bump',
  input: object = { ticket: 'a' },
  id = mintId(),
) => {
  return {
    id,
    ...box.add({ id, name, body: JSON.stringify(input), aggregate, tappedAt: Date.now() }, undefined),
  };
};
/** What storage still has to send, or to show. */
const unfinished = async (place: string) =>
  (await indexedStorage(place).all()).filter((text) => !text.includes('"done":'));
const states = (box: OutboxEngine) => box.get().pending.map(({ state }) => state);
const pass = (millis: number) => vi.advanceTimersByTimeAsync(millis);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T18:00:00Z') });
  hand = handSender();
});
afterEach(() => {
  for (const box of open) box.close();
  open = [];
  vi.useRealTimers();
});

describe('the outbox', () => {
  it('[C56] says saved only once storage says so, and sends only then', async () => {
    let finish: () => void = () => undefined;
    const slow: OutboxStorage = {
      ...memoryStorage(),
      durable: true,
      put: () => new Promise((resolve) => (finish = resolve)),
    };
    const box = outbox(slow);
    const { saved } = tap(box);
    const order: string[] = [];
    void saved.then(() => order.push('saved'));
    await pass(100);
    expect([states(box), hand.calls.length, order]).toEqual([['saving'], 0, []]);
    finish();
    await pass(0);
    expect([states(box), hand.calls.length, order]).toEqual([['sending'], 1, ['saved']]);
    expect(await saved).toBe(true);
  });

  it('[C57] sends one command of an aggregate at a time, in the order of the taps, and aggregates beside each other', async () => {
    const box = outbox();
    const first = tap(box, 'order:1');
    const second = tap(box, 'order:1');
    const other = tap(box, 'order:2');
    await pass(0);
    expect(hand.calls.map(({ letters }) => letters[0]?.id)).toEqual([first.id, other.id]);
    await hand.answer(done);
    expect(hand.calls.map(({ letters }) => letters[0]?.id)).toEqual([other.id, second.id]);
    expect(await first.answer).toMatchObject({ ok: true, id: first.id });
  });

  it('[C58] keeps id and bytes over every retry, waits with jitter, and gives none up', async () => {
    const box = outbox();
    const { answer } = tap(box);
    const times: number[] = [];
    const letters = new Set<string>();
    for (let n = 0; n < 6; n += 1) {
      while (hand.calls.length === 0) await pass(100);
      times.push(Date.now());
      letters.add(JSON.stringify(hand.calls[0]?.letters));
      await hand.answer(again);
      expect(states(box)).toEqual(['unsent']);
    }
    expect(letters.size).toBe(1);
    const waits = times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 100) * 100);
    expect(waits).toEqual([500, 1000, 2000, 4000, 4000]);
    await pass(5_000);
    await hand.answer(done);
    expect(await answer).toMatchObject({ ok: true });
    expect(box.get().pending).toEqual([]);
  });

  it('[C59] waits at least as long as the server asks, and not at all once the connection is back', async () => {
    const box = outbox();
    tap(box);
    await pass(0);
    await hand.answer(() => ({ got: 'again', wait: 9_000 }));
    await pass(8_900);
    expect(hand.calls).toHaveLength(0);
    box.flush();
    await pass(0);
    expect(hand.calls).toHaveLength(1);
  });

  it('[C60] flushes many in one call, in order, and treats a call that was cut short as one failure', async () => {
    const box = outbox();
    const taps = Array.from({ length: 12 }, (_, n) => tap(box, `order:${n % 5}`));
    await pass(0);
    // The first ones went by themselves before the others were there.
    while (hand.calls.length > 0) await hand.answer(again);
    await pass(10_000);
    expect(hand.calls).toHaveLength(1);
    expect(hand.calls[0]?.letters.map(({ id }) => id)).toEqual(taps.map(({ id }) => id));
    let n = 0;
    await hand.answer((letter) => ((n += 1) <= 4 ? done(letter) : again()));
    expect(box.get().pending).toHaveLength(8);
    await pass(10_000);
    expect(hand.calls[0]?.letters).toHaveLength(8);
    await hand.answer(done);
    expect((await Promise.all(taps.map(({ answer }) => answer))).every(({ ok }) => ok)).toBe(true);
  });

  it('[C61] hands a refusal with what is now to whoever waits, and goes on with the next', async () => {
    const settled: Answer[] = [];
    const box = outbox(memoryStorage(), { settled: (answer) => settled.push(answer) });
    const first = tap(box);
    const second = tap(box);
    await pass(0);
    await hand.answer(() => ({
      got: 'refusal',
      problem: makeProblem('conflict', 'It was voided.', {
        current: { kind: 'ticket', id: 'a', version: 7 },
      }),
    }));
    expect(await first.answer).toMatchObject({ ok: false, reason: 'refused', current: { version: 7 } });
    await hand.answer(done);
    expect(await second.answer).toMatchObject({ ok: true });
    expect(settled.map(({ ok }) => ok)).toEqual([false, true]);
    expect(box.get().refused).toEqual([]);
  });

  it('[C62] asks before it fires an order of more than ten minutes ago', async () => {
    const box = outbox();
    const order = tap(box, 'order:1', 'order.place', { order: { id: '1' } });
    const addition = tap(box, 'order:1', 'order.add', { order: '1' });
    for (let n = 0; n < 200; n += 1) {
      if (hand.calls.length > 0) await hand.answer(again);
      await pass(5_000);
    }
    expect(box.get().pending.map(({ name, state }) => [name, state])).toEqual([
      ['order.place', 'stale'],
      ['order.add', 'stale'],
    ]);
    expect(hand.calls).toHaveLength(0);
    box.confirm(order.id);
    await pass(0);
    expect(hand.calls[0]?.letters[0]?.id).toBe(order.id);
    await hand.answer(done);
    await hand.answer(done);
    expect((await addition.answer).ok).toBe(true);
  });

  it('[C63] takes back what was not sent, and nothing that may have arrived', async () => {
    const box = outbox();
    const first = tap(box);
    const second = tap(box);
    await pass(0);
    expect(box.discard(second.id)).toBe(true);
    expect(await second.answer).toMatchObject({ ok: false, reason: 'discarded' });
    expect(box.discard(first.id)).toBe(false);
    await hand.answer(again);
    expect(box.discard(first.id)).toBe(false);
    expect(box.discard('unknown')).toBe(false);
  });

  it('[C64] does not send a bump of half an hour ago, but says so', async () => {
    const box = outbox();
    const bump = tap(box);
    await pass(0);
    await hand.answer(again);
    vi.setSystemTime(Date.now() + 31 * MINUTE);
    box.flush();
    expect(await bump.answer).toMatchObject({ ok: false, reason: 'expired' });
    expect(box.get().pending).toEqual([]);
    expect(ageLimit('order.place')).toBe(12 * 60 * MINUTE);
    expect(ageLimit('ticket.bump')).toBe(30 * MINUTE);
  });

  it('[C65] takes no more than 1,000 and says why', async () => {
    const box = outbox();
    for (let n = 0; n < 1000; n += 1) tap(box, 'order:1');
    expect(await tap(box, 'order:1').answer).toMatchObject({
      ok: false,
      problem: { code: 'unavailable', detail: expect.stringContaining('1000') },
    });
    expect(box.get().pending).toHaveLength(1000);
  });

  it('[C66] goes on in memory, and says so, where storage fails', async () => {
    const broken: OutboxStorage = {
      ...memoryStorage(),
      durable: true,
      put: () => Promise.reject(new Error('quota')),
      all: () => Promise.reject(new Error('private window')),
    };
    const box = outbox(broken);
    const sent = tap(box);
    await pass(0);
    expect(box.get().durable).toBe(false);
    await hand.answer(done);
    expect((await sent.answer).ok).toBe(true);
  });
});

describe('a reload', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });
  const settle = async (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 2000, interval: 5 });

  it('[C67] sends what the page before left, in order, with the ids and bytes it had', async () => {
    const before = outbox(indexedStorage('reload'), {}, 'reload');
    // Two taps of one millisecond: their ids do not say which was first.
    const [low, high] = ['01a201b2-1d4b-712f-8993-d0f396729840', '01a201b2-1d4b-755a-a750-94b632ada72f'];
    const taps = [
      tap(before, 'order:1', 'ticket.bump', { ticket: 'a' }, high),
      tap(before, 'order:1', 'ticket.recall', { ticket: 'a' }, low),
    ];
    await Promise.all(taps.map(({ saved }) => saved));
    before.close();
    await new Promise((resolve) => setTimeout(resolve, 10));
    hand = handSender();

    const found: Kept[] = [];
    const after = outbox(indexedStorage('reload'), { adopted: (kept) => found.push(kept) }, 'reload');
    await settle(() => expect(hand.calls).toHaveLength(1));
    expect(found.map(({ id, name }) => [id, name])).toEqual(
      taps.map(({ id }, n) => [id, n === 0 ? 'ticket.bump' : 'ticket.recall']),
    );
    expect(hand.calls[0]?.letters[0]).toMatchObject({ id: taps[0]?.id, body: '{"ticket":"a"}' });
    const call = hand.calls.shift();
    call?.answer([{ got: 'refusal', problem: makeProblem('conflict', 'It was voided.') }]);
    // Nobody waits for it any more: the screen shows it.
    await settle(() =>
      expect(after.get().refused).toMatchObject([
        { id: taps[0]?.id, reason: 'refused', input: { ticket: 'a' } },
      ]),
    );
    const next = hand.calls.shift();
    next?.answer([
      {
        got: 'answer',
        answer: { id: taps[1]?.id ?? '', name: 'ticket.recall', seq: 4, replayed: false, result: {} },
      },
    ]);
    await settle(() => expect(after.get().pending).toEqual([]));
    after.dismiss(taps[0]?.id ?? '');
    expect(after.get().refused).toEqual([]);
    await settle(async () => expect(await unfinished('reload')).toEqual([]));
  });

  it('[C68] leaves alone what another open page sends itself, and what belongs to another location', async () => {
    const one = outbox(indexedStorage('two-pages'), {}, 'two-pages');
    const elsewhere = outbox(indexedStorage('two'), {}, 'two');
    await Promise.all([tap(one).saved, tap(elsewhere).saved]);
    const two = outbox(indexedStorage('two-pages'), {}, 'two-pages');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(two.get().pending).toEqual([]);
    expect(one.get().pending).toHaveLength(1);
  });

  it('[C69] ignores what it cannot read', async () => {
    const storage = indexedStorage('spoiled');
    await storage.put('x', 'not json');
    await storage.put('y', '{"id":1}');
    const box = outbox(storage, {}, 'spoiled');
    const sent = tap(box);
    await sent.saved;
    await settle(() => expect(hand.calls).toHaveLength(1));
    expect(box.get().pending).toHaveLength(1);
  });
});

describe('what a command acts on', () => {
  it('[C70] is the order for orders, items and tickets, so that nothing overtakes within it', () => {
    const none = () => null;
    expect(aggregateOf({ order: { id: 'AB' } }, none)).toBe('order:ab');
    expect(aggregateOf({ order: 'ab', item: 'i' }, none)).toBe('order:ab');
    expect(aggregateOf({ ticket: 't' }, () => 'ab')).toBe('order:ab');
    expect(aggregateOf({ ticket: 't' }, none)).toBe('order:t');
    expect(aggregateOf({ table: 'T1' }, none)).toBe('table:T1');
    expect(aggregateOf({ item: 'cola' }, none)).toBe('menu');
    expect(aggregateOf({ config: {} }, none)).toBe('location');
  });
});
