import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CanonicalItem, CanonicalModifier, CanonicalOrder } from '../domain/channel/canonical.ts';
import { isStorable } from '../domain/text.ts';
import { PlatformKitchen, canonical } from '../testkit/platformKitchen.ts';
import { courierSaid, orderGone, storeSaid, takeOrder } from './platform.ts';

/** What a stranger may have written, and what a careless adapter may have made of it. */
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', ' ', '\u0000', '\uD83D', 'burger', 'onion', 'x'.repeat(500), '🍔'.repeat(100)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e308, Number.MAX_SAFE_INTEGER),
);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const time = fc.oneof(
  words,
  fc.constantFrom('2026-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-99-99T99:99:99Z'),
);

const modifier: fc.Arbitrary<CanonicalModifier> = fc.record(
  {
    action: fc.constantFrom('add' as const, 'remove' as const),
    name: words,
    qty: number,
    price: maybe(number),
    depth: number,
    externalId: maybe(words),
    said: words,
  },
  { requiredKeys: ['action', 'name', 'qty', 'price', 'depth', 'externalId'] },
);
const item: fc.Arbitrary<CanonicalItem> = fc.record({
  externalId: maybe(words),
  name: words,
  qty: number,
  price: number,
  modifiers: fc.array(modifier, { maxLength: 4 }),
  specialInstructions: maybe(words),
  allergy: maybe(fc.record({ allergens: fc.array(words, { maxLength: 3 }), note: maybe(words) })),
  forPerson: maybe(words),
});
const order: fc.Arbitrary<CanonicalOrder> = fc
  .record({
    source: words,
    displayId: maybe(words),
    platformState: maybe(words),
    customer: fc.record({ name: maybe(words), phone: maybe(words), phoneCode: maybe(words) }),
    items: fc.array(item, { minLength: 1, maxLength: 4 }),
    notes: maybe(words),
    scheduledFor: maybe(time),
    placedAt: time,
    readyBy: maybe(time),
    total: maybe(fc.record({ amount: number, currency: words })),
  })
  .map(canonical);

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? [...Object.keys(value), ...Object.values(value).flatMap(textsOf)]
      : [];

it('[PL5] whatever an order says, it is one order here, and the log can hold and read every word of it', async () => {
  await fc.assert(
    fc.asyncProperty(order, maybe(number), words, time, async (one, within, word, at) => {
      // Every event goes through JSON and is read back, or this kitchen throws.
      const kitchen = new PlatformKitchen();
      expect(await takeOrder(kitchen.tools, { order: one, acceptWithinMs: within })).toBe('done');
      kitchen.settle();
      expect(kitchen.state.orders.size).toBe(1);
      const courier = { name: word, phone: null, status: null, location: null, vehicle: null };
      await courierSaid(kitchen.tools, one.externalId, { state: 'assigned', at, courier, eta: at });
      await storeSaid(kitchen.tools, { open: false, reason: word, at });
      await orderGone(kitchen.tools, one.externalId, { by: 'platform', words: word });
      kitchen.settle();
      expect(kitchen.log.flatMap(({ data }) => textsOf(data)).filter((text) => !isStorable(text))).toEqual(
        [],
      );
    }),
    { numRuns: 300 },
  );
});
