import type { MenuView } from '../../domain/entities.ts';
import type { MenuItem } from './choices.ts';

/** Finds items while somebody types: on the tablet itself, so that it works without a network. */

export type MenuIndex = readonly {
  readonly item: MenuItem;
  readonly category: string;
  readonly words: readonly string[];
}[];

/** The categories in the menu's order. */
export function inOrder(menus: Iterable<MenuView>): MenuView[] {
  return [...menus].toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

/** Folded once a menu change, not once a key press: folding 500 names takes longer than searching them. */
export function indexMenu(menus: readonly MenuView[]): MenuIndex {
  return menus.flatMap((menu) =>
    menu.items.map((item) => ({
      item,
      category: menu.id,
      words: [...new Set([...split(item.name), ...split(item.kitchenName), ...split(menu.name)])],
    })),
  );
}

/**
 * Items for which every typed word begins one of the item's words (`ham clas` finds Classic Hamburger); case and accents do not count.
 * First those whose name begins with what was typed, then in the menu's order. An empty query finds nothing.
 */
export function searchMenu(index: MenuIndex, query: string): MenuItem[] {
  const wanted = split(query);
  if (wanted.length === 0) return [];
  const hits = index.filter(({ words }) =>
    wanted.every((part) => words.some((word) => word.startsWith(part))),
  );
  const first = wanted[0] ?? '';
  const starts = (words: readonly string[]) => (words[0]?.startsWith(first) ? 0 : 1);
  return hits.toSorted((a, b) => starts(a.words) - starts(b.words)).map(({ item }) => item);
}

/** `Jamón y queso` → jamon, y, queso. Arabic loses its vowel signs and the forms of alef are one. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}|\u0640/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('\u0671', '\u0627')
    .toLowerCase();
}

function split(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}½]+/u)
    .filter((word) => word.length > 0);
}
