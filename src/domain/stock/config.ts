import { z } from 'zod';
import { money, slug, words } from '../text.ts';

/** What a location keeps of ingredients, and what its dishes take. Amounts are whole numbers in the ingredient's own unit. */

/** A ton in grams; enough for any larder and far from where numbers lose their last digit. */
const MOST = 100_000_000;

const ingredientConfig = z.strictObject({
  id: slug,
  name: words(60),
  unit: z.enum(['g', 'ml', 'piece']),
  /** Below this somebody is told. */
  low: z.int().min(0).max(MOST).default(0),
  /** What should be there at the start of a day; what is missing to it is what to order. */
  par: z.int().min(0).max(MOST).optional(),
  /** Of a kilogram, a litre or a piece, in minor units: what waste is reckoned with. */
  cost: money.min(0).optional(),
});

const takes = z
  .array(z.strictObject({ ingredient: slug, amount: z.int().min(1).max(MOST) }))
  .min(1)
  .max(100);

/** More or, with a minus, less of something for each time the option is chosen. Without `group`: in whichever group it stands. */
const optionTakes = z.strictObject({
  group: slug.optional(),
  option: slug,
  takes: z
    .array(
      z.strictObject({
        ingredient: slug,
        amount: z
          .int()
          .min(-MOST)
          .max(MOST)
          .refine((amount) => amount !== 0, 'must not be 0'),
      }),
    )
    .min(1)
    .max(100),
});

const recipe = z.strictObject({
  item: slug,
  /** One portion. */
  takes,
  /** What options mean for this dish, in place of what they mean elsewhere. */
  options: z.array(optionTakes).max(200).default([]),
});

export const stockConfig = z.strictObject({
  ingredients: z.array(ingredientConfig).max(2_000).default([]),
  recipes: z.array(recipe).max(5_000).default([]),
  /** What options mean for every dish that has no word of its own on them. */
  options: z.array(optionTakes).max(1_000).default([]),
  /** When a dish can no longer be made: `ask` names it on the alert, `automatic` sells it out until there is more. */
  auto86: z.enum(['ask', 'automatic']).default('ask'),
});
export type StockConfig = z.infer<typeof stockConfig>;
export type IngredientConfig = z.infer<typeof ingredientConfig>;

type Menu = {
  items: readonly { id: string }[];
  groups: readonly { id: string; options: readonly { id: string }[] }[];
};
type Lint = { path: readonly (string | number)[]; message: string };

/** Recipes of what is not on the menu, and of what nobody keeps. */
export function* lintStock(stock: StockConfig, menu: Menu): Generator<Lint> {
  const known = new Set(stock.ingredients.map(({ id }) => id));
  const items = new Set(menu.items.map(({ id }) => id));
  yield* twice(stock.ingredients, 'id', ['stock', 'ingredients']);
  yield* twice(stock.recipes, 'item', ['stock', 'recipes']);
  for (const [index, { item, takes: list, options }] of stock.recipes.entries()) {
    const path = ['stock', 'recipes', index] as const;
    if (!items.has(item)) yield { path: [...path, 'item'], message: `"${item}" is not on the menu` };
    yield* lintTakes(list, known, path);
    yield* lintOptions(options, menu, known, path);
  }
  yield* lintOptions(stock.options, menu, known, ['stock']);
}

function* lintOptions(
  options: StockConfig['options'],
  menu: Menu,
  known: ReadonlySet<string>,
  path: readonly (string | number)[],
): Generator<Lint> {
  for (const [index, { group, option, takes: list }] of options.entries()) {
    const here = [...path, 'options', index];
    const groups = menu.groups.filter(({ id }) => group === undefined || id === group);
    if (group !== undefined && groups.length === 0)
      yield { path: [...here, 'group'], message: `no modifier group "${group}"` };
    else if (!groups.some((one) => one.options.some(({ id }) => id === option)))
      yield {
        path: [...here, 'option'],
        message: `"${option}" is not an option of ${group ?? 'any modifier group'}`,
      };
    yield* lintTakes(list, known, here);
  }
}

function* lintTakes(
  list: readonly { ingredient: string }[],
  known: ReadonlySet<string>,
  path: readonly (string | number)[],
): Generator<Lint> {
  for (const [index, { ingredient }] of list.entries())
    if (!known.has(ingredient))
      yield { path: [...path, 'takes', index, 'ingredient'], message: `no ingredient "${ingredient}"` };
}

function* twice<K extends string>(
  things: readonly { [P in K]: string }[],
  key: K,
  path: readonly (string | number)[],
): Generator<Lint> {
  const seen = new Set<string>();
  for (const [index, thing] of things.entries()) {
    if (seen.has(thing[key])) yield { path: [...path, index, key], message: `"${thing[key]}" is here twice` };
    seen.add(thing[key]);
  }
}
