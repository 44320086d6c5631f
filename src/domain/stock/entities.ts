import { z } from 'zod';

const version = z.int().min(0);
const instant = z.string();
const unit = z.enum(['g', 'ml', 'piece']);

/**
 * An ingredient. In `manager`; while it keeps a dish from being made and that was told, in `pos` and `kitchen` as well,
 * where it is the alert.
 */
export const stockView = z.object({
  kind: z.literal('stock'),
  id: z.string(),
  version,
  name: z.string(),
  unit,
  /** Null: never counted. Never below 0. */
  onHand: z.int().nullable(),
  low: z.int(),
  par: z.int().optional(),
  level: z.enum(['ok', 'low', 'out']),
  countedAt: instant.optional(),
  moved: z
    .object({
      what: z.enum(['sold', 'returned', 'counted', 'received', 'wasted']),
      amount: z.int(),
      at: instant,
    })
    .optional(),
  /** What takes it, the least first: names, whether it can still be made, whether it is sold. */
  dishes: z.array(
    z.object({
      item: z.string().optional(),
      option: z.string().optional(),
      name: z.string(),
      lacking: z.boolean(),
      soldOut: z.boolean(),
    }),
  ),
});
export type StockView = z.infer<typeof stockView>;

/** Something that was thrown away. In `manager`: the last fifty. */
export const wasteView = z.object({
  kind: z.literal('waste'),
  id: z.string(),
  version,
  at: instant,
  why: z.enum(['voided', 'refired', 'cancelled', 'amended', 'thrown']),
  name: z.string(),
  qty: z.int(),
  unit: unit.optional(),
  reason: z.string().optional(),
  by: z.string().optional(),
  /** Minor units. */
  cost: z.int().optional(),
});
export type WasteView = z.infer<typeof wasteView>;
