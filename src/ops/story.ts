import type { LoggedEvent } from '../domain/events.ts';
import { toInstant, toMillis } from '../domain/text.ts';
import type { ConnectionRow } from './connectionTable.ts';

/**
 * "What happened at 19:42?": the connection log and the event log of those minutes, told as one list and one paragraph.
 * Pure. What is told has a name and its values, so that a screen says it in its own language; `text` says it in English.
 */

/** How far the story looks to both sides. */
export const STORY_MS = 5 * 60_000;
/** Between two streams of the same screen: longer is told as an absence of its own. */
const MOST_ITEMS = 200;

export type StoryItem = {
  readonly at: string;
  readonly what:
    | 'nodeUp'
    | 'nodeDown'
    | 'screenGone'
    | 'screenLeft'
    | 'screenBack'
    | 'screenNew'
    | 'screenSaid'
    | 'screenRepaired'
    | 'stationDeaf'
    | 'stationBack'
    | 'canaryLost'
    | 'outboxWaits'
    | 'rung'
    | 'printed'
    | 'printFailed'
    | 'unseen'
    | 'unrouted';
  readonly values: Readonly<Record<string, string | number>>;
  /** Somebody should have been worried. */
  readonly bad: boolean;
};

export type StorySentence = {
  readonly say:
    | 'restart'
    | 'lost'
    | 'stillGone'
    | 'deaf'
    | 'rungs'
    | 'printers'
    | 'repairs'
    | 'canaries'
    | 'quiet'
    | 'nothing'
    | 'orders';
  readonly values: Readonly<Record<string, string | number>>;
};

export type Story = {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly sentences: readonly StorySentence[];
  readonly list: readonly StoryItem[];
  /** The sentences in English. */
  readonly text: string;
};

export type StoryMaterial = {
  /** The minute that is asked about, ms since 1970. */
  readonly at: number;
  /** Any order. */
  readonly connections: readonly ConnectionRow[];
  /** In the log's order; from somewhat earlier, so that orders have their numbers. */
  readonly events: readonly LoggedEvent[];
  /** Names of stations by id. */
  readonly stations: Readonly<Record<string, string>>;
  /** `19:42:07` in the location's zone. */
  readonly clock: (at: number) => string;
};

/** A screen that went by itself: its page was closed. */
const BY_ITSELF = new Set(['left', 'stepped']);

export function tellStory(material: StoryMaterial): Story {
  const from = material.at - STORY_MS;
  const to = material.at + STORY_MS;
  const within = (at: string): boolean => {
    const ms = toMillis(at) ?? 0;
    return ms >= from && ms <= to;
  };
  const rows = material.connections
    .filter(({ at }) => within(at))
    .toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
  const list = [...ofLines(rows, material.stations), ...ofEvents(material, within)].toSorted((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  );
  const sentences = sentencesOf(list, rows, material, within);
  return {
    at: toInstant(material.at),
    from: toInstant(from),
    to: toInstant(to),
    sentences,
    list: list.slice(0, MOST_ITEMS),
    text: sentences.map(inEnglish).join(' '),
  };
}

/** What a screen is called: the station that it shows, who it is, or what the page calls itself. */
function nameOf(row: ConnectionRow, stations: StoryMaterial['stations']): string {
  const shown = row.screen === undefined ? undefined : stations[row.screen];
  if (shown !== undefined) return shown;
  const page = /-(kitchen|expo|pos|floor|host|manager|board)(?:-|$)/.exec(row.client ?? '')?.[1];
  return page === undefined
    ? (row.screen ?? row.by ?? row.client ?? '?')
    : row.by === undefined
      ? page
      : `${page} · ${row.by}`;
}

function* ofLines(rows: readonly ConnectionRow[], stations: StoryMaterial['stations']): Generator<StoryItem> {
  const gone = new Map<string, number>();
  for (const row of rows) {
    const { at } = row;
    const screen = nameOf(row, stations);
    const cause = row.cause ?? 'unknown';
    switch (row.kind) {
      case 'node':
        yield row.to === 'up'
          ? { at, what: 'nodeUp', values: { node: row.node }, bad: true }
          : { at, what: 'nodeDown', values: { node: row.node, cause }, bad: true };
        break;
      case 'stream': {
        const client = row.client ?? screen;
        if (row.to === 'closed') {
          gone.set(client, toMillis(at) ?? 0);
          const transport = row.transport ?? '';
          yield BY_ITSELF.has(cause)
            ? { at, what: 'screenLeft', values: { screen, transport }, bad: false }
            : {
                at,
                what: 'screenGone',
                values: { screen, cause, transport, seconds: seconds(row.durationMs) },
                bad: !isPlanned(cause),
              };
        } else if (row.to === 'reading' && row.cause === 'resumed') {
          const away = gone.get(client);
          const values = {
            screen,
            transport: row.transport ?? '',
            gap: row.gap ?? 0,
            replayed: row.replayed ?? 0,
            ...(away !== undefined && { seconds: seconds((toMillis(at) ?? 0) - away) }),
          };
          yield { at, what: 'screenBack', values, bad: false };
        } else if (row.to === 'reading')
          yield { at, what: 'screenNew', values: { screen, transport: row.transport ?? '' }, bad: false };
        break;
      }
      case 'screen':
        // `repair hash`, `repair gap`: the word after it says what gave it away.
        yield cause.startsWith('repair')
          ? { at, what: 'screenRepaired', values: { screen, topic: row.topic ?? '' }, bad: true }
          : {
              at,
              what: 'screenSaid',
              values: {
                screen,
                from: row.from ?? '',
                to: row.to ?? '',
                cause,
                seconds: seconds(row.durationMs),
                replayed: row.replayed ?? 0,
              },
              bad: false,
            };
        break;
      case 'station':
        yield row.to === 'deaf'
          ? {
              at,
              what: 'stationDeaf',
              values: { station: screen, seconds: seconds(row.durationMs) },
              bad: true,
            }
          : {
              at,
              what: 'stationBack',
              values: { station: screen, seconds: seconds(row.durationMs) },
              bad: false,
            };
        break;
      case 'canary':
        yield { at, what: 'canaryLost', values: { station: screen }, bad: true };
        break;
      case 'outbox':
        yield { at, what: 'outboxWaits', values: { screen, ...depthOf(row.detail) }, bad: true };
        break;
      default:
        break;
    }
  }
}

/** The server said itself that the screen should come back. */
function isPlanned(cause: string): boolean {
  return ['drain', 'max_age', 'resync', 'token_expired'].includes(cause);
}

function depthOf(detail: unknown): { depth: number; seconds: number } {
  const { depth, oldestMs } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    depth?: unknown;
    oldestMs?: unknown;
  };
  return {
    depth: typeof depth === 'number' ? depth : 0,
    seconds: seconds(typeof oldestMs === 'number' ? oldestMs : 0),
  };
}

