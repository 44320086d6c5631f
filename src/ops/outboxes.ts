/** What waits on the screens, as they say themselves: commands that were tapped and have not reached a server. */

/** A screen that says nothing more for so long is not counted: whatever it held, nobody knows. */
const COUNTS_MS = 120_000;
const MOST = 20_000;

export type OutboxReport = { readonly depth: number; readonly oldestMs: number };
export type ScreenOutbox = OutboxReport & { readonly client: string; readonly at: number };

export type Outboxes = {
  report(location: string, client: string, report: OutboxReport): void;
  /** Forgets what is too old; call every few seconds. */
  sweep(): void;
  of(location: string): ScreenOutbox[];
};

/** `changed` gets the sum over a location's screens; null when none says anything any more. */
export function createOutboxes(
  now: () => number,
  changed: (location: string, total: OutboxReport | null) => void,
): Outboxes {
  const places = new Map<string, Map<string, ScreenOutbox>>();
  let count = 0;

  const tell = (location: string): void => {
    const screens = [...(places.get(location)?.values() ?? [])];
    if (screens.length === 0) return changed(location, null);
    changed(location, {
      depth: screens.reduce((sum, { depth }) => sum + depth, 0),
      oldestMs: Math.max(...screens.map(({ oldestMs }) => oldestMs)),
    });
  };

  return {
    report(location, client, { depth, oldestMs }) {
      const place = places.get(location) ?? new Map<string, ScreenOutbox>();
      if (!place.has(client)) {
        if (count >= MOST) return;
        count += 1;
      }
      places.set(location, place.set(client, { client, depth, oldestMs, at: now() }));
      tell(location);
    },
    sweep() {
      for (const [location, place] of places) {
        const before = place.size;
        for (const [client, { at }] of place) if (now() - at > COUNTS_MS) place.delete(client);
        if (place.size === before) continue;
        count -= before - place.size;
        tell(location);
        if (place.size === 0) places.delete(location);
      }
    },
    of: (location) => [...(places.get(location)?.values() ?? [])],
  };
}
