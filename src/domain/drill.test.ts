import { expect, test } from 'vitest';
import { Kitchen, ana, id, luis, maya } from '../testkit/kitchen.ts';

test('[V22] only a manager places the order of a drill', () => {
  const kitchen = new Kitchen();
  const order = {
    id: id('order', 1),
    type: 'counter' as const,
    source: 'drill',
    items: [{ id: id('item', 1), name: 'DRILL: DO NOT COOK', price: 0, qty: 1, station: 'grill' }],
  };
  for (const by of [maya, luis, { id: 'api:1', role: 'partner' as const }])
    expect(kitchen.ask('order.place', { order }, by)).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden' },
    });
  expect(kitchen.ask('order.place', { order }, ana).ok).toBe(true);
});
