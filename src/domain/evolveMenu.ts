import type { LocationConfig } from './config.ts';
import type { LoggedEvent } from './events.ts';
import type { LocationState, Touch } from './state.ts';

/** What is sold out, and which parts of the menu look different for it. */
export function sell(
  state: LocationState,
  event: Extract<LoggedEvent, { type: 'menu.soldOut' | 'menu.restored' }>,
): { state: LocationState; touched: Touch[] } {
  const { item, option } = event.data;
  const mark =
    event.type === 'menu.soldOut'
      ? {
          until: event.data.until ?? null,
          ...(event.data.why !== undefined && { why: event.data.why }),
          seq: event.seq,
        }
      : null;
  const soldOut = {
    items: item === undefined ? state.soldOut.items : withKey(state.soldOut.items, item, mark),
    options: option === undefined ? state.soldOut.options : withKey(state.soldOut.options, option, mark),
  };
  const categories = categoriesOf(state.config, item, option);
  const menuVersions = {
    ...state.menuVersions,
    ...Object.fromEntries(categories.map((id) => [id, event.seq])),
  };
  return {
    state: { ...state, soldOut, menuVersions },
    touched: categories.map((id): Touch => ({ kind: 'menu', id })),
  };
}

function categoriesOf(
  config: LocationConfig | null,
  item: string | undefined,
  option: string | undefined,
): string[] {
  if (!config) return [];
  const withOption = new Set(
    config.menu.groups.filter((group) => group.options.some(({ id }) => id === option)).map(({ id }) => id),
  );
  const opensIt = (id: string): boolean =>
    withOption.has(id) ||
    (config.menu.groups
      .find((group) => group.id === id)
      ?.options.some(({ groups }) => groups.some((nested) => withOption.has(nested))) ??
      false);
  const items = config.menu.items.filter(({ id, groups }) => id === item || groups.some(opensIt));
  return [...new Set(items.map(({ category }) => category))];
}

function withKey<V>(map: Readonly<Record<string, V>>, key: string, value: V | null): Record<string, V> {
  const { [key]: _old, ...rest } = map;
  return value === null ? rest : { ...rest, [key]: value };
}
