import { z } from 'zod';

/** What is known of what is in the house. What was sold is not said again: it follows from the orders. */

const amount = z.int();
const level = z.enum(['ok', 'low', 'out']);

export const stockFacts = {
  /** So many portions are left to sell; null: nobody counts any more. */
  'stock.portioned': z.object({ item: z.string(), left: amount.nullable() }),
  'stock.counted': z.object({ ingredient: z.string(), onHand: amount }),
  'stock.received': z.object({ ingredient: z.string(), amount }),
  'stock.wasted': z.object({
    ingredient: z.string(),
    amount,
    reason: z.string(),
    /** Minor units; also in `stock.scrapped`. */
    cost: amount.optional(),
  }),
  /** Food that was made, or begun, and that nobody gets. Its ingredients were taken when it was fired. */
  'stock.scrapped': z.object({
    order: z.string(),
    item: z.string(),
    menuItem: z.string().optional(),
    name: z.string(),
    qty: amount,
    why: z.enum(['voided', 'refired', 'cancelled', 'amended']),
    reason: z.string().optional().meta({ pii: true }),
    takes: z.array(z.object({ ingredient: z.string(), amount })),
    cost: amount.optional(),
  }),
  /** An ingredient became low, ran out, or is there again: somebody is told. */
  'stock.noticed': z.object({
    ingredient: z.string(),
    level,
    /** As people see it: never below 0. */
    onHand: amount,
    /** Names of what can no longer be made without it. */
    dishes: z.array(z.string()),
  }),
} as const;
