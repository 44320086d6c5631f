import type { MenuView, ModifierView } from '../../domain/entities.ts';

/** What a guest may choose on an item, as the waiter taps it: the same rules as the server's, so that a tablet never sends what is refused. */

export type MenuItem = MenuView['items'][number];
export type Group = MenuView['groups'][number];
export type Option = Group['options'][number];

/** One option of a group, so many times. The order is the order of the taps: the first ones take the free places. */
export type Choice = { readonly group: string; readonly option: string; readonly qty: number };
export type Groups = ReadonlyMap<string, Group>;

export type OpenGroup = {
  readonly group: Group;
  /** The option that opened it; null for the item's own groups. */
  readonly under: Option | null;
  readonly chosen: number;
  /** Pieces that still have to be chosen. */
  readonly missing: number;
  /** Nothing more may be chosen here. */
  readonly full: boolean;
};

/** The groups of a category by id. */
export function groupsById(menu: MenuView): Groups {
  return new Map(menu.groups.map((group) => [group.id, group]));
}

/**
 * The groups to show for an item: required ones first, and a group that an option opens directly behind the group of that option.
 * Two levels: what an option of a nested group names is not opened.
 */
export function openGroups(item: MenuItem, groups: Groups, choices: readonly Choice[]): OpenGroup[] {
  const own = item.groups.flatMap((id) => groups.get(id) ?? []);
  const sorted = [...own.filter((group) => group.min > 0), ...own.filter((group) => group.min === 0)];
  const shown = new Set(own.map((group) => group.id));
  return sorted.flatMap((group) => [
    state(group, null, choices),
    ...group.options
      .filter((option) => qtyOf(choices, group.id, option.id) > 0)
      .flatMap((option) =>
        option.groups.flatMap((id) => {
          const nested = groups.get(id);
          if (!nested || shown.has(id)) return [];
          shown.add(id);
          return [state(nested, option, choices)];
        }),
      ),
  ]);
}

/** The groups that still want something, in the order in which they are shown. */
export function missingGroups(item: MenuItem, groups: Groups, choices: readonly Choice[]): OpenGroup[] {
  return openGroups(item, groups, choices).filter((open) => open.missing > 0);
}

/** What is chosen before the first tap: the groups' defaults that are not sold out. */
export function defaultChoices(item: MenuItem, groups: Groups): Choice[] {
  let choices: Choice[] = [];
  // Twice: a default may open a group with a default of its own.
  for (let level = 0; level < 2; level += 1)
    for (const { group, chosen } of openGroups(item, groups, choices)) {
      const option = group.options.find(({ id }) => id === group.default);
      if (chosen === 0 && option && !option.soldOut)
        choices = [...choices, { group: group.id, option: option.id, qty: 1 }];
    }
  return choices;
}

/** Pieces are counted where the same option may be wanted more than once: a dozen, two scoops, three extra shots. */
export function isCounted(group: Group): boolean {
  return (
    group.min > 1 ||
    (group.max > group.options.length &&
      group.max < 100 &&
      group.options.every((option) => option.kind === 'add'))
  );
}

/**
 * A tap on an option. One of one: it takes the place of the other (and of itself only where nothing is required).
 * Counted: one piece more. Otherwise on and off. A full group and a sold-out option stay as they are.
 */
export function tapOption(
  item: MenuItem,
  groups: Groups,
  choices: readonly Choice[],
  groupId: string,
  optionId: string,
): Choice[] {
  const open = openGroups(item, groups, choices).find(({ group }) => group.id === groupId);
  const option = open?.group.options.find(({ id }) => id === optionId);
  if (!open || !option) return [...choices];
  const has = qtyOf(choices, groupId, optionId);
  const { group } = open;
  if (has > 0 && !isCounted(group)) {
    if (group.min === 1 && group.max === 1) return [...choices];
    return prune(item, groups, withQty(choices, groupId, optionId, 0));
  }
  if (option.soldOut) return [...choices];
  if (group.max === 1) {
    const others = choices.filter((choice) => choice.group !== groupId);
    return prune(item, groups, [...others, { group: groupId, option: optionId, qty: 1 }]);
  }
  if (open.full) return [...choices];
  return withQty(choices, groupId, optionId, has + 1);
}

/** One piece less of a counted option. */
export function lessOption(
  item: MenuItem,
  groups: Groups,
  choices: readonly Choice[],
  groupId: string,
  optionId: string,
): Choice[] {
  const has = qtyOf(choices, groupId, optionId);
  return has === 0 ? [...choices] : prune(item, groups, withQty(choices, groupId, optionId, has - 1));
}

export function qtyOf(choices: readonly Choice[], group: string, option: string): number {
  return choices.find((choice) => choice.group === group && choice.option === option)?.qty ?? 0;
}

/** What one piece costs with its modifiers, in minor units: the free places go to what was chosen first. */
export function unitPrice(item: MenuItem, groups: Groups, choices: readonly Choice[]): number {
  const free = new Map<string, number>();
  let price = item.price;
  for (const choice of choices) {
    const group = groups.get(choice.group);
    const option = group?.options.find(({ id }) => id === choice.option);
    if (!group || !option) continue;
    const left = free.get(group.id) ?? group.free;
    const covered = Math.min(left, choice.qty);
    free.set(group.id, left - covered);
    price += option.price * (choice.qty - covered);
  }
  return price;
}

/** The choices as a card shows them: removed, added, then plain choices. */
export function modifiersOf(groups: Groups, choices: readonly Choice[]): ModifierView[] {
  const shown = choices.flatMap((choice): ModifierView[] => {
    const option = groups.get(choice.group)?.options.find(({ id }) => id === choice.option);
    return option ? [{ action: option.kind, name: option.name, qty: choice.qty }] : [];
  });
  const rank = { choice: 0, remove: 1, add: 2 } as const;
  return shown.toSorted((a, b) => rank[a.action] - rank[b.action]);
}

function state(group: Group, under: Option | null, choices: readonly Choice[]): OpenGroup {
  const chosen = choices.reduce((sum, choice) => sum + (choice.group === group.id ? choice.qty : 0), 0);
  return { group, under, chosen, missing: Math.max(0, group.min - chosen), full: chosen >= group.max };
}

function withQty(choices: readonly Choice[], group: string, option: string, qty: number): Choice[] {
  const at = choices.findIndex((choice) => choice.group === group && choice.option === option);
  if (at < 0) return qty > 0 ? [...choices, { group, option, qty }] : [...choices];
  return choices.flatMap((choice, index) =>
    index !== at ? [choice] : qty > 0 ? [{ group, option, qty }] : [],
  );
}

/** Without the choices of groups that are no longer open. */
function prune(item: MenuItem, groups: Groups, choices: readonly Choice[]): Choice[] {
  const open = new Set(openGroups(item, groups, choices).map(({ group }) => group.id));
  return choices.filter((choice) => open.has(choice.group));
}
