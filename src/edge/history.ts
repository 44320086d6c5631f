import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { inScope } from '../accounts/scope.ts';
import type { Role } from '../domain/commands.ts';
import { instant, words } from '../domain/text.ts';
import type { Json, Log } from '../log/types.ts';
import { orderStatus } from '../domain/entities.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse } from './problem.ts';

/** What happened: the events themselves, and the orders of all days for search. */

export type HistoryOptions = { readonly log: Pick<Log, 'readEventsPage'>; /** As role heard_app. */ readonly pool: pg.Pool };

/** Roles that may look orders up; they hold guests' names. */
const MAY_SEARCH: readonly Role[] = ['owner', 'manager', 'expo', 'waiter', 'host', 'phone'];

function only(roles: readonly Role[]): { allow: (caller: Caller) => void } {
  return {
    allow: ({ claims }) => {
      if (!roles.includes(claims.role)) throw refuse('forbidden', `The role ${claims.role} may not read this`);
    },
  };
}

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`);

export const logQuery = z.strictObject({ after: whole(Number.MAX_SAFE_INTEGER).default(0), limit: whole(1000).refine((value) => value > 0, 'must be at least 1').default(500) });
export const ordersQuery = z
  .strictObject({
    status: z.string().optional().transform((value) => value?.split(',')).pipe(z.array(orderStatus).optional()),
    from: instant.optional(),
    to: instant.optional(),
    q: words(80).optional(),
    limit: whole(200).refine((value) => value > 0, 'must be at least 1').default(50),
    cursor: z.string().max(200).optional(),
  });

export function registerHistory(app: FastifyInstance, { log, pool }: HistoryOptions): void {
  app.get('/v1/locations/:location/log', { config: only(['owner', 'manager']) }, async (request) => {
    const { after, limit } = parseInput(logQuery, request.query);
    const page = await log.readEventsPage(placeOf(request).id, after, limit);
    if (page === null) throw refuse('not_found', 'There is no such location');
    return page;
  });

  app.get('/v1/locations/:location/orders', { config: only(MAY_SEARCH) }, async (request, reply) => {
    const query = parseInput(ordersQuery, request.query);
    const { orders, next } = await searchOrders(pool, placeOf(request).id, query);
    if (!wantsCsv(request)) return { orders: orders.map((row) => row.body), next };
    return sendCsv(reply, orders, next);
  });

  app.get<{ Params: { location: string; id: string } }>('/v1/locations/:location/orders/:id', { config: only(MAY_SEARCH) }, async (request) => {
    const { claims } = callerOf(request);
    const location = placeOf(request).id;
    const rows = await inScope(pool, { location }, async (client) => {
      const result = await client.query<{ body: Json }>('select body from orders where location_id = $1 and id = $2', [location, request.params.id.toLowerCase().slice(0, 64)]);
      return result.rows;
    });
    const row = rows[0];
    if (row === undefined) throw refuse('not_found', `There is no such order${claims.loc === undefined ? '' : ' here'}`);
    return row.body;
  });
}

type OrderRow = {
  id: string;
  number: number | null;
  day: string | null;
  status: string;
  type: string;
  source: string | null;
  table_id: string | null;
  guest_name: string | null;
  external_id: string | null;
  display_id: string | null;
  placed_at: string;
  closed_at: string | null;
  total: number;
  body: Json;
};

type OrdersQuery = z.infer<typeof ordersQuery>;

/** A page of a location's orders, newest first. `next` is the cursor of the page after it. */
export async function searchOrders(pool: pg.Pool, location: string, query: OrdersQuery): Promise<{ orders: OrderRow[]; next: string | null }> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await inScope(pool, { location }, async (client) => {
    const result = await client.query<OrderRow>(
      `select id, number, day, status, type, source, table_id, guest_name, external_id, display_id, placed_at, closed_at, total, body
       from orders where location_id = $1
         and ($2::text[] is null or status = any($2))
         and ($3::timestamptz is null or placed_at >= $3)
         and ($4::timestamptz is null or placed_at < $4)
         and ($5::text is null or number::text = $5 or table_id ilike $5 or external_id = $5 or display_id ilike $5
              or guest_name ilike '%' || replace(replace(replace($5, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
         and ($6::timestamptz is null or (placed_at, id) < ($6, $7))
       order by placed_at desc, id desc limit $8`,
      [location, query.status ?? null, query.from ?? null, query.to ?? null, query.q ?? null, after?.at ?? null, after?.id ?? null, query.limit + 1],
    );
    return result.rows;
  });
  const orders = rows.slice(0, query.limit);
  const last = orders.at(-1);
  return { orders, next: rows.length > query.limit && last !== undefined ? Buffer.from(`${last.placed_at}|${last.id}`).toString('base64url') : null };
}

function readCursor(cursor: string): { at: string; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const time = instant.safeParse(at);
  if (!time.success || id === undefined || !/^[\w-]{1,64}$/.test(id)) throw refuse('invalid_input', 'cursor is not one of this list', { errors: [{ path: 'cursor', message: 'is not one of this list' }] });
  return { at: time.data, id };
}

function wantsCsv(request: FastifyRequest): boolean {
  return /(?:^|,)\s*text\/csv\b/.test(request.headers.accept ?? '');
}

const CSV_COLUMNS = ['id', 'number', 'day', 'status', 'type', 'source', 'table_id', 'guest_name', 'external_id', 'display_id', 'placed_at', 'closed_at', 'total'] as const;

function sendCsv(reply: FastifyReply, orders: readonly OrderRow[], next: string | null): FastifyReply {
  const lines = [CSV_COLUMNS.join(','), ...orders.map((row) => CSV_COLUMNS.map((column) => csvCell(row[column])).join(','))];
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
