import { field, listAt, textAt } from '../../pos/reading.ts';

/** The figures of some days, from what the server answers to what the page draws. Pure; money in minor units, times in seconds. */

export type Range = 'today' | 'yesterday' | 'week' | 'month' | { readonly day: string };

/** What is asked of the server for a range: it knows which business day it is. */
export function queryOf(range: Range): string {
  if (range === 'today' || range === 'yesterday') return `from=${range}&to=${range}`;
  if (range === 'week') return 'from=today-6&to=today';
  if (range === 'month') return 'from=today-27&to=today';
  return `from=${range.day}&to=${range.day}`;
}

/** The four weeks before today: what a mean week is made of. */
export const HEAT_QUERY = 'from=today-28&to=today-1';

export type Side = {
  readonly orders: number;
  readonly net: number;
  readonly average: number | null;
  readonly judged: number;
  readonly late: number;
  readonly recalls: number;
  readonly voids: number;
  readonly refires: number;
  readonly cancelled: number;
  readonly takenBack: number;
};
export type Hour = {
  readonly hour: number;
  readonly orders: number;
  readonly net: number;
  readonly before: number;
};
export type Channel = {
  readonly key: string;
  readonly orders: number;
  readonly net: number;
  readonly before: number;
};
export type Item = {
  readonly id: string;
  readonly name: string;
  readonly pieces: number;
  readonly net: number;
  readonly before: number;
};
export type Legs = {
  readonly total: number | null;
  readonly total90: number | null;
  readonly wait: number | null;
  readonly cook: number | null;
  readonly pass: number | null;
};
export type Station = Legs & {
  readonly id: string;
  readonly fires: number;
  readonly judged: number;
  readonly late: number;
  readonly soonAfter: number | null;
  readonly lateAfter: number | null;
};
export type Dish = {
  readonly id: string;
  readonly name: string;
  readonly station: string;
  readonly lines: number;
} & Pick<Legs, 'total' | 'total90' | 'wait' | 'cook'>;
export type Heard = {
  /** Null: all stations together. */
  readonly station: string | null;
  readonly fires: number;
  readonly heard: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
};
export type Reason = {
  readonly kind: string;
  readonly reason: string;
  readonly times: number;
  readonly value: number;
};

export type Figures = {
  readonly from: string;
  readonly to: string;
  readonly beforeFrom: string;
  readonly today: string;
  /** There are days before to compare with: the log reaches back to all of them. */
  readonly isCompared: boolean;
  readonly currency: string;
  readonly now: Side;
  readonly before: Side;
  readonly hours: readonly Hour[];
  readonly channels: readonly Channel[];
  readonly items: readonly Item[];
  readonly stations: readonly Station[];
  readonly dishes: readonly Dish[];
  readonly heard: readonly Heard[];
  readonly reasons: readonly Reason[];
};

const num = (row: unknown, name: string): number => maybe(row, name) ?? 0;
const maybe = (row: unknown, name: string): number | null => {
  const found = field(row, name);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};
const word = (row: unknown, name: string): string => textAt(row, name) ?? '';

/** Null when it is not an answer of figures. */
export function readFigures(body: unknown): Figures | null {
  const reports = field(body, 'reports');
  const rows = <T>(name: string, read: (row: unknown) => T | undefined): T[] =>
    listAt(reports, name, read) ?? [];
  const sides = rows('summary', (row) => ({ period: word(row, 'period'), side: readSide(row) }));
  const now = sides.find(({ period }) => period === 'now')?.side;
  const before = sides.find(({ period }) => period === 'before')?.side;
  if (now === undefined || before === undefined) return null;
  return {
    from: word(body, 'from'),
    to: word(body, 'to'),
    beforeFrom: word(body, 'beforeFrom'),
    today: word(body, 'today'),
    isCompared: word(body, 'since') <= word(body, 'beforeFrom'),
    currency: textAt(body, 'currency') ?? 'USD',
    now,
    before,
    hours: rows('sales-by-hour', (row) => ({
      hour: num(row, 'hour'),
      orders: num(row, 'orders'),
      net: num(row, 'net'),
      before: num(row, 'before_net'),
    })),
    channels: joinChannels(
      rows('sales-by-channel', (row) => ({
        key: word(row, 'source') === 'pos' ? word(row, 'type') : word(row, 'source'),
        orders: num(row, 'orders'),
        net: num(row, 'net'),
        before: num(row, 'before_net'),
      })),
    ),
    items: rows('sales-by-item', (row) => ({
      id: word(row, 'item'),
      name: word(row, 'name'),
      pieces: num(row, 'pieces'),
      net: num(row, 'net'),
      before: num(row, 'before_net'),
    })),
    stations: rows('preparation', (row) => ({
      id: word(row, 'station'),
      fires: num(row, 'fires'),
      judged: num(row, 'judged'),
      late: num(row, 'late'),
      soonAfter: maybe(row, 'warn_after'),
      lateAfter: maybe(row, 'late_after'),
      ...readLegs(row),
    })),
    dishes: rows('preparation-by-item', (row) => ({
      id: word(row, 'item'),
      name: word(row, 'name'),
      station: word(row, 'station'),
      lines: num(row, 'lines'),
      ...readLegs(row),
    })),
    heard: rows('order-to-heard', (row) => ({
      station: textAt(row, 'station') ?? null,
      fires: num(row, 'fires'),
      heard: num(row, 'heard'),
      p50: maybe(row, 'p50'),
      p90: maybe(row, 'p90'),
      p99: maybe(row, 'p99'),
    })),
    reasons: rows('corrections-by-reason', (row) => ({
      kind: word(row, 'kind'),
      reason: word(row, 'reason'),
      times: num(row, 'times'),
      value: num(row, 'value'),
    })),
  };
}

