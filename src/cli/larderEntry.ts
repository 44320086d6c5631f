import { z } from 'zod';
import type { LocationConfig } from '../domain/config.ts';
import { slug } from '../domain/text.ts';

/** What a file may say of what is in the house on its first day: what somebody would have counted. */
export const larderEntry = z.strictObject({
  /** Ingredient -> amount in its own unit. */
  counts: z.record(slug, z.int().min(0).max(100_000_000)).default({}),
  /** Menu item -> portions. */
  portions: z.record(slug, z.int().min(0).max(9_999)).default({}),
});
type Larder = z.infer<typeof larderEntry>;

export function* larderProblems(
  config: LocationConfig,
  { counts, portions }: Larder,
): Generator<{ path: string[]; message: string }> {
  for (const id of Object.keys(counts))
    if (!config.stock.ingredients.some((one) => one.id === id))
      yield { path: ['counts', id], message: `no ingredient "${id}" in the configuration` };
  for (const id of Object.keys(portions))
    if (!config.menu.items.some((one) => one.id === id))
      yield { path: ['portions', id], message: `"${id}" is not on the menu` };
}
