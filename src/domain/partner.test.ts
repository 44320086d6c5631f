import { expect, test } from 'vitest';
import { Kitchen, id, maya } from '../testkit/kitchen.ts';

test('[D94] a partner cancels what it placed itself, and learns nothing of any other order', () => {
  const ours = { id: 'api:1', role: 'partner' as const };
  const theirs = { id: 'api:2', role: 'partner' as const };
  const kitchen = new Kitchen();
  for (const [number, by] of [maya, ours, theirs].entries())
    kitchen.do(
      'order.place',
      {
        order: {
          id: id('order', number),
          type: 'takeout',
          items: [{ id: id('item', number), name: 'Soup', price: 500, qty: 1, station: 'grill' }],
        },
      },
      by,
    );
  const refusals = [0, 2, 3].map(
    (number) =>
      kitchen.ask('order.cancel', { order: id('order', number), reason: 'is it mine?' }, ours) as {
        refusal?: { code: string };
      },
  );
  expect(refusals.map(({ refusal }) => refusal?.code)).toEqual(['not_found', 'not_found', 'not_found']);
  const own = { order: id('order', 1), reason: 'the guest says no' };
  expect(kitchen.do('order.cancel', own, ours)).toHaveLength(1);
});
