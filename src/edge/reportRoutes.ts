import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { LocationConfig } from '../domain/config.ts';
import { instant, toInstant, toMillis } from '../domain/text.ts';
import { businessDay } from '../location/businessDay.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import type { ReportPage, Reports } from '../projections/reports/ask.ts';
import { type Period, backOf } from '../projections/reports/period.ts';
import { REPORTS, type ReportName } from '../projections/reports/reports.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { csvCell, wantsCsv } from './history.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** Reports: sales, preparation, what was taken back, by business days of the location. */

export type ReportRouteOptions = {
  readonly reports: Reports;
  readonly locations: Pick<Locations, 'open'>;
  readonly log: Pick<Log, 'listLocations' | 'readTail'>;
  readonly now: () => number;
};

const managers = {
  allow: ({ claims }: Caller) => {
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', `The role ${claims.role} may not read this`);
  },
};
/** A report is some milliseconds of the database; a page that asks too often must not cost the kitchen any. */
const rateLimit = { max: 240, timeWindow: '1 minute' };

const BACK = /^today-(\d{1,3})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;
const MOST_DAYS = 400;
const WORDS = 'must be a business day such as 2026-01-31, today, yesterday, today-6 or an RFC 3339 time';

const day = z
  .string()
  .max(40)
  .refine(
    (said) =>
      said === 'today' ||
      said === 'yesterday' ||
      BACK.test(said) ||
      (DAY.test(said) ? isDay(said) : instant.safeParse(said).success),
    WORDS,
  );
const ofDays = { from: day.optional(), to: day.optional() };
export const figuresQuery = z.strictObject(ofDays);
export const reportQuery = z.strictObject({
  ...ofDays,
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value > 0 && value <= 1_000, 'must be 1 to 1000')
    .default(500),
  cursor: z.string().max(40).optional(),
});

/** What a page of figures is made of. */
const TOGETHER = [
  'summary',
  'sales-by-hour',
  'sales-by-channel',
  'sales-by-item',
  'preparation',
  'preparation-by-item',
  'order-to-heard',
  'corrections-by-reason',
] as const satisfies readonly ReportName[];

export function registerReports(app: FastifyInstance, options: ReportRouteOptions): void {
  const { reports, locations, now } = options;
  const base = '/v1/locations/:location';
  /** When each log began: it does not begin again. */
  const begun = new Map<string, string>();
  const periodOf = async (location: string, asked: z.infer<typeof figuresQuery>): Promise<About> => {
    const config = (await locations.open(location))?.state.config ?? null;
    const since = begun.get(location) ?? (await options.log.readTail(location, 0, 1))[0]?.at;
    if (since !== undefined) begun.set(location, since);
    return aboutOf(location, config, asked, since, now());
  };

  app.get(`${base}/figures`, { config: { ...managers, rateLimit } }, async (request) => {
    const about = await periodOf(placeOf(request).id, parseInput(figuresQuery, request.query));
    return { ...about.said, reports: await reports.readAll(TOGETHER, about.period) };
  });

  app.get<{ Params: { name: string } }>(
    `${base}/reports/:name`,
    { config: { ...managers, rateLimit } },
    async (request, reply) => {
      const name = reportNamed(request.params.name);
      const { limit, cursor, ...days } = parseInput(reportQuery, request.query);
      const skip = cursor === undefined ? 0 : readCursor(cursor);
      const about = await periodOf(placeOf(request).id, days);
      const page = await reports.read(name, about.period, limit, skip);
      const next = page.more ? Buffer.from(`+${skip + limit}`).toString('base64url') : null;
      const columns = REPORTS[name].columns;
      if (wantsCsv(request)) return sendCsv(reply, columns, page, next);
      return { report: name, ...about.said, columns, rows: page.rows, next };
    },
  );

  // Every location of an organization, for whoever signed in to it as a whole.
  app.get('/v1/reports/summary', { config: { ...managers, rateLimit } }, async (request) => {
    const { claims } = callerOf(request);
    const asked = parseInput(figuresQuery, request.query);
    const rows = await options.log.listLocations(claims.org);
    const mine = rows.filter(({ id }) => claims.loc === undefined || claims.loc === id);
    const found = [];
    for (const { id, name } of mine) {
      const about = await periodOf(id, asked);
      const { summary } = await reports.readAll(['summary'], about.period);
      found.push({ location: id, name, ...about.said, rows: summary });
    }
    return { locations: found };
  });
}

type About = {
  readonly period: Period;
  readonly said: Readonly<
    Record<'from' | 'to' | 'beforeFrom' | 'beforeTo' | 'today' | 'since' | 'timezone' | 'currency', string>
  >;
};

function aboutOf(
  location: string,
  config: LocationConfig | null,
  asked: z.infer<typeof figuresQuery>,
  since: string | undefined,
  now: number,
): About {
  const today = businessDay(config, now);
  const read = (said: string): string => {
    if (said === 'today') return today;
    if (said === 'yesterday') return shift(today, -1);
    const back = BACK.exec(said)?.[1];
    if (back !== undefined) return shift(today, -Number(back));
    return DAY.test(said) ? said : businessDay(config, toMillis(said) ?? now);
  };
  const to = read(asked.to ?? 'today');
  const from = read(asked.from ?? to);
  if (from > to) throw refuseField('from', `must not be after to (${to})`);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days > MOST_DAYS) throw refuseField('from', `must not be more than ${MOST_DAYS} days before to`);
  const back = backOf(days);
  const zone = config?.timezone ?? 'UTC';
  const dayStart = config?.dayEndsAt ?? 0;
  return {
    period: { location, from, to, back, now: toInstant(now), zone, dayStart },
    said: {
      from,
      to,
      beforeFrom: shift(from, -back),
      beforeTo: shift(to, -back),
      today,
      since: since === undefined ? today : businessDay(config, toMillis(since) ?? now),
      timezone: zone,
      currency: config?.currency ?? 'USD',
    },
  };
}

function isDay(said: string): boolean {
  const ms = Date.parse(`${said}T00:00:00.000Z`);
  return said >= '1970-01-01' && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(said);
}

function shift(of: string, days: number): string {
  return new Date(Date.parse(of) + days * DAY_MS).toISOString().slice(0, 10);
}

function reportNamed(said: string): ReportName {
  const names = Object.keys(REPORTS);
  if (!isReport(said)) throw refuse('not_found', `There is no such report; there are: ${names.join(', ')}`);
  return said;
}

function isReport(name: string): name is ReportName {
  return Object.hasOwn(REPORTS, name);
}

function readCursor(cursor: string): number {
  const skip = /^\+(\d{1,7})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (skip === undefined) throw refuseField('cursor', 'is not one of this list');
  return Number(skip);
}

function sendCsv(
  reply: FastifyReply,
  columns: readonly string[],
  { rows }: ReportPage,
  next: string | null,
): FastifyReply {
  const lines = rows.map((row) =>
    columns
      .map((column) => {
        const value = row[column] ?? null;
        return csvCell(typeof value === 'boolean' ? String(value) : value);
      })
      .join(','),
  );
  if (next !== null) void reply.header('link', `<?cursor=${next}>; rel="next"`);
  return reply.type('text/csv; charset=utf-8').send(`${[columns.join(','), ...lines].join('\r\n')}\r\n`);
}
