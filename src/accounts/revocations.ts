import type pg from 'pg';
import type { Claims } from './tokens.ts';

/**
 * Tokens live on after a screen or a person was sent away; this is what says no meanwhile. A node knows its own
 * revocations at once and others' within `everyMs`.
 */
export type Revocations = {
  revoke(location: string, subject: string): Promise<void>;
  /** Takes a revocation back: the person works here again. */
  pardon(location: string, subject: string): Promise<void>;
  isRevoked(claims: Claims): boolean;
  /** Called once for each `location` and `subject` (`device:…`, `staff:…`) that is revoked from now on. */
  onRevoked(listener: (location: string, subject: string) => void): () => void;
  start(): Promise<void>;
  stop(): void;
};

/** Longer than any token lives. */
const KEEP_HOURS = 24;

export function createRevocations(options: {
  readonly pool: pg.Pool;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly everyMs?: number;
}): Revocations {
  const { pool, log, everyMs = 3_000 } = options;
  let revoked = new Set<string>();
  const listeners = new Set<(location: string, subject: string) => void>();
  let timer: NodeJS.Timeout | undefined;
  const keyOf = (location: string, subject: string) => `${location} ${subject}`;

  const add = (location: string, subject: string): void => {
    if (revoked.has(keyOf(location, subject))) return;
    revoked.add(keyOf(location, subject));
    for (const listener of listeners) listener(location, subject);
  };

  const refresh = async (): Promise<void> => {
    const { rows } = await pool.query<{ location_id: string; subject: string }>(
      `select location_id, subject from revocations where at > now() - interval '${KEEP_HOURS} hours'`,
    );
    const current = new Set(rows.map((row) => keyOf(row.location_id, row.subject)));
    for (const row of rows) add(row.location_id, row.subject);
    revoked = current;
  };

  return {
    async revoke(location, subject) {
      await pool.query(
        'insert into revocations (location_id, subject) values ($1, $2) on conflict (location_id, subject) do update set at = now()',
        [location, subject],
      );
      add(location, subject);
    },
    async pardon(location, subject) {
      await pool.query('delete from revocations where location_id = $1 and subject = $2', [
        location,
        subject,
      ]);
      revoked.delete(keyOf(location, subject));
    },
    isRevoked: ({ loc, dev, sub }) =>
      revoked.size > 0 &&
      loc !== undefined &&
      ((dev !== undefined && revoked.has(keyOf(loc, `device:${dev}`))) || revoked.has(keyOf(loc, sub))),
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      await refresh();
      timer = setInterval(() => {
        refresh().catch((error: unknown) =>
          log('revocations could not be read', {
            error: error instanceof Error ? error.message : String(error),
          }),
        );
      }, everyMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
