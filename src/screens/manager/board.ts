import type { AlertView, OrderView, StationView } from '../../domain/entities.ts';
import { field, textAt } from '../pos/reading.ts';
import {
  type Columns,
  type GoneScreen,
  type PulseAnswer,
  type PulseScreen,
  type PulseStation,
  SERIES,
  type Series,
} from './answers.ts';

/** What the managers' page shows, from the topic, its live data and the pulse. Pure; times in ms of the server's clock. */

const LANE = 'unrouted';

export type Tile = {
  readonly id: string;
  readonly name: string;
  readonly open: number;
  readonly late: number;
  /** When its oldest open ticket was fired. */
  readonly oldestAt: number | null;
  /** Screens that count, as presence knows them; null while nothing is known. */
  readonly screens: number | null;
  readonly deafSince: number | null;
  readonly heardP50: number | null;
  readonly linesPerMinute: number;
  readonly canary: PulseStation['canary'];
};

export type Sources = {
  readonly stations: Iterable<StationView>;
  readonly orders: readonly OrderView[];
  /** `station:<id>` and `screen:<session>`. */
  readonly live: ReadonlyMap<string, unknown>;
  readonly pulse: PulseAnswer | null;
  readonly now: number;
};

/** Every station that is set up, in its order. */
export function tilesOf({ stations, orders, live, pulse, now }: Sources): Tile[] {
  const timed = new Map(pulse?.stations.map((station) => [station.id, station]));
  return [...stations]
    .filter(({ id }) => id !== LANE)
    .map((station) => {
      const tickets = orders.flatMap(({ tickets: all }) =>
        all.filter(
          (ticket) =>
            ticket.station === station.id &&
            ticket.firedAt !== null &&
            (ticket.status === 'new' || ticket.status === 'cooking'),
        ),
      );
      const fired = tickets.map(({ firedAt }) => Date.parse(firedAt ?? ''));
      const known = live.get(`station:${station.id}`);
      const screens = field(known, 'screens');
      const since = textAt(known, 'deafSince');
      const own = timed.get(station.id);
      return {
        id: station.id,
        name: station.name,
        open: tickets.length,
        late: fired.filter((at) => now - at >= station.late * 1000).length,
        oldestAt: fired.length === 0 ? null : Math.min(...fired),
        screens: typeof screens === 'number' ? screens : null,
        deafSince:
          known === undefined ? (own?.deafSince ?? null) : since === undefined ? null : Date.parse(since),
        heardP50: own?.heardP50 ?? null,
        linesPerMinute: own?.linesPerMinute ?? 0,
        canary: own?.canary ?? null,
      };
    });
}

/** A screen as the list shows it. */
export type ScreenRow = {
  readonly key: string;
  /** `kitchen`, `pos` …; null where the page did not say. */
  readonly page: string | null;
  readonly station: string | null;
  readonly who: string | null;
  readonly transport: string;
  readonly since: number;
  readonly seenAt: number | null;
  readonly audio: string | null;
  readonly visible: boolean | null;
  readonly outbox: { readonly depth: number; readonly oldestMs: number } | null;
  readonly gone: { readonly cause: string; readonly at: number } | null;
};

/** All screens of the house: those of this node with what it knows of them, those of others as they are told live, and the lost. */
export function screensOf({ live, pulse }: Pick<Sources, 'live' | 'pulse'>): ScreenRow[] {
  const rows: ScreenRow[] = [];
  const here = new Set<string>();
  const outboxes = new Map(pulse?.outboxes.map((outbox) => [outbox.client, outbox]));
  for (const screen of pulse?.screens ?? []) {
    here.add(screen.session);
    rows.push({
      ...whoIs(screen),
      ...screen,
      key: screen.session,
      outbox: outboxes.get(screen.client) ?? null,
      gone: null,
    });
  }
  for (const [key, data] of live) {
    if (!key.startsWith('screen:') || data === null) continue;
    const session = key.slice('screen:'.length);
    // Another node's screens have its name before theirs; the own ones came with the pulse.
    if (here.has(session) || !session.includes('/')) continue;
    const since = field(data, 'sinceMs');
    rows.push({
      key: session,
      page: pageIn(textAt(data, 'name') ?? ''),
      station: textAt(data, 'station') ?? null,
      who: null,
      transport: textAt(data, 'transport') ?? '',
      since: typeof since === 'number' ? since : 0,
      seenAt: null,
      audio: textAt(data, 'audio') ?? null,
      visible: null,
      outbox: null,
      gone: null,
    });
  }
  const lost = (pulse?.gone ?? []).map((screen) => ({
    ...whoIs(screen),
    key: `gone ${screen.client}`,
    transport: '',
    since: screen.at,
    seenAt: null,
    audio: null,
    visible: null,
    outbox: outboxes.get(screen.client) ?? null,
    gone: { cause: screen.cause, at: screen.at },
  }));
  const order = (row: ScreenRow): string =>
    `${row.page ?? 'zz'} ${row.station ?? ''} ${row.who ?? ''} ${row.key}`;
  return [...lost, ...rows.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))];
}

