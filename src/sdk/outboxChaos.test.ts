import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { mintId } from './ids.ts';
import { leasedTab } from './leases.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxEngine } from './outbox.ts';
import { indexedStorage } from './outboxStorage.ts';
import type { Delivery, Letter, Sender } from './send.ts';
import { holdTab } from './tabs.ts';

/** Several pages of one device, each of which may die at any moment, over a line that loses questions and answers. */

const ORDERS = ['order:1', 'order:2', 'order:3'];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function chance(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function evening(seed: number, withLocks: boolean) {
  const random = chance(seed);
  const place = `chaos-${seed}-${withLocks}`;
  /** What the server did, once for each key. */
  const done: string[] = [];
  const inFlight = new Map<string, number>();
  const aggregates = new Map<string, string>();
  let most = 0;
  let doubled = 0;
  let calm = false;
  const deliver = async (letter: Letter): Promise<Delivery> => {
    const order = aggregates.get(letter.id) ?? '';
    inFlight.set(order, (inFlight.get(order) ?? 0) + 1);
    most = Math.max(most, inFlight.get(order) ?? 0);
    try {
      await pause(random() * 6);
      if (!calm && random() < 0.25) return { got: 'again', wait: 0 };
      if (done.includes(letter.id)) doubled += 1;
      else done.push(letter.id);
      await pause(random() * 4);
      // The answer is lost: the tap is done, and nobody here knows.
      if (!calm && random() < 0.2) return { got: 'again', wait: 0 };
      return {
        got: 'answer',
        answer: { id: letter.id, name: letter.name, seq: done.length, replayed: false, result: {} },
      };
    } finally {
      inFlight.set(order, (inFlight.get(order) ?? 1) - 1);
    }
  };
  const sender: Sender = {
    one: deliver,
    async many(letters) {
      // As the server does it: after one that could not be served the rest is not tried.
      const all: Delivery[] = [];
      for (const letter of letters) {
        if (all.some(({ got }) => got === 'again')) all.push({ got: 'again', wait: 0 });
        else all.push(await deliver(letter));
      }
      return all;
    },
  };
  const open = (): OutboxEngine =>
    createOutbox({
      storage: indexedStorage(place),
      tab: withLocks ? holdTab(place, true, Date.now) : leasedTab(place, mintId(), Date.now),
      sender,
      actor: () => ({ id: 'device:1' }),
      now: Date.now,
      random: () => random() * 0.01,
      adopted: () => undefined,
      settled: () => undefined,
    });

  const pages = [open(), open()];
  const tapped: { id: string; order: string }[] = [];
  let kills = 0;
  for (let n = 0; n < 24; n += 1) {
    const at = Math.floor(random() * pages.length);
    const order = ORDERS[Math.floor(random() * ORDERS.length)] ?? '';
    const id = mintId();
    aggregates.set(id, order);
    const added = pages[at]?.add(
      { id, name: 'ticket.bump', body: '{}', aggregate: order, tappedAt: 0 },
      undefined,
    );
    expect(await added?.saved).toBe(true);
    tapped.push({ id, order });
    await pause(2 + random() * 12);
    if (random() < 0.15) {
      pages[at]?.close();
      pages[at] = open();
      kills += 1;
    }
  }
  calm = true;
  // The last page of the evening has it all to itself.
  for (const page of pages) page.close();
  await pause(30);
  const last = open();
  const end = Date.now() + 10_000;
  while (done.length < tapped.length && Date.now() < end) {
    last.flush();
    await pause(20);
  }
  last.close();
  await pause(20);
  return { tapped, done, most, doubled, kills };
}

describe('the outbox of a device in a bad evening', () => {
  it.each([
    ['locks', true],
    ['leases', false],
  ] as const)(
    '[C211] every tap that was called saved is done once, and each order’s in the order of the taps, with %s',
    async (_, withLocks) => {
      let kills = 0;
      let retold = 0;
      for (let seed = 1; seed <= (withLocks ? 20 : 8); seed += 1) {
        const { tapped, done, doubled, kills: killed } = await evening(seed, withLocks);
        kills += killed;
        retold += doubled;
        expect([...done].sort(), `seed ${seed}`).toEqual(tapped.map(({ id }) => id).sort());
        for (const order of ORDERS) {
          const wanted = tapped.filter((one) => one.order === order).map(({ id }) => id);
          expect(
            done.filter((id) => wanted.includes(id)),
            `seed ${seed}, ${order}`,
          ).toEqual(wanted);
        }
      }
      // It was a bad evening indeed.
      expect(kills).toBeGreaterThan(withLocks ? 10 : 4);
      if (withLocks) expect(retold).toBeGreaterThan(5);
    },
    120_000,
  );
});
