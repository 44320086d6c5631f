import type pg from 'pg';
import { inScope } from './scope.ts';

/**
 * Wrong PINs slow down whoever types them. Both the device and the whole location count: one device has 5 tries, all
 * devices of a location together 20, then each further one has to wait, longer every time. Only a right PIN or a day of
 * quiet starts anew, so that four tries every five minutes do not add up to a thousand a day.
 */
export type Limit = { readonly free: number; readonly firstSeconds: number; readonly mostSeconds: number };

export const LIMITS = {
  device: { free: 5, firstSeconds: 300, mostSeconds: 14_400 },
  location: { free: 20, firstSeconds: 300, mostSeconds: 3_600 },
  pairing: { free: 5, firstSeconds: 600, mostSeconds: 3_600 },
} as const satisfies Record<string, Limit>;

const QUIET_MS = 24 * 3_600_000;

/** Seconds to wait after that many failures. */
export function waitAfter(failures: number, limit: Limit): number {
  if (failures < limit.free) return 0;
  return Math.min(limit.firstSeconds * 2 ** (failures - limit.free), limit.mostSeconds);
}

export type Subject = { readonly name: string; readonly limit: Limit };

type Row = {
  subject: string;
  failures: number;
  failed_at: string | Date;
  blocked_until: string | Date | null;
};

export type Attempt =
  | {
      readonly ok: true;
      /** Seconds that the next try must wait if this one is wrong. */ readonly waitIfWrong: number;
    }
  | { readonly ok: false; readonly retryAfter: number };

/**
 * Counts a try as wrong before it is judged, so that many at once cannot slip through together; `forgive` takes it back
 * when it was right. Answers how long to wait when a subject is blocked; then nothing is counted.
 */
export async function countAttempt(
  pool: pg.Pool,
  location: string,
  subjects: readonly Subject[],
  now: number,
): Promise<Attempt> {
  return inScope(pool, { location }, async (client) => {
    // Always in the same order: two tries that lock the same two rows must not wait for each other.
    const ordered = [...subjects].sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = ordered.map((subject) => subject.name);
    await client.query(
      `insert into pin_attempts (location_id, subject, failed_at) select $1, s, $3::timestamptz from unnest($2::text[]) s
       on conflict (location_id, subject) do nothing`,
      [location, names, new Date(now).toISOString()],
    );
    const { rows } = await client.query<Row>(
      `select subject, failures, failed_at, blocked_until from pin_attempts
       where location_id = $1 and subject = any($2::text[]) order by subject for update`,
      [location, names],
    );
    const bySubject = new Map(rows.map((row) => [row.subject, row]));
    const blockedFor = Math.max(
      0,
      ...rows.map((row) => (row.blocked_until === null ? 0 : new Date(row.blocked_until).getTime() - now)),
    );
    if (blockedFor > 0) return { ok: false, retryAfter: Math.ceil(blockedFor / 1000) };
    let waitIfWrong = 0;
    for (const { name, limit } of ordered) {
      const row = bySubject.get(name);
      const quiet = row === undefined || now - new Date(row.failed_at).getTime() > QUIET_MS;
      const failures = (quiet ? 0 : row.failures) + 1;
      const seconds = waitAfter(failures, limit);
      waitIfWrong = Math.max(waitIfWrong, seconds);
      await client.query(
        'update pin_attempts set failures = $3, failed_at = $4, blocked_until = $5 where location_id = $1 and subject = $2',
        [
          location,
          name,
          failures,
          new Date(now).toISOString(),
          seconds === 0 ? null : new Date(now + seconds * 1000).toISOString(),
        ],
      );
    }
    return { ok: true, waitIfWrong };
  });
}

/** The right PIN (or code): this subject starts anew, and its slips no longer count against the whole, where there is one. */
export async function forgive(
  pool: pg.Pool,
  location: string,
  subject: string,
  whole: string | null,
): Promise<void> {
  await inScope(pool, { location }, async (client) => {
    await client.query(
      'select from pin_attempts where location_id = $1 and subject = any($2::text[]) order by subject for update',
      [location, [subject, whole ?? subject]],
    );
    const gone = await client.query<{ failures: number }>(
      'delete from pin_attempts where location_id = $1 and subject = $2 returning failures',
      [location, subject],
    );
    if (whole === null) return;
    await client.query(
      'update pin_attempts set failures = greatest(0, failures - $3), blocked_until = null where location_id = $1 and subject = $2',
      [location, whole, gone.rows[0]?.failures ?? 0],
    );
  });
}