function seconds(ms: number | undefined): number {
  return Math.round((ms ?? 0) / 1000);
}

function* ofEvents(
  { events, stations }: StoryMaterial,
  within: (at: string) => boolean,
): Generator<StoryItem> {
  const numbers = new Map<string, number>();
  const places = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'order.placed') numbers.set(event.data.order.id, event.data.order.number);
    if (event.type === 'ticket.fired') places.set(event.data.ticket, event.data.station);
    if (!within(event.at)) continue;
    const { at } = event;
    switch (event.type) {
      case 'ticket.unheard': {
        const { order, station, rung, to, printer } = event.data;
        const values = {
          number: numbers.get(order) ?? 0,
          station: stations[station] ?? station,
          rung,
          to: stations[to ?? ''] ?? to ?? printer ?? '',
        };
        yield { at, what: 'rung', values, bad: true };
        break;
      }
      case 'ticket.printed': {
        const { order, printer } = event.data;
        yield { at, what: 'printed', values: { number: numbers.get(order) ?? 0, printer }, bad: false };
        break;
      }
      case 'print.failed': {
        const { order, printer, reason, next } = event.data;
        const values = { number: numbers.get(order) ?? 0, printer, reason, next: next ?? '' };
        yield { at, what: 'printFailed', values, bad: true };
        break;
      }
      case 'ticket.unseen': {
        const station = places.get(event.data.ticket) ?? '';
        const values = { number: numbers.get(event.data.order) ?? 0, station: stations[station] ?? station };
        yield { at, what: 'unseen', values, bad: true };
        break;
      }
      default:
        break;
    }
  }
}

