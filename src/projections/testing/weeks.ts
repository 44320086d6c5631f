import { locationConfig } from '../../domain/config.ts';
import { businessDay } from '../../location/businessDay.ts';
import { Kitchen, burger, cook, id, lemonade, luis, smallPlace } from '../../testkit/kitchen.ts';
import { createRandom } from '../../testkit/sim/random.ts';

/** Two weeks of a small house in New York: enough of everything that reports count, with a change of the clocks inside. */

export const WEEKS_CONFIG = locationConfig.parse({ ...smallPlace, timezone: 'America/New_York' });

export function twoWeeks(seed: number, end: number): Kitchen {
  const chance = createRandom(seed);
  const house = new Kitchen(WEEKS_CONFIG);
  const begin = end - 15 * 86_400_000;
  house.now = begin;
  let [orders, items] = [0, 0];
  for (let number = 0; number < 160; number += 1) {
    const placed = Math.max(house.now, begin + (number * 15 * 86_400_000) / 160 + chance.below(3_600_000));
    const at = (ms: number): void => {
      house.now = Math.max(house.now, ms);
      house.day = businessDay(WEEKS_CONFIG, house.now);
    };
    at(placed);
    if (house.now >= end) break;
    const order = id('order', (orders += 1));
    const first = (items += 3) - 2;
    const source = chance.pick(['pos', 'pos', 'web', 'partner']);
    house.do('order.place', {
      order: {
        id: order,
        type: chance.pick(['counter', 'takeout', 'delivery'] as const),
        source,
        items: [burger(first, { qty: 1 + chance.below(3) }), lemonade(first + 1), burger(first + 2)],
      },
    });
    if (chance.chance(0.06)) {
      house.do('order.cancel', { order, reason: chance.pick(['guest left', 'too late']) });
      continue;
    }
    const tickets = [house.ticket(orders, 'grill'), house.ticket(orders, 'drinks')];
    for (const ticket of tickets) {
      at(house.now + chance.below(3_000));
      if (chance.chance(0.95)) house.inner('ticket.hear', { ticket });
    }
    if (chance.chance(0.15))
      house.do('item.void', {
        order,
        item: id('item', first),
        qty: 1,
        reason: 'dropped',
        made: chance.chance(0.5),
      });
    for (const ticket of tickets) {
      if (chance.chance(0.7)) {
        at(house.now + chance.below(240_000));
        house.ask('ticket.start', { ticket }, cook);
      }
      at(house.now + chance.below(900_000) + (chance.chance(0.02) ? 4 * 3_600_000 : 0));
      house.ask('ticket.bump', { ticket }, cook);
      if (chance.chance(0.15)) {
        at(house.now + chance.below(chance.chance(0.5) ? 50_000 : 900_000));
        house.ask('ticket.recall', { ticket }, cook);
        at(house.now + chance.below(300_000));
        house.ask('ticket.bump', { ticket }, cook);
      }
    }
    if (chance.chance(0.08)) {
      house.ask('item.refire', { order, item: id('item', first + 1), reason: 'spilt' });
      const again = house.state.orders.get(order)?.tickets.at(-1)?.id ?? '';
      at(house.now + 30_000);
      house.ask('ticket.bump', { ticket: again }, cook);
    }
    if (chance.chance(0.9)) {
      at(house.now + chance.below(200_000));
      house.ask('order.serve', { order }, luis);
    }
  }
  return house;
}