function whoIs(screen: PulseScreen | GoneScreen): Pick<ScreenRow, 'page' | 'station' | 'who'> {
  const page =
    screen.app?.startsWith('screen/') === true ? screen.app.slice('screen/'.length) : pageIn(screen.client);
  // A page that shows no station says its own name there.
  const station = screen.screen === null || screen.screen === screen.client ? null : screen.screen;
  return { page, station, who: page === 'kitchen' ? null : screen.name };
}

function pageIn(name: string): string | null {
  return /(?:^|-)(kitchen|expo|pos|floor|host|manager|board|track)(?:-|$)/.exec(name)?.[1] ?? null;
}

/** Something that a person should look at. */
export type Need = {
  readonly id: string;
  readonly kind:
    | 'deaf'
    | 'unheard'
    | 'unseen'
    | 'unrouted'
    | 'printer'
    | 'short'
    | 'accept'
    | 'refused'
    | 'courier'
    | 'unmapped'
    | 'screen'
    | 'canary'
    | 'outbox'
    | 'late';
  readonly level: 'late' | 'soon';
  readonly since: number;
  readonly values: Readonly<Record<string, string | number>>;
};

/** A command that waits longer on a screen is one that somebody believes to be done. */
const OUTBOX_MS = 30_000;

/** The worst first, then the oldest. */
export function needsOf(sources: Sources & { readonly alerts: Iterable<AlertView> }): Need[] {
  const { alerts, now, pulse } = sources;
  const tiles = tilesOf(sources);
  const names = new Map(tiles.map(({ id, name }) => [id, name]));
  const needs: Need[] = [];
  for (const tile of tiles) {
    if (tile.deafSince !== null)
      needs.push({
        id: `deaf ${tile.id}`,
        kind: 'deaf',
        level: tile.open > 0 ? 'late' : 'soon',
        since: tile.deafSince,
        values: { station: tile.name, open: tile.open },
      });
    else if (tile.canary !== null && tile.canary.ms === null && now - tile.canary.at < 180_000)
      needs.push({
        id: `canary ${tile.id}`,
        kind: 'canary',
        level: 'late',
        since: tile.canary.at,
        values: { station: tile.name },
      });
    if (tile.late > 0 && tile.oldestAt !== null)
      needs.push({
        id: `late ${tile.id}`,
        kind: 'late',
        level: 'soon',
        since: tile.oldestAt,
        values: { station: tile.name, count: tile.late },
      });
  }
  for (const alert of alerts)
    needs.push({
      id: alert.id,
      kind: alert.type,
      level: alert.type === 'unseen' ? 'soon' : 'late',
      since: Date.parse(alert.at),
      values: {
        number: alert.number,
        where: alert.table ?? alert.displayId ?? `#${alert.number}`,
        station: names.get(alert.station) ?? alert.station,
        rung: alert.rung ?? 0,
        printer: alert.printer ?? '',
        reason: alert.reason ?? '',
        next: alert.next ?? '',
        platform: alert.platform ?? '',
        items: alert.items.map(({ name, qty }) => `${qty} ${name}`).join(', '),
      },
    });
  for (const screen of screensOf(sources)) {
    if (screen.gone !== null)
      needs.push({
        id: `screen ${screen.key}`,
        kind: 'screen',
        level: 'soon',
        since: screen.gone.at,
        values: {
          page: screen.page ?? '',
          station: screen.station === null ? '' : (names.get(screen.station) ?? screen.station),
          who: screen.who ?? '',
          cause: screen.gone.cause,
        },
      });
    if (screen.outbox !== null && screen.outbox.depth > 0 && screen.outbox.oldestMs >= OUTBOX_MS)
      needs.push({
        id: `outbox ${screen.key}`,
        kind: 'outbox',
        level: 'late',
        since: (pulse?.now ?? now) - screen.outbox.oldestMs,
        values: { page: screen.page ?? '', who: screen.who ?? '', count: screen.outbox.depth },
      });
  }
  return needs.toSorted((a, b) =>
    a.level === b.level ? a.since - b.since || (a.id < b.id ? -1 : 1) : a.level === 'late' ? -1 : 1,
  );
}

