import { nameId } from '../ids.ts';
import type { Upcoming } from '../ladder.ts';
import type { LocationState } from '../state.ts';
import { toMillis } from '../text.ts';
import { mayRegain, mustSellOut } from './decide.ts';

/**
 * What running out asks for by itself, at once: that somebody is told, that what can no longer be made is not sold, and that
 * it is sold again. Nothing here is looked at where no ingredients are kept.
 */
export function* stockUpcoming(state: LocationState): Generator<Upcoming> {
  const { ingredients, untold, lacking } = state.stock;
  if (ingredients.size === 0) return;
  const now = toMillis(state.at ?? '') ?? 0;
  for (const id in untold) {
    const one = ingredients.get(id);
    if (!one) continue;
    yield {
      at: now,
      command: () => ({
        id: nameId('notice', id, one.level, String(one.toldSeq)),
        name: 'stock.notice',
        input: { ingredient: id, level: one.level },
      }),
    };
  }
  for (const what of ['items', 'options'] as const) {
    const isAutomatic = state.config?.stock.auto86 === 'automatic';
    for (const id in isAutomatic ? lacking[what] : {}) {
      if (!mustSellOut(state, what, id)) continue;
      yield {
        at: now,
        command: () => ({
          id: nameId('lack', what, id, String(lacking[what][id]?.since ?? 0)),
          name: 'stock.lack',
          input: { what, id },
        }),
      };
    }
    for (const id in state.soldOut[what]) {
      if (!mayRegain(state, what, id)) continue;
      yield {
        at: now,
        command: () => ({
          id: nameId('regain', what, id, String(state.soldOut[what][id]?.seq ?? 0)),
          name: 'stock.regain',
          input: { what, id },
        }),
      };
    }
  }
}
