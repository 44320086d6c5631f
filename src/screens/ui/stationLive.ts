/** What is known live of a station's screens, from a topic's live data; what is not in that form is not believed. */
export type StationLive = {
  /** Screens that count, on all nodes. */
  readonly screens: number;
  /** Since when there has been none (ms); null: there is one, or it went less than 20 s ago. */
  readonly deafSince: number | null;
};

export function stationLive(live: ReadonlyMap<string, unknown>, station: string): StationLive | null {
  const data = live.get(`station:${station}`);
  if (typeof data !== 'object' || data === null || !('screens' in data) || !('deafSince' in data))
    return null;
  const { screens, deafSince } = data;
  if (typeof screens !== 'number') return null;
  const since = typeof deafSince === 'string' ? Date.parse(deafSince) : Number.NaN;
  return { screens, deafSince: Number.isNaN(since) ? null : since };
}

/** The stations without a screen, the longest first. The lane without a station is nobody's screen to open. */
export function deafStations(
  live: ReadonlyMap<string, unknown>,
  stations: Iterable<{ readonly id: string; readonly name: string }>,
): { id: string; name: string; since: number }[] {
  return [...stations]
    .flatMap(({ id, name }) => {
      const since = id === 'unrouted' ? null : (stationLive(live, id)?.deafSince ?? null);
      return since === null ? [] : [{ id, name, since }];
    })
    .toSorted((a, b) => a.since - b.since);
}