/** The list in a few sentences: the worst first, and in the end what was going on. */
function sentencesOf(
  list: readonly StoryItem[],
  rows: readonly ConnectionRow[],
  { events, clock }: StoryMaterial,
  within: (at: string) => boolean,
): StorySentence[] {
  const told: StorySentence[] = [];
  const all = (what: StoryItem['what']) => list.filter((item) => item.what === what);
  const time = (at: string): string => clock(toMillis(at) ?? 0);

  const up = all('nodeUp').at(-1);
  if (up !== undefined) {
    const down = list.findLast((item) => item.what === 'nodeDown' && item.at <= up.at);
    const away = down === undefined ? 0 : seconds((toMillis(up.at) ?? 0) - (toMillis(down.at) ?? 0));
    told.push({ say: 'restart', values: { time: time(up.at), seconds: away } });
  }
  for (const item of all('stationDeaf')) {
    const { station = '' } = item.values;
    const back = list.find(
      (one) => one.what === 'stationBack' && one.values['station'] === station && one.at >= item.at,
    );
    told.push({
      say: 'deaf',
      values: {
        station,
        time: time(item.at),
        until: back === undefined ? '' : time(back.at),
        seconds: Number(back?.values['seconds'] ?? item.values['seconds'] ?? 0),
      },
    });
  }
  const lost = rows.filter(
    (row) => row.kind === 'stream' && row.to === 'closed' && !BY_ITSELF.has(row.cause ?? ''),
  );
  if (lost.length > 0) {
    const screens = new Set(lost.map((row) => row.client ?? row.id));
    const back = list.filter((item) => item.what === 'screenBack');
    told.push({
      say: 'lost',
      values: {
        screens: screens.size,
        causes: [...new Set(lost.map((row) => row.cause ?? 'unknown'))].join(', '),
        back: back.length === 0 ? '' : time(back.at(-1)?.at ?? ''),
        replayed: back.reduce((sum, item) => sum + Number(item.values['replayed'] ?? 0), 0),
      },
    });
    const last = new Map<string, boolean>();
    for (const row of rows)
      if (row.kind === 'stream' && row.client !== undefined) last.set(row.client, row.to !== 'closed');
    const away = [...screens].filter((client) => last.get(client) === false).length;
    if (away > 0) told.push({ say: 'stillGone', values: { screens: away } });
  }
  const rungs = all('rung');
  if (rungs.length > 0) {
    const tickets = new Set(rungs.map(({ values }) => `${values['number']}|${values['station']}`));
    const highest = rungs.reduce((a, b) => (Number(b.values['rung']) >= Number(a.values['rung']) ? b : a));
    told.push({ say: 'rungs', values: { ...highest.values, tickets: tickets.size } });
  }
  const failed = all('printFailed').at(-1);
  if (failed !== undefined) told.push({ say: 'printers', values: failed.values });
  const repairs = all('screenRepaired');
  if (repairs.length > 0)
    told.push({
      say: 'repairs',
      values: { count: repairs.length, screen: repairs[0]?.values['screen'] ?? '' },
    });
  const canaries = all('canaryLost');
  if (canaries.length > 0)
    told.push({
      say: 'canaries',
      values: { count: canaries.length, station: canaries[0]?.values['station'] ?? '' },
    });
  const said = rows.length > 0 || events.some(({ at }) => within(at));
  // Without a word of anybody nobody knows whether the lines held: perhaps nothing ran.
  if (!said) return [{ say: 'nothing', values: {} }];
  if (told.length === 0) told.push({ say: 'quiet', values: {} });
  const orders = events.filter((event) => event.type === 'order.placed' && within(event.at)).length;
  told.push({ say: 'orders', values: { count: orders } });
  return told;
}

const RUNGS = [
  '',
  'was asked for again',
  'was shown at',
  'was printed on',
  'was told to the pass',
  'was told to the manager',
  'was sent as a message',
];

function inEnglish({ say, values }: StorySentence): string {
  const v = (name: string): string => String(values[name] ?? '');
  const some = (name: string, one: string, many: string): string =>
    values[name] === 1 ? `1 ${one}` : `${v(name)} ${many}`;
  switch (say) {
    case 'restart':
      return `The server started at ${v('time')}${values['seconds'] === 0 ? '' : `, ${v('seconds')} s after it had stopped`}.`;
    case 'deaf':
      return `${v('station')} had no live screen ${v('until') === '' ? `at ${v('time')}, and has none yet` : `until ${v('until')}`} (${v('seconds')} s).`;
    case 'lost':
      return `${some('screens', 'screen', 'screens')} lost the line (${v('causes')})${v('back') === '' ? '' : `; the last came back at ${v('back')} and was told ${v('replayed')} changes`}.`;
    case 'stillGone':
      return `${some('screens', 'screen has', 'screens have')} not come back.`;
    case 'rungs':
      return `${some('tickets', 'ticket was', 'tickets were')} not heard in time: #${v('number')} at ${v('station')} ${RUNGS[Number(values['rung'])] ?? ''}${v('to') === '' ? '' : ` ${v('to')}`}.`;
    case 'printers':
      return `The printer ${v('printer')} did not print (${v('reason')})${v('next') === '' ? '' : `; ${v('next')} was tried instead`}.`;
    case 'repairs':
      return `${some('count', 'board', 'boards')} differed from the server and repaired itself (${v('screen')}).`;
    case 'canaries':
      return `${v('station')} said that it was live and painted nothing.`;
    case 'quiet':
      return 'Nothing unusual: every line held.';
    case 'nothing':
      return 'Nothing is written down about these ten minutes.';
    case 'orders':
      return `${some('count', 'order', 'orders')} came in within these ten minutes.`;
    default:
      return say satisfies never;
  }
}
