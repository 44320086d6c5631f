import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ana } from '../testkit/kitchen.ts';
import { automaticLarder } from '../testkit/larder.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { command, furnish, newId, openNode, orderCommand, perform, submit } from './testing/node.ts';
import type { Node } from './testing/node.ts';
import type { Outcome } from './outcome.ts';

const database = useTestDatabase();
let a: Node;
let b: Node;
let admin: pg.Pool;

beforeAll(async () => {
  a = await openNode(database().heardLog);
  b = await openNode(database().heardLog);
  admin = new pg.Pool({ ...database().superuser, max: 1 });
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await admin.end();
});

const ROUNDS = 100;

function burgers(qty: number) {
  return orderCommand(newId(), newId(), {
    items: [
      { id: newId(), menuItem: 'burger', qty, modifiers: [{ group: 'doneness', option: 'rare' }] },
      { id: newId(), menuItem: 'lemonade', qty: 1 },
    ],
  });
}

async function count(location: string, type: string): Promise<number> {
  const { rows } = await admin.query<{ n: string }>(
    'select count(*) n from events where location_id = $1 and type = $2',
    [location, type],
  );
  return Number(rows[0]?.n);
}

/** What the loser is told, and nothing of its order is kept. */
function isTold(outcome: Outcome, words: RegExp): boolean {
  return (
    !outcome.ok &&
    'refusal' in outcome &&
    outcome.refusal.code === 'conflict' &&
    outcome.refusal.errors?.[0]?.path === 'order.items.0.menuItem' &&
    words.test(outcome.refusal.detail)
  );
}

describe('two nodes that sell the same', () => {
  test('[ST1] the last portion has one buyer, in every one of a hundred rounds', async () => {
    await furnish(a, 'last');
    await b.locations.open('last');
    const portions = (left: number) => command('stock.portions', { item: 'burger', left });
    for (let round = 0; round < ROUNDS; round += 1) {
      await perform(round % 2 === 0 ? a : b, 'last', portions(1));
      const outcomes = await Promise.all([submit(a, 'last', burgers(1)), submit(b, 'last', burgers(1))]);
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(outcomes.filter((one) => isTold(one, /^Classic Burger is sold out\. Instead: /))).toHaveLength(
        1,
      );
    }
    expect(await count('last', 'order.placed')).toBe(ROUNDS);
    expect(await count('last', 'menu.soldOut')).toBe(ROUNDS);
    expect(await count('last', 'menu.restored')).toBe(ROUNDS - 1);
  });

  test('[ST1] [ST8] of forty who want one or two of twenty, as many get them as there are', async () => {
    await furnish(a, 'many');
    await b.locations.open('many');
    await perform(a, 'many', command('stock.portions', { item: 'burger', left: 20 }));
    const wanted = Array.from({ length: 40 }, (_, index) => 1 + (index % 2));
    const outcomes = await Promise.all(
      wanted.map((qty, index) => submit(index % 3 === 0 ? b : a, 'many', burgers(qty))),
    );
    const got = wanted.filter((_, index) => outcomes[index]?.ok).reduce((sum, qty) => sum + qty, 0);
    // One may be left when only pairs were still wanted; then none for one was refused.
    expect(got).toBeGreaterThanOrEqual(19);
    expect(got).toBeLessThanOrEqual(20);
    for (const outcome of outcomes)
      expect(outcome.ok || isTold(outcome, /sold out|1 left, 2 wanted/)).toBe(true);
    const after = await perform(b, 'many', command('menu.soldOut', { item: 'burger' }));
    expect(after.ok).toBe(true);
    expect(b.locations.peek('many')?.state.stock.portions).toEqual({ burger: 20 - got });
  });

  test('[ST20] [ST21] an ingredient that runs out is told once and takes its dishes off once, though both nodes look', async () => {
    await furnish(a, 'out');
    await perform(a, 'out', command('location.configure', { config: automaticLarder }), ana);
    a.locations.start();
    b.locations.start();
    await b.locations.open('out');
    await perform(a, 'out', command('stock.count', { ingredient: 'beef', onHand: 160 }), ana);
    await expect.poll(() => count('out', 'menu.soldOut'), { timeout: 10_000 }).toBe(1);
    expect(await count('out', 'stock.noticed')).toBe(1);
    await perform(b, 'out', burgers(1));
    await expect.poll(() => count('out', 'menu.soldOut'), { timeout: 10_000 }).toBe(2);
    await expect.poll(() => count('out', 'stock.noticed'), { timeout: 10_000 }).toBe(2);
    await perform(b, 'out', command('stock.receive', { ingredient: 'beef', amount: 9_000 }), ana);
    await expect.poll(() => count('out', 'menu.restored'), { timeout: 10_000 }).toBe(2);
    await expect.poll(() => count('out', 'stock.noticed'), { timeout: 10_000 }).toBe(3);
    expect(await count('out', 'policy.refused')).toBe(0);
    for (const node of [a, b])
      await expect
        .poll(() => node.locations.peek('out')?.state.soldOut.items, { timeout: 10_000 })
        .toEqual({});
  });
});
