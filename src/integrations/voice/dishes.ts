import type { MenuLine } from '../../domain/commands.ts';
import type { GroupConfig, LocationConfig, MenuItemConfig, OptionConfig } from '../../domain/config.ts';
import type { LocationState } from '../../domain/state.ts';
import { isSoldOut } from '../../domain/stock/left.ts';
import { substitutes } from '../../domain/menu.ts';
import { textAt } from '../wire.ts';
import { type Match, type Named, matchName } from './menuMatch.ts';
import { plain } from './spoken.ts';
import { either } from './sayings.ts';
import { type Language, wordsIn } from './words.ts';

/** From what a caller calls a dish and what they want with it, to a line of the menu; or to a question. */

export type Dish = {
  readonly item: MenuItemConfig;
  readonly choices: MenuLine['modifiers'];
  readonly notes: string;
  /** As it is read back. */
  readonly said: string;
};
export type Question = { readonly ask: string; readonly candidates?: readonly string[] };

const MOST_NAMED = 5;
const MOST_NOTES = 140;

export function dishOf(
  state: LocationState,
  name: string,
  wishes: readonly string[],
  note: string | null,
  language: Language,
): Dish | Question {
  const words = wordsIn(language);
  const { config } = state;
  if (config === null) return { ask: words.noMenu };
  const found = findDish(config, name);
  if (found.kind !== 'one') return unsureOf(state, name, found, language);
  const item = found.thing;
  if (isSoldOut(state, item.id))
    return { ask: words.soldOut(item.name, either(substitutes(state, item), language)) };
  const chosen = choose(state, item, wishes, language);
  if ('ask' in chosen) return chosen;
  const { options, notes } = chosen;
  const all = [...notes, ...(note === null ? [] : [note])].join(', ');
  return {
    item,
    choices: options.map(({ group, option }) => ({ group: group.id, option: option.id })),
    notes: all.slice(0, MOST_NOTES).toWellFormed(),
    said: [item.name, ...options.map(saidOf), ...notes].join(', '),
  };
}

export function findDish(config: LocationConfig, name: string): Match<MenuItemConfig> {
  return matchName(
    name,
    config.menu.items.map((item): Named<MenuItemConfig> => ({
      thing: item,
      names: [item.name, ...(item.kitchenName === undefined ? [] : [item.kitchenName]), item.id],
    })),
  );
}

function unsureOf(
  state: LocationState,
  name: string,
  found: Exclude<Match<MenuItemConfig>, { kind: 'one' }>,
  language: Language,
): Question {
  const words = wordsIn(language);
  if (found.kind === 'several') {
    const names = found.things.map((item) => item.name);
    return { ask: words.didYouMean(either(names, language)), candidates: names };
  }
  const sold = (state.config?.menu.items ?? []).filter(({ id }) => !isSoldOut(state, id));
  const names = sold.slice(0, MOST_NAMED).map((item) => item.name);
  return { ask: words.notOnMenu(name.slice(0, 60), either(names, language)), candidates: names };
}

type Choice = { readonly group: GroupConfig; readonly option: OptionConfig };

/** "No onions", "without onion", "sin cebolla", "بدون بصل". */
const WITHOUT =
  /^(?:no|without|hold(?: the)?|minus|leave out|sin|quitar|بدون|بلا|من غير)\s+(?:the |any |el |la |los |las )?(.+)$/u;

function choose(
  state: LocationState,
  item: MenuItemConfig,
  wishes: readonly string[],
  language: Language,
): { options: Choice[]; notes: string[] } | Question {
  const words = wordsIn(language);
  const options: Choice[] = [];
  const notes: string[] = [];
  for (const wish of wishes) {
    const open = openGroups(state.config, item, options);
    const bare = WITHOUT.exec(plain(wish))?.[1];
    const choices = open.flatMap((group) => group.options.map((option): Choice => ({ group, option })));
    const of = choices.filter((one) => (kindOf(one) === 'remove') === (bare !== undefined));
    const found = matchName(
      bare ?? wish,
      of.map((choice): Named<Choice> => ({ thing: choice, names: namesOf(choice) })),
    );
    // An option may itself be called "No ice".
    const whole =
      bare === undefined || found.kind === 'one'
        ? found
        : matchName(
            wish,
            choices.map((choice): Named<Choice> => ({ thing: choice, names: namesOf(choice) })),
          );
    if (whole.kind === 'one') {
      if (isOptionOut(state, whole.thing.option.id))
        return { ask: words.soldOut(whole.thing.option.name, '') };
      if (!options.some(({ group, option }) => group === whole.thing.group && option === whole.thing.option))
        options.push(whole.thing);
    } else if (whole.kind === 'several' && bare === undefined) {
      const names = [...new Set(whole.things.map(saidOf))];
      return { ask: words.didYouMean(either(names, language)), candidates: names };
    } else {
      // What the menu has no word for, the cook reads.
      notes.push(wish.slice(0, 60).toWellFormed());
    }
  }
  return complete(state, item, options, notes, language);
}

/** What must be chosen and was not: the house's own usual, else a question. */
function complete(
  state: LocationState,
  item: MenuItemConfig,
  picked: readonly Choice[],
  notes: string[],
  language: Language,
): { options: Choice[]; notes: string[] } | Question {
  const words = wordsIn(language);
  const options = [...picked];
  for (let round = 0; round < 3; round += 1)
    for (const group of openGroups(state.config, item, options)) {
      const count = options.filter((one) => one.group === group).length;
      if (count > group.max) return { ask: words.tooManyOptions(item.name, group.name, group.max) };
      if (count >= group.min) continue;
      const left = group.options.filter(({ id }) => !isOptionOut(state, id));
      const usual = left.find(({ id }) => id === group.default);
      if (usual !== undefined && group.min === 1) {
        options.push({ group, option: usual });
        continue;
      }
      const names = left.map(({ name }) => name);
      return { ask: words.whichOption(item.name, group.name, either(names, language)), candidates: names };
    }
  return { options, notes };
}

/** The groups of the dish, and of what is chosen in them. */
function openGroups(
  config: LocationConfig | null,
  item: MenuItemConfig,
  chosen: readonly Choice[],
): GroupConfig[] {
  const ids = new Set([...item.groups, ...chosen.flatMap(({ option }) => option.groups)]);
  return (config?.menu.groups ?? []).filter(({ id }) => ids.has(id));
}

function kindOf({ group, option }: Choice): string {
  return option.kind ?? group.kind;
}

function namesOf({ group, option }: Choice): string[] {
  const { name } = option;
  const alone = WITHOUT.exec(plain(name))?.[1];
  return [
    name,
    `${name} ${group.name}`,
    `extra ${name}`,
    `with ${name}`,
    ...(alone === undefined ? [] : [alone]),
  ];
}

function saidOf(choice: Choice): string {
  const { name } = choice.option;
  return kindOf(choice) === 'remove' && WITHOUT.exec(plain(name)) === null ? `no ${name}` : name;
}

function isOptionOut(state: LocationState, id: string): boolean {
  return Object.hasOwn(state.soldOut.options, id);
}

/** What was wished with a dish: a list, or words with commas. */
export function wishesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;،]/) : [];
  return list.slice(0, 20).flatMap((one) => {
    const text = textAt(one) ?? textAt(one, 'name') ?? textAt(one, 'option');
    return text === null ? [] : [text.slice(0, 80).toWellFormed()];
  });
}
