import { z } from 'zod';
import { paintedVersion, slug, words } from '../text.ts';

/** What staff may say of what is in the house: portions of a dish, and ingredients. */

const ingredient = slug;
const version = paintedVersion;
/** In the ingredient's own unit (g, ml, pieces); whole numbers. */
const amount = z.int('must be a whole number').min(0).max(100_000_000);

export const stockInputs = {
  /** So many portions are left to sell; null: nobody counts any more. */
  'stock.portions': z.strictObject({
    item: slug,
    left: z.int('must be a whole number').min(0).max(9_999).nullable(),
    version,
  }),
  /** Somebody counted. */
  'stock.count': z.strictObject({ ingredient, onHand: amount, version }),
  'stock.receive': z.strictObject({ ingredient, amount: amount.min(1), version }),
  'stock.waste': z.strictObject({ ingredient, amount: amount.min(1), reason: words(140), version }),
  /** Sells out all that can no longer be made without it; it comes back with the ingredient. */
  'stock.sellOut': z.strictObject({ ingredient, version }),
} as const;

/** What follows by itself from what was sold. */
export type StockInner = {
  'stock.notice': { ingredient: string; level: 'ok' | 'low' | 'out' };
  /** It can no longer be made, and the house sells such things out by itself. */
  'stock.lack': { what: 'items' | 'options'; id: string };
  /** It was sold out for want of something that is there again. */
  'stock.regain': { what: 'items' | 'options'; id: string };
};
