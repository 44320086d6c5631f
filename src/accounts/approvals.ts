import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inScope } from './scope.ts';

export const APPROVAL_SECONDS = 60;

export type Approvals = {
  /** A manager said the PIN on somebody's screen: good for what that person does in the next minute. */
  grant(location: string, actor: string, by: string): Promise<{ approval: string; expiresIn: number }>;
  /** Who approved; null when it is unknown, too old, or was given to somebody else. */
  approver(location: string, actor: string, approval: string): Promise<string | null>;
};

export function createApprovals({
  pool,
  now,
}: {
  readonly pool: pg.Pool;
  readonly now: () => number;
}): Approvals {
  const digest = (approval: string) => createHash('sha256').update(approval).digest('hex');
  const at = (millis: number) => new Date(millis).toISOString();
  return {
    grant: (location, actor, by) =>
      inScope(pool, { location }, async (client) => {
        const approval = randomBytes(24).toString('base64url');
        await client.query('delete from approvals where location_id = $1 and expires_at < $2::timestamptz', [
          location,
          at(now()),
        ]);
        await client.query(
          'insert into approvals (location_id, id_hash, actor, approved_by, expires_at) values ($1, $2, $3, $4, $5)',
          [location, digest(approval), actor, by, at(now() + APPROVAL_SECONDS * 1000)],
        );
        return { approval, expiresIn: APPROVAL_SECONDS };
      }),
    approver: (location, actor, approval) =>
      inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<{ approved_by: string }>(
          'select approved_by from approvals where location_id = $1 and id_hash = $2 and actor = $3 and expires_at > $4::timestamptz',
          [location, digest(approval), actor, at(now())],
        );
        return rows[0]?.approved_by ?? null;
      }),
  };
}
