import type { Json } from '../answer.ts';
import type { CommandOf } from '../families.ts';
import type { LocationState } from '../state.ts';
import { leftOf } from './left.ts';

export function answerStock(state: LocationState, command: CommandOf<'stock'>): { [key: string]: Json } {
  switch (command.name) {
    case 'stock.portions': {
      const { item } = command.input;
      return { item, left: leftOf(state, item), soldOut: Object.hasOwn(state.soldOut.items, item) };
    }
    case 'stock.lack':
    case 'stock.regain':
      return {};
    default: {
      const { ingredient } = command.input;
      const one = state.stock.ingredients.get(ingredient);
      if (!one) return {};
      return {
        ingredient,
        onHand: one.onHand === null ? null : Math.max(0, one.onHand),
        level: one.level,
        version: one.version,
      };
    }
  }
}
