import type pg from 'pg';
import { toMillis } from '../domain/text.ts';
import { inLocation } from './inLocation.ts';

/** Questions to the table `connections`. */

/** A line as it is read back; times RFC 3339, and what was not said is left out. */
export type ConnectionRow = {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly node: string;
  readonly client?: string;
  readonly screen?: string;
  readonly by?: string;
  readonly topic?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cause?: string;
  readonly code?: number;
  readonly durationMs?: number;
  readonly gap?: number;
  readonly replayed?: number;
  readonly transport?: string;
  readonly detail?: unknown;
};

export type ConnectionQuestion = {
  /** At or after, and before; RFC 3339. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The station or place, the page's own name, or the paired device. */
  readonly screen?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly id?: string | undefined;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
};

export type ConnectionPage = {
  readonly connections: readonly ConnectionRow[];
  readonly next: string | null;
};

type Stored = {
  id: string;
  at: string;
  kind: string;
  node: string;
  client: string | null;
  screen: string | null;
  by_whom: string | null;
  topic: string | null;
  from_state: string | null;
  to_state: string | null;
  cause: string | null;
  code: number | null;
  duration_ms: number | null;
  gap: number | null;
  replayed: number | null;
  transport: string | null;
  detail: unknown;
  /** With all its digits, for the cursor. */
  exact: string;
};

const COLUMNS = `id, at, kind, node, client, screen, by_whom, topic, from_state, to_state, cause, code, duration_ms, gap, replayed, transport, detail,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as exact`;

/** A question about the lines of one location. */
export function ofLocation<T extends pg.QueryResultRow>(
  pool: pg.Pool,
  location: string,
  text: string,
  values: readonly unknown[],
): Promise<{ rows: T[]; count: number }> {
  return inLocation(pool, location, async (client) => {
    const { rows, rowCount } = await client.query<T>(text, [...values]);
    return { rows, count: rowCount ?? 0 };
  });
}

/** A page, newest first; null for a cursor that is not one of this list. */
export async function readConnections(
  pool: pg.Pool,
  location: string,
  question: ConnectionQuestion,
): Promise<ConnectionPage | null> {
  const after = question.cursor === undefined ? null : readCursor(question.cursor);
  if (question.cursor !== undefined && after === null) return null;
  const { from, to, screen, kinds, id, limit } = question;
  const { rows } = await ofLocation<Stored>(
    pool,
    location,
    `select ${COLUMNS} from connections where location_id = $1
       and ($2::timestamptz is null or at >= $2)
       and ($3::timestamptz is null or at < $3)
       and ($4::text is null or screen = $4 or client = $4 or by_whom = $4)
       and ($5::text[] is null or kind = any($5))
       and ($6::uuid is null or id = $6)
       and ($7::timestamptz is null or (at, id) < ($7, $8::uuid))
     order by at desc, id desc limit $9`,
    [
      location,
      from ?? null,
      to ?? null,
      screen ?? null,
      kinds ?? null,
      id ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit + 1,
    ],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    connections: page.map(rowOf),
    next: more ? Buffer.from(`${last.exact}|${last.id}`).toString('base64url') : null,
  };
}

function rowOf(stored: Stored): ConnectionRow {
  const given = {
    client: stored.client,
    screen: stored.screen,
    by: stored.by_whom,
    topic: stored.topic,
    from: stored.from_state,
    to: stored.to_state,
    cause: stored.cause,
    code: stored.code,
    durationMs: stored.duration_ms,
    gap: stored.gap,
    replayed: stored.replayed,
    transport: stored.transport,
    detail: stored.detail,
  };
  return {
    id: stored.id,
    at: stored.at,
    kind: stored.kind,
    node: stored.node,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
  };
}

function readCursor(cursor: string): { at: string; id: string } | null {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  return toMillis(at) !== null && /^[0-9a-f-]{36}$/.test(id) ? { at, id } : null;
}

/** Lines of one location that the table keeps at most. */
const MOST_LINES = 500_000;

/** Deletes what is older than `before`, or beyond what a location may keep, up to `batch` lines. Answers how many went. */
export async function deleteOldConnections(
  pool: pg.Pool,
  location: string,
  before: string,
  batch: number,
  most: number = MOST_LINES,
): Promise<number> {
  const { count } = await ofLocation(
    pool,
    location,
    `delete from connections where location_id = $1 and id in (
       select id from connections where location_id = $1 and (at < $2 or at <= (
         select at from connections where location_id = $1 order by at desc, id desc offset $4 limit 1))
       order by at limit $3)`,
    [location, before, batch, most],
  );
  return count;
}
