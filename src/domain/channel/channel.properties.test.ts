import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courierSaid, orderGone, platformSaid } from '../../integrations/platform.ts';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import { due, nextDeadline } from '../policies.ts';
import { freeze, thaw } from '../snapshot.ts';
import { toInstant } from '../text.ts';
import { type Word, hearCourier } from './courier.ts';
import type { Courier, CourierState, PlatformState } from './state.ts';

const ON_THE_WAY: readonly CourierState[] = [
  'requested',
  'assigned',
  'to_pickup',
  'at_pickup',
  'picked_up',
  'to_dropoff',
  'at_dropoff',
];
const at = (second: number): string => toInstant(1_767_225_600_000 + second * 1000);

/** What happens on one evening: couriers who are called off one after the other, the last of whom may come to an end. */
const evening = fc
  .record({
    dispatches: fc.array(fc.subarray([...ON_THE_WAY], { minLength: 1 }), { minLength: 1, maxLength: 3 }),
    end: fc.constantFrom<CourierState | null>(null, 'delivered', 'returned'),
    still: fc.nat(3),
  })
  .map(({ dispatches, end, still }): Word[] => {
    let second = 0;
    const next = (state: CourierState, name?: string): Word => ({
      state,
      at: at((second += 1)),
      ...(name !== undefined && { name }),
    });
    return dispatches.flatMap((states, index) => {
      const isLast = index === dispatches.length - 1;
      const name = `courier ${index}`;
      return [
        next('requested'),
        // Each is said as often as a position is sent.
        ...states.flatMap((state) =>
          state === 'requested' ? [] : Array.from({ length: 1 + still }, () => next(state, name)),
        ),
        ...(isLast ? (end === null ? [] : [next(end, name)]) : [next('cancelled')]),
      ];
    });
  });

const hearAll = (words: readonly Word[]) =>
  words.reduce<Courier | undefined>((courier, word) => hearCourier(courier, word), undefined);

describe('news of a delivery in any order', () => {
  it('[PL20] the same news of a courier, late, twice and in any order, come to the same courier', () => {
    fc.assert(
      fc.property(
        evening.chain((words) =>
          fc.record({
            words: fc.constant(words),
            again: fc.subarray(words),
            order: fc.array(fc.nat(), { minLength: words.length * 2, maxLength: words.length * 2 }),
          }),
        ),
        ({ words, again, order }) => {
          const shuffled = [...words, ...again]
            .map((word, index) => ({ word, key: order[index] ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ word }) => word);
          const seen = (courier: Courier | undefined) =>
            courier && { state: courier.state, at: courier.at, name: courier.name };
          expect(seen(hearAll(shuffled))).toEqual(seen(hearAll(words)));
        },
      ),
      { numRuns: 500 },
    );
  });

  const TERMINAL: ReadonlySet<PlatformState> = new Set([
    'denied',
    'auto_cancelled',
    'cancelled_by_platform',
    'cancelled_by_house',
    'failed',
  ]);
  const deed = fc.oneof(
    fc.constantFrom('hear', 'cook', 'serve', 'accept', 'deny', 'cancel'),
    fc.constantFrom('gone platform', 'gone clock'),
    fc.constantFrom('said accepted', 'said denied', 'said collected', 'said delivered', 'said failed'),
    fc.constantFrom(...ON_THE_WAY, 'delivered', 'cancelled').map((state) => `courier ${state}`),
    fc.nat({ max: 400 }).map((seconds) => `wait ${seconds}`),
  );

  it('[PL17] [PL16] whatever people, platform and clock do, what is over stays over, a yes is never said after a no, and nothing is left due', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
        const kitchen = new PlatformKitchen();
        const id = await kitchen.take({}, 180_000);
        const { externalId } = kitchen.order(id).platform;
        let over: PlatformState | null = null;
        for (const one of deeds) {
          await carryOut(kitchen, id, externalId, one);
          kitchen.settle();
          const stands = kitchen.stands(id);
          if (over !== null) expect(stands).toBe(over);
          if (TERMINAL.has(stands)) over = stands;
          const acts = kitchen.acts(id);
          expect(acts.filter((act) => act === 'accept').length).toBeLessThan(2);
          expect(acts.filter((act) => act === 'ready').length).toBeLessThan(2);
          const no = acts.findIndex((act) => act === 'deny' || act === 'cancel');
          if (no >= 0) expect(acts.slice(no + 1)).toEqual([]);
          const { cancelled } = kitchen.order(id);
          if (cancelled) expect(TERMINAL.has(stands)).toBe(true);
        }
        // The snapshot of it is the same, and what is due does not wait in the past.
        expect(freeze(thaw(freeze(kitchen.state)))).toEqual(freeze(kitchen.state));
        const now = toInstant(kitchen.now);
        const owed = due(kitchen.state, now).filter(({ name }) => name.startsWith('channel.'));
        expect(owed).toEqual([]);
        expect(nextDeadline(kitchen.state, now) ?? 'z' > now).toBeTruthy();
      }),
      { numRuns: 150 },
    );
  });
});

async function carryOut(
  kitchen: PlatformKitchen,
  id: string,
  externalId: string,
  deed: string,
): Promise<void> {
  const [what = '', how = ''] = deed.split(' ');
  const now = toInstant(kitchen.now);
  switch (what) {
    case 'hear':
      return kitchen.hear(id);
    case 'cook':
      for (const { id: ticket } of kitchen.order(id).tickets) kitchen.ask('ticket.bump', { ticket });
      return;
    case 'serve':
      return void kitchen.ask('order.serve', { order: id });
    case 'accept':
      return void kitchen.ask('channel.accept', { order: id });
    case 'deny':
      return void kitchen.ask('channel.deny', { order: id, reason: 'kitchen_busy' });
    case 'cancel':
      return void kitchen.ask('order.cancel', { order: id, reason: 'Changed our minds' });
    case 'gone':
      await orderGone(kitchen.tools, externalId, { by: how === 'clock' ? 'clock' : 'platform', words: '' });
      return;
    case 'said':
      await platformSaid(kitchen.tools, externalId, { state: how as 'accepted', at: now });
      return;
    case 'courier':
      await courierSaid(kitchen.tools, externalId, { state: how as CourierState, at: now, courier: null });
      return;
    default:
      return kitchen.wait(Number(how) * 1000);
  }
}
