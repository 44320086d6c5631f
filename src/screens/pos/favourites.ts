/** What this tablet sells most: counted on the tablet, so that the list is there offline and is nobody's profile. */

export type Counts = Readonly<Record<string, number>>;

const KEEP = 200;

/** Counts after these items were sent once more each. The rarest are forgotten. */
export function counted(counts: Counts, items: readonly string[]): Counts {
  const next: Record<string, number> = { ...counts };
  for (const item of items) next[item] = (next[item] ?? 0) + 1;
  return Object.fromEntries(
    Object.entries(next)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, KEEP),
  );
}

/** The most sold ids that the menu still has, at most `max`. */
export function favourites(counts: Counts, has: (id: string) => boolean, max: number): string[] {
  return Object.entries(counts)
    .filter(([id]) => has(id))
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, max)
    .map(([id]) => id);
}

const key = (location: string): string => `heard.favourites.${location}`;

export function readCounts(location: string): Counts {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(key(location)) ?? '{}');
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).flatMap(([id, count]: [string, unknown]) =>
        typeof count === 'number' ? [[id, count]] : [],
      ),
    );
  } catch {
    return {};
  }
}

export function writeCounts(location: string, counts: Counts): void {
  try {
    localStorage.setItem(key(location), JSON.stringify(counts));
  } catch {
    // Full or forbidden: no favourites then.
  }
}