function readSide(row: unknown): Side {
  return {
    orders: num(row, 'orders'),
    net: num(row, 'net'),
    average: maybe(row, 'average'),
    judged: num(row, 'judged'),
    late: num(row, 'late'),
    recalls: num(row, 'recalls'),
    voids: num(row, 'voids'),
    refires: num(row, 'refires'),
    cancelled: num(row, 'cancelled'),
    takenBack: num(row, 'taken_back'),
  };
}

function readLegs(row: unknown): Legs {
  return {
    total: maybe(row, 'total_p50'),
    total90: maybe(row, 'total_p90'),
    wait: maybe(row, 'wait_p50'),
    cook: maybe(row, 'cook_p50'),
    pass: maybe(row, 'pass_p50'),
  };
}

/** What the house's own pages sold is told by its kind, everything else by where it came from. */
function joinChannels(rows: readonly Channel[]): Channel[] {
  const joined = new Map<string, Channel>();
  for (const row of rows) {
    const known = joined.get(row.key);
    joined.set(row.key, {
      key: row.key,
      orders: row.orders + (known?.orders ?? 0),
      net: row.net + (known?.net ?? 0),
      before: row.before + (known?.before ?? 0),
    });
  }
  return [...joined.values()].sort((a, b) => b.net - a.net || (a.key < b.key ? -1 : 1));
}

/** Hours in which something was sold on one side or the other, with those between them: a closed morning is no part of the picture. */
export function openHours(hours: readonly Hour[]): Hour[] {
  const busy = ({ net, orders, before }: Hour): boolean => net !== 0 || orders > 0 || before !== 0;
  const first = hours.findIndex(busy);
  return first < 0 ? [] : hours.slice(first, hours.findLastIndex(busy) + 1);
}

/** How much more, as a share of what it was; null where there is nothing to compare with. */
export function change(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : (now - before) / before;
}

/** The share of late tickets among those of which it is known; null where none is. */
export function lateShare({ late, judged }: { late: number; judged: number }): number | null {
  return judged === 0 ? null : late / judged;
}

/** Where a value stands on a scale from nothing to `most`, in percent. */
export function onScale(value: number | null, most: number): number {
  return value === null || most <= 0 ? 0 : Math.min(100, (value / most) * 100);
}

/** A round end of a scale that holds every value. */
export function roundUp(most: number): number {
  if (most <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= most) ?? 10;
  return step * unit;
}

export type HeatCell = {
  readonly weekday: number;
  readonly hour: number;
  readonly net: number;
  readonly orders: number;
  readonly lines: number;
};
export type HeatKind = 'net' | 'orders' | 'lines';
export type Heat = {
  /** Hours that are shown, in a business day's order. */
  readonly hours: readonly number[];
  /** Monday (1) to Sunday (7): the mean of such a day, per hour. */
  readonly days: readonly { readonly weekday: number; readonly cells: readonly HeatCell[] }[];
};

/** A mean week; hours in which nothing ever happened at either end of the day are left out. */
export function readHeat(body: unknown): Heat | null {
  const rows = listAt(body, 'rows', (row) => {
    const days = Math.max(1, num(row, 'days'));
    return {
      weekday: num(row, 'weekday'),
      hour: num(row, 'hour'),
      net: num(row, 'net') / days,
      orders: num(row, 'orders') / days,
      lines: num(row, 'lines') / days,
    };
  });
  if (rows === undefined) return null;
  const order = [...new Set(rows.map(({ hour }) => hour))];
  const busy = (hour: number): boolean =>
    rows.some((row) => row.hour === hour && (row.lines > 0 || row.net > 0));
  const first = order.findIndex(busy);
  const hours = first < 0 ? [] : order.slice(first, order.findLastIndex(busy) + 1);
  return {
    hours,
    days: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      cells: hours.map(
        (hour) =>
          rows.find((row) => row.weekday === weekday && row.hour === hour) ?? {
            weekday,
            hour,
            net: 0,
            orders: 0,
            lines: 0,
          },
      ),
    })),
  };
}
