import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Role } from '../domain/commands.ts';
import { instant, words } from '../domain/text.ts';
import type { Log } from '../log/types.ts';
import type { OrderRow, OrderSearch } from '../projections/orderSearch.ts';
import { orderStatus } from '../domain/entities.ts';
import { weightOf } from './accepts.ts';
import { placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** What happened: the events themselves, and the orders of all days for search. */

export type HistoryOptions = { readonly log: Pick<Log, 'readEventsPage'>; readonly orders: OrderSearch };

/** Roles that may look orders up; they hold guests' names. */
const MAY_SEARCH: readonly Role[] = ['owner', 'manager', 'expo', 'waiter', 'host', 'phone'];

function only(roles: readonly Role[]): { allow: (caller: Caller) => void } {
  return {
    allow: ({ claims }) => {
      if (!roles.includes(claims.role))
        throw refuse('forbidden', `The role ${claims.role} may not read this`);
    },
  };
}

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`);

export const logQuery = z.strictObject({
  after: whole(Number.MAX_SAFE_INTEGER).default(0),
  limit: whole(1000)
    .refine((value) => value > 0, 'must be at least 1')
    .default(500),
});
export const ordersQuery = z.strictObject({
  status: z
    .string()
    .optional()
    .transform((value) => value?.split(','))
    .pipe(z.array(orderStatus).optional()),
  from: instant.optional(),
  to: instant.optional(),
  q: words(80).optional(),
  limit: whole(200)
    .refine((value) => value > 0, 'must be at least 1')
    .default(50),
  cursor: z.string().max(200).optional(),
});

export function registerHistory(app: FastifyInstance, { log, orders }: HistoryOptions): void {
  app.get('/v1/locations/:location/log', { config: only(['owner', 'manager']) }, async (request) => {
    const { after, limit } = parseInput(logQuery, request.query);
    const page = await log.readEventsPage(placeOf(request).id, after, limit);
    if (page === null) throw refuse('not_found', 'There is no such location');
    return page;
  });

  app.get('/v1/locations/:location/orders', { config: only(MAY_SEARCH) }, async (request, reply) => {
    const query = parseInput(ordersQuery, request.query);
    const page = await orders.search(placeOf(request).id, query);
    if (page === null) throw refuseField('cursor', 'is not one of this list');
    if (!wantsCsv(request)) return { orders: page.orders.map((row) => row.body), next: page.next };
    return sendCsv(reply, page.orders, page.next);
  });

  app.get<{ Params: { location: string; id: string } }>(
    '/v1/locations/:location/orders/:id',
    { config: only(MAY_SEARCH) },
    async (request) => {
      const order = await orders.find(placeOf(request).id, request.params.id.toLowerCase().slice(0, 64));
      if (order === null) throw refuse('not_found', 'There is no such order');
      return order;
    },
  );
}

export function wantsCsv(request: FastifyRequest): boolean {
  const { accept } = request.headers;
  const csv = weightOf(accept, 'text/csv');
  return csv > 0 && csv >= weightOf(accept, 'application/json');
}

const CSV_COLUMNS = [
  'id',
  'number',
  'day',
  'status',
  'type',
  'source',
  'table_id',
  'guest_name',
  'external_id',
  'display_id',
  'placed_at',
  'closed_at',
  'total',
] as const;

function sendCsv(reply: FastifyReply, orders: readonly OrderRow[], next: string | null): FastifyReply {
  const lines = [
    CSV_COLUMNS.join(','),
    ...orders.map((row) => CSV_COLUMNS.map((column) => csvCell(row[column])).join(',')),
  ];
  if (next !== null) void reply.header('link', `<?cursor=${next}>; rel="next"`);
  return reply.type('text/csv; charset=utf-8').send(`${lines.join('\r\n')}\r\n`);
}

/** RFC 4180; a text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
