import type { LocationConfig } from '../config.ts';
import type { ModifierFact } from '../events.ts';

/** What a portion takes, and what can no longer be made without something: the recipes, by id. */

/** Ingredient -> amount. */
export type Amounts = ReadonlyMap<string, number>;
/** Something on the menu that needs so much of an ingredient. */
export type User = { readonly what: 'items' | 'options'; readonly id: string; readonly amount: number };

export type Recipes = {
  readonly items: ReadonlyMap<string, { readonly takes: Amounts; readonly options: Options }>;
  readonly options: Options;
  /** Ingredient -> what takes it, the least first. */
  readonly users: ReadonlyMap<string, readonly User[]>;
  /** What an item or an option needs. */
  readonly needs: {
    readonly items: ReadonlyMap<string, Amounts>;
    readonly options: ReadonlyMap<string, Amounts>;
  };
};
/** `group|option`, or `|option` for every group. */
type Options = ReadonlyMap<string, Amounts>;

const NOTHING: Amounts = new Map();
const NO_RECIPES: Recipes = {
  items: new Map(),
  options: new Map(),
  users: new Map(),
  needs: { items: new Map(), options: new Map() },
};
const indexes = new WeakMap<LocationConfig, Recipes>();

/** Made once for each document: it stays the same object until the location is configured anew. */
export function recipesOf(config: LocationConfig | null): Recipes {
  if (config === null) return NO_RECIPES;
  const known = indexes.get(config);
  if (known) return known;
  const made = config.stock.ingredients.length === 0 ? NO_RECIPES : index(config);
  indexes.set(config, made);
  return made;
}

function index({ stock }: LocationConfig): Recipes {
  const items = new Map(
    stock.recipes.map(({ item, takes, options }) => [
      item,
      { takes: amounts(takes), options: byOption(options) },
    ]),
  );
  const options = byOption(stock.options);
  const needs = {
    items: new Map([...items].map(([id, { takes }]) => [id, takes])),
    options: optionNeeds(stock.options),
  };
  const users = new Map<string, User[]>();
  for (const what of ['items', 'options'] as const)
    for (const [id, list] of needs[what])
      for (const [ingredient, amount] of list)
        users.set(ingredient, [...(users.get(ingredient) ?? []), { what, id, amount }]);
  for (const list of users.values()) list.sort((a, b) => a.amount - b.amount);
  return { items, options, users, needs };
}

/** An option is named without its group when it is sold out, so it needs the least of what its groups take. */
function optionNeeds(list: LocationConfig['stock']['options']): Map<string, Amounts> {
  const needs = new Map<string, Map<string, number>>();
  for (const { option, takes } of list)
    for (const { ingredient, amount } of takes) {
      if (amount <= 0) continue;
      const known = needs.get(option) ?? new Map<string, number>();
      known.set(ingredient, Math.min(known.get(ingredient) ?? amount, amount));
      needs.set(option, known);
    }
  return needs;
}

function byOption(list: LocationConfig['stock']['options']): Options {
  return new Map(list.map(({ group, option, takes }) => [`${group ?? ''}|${option}`, amounts(takes)]));
}

function amounts(list: readonly { ingredient: string; amount: number }[]): Amounts {
  const sum = new Map<string, number>();
  for (const { ingredient, amount } of list) sum.set(ingredient, (sum.get(ingredient) ?? 0) + amount);
  return sum;
}

/** What one piece of a line takes with its modifiers; never less than nothing of anything. */
export function perPiece(
  recipes: Recipes,
  line: { menuItem?: string | undefined; modifiers: readonly ModifierFact[] },
): Amounts {
  if (line.menuItem === undefined) return NOTHING;
  const recipe = recipes.items.get(line.menuItem);
  let sum: Map<string, number> | null = null;
  for (const { group, option, qty } of line.modifiers) {
    if (option === undefined) continue;
    const more =
      recipe?.options.get(`${group ?? ''}|${option}`) ??
      recipe?.options.get(`|${option}`) ??
      recipes.options.get(`${group ?? ''}|${option}`) ??
      recipes.options.get(`|${option}`);
    if (!more) continue;
    sum ??= new Map(recipe?.takes);
    for (const [ingredient, amount] of more) sum.set(ingredient, (sum.get(ingredient) ?? 0) + amount * qty);
  }
  if (sum === null) return recipe?.takes ?? NOTHING;
  for (const [ingredient, amount] of sum) if (amount <= 0) sum.delete(ingredient);
  return sum;
}
