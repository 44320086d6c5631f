import { type Period, type Side, hourOrder, within } from './period.ts';
import { type Sql, sql } from './sql.ts';

/**
 * Questions to the tables of `sales` and `kitchen`. Money is in minor units, times are seconds. Times of work are those of
 * fires, not of tickets: the middle one and the ninetieth of a hundred, without what was forgotten (a line over an hour, a
 * fire over four) or swept up at the end of a day.
 */

export type Report = {
  /** Of a row, in the order of the file. */
  readonly columns: readonly string[];
  readonly ask: (period: Period) => Sql;
};

const FIRE_MOST = sql`interval '4 hours'`;
const LINE_MOST = sql`interval '1 hour'`;
const COUNTS = sql`status not in ('held', 'voided', 'auto_closed')`;

const sold = (period: Period, side: Side): Sql =>
  sql`select * from sold_lines where ${within(period, side, 'at')}`;

/** Fires that count; `done` is when they first were ready, and for a bump that was taken back at once, when they were after it. */
const fires = (period: Period, side: Side): Sql =>
  sql`select *, case when recalled_at - first_ready_at <= interval '60 seconds' then ready_at else first_ready_at end as done
      from fired_tickets where ${within(period, side, 'fired_at')} and ${COUNTS}`;

/** The same with what reports ask of them. A fire that nobody said to have started has no beginning to measure from. */
const timed = (period: Period, side: Side): Sql =>
  sql`select f.*,
        extract(epoch from done - fired_at) as total,
        case when started_at < done then extract(epoch from started_at - fired_at) end as wait,
        case when started_at < done then extract(epoch from done - started_at) end as cook,
        case when passed_at >= done then extract(epoch from passed_at - done) end as pass,
        coalesce(done, ${period.now}::timestamptz) - fired_at >= late * interval '1 second' as is_late,
        done is not null or ${period.now}::timestamptz - fired_at >= late * interval '1 second' as is_judged,
        coalesce(done - fired_at <= ${FIRE_MOST}, false) as is_usual
      from (${fires(period, side)}) f`;

const LEGS = sql`
  percentile_cont(0.5) within group (order by total) filter (where is_usual) as total_p50,
  percentile_cont(0.9) within group (order by total) filter (where is_usual) as total_p90,
  percentile_cont(0.5) within group (order by wait) filter (where is_usual) as wait_p50,
  percentile_cont(0.9) within group (order by wait) filter (where is_usual) as wait_p90,
  percentile_cont(0.5) within group (order by cook) filter (where is_usual) as cook_p50,
  percentile_cont(0.9) within group (order by cook) filter (where is_usual) as cook_p90,
  percentile_cont(0.5) within group (order by pass) filter (where is_usual and pass <= 14400) as pass_p50,
  percentile_cont(0.9) within group (order by pass) filter (where is_usual and pass <= 14400) as pass_p90`;
const LEG_COLUMNS = [
  'total_p50',
  'total_p90',
  'wait_p50',
  'wait_p90',
  'cook_p50',
  'cook_p90',
  'pass_p50',
  'pass_p90',
];
const LATENESS = sql`
  count(*)::int as fires,
  (count(*) filter (where is_judged))::int as judged,
  (count(*) filter (where is_late))::int as late`;

function preparationBy(column: Sql, name: string, order: (period: Period) => Sql): Report {
  return {
    columns: [name, 'fires', 'judged', 'late', ...LEG_COLUMNS, 'recalls', 'warn_after', 'late_after'],
    ask: (period) => sql`select ${column}, ${LATENESS}, ${LEGS}, sum(recalls)::int as recalls,
        mode() within group (order by warn) as warn_after, mode() within group (order by late) as late_after
      from (${timed(period, 'now')}) f group by ${column} order by ${order(period)}`,
  };
}

const salesNow = sql`
  (count(distinct order_id) filter (where qty > 0))::int as orders,
  (count(*) filter (where qty > 0))::int as lines,
  coalesce(sum(qty), 0)::int as pieces,
  coalesce(sum(net), 0)::bigint as net`;