export type Figures = {
  readonly screens: number;
  /** How many of them are not on a socket. */
  readonly slower: number;
  readonly reconnects: number;
  readonly heartbeats: number;
  /** Commit to painted over the last ten minutes, the worst step's; null: nothing was painted. */
  readonly paintedP95: number | null;
  readonly late: number;
  readonly waiting: number;
};

const RECENT_STEPS = 60;

/** The five figures above everything. */
export function figuresOf(sources: Sources): Figures {
  const { pulse } = sources;
  const rows = screensOf(sources).filter(({ gone }) => gone === null);
  const columns = pulse?.pulse ?? null;
  const sum = (column: readonly (number | null)[] = []): number =>
    column.reduce<number>((all, value) => all + (value ?? 0), 0);
  const recent = (columns?.paintedP95 ?? []).slice(-RECENT_STEPS).filter((value) => value !== null);
  return {
    screens: rows.length,
    slower: rows.filter(({ transport }) => transport !== 'websocket').length,
    reconnects: sum(columns?.reconnects),
    heartbeats: sum(columns?.heartbeats),
    paintedP95: recent.length === 0 ? null : medianOf(recent),
    late: tilesOf(sources).reduce((all, { late }) => all + late, 0),
    waiting: (pulse?.outboxes ?? []).reduce((all, { depth }) => all + depth, 0),
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0;
}

/** Several columns as one: the sum where one of them says something. */
export function together(...columns: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first = []] = columns;
  return first.map((_, index) => {
    const said = columns.flatMap((column) => column[index] ?? []);
    return said.length === 0 ? null : said.reduce((a, b) => a + b, 0);
  });
}

/** A counter's steps of ten seconds as a rate a minute: over each step's own minute. */
export function perMinute(column: readonly (number | null)[]): (number | null)[] {
  return column.map((value, index) => {
    if (value === null) return null;
    const minute = column.slice(Math.max(0, index - 5), index + 1);
    return minute.reduce<number>((all, one) => all + (one ?? 0), 0);
  });
}

/** The part of the hour in which the server ran, ten minutes at least: before that there is nothing to draw. */
export function sinceFirst(columns: Columns): Columns {
  const first = columns.websocket.findIndex((value) => value !== null);
  const last = columns.at.length - RECENT_STEPS;
  const from = Math.max(0, first === -1 ? last : Math.min(first, last));
  const series = SERIES.map((name) => [name, columns[name].slice(from)] as const);
  return Object.assign(
    { at: columns.at.slice(from) },
    Object.fromEntries(series) as Record<Series, (number | null)[]>,
  );
}

export type Outage = { readonly from: number; readonly to: number };

/** A shorter absence is a reload. */
const LEAST_OUTAGE_STEPS = 3;

/** When no screen was connected at all, between times when some were: ms since 1970. What has not ended yet counts too. */
export function outagesOf(columns: Columns): Outage[] {
  const screens = together(columns.websocket, columns.sse, columns['long-poll'], columns.poll);
  const outages: Outage[] = [];
  let [seen, since] = [false, -1];
  const end = (index: number): void => {
    const [from, to] = [columns.at[since], columns.at[Math.min(index, columns.at.length - 1)]];
    if (since >= 0 && index - since >= LEAST_OUTAGE_STEPS && from !== undefined && to !== undefined)
      outages.push({ from, to });
    since = -1;
  };
  for (const [index, count] of screens.entries()) {
    if (count === null || count > 0) {
      end(index);
      seen ||= count !== null;
    } else if (seen && since < 0) since = index;
  }
  end(screens.length);
  return outages;
}
