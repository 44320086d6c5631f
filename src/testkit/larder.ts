import { type LocationConfig, locationConfig } from '../domain/config.ts';
import { due } from '../domain/policies.ts';
import { toInstant } from '../domain/text.ts';
import { type Kitchen, smallPlace } from './kitchen.ts';

/** The small place with a larder: what its dishes take, and what options change about that. */
export const larder: LocationConfig = locationConfig.parse({
  ...smallPlace,
  stock: {
    ingredients: [
      { id: 'beef', name: 'Beef', unit: 'g', low: 1_000, par: 5_000, cost: 1_200 },
      { id: 'bun', name: 'Buns', unit: 'piece', low: 5, par: 40, cost: 45 },
      { id: 'onion', name: 'Onions', unit: 'g', low: 200, cost: 150 },
      { id: 'cheddar', name: 'Cheddar', unit: 'g', low: 100, cost: 900 },
      { id: 'lemon', name: 'Lemons', unit: 'piece', low: 4 },
    ],
    recipes: [
      {
        item: 'burger',
        takes: [
          { ingredient: 'beef', amount: 150 },
          { ingredient: 'bun', amount: 1 },
          { ingredient: 'onion', amount: 20 },
        ],
      },
      {
        item: 'milanesa',
        takes: [{ ingredient: 'beef', amount: 250 }],
      },
      { item: 'lemonade', takes: [{ ingredient: 'lemon', amount: 2 }] },
    ],
    options: [
      { option: 'cheddar', takes: [{ ingredient: 'cheddar', amount: 30 }] },
      { group: 'remove', option: 'onion', takes: [{ ingredient: 'onion', amount: -20 }] },
    ],
  },
});

export const automaticLarder: LocationConfig = {
  ...larder,
  stock: { ...larder.stock, auto86: 'automatic' },
};

/** Does all that is due now, again and again until nothing is; fails when it does not come to rest. */
export function settle(kitchen: Kitchen, rounds = 10): number {
  for (let round = 0; round < rounds; round += 1) {
    const commands = due(kitchen.state, toInstant(kitchen.now));
    if (commands.length === 0) return round;
    for (const command of commands) kitchen.run(command, { id: `policy:${command.name}`, role: 'policy' });
  }
  throw new Error('the policies do not come to rest');
}