const summaryOf = (period: Period, side: Side): Sql => sql`
  select ${side}::text as period, s.*, case when s.orders > 0 then round(s.net::numeric / s.orders)::bigint end as average,
    k.*, c.*
  from (select ${salesNow} from (${sold(period, side)}) x) s,
    (select ${LATENESS},
       percentile_cont(0.5) within group (order by total) filter (where is_usual) as total_p50,
       percentile_cont(0.9) within group (order by total) filter (where is_usual) as total_p90,
       coalesce(sum(recalls), 0)::int as recalls from (${timed(period, side)}) x) k,
    (select (count(*) filter (where kind = 'void'))::int as voids, (count(*) filter (where kind = 'refire'))::int as refires,
       (count(distinct order_id) filter (where kind = 'cancel'))::int as cancelled,
       coalesce(sum(value), 0)::bigint as taken_back from corrections where ${within(period, side, 'at')}) c`;

export const REPORTS = {
  summary: {
    columns: [
      'period',
      'orders',
      'lines',
      'pieces',
      'net',
      'average',
      'fires',
      'judged',
      'late',
      'total_p50',
      'total_p90',
      'recalls',
      'voids',
      'refires',
      'cancelled',
      'taken_back',
    ],
    ask: (period) =>
      sql`select * from (${summaryOf(period, 'now')} union all ${summaryOf(period, 'before')}) x order by period desc`,
  },
  'sales-by-hour': {
    columns: ['hour', 'orders', 'lines', 'net', 'before_orders', 'before_net'],
    ask: (period) => sql`
      select hour, coalesce(n.orders, 0) as orders, coalesce(n.lines, 0) as lines, coalesce(n.net, 0)::bigint as net,
        coalesce(b.orders, 0) as before_orders, coalesce(b.net, 0)::bigint as before_net
      from generate_series(0, 23) hour
        left join (select hour, ${salesNow} from (${sold(period, 'now')}) x group by hour) n using (hour)
        left join (select hour, ${salesNow} from sold_lines
          where ${within({ ...period, now: '9999-01-01T00:00:00.000Z' }, 'before', 'at')} group by hour) b using (hour)
      order by ${hourOrder(period)}`,
  },
  'sales-by-channel': {
    columns: ['source', 'type', 'orders', 'lines', 'pieces', 'net', 'before_net'],
    ask: (period) => sql`
      select source, type, coalesce(n.orders, 0) as orders, coalesce(n.lines, 0) as lines, coalesce(n.pieces, 0) as pieces,
        coalesce(n.net, 0)::bigint as net, coalesce(b.net, 0)::bigint as before_net
      from (select source, type, ${salesNow} from (${sold(period, 'now')}) x group by source, type) n
        full join (select source, type, ${salesNow} from (${sold(period, 'before')}) x group by source, type) b using (source, type)
      where n.orders > 0 or b.orders > 0
      order by coalesce(n.net, 0) desc, source, type`,
  },
  'sales-by-item': {
    columns: ['item', 'name', 'category', 'orders', 'pieces', 'net', 'before_pieces', 'before_net'],
    ask: (period) => sql`
      select item, n.name, n.category, n.orders, n.pieces, n.net, coalesce(b.pieces, 0)::int as before_pieces,
        coalesce(b.net, 0)::bigint as before_net
      from (select coalesce(item, 'open: ' || name) as item, (array_agg(name order by at desc))[1] as name,
          (array_agg(category order by at desc))[1] as category, ${salesNow}
          from (${sold(period, 'now')}) x where refire_of is null group by 1) n
        left join (select coalesce(item, 'open: ' || name) as item, sum(qty) as pieces, sum(net) as net
          from (${sold(period, 'before')}) x where refire_of is null group by 1) b using (item)
      where n.pieces > 0 order by n.net desc, n.pieces desc, item`,
  },
  preparation: preparationBy(sql`station`, 'station', () => sql`fires desc, station`),
  'preparation-by-hour': preparationBy(sql`hour`, 'hour', hourOrder),
  'preparation-by-channel': preparationBy(sql`source`, 'source', () => sql`fires desc, source`),
  'preparation-by-item': {
    columns: [
      'item',
      'name',
      'station',
      'lines',
      'pieces',
      'total_p50',
      'total_p90',
      'wait_p50',
      'wait_p90',
      'cook_p50',
      'cook_p90',
    ],
    ask: (period) => sql`
      select coalesce(item, 'open: ' || name) as item, (array_agg(name order by fired_at desc))[1] as name, station,
        count(*)::int as lines, sum(qty)::int as pieces,
        percentile_cont(0.5) within group (order by total) as total_p50,
        percentile_cont(0.9) within group (order by total) as total_p90,
        percentile_cont(0.5) within group (order by wait) as wait_p50,
        percentile_cont(0.9) within group (order by wait) as wait_p90,
        percentile_cont(0.5) within group (order by cook) as cook_p50,
        percentile_cont(0.9) within group (order by cook) as cook_p90
      from (select *, extract(epoch from ready_at - fired_at) as total,
          case when started_at < ready_at then extract(epoch from started_at - fired_at) end as wait,
          case when started_at < ready_at then extract(epoch from ready_at - started_at) end as cook
        from cooked_lines where ${within(period, 'now', 'fired_at')} and not dropped and ready_at - fired_at <= ${LINE_MOST}) x
      group by 1, station order by lines desc, item, station`,
  },
  'late-tickets': {
    columns: [
      'ticket_id',
      'order_id',
      'number',
      'station',
      'fired_at',
      'done',
      'total',
      'late_after',
      'over',
    ],
    ask: (period) => sql`
      select ticket_id, order_id, number, station, fired_at, done,
        extract(epoch from coalesce(done, ${period.now}::timestamptz) - fired_at)::float8 as total, late as late_after,
        extract(epoch from coalesce(done, ${period.now}::timestamptz) - fired_at)::float8 - late as over
      from (${timed(period, 'now')}) f where is_late order by over desc, ticket_id`,
  },
  'order-to-heard': {
    columns: ['station', 'fires', 'heard', 'p50', 'p90', 'p99', 'escalated'],
    ask: (period) => sql`
      select station, count(*)::int as fires, count(heard_at)::int as heard,
        percentile_cont(0.5) within group (order by delay) as p50,
        percentile_cont(0.9) within group (order by delay) as p90,
        percentile_cont(0.99) within group (order by delay) as p99,
        (count(*) filter (where rungs >= 2))::int as escalated
      from (select *, extract(epoch from heard_at - fired_at) as delay from (${fires(period, 'now')}) f) x
      group by grouping sets ((station), ()) order by station nulls first`,
  },
  corrections: {
    columns: [
      'at',
      'day',
      'kind',
      'order_id',
      'line_id',
      'station',
      'item',
      'name',
      'qty',
      'value',
      'reason',
      'made',
      'by_whom',
    ],
    ask: (period) => sql`
      select at, day, kind, order_id, line_id, station, item, name, qty, value, reason, made, by_whom
      from corrections where ${within(period, 'now', 'at')} order by at desc, seq desc, line_id`,
  },
  'corrections-by-reason': {
    columns: ['kind', 'reason', 'times', 'pieces', 'value'],
    ask: (period) => sql`
      select kind, reason, count(*)::int as times, sum(qty)::int as pieces, sum(value)::bigint as value
      from corrections where ${within(period, 'now', 'at')} group by kind, reason order by value desc, kind, reason`,
  },
  heat: {
    columns: ['weekday', 'hour', 'days', 'net', 'orders', 'lines'],
    ask: (period) => sql`
      select weekday, hour, days::int as days, coalesce(net, 0)::bigint as net, coalesce(orders, 0)::int as orders,
        coalesce(lines, 0)::int as lines
      from (select extract(isodow from d)::int as weekday, count(*) as days
          from generate_series(${period.from}::date, ${period.to}::date, interval '1 day') d group by 1) w
        cross join generate_series(0, 23) hour
        left join (select extract(isodow from day)::int as weekday, hour, sum(net) as net,
            count(distinct order_id) filter (where qty > 0) as orders from (${sold(period, 'now')}) s group by 1, 2) s using (weekday, hour)
        left join (select extract(isodow from day)::int as weekday, hour, count(*) as lines
          from cooked_lines where ${within(period, 'now', 'fired_at')} and not dropped group by 1, 2) k using (weekday, hour)
      order by weekday, ${hourOrder(period)}`,
  },
} as const satisfies Readonly<Record<string, Report>>;

export type ReportName = keyof typeof REPORTS;
