import { createHash, randomBytes, randomInt } from 'node:crypto';
import type pg from 'pg';
import { LIMITS, countAttempt, forgive } from './backoff.ts';
import type { Devices, Page } from './devices.ts';

/** No letter or digit that looks or sounds like another one on a screen across the room. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_LENGTH = 8;
export const PAIRING_SECONDS = 600;

export type Pairing = {
  readonly code: string;
  readonly name?: string;
  readonly expiresAt: string;
  readonly approved: boolean;
};
export type Approval = { readonly name: string; readonly page: Page; readonly station?: string };
export type CodeAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: 'unknown' }
  | { readonly ok: false; readonly why: 'blocked'; readonly retryAfter: number };

export type ClaimAnswer =
  | { readonly status: 'waiting'; readonly expiresIn: number }
  | {
      readonly status: 'paired';
      readonly device: string;
      readonly credential: string;
      readonly location: string;
      readonly page: Page;
      readonly station?: string;
      readonly name: string;
    };

export type Pairings = {
  /** A screen asks to be somebody's: the code is for a person to read, the claim for the screen to keep. */
  begin(name?: string): Promise<{ code: string; claim: string; expiresIn: number }>;
  /** Waiting, or, once, the credential. Null: unknown, expired or used. */
  claim(claim: string): Promise<ClaimAnswer | null>;
  /** What a manager sees before approving. Wrong codes count against the location. */
  look(location: string, code: string): Promise<CodeAnswer<Pairing>>;
  /** Gives the screen to the location. A code that another location approved before is unknown here. */
  approve(location: string, code: string, approval: Approval, by: string): Promise<CodeAnswer<Pairing>>;
};

type Row = {
  code: string;
  name: string | null;
  expires_at: string;
  location_id: string | null;
  approved_name: string | null;
  page: Page | null;
  station: string | null;
  approved_by: string | null;
};

const COLUMNS = 'code, name, expires_at, location_id, approved_name, page, station, approved_by';

export function createPairings(options: {
  readonly pool: pg.Pool;
  readonly devices: Devices;
  readonly now: () => number;
}): Pairings {
  const { pool, devices, now } = options;
  const digest = (claim: string) => createHash('sha256').update(claim).digest('hex');
  const time = () => new Date(now()).toISOString();

  /** Counts a wrong code, so that nobody reads out other people's screens by trying. */
  const judged = async (
    location: string,
    find: () => Promise<Row | undefined>,
  ): Promise<CodeAnswer<Pairing>> => {
    const attempt = await countAttempt(pool, location, [{ name: 'pairing', limit: LIMITS.pairing }], now());
    if (!attempt.ok) return { ok: false, why: 'blocked', retryAfter: attempt.retryAfter };
    const row = await find();
    if (row === undefined) return { ok: false, why: 'unknown' };
    await forgive(pool, location, 'pairing', null);
    return { ok: true, value: pairingOf(row) };
  };

  return {
    async begin(name) {
      await pool.query('delete from pairings where expires_at < $1::timestamptz', [time()]);
      const claim = randomBytes(32).toString('base64url');
      const expires = new Date(now() + PAIRING_SECONDS * 1000).toISOString();
      for (let tries = 0; tries < 5; tries += 1) {
        const code = Array.from({ length: CODE_LENGTH }, () =>
          ALPHABET.charAt(randomInt(ALPHABET.length)),
        ).join('');
        const { rowCount } = await pool.query(
          'insert into pairings (code, claim_hash, name, expires_at) values ($1, $2, $3, $4) on conflict (code) do nothing',
          [code, digest(claim), name ?? null, expires],
        );
        if (rowCount === 1) return { code, claim, expiresIn: PAIRING_SECONDS };
      }
      throw new Error('No free pairing code was found');
    },

    async claim(claim) {
      const hash = digest(claim);
      const { rows } = await pool.query<Row>(
        `select ${COLUMNS} from pairings where claim_hash = $1 and expires_at > $2::timestamptz`,
        [hash, time()],
      );
      const row = rows[0];
      if (row === undefined) return null;
      if (row.location_id === null)
        return {
          status: 'waiting',
          expiresIn: Math.ceil((new Date(row.expires_at).getTime() - now()) / 1000),
        };
      // Single use: of two claims at once, one deletes the row and gets the credential.
      const taken = await pool.query<Row>(`delete from pairings where claim_hash = $1 returning ${COLUMNS}`, [
        hash,
      ]);
      const used = taken.rows[0];
      if (used === undefined || used.location_id === null || used.page === null) return null;
      const { device, credential } = await devices.create(used.location_id, {
        name: used.approved_name ?? used.page,
        page: used.page,
        ...(used.station !== null && { station: used.station }),
        pairedBy: used.approved_by ?? '',
      });
      return {
        status: 'paired',
        device: device.id,
        credential,
        location: used.location_id,
        page: used.page,
        ...(used.station !== null && { station: used.station }),
        name: device.name,
      };
    },

    look: (location, code) =>
      judged(location, async () => {
        const { rows } = await pool.query<Row>(
          `select ${COLUMNS} from pairings where code = $1 and expires_at > $2::timestamptz and (location_id is null or location_id = $3)`,
          [normal(code), time(), location],
        );
        return rows[0];
      }),

    approve: (location, code, { name, page, station }, by) =>
      judged(location, async () => {
        const { rows } = await pool.query<Row>(
          `update pairings set location_id = $3, approved_name = $4, page = $5, station = $6, approved_by = $7
           where code = $1 and expires_at > $2::timestamptz and (location_id is null or location_id = $3) returning ${COLUMNS}`,
          [normal(code), time(), location, name, page, station ?? null, by],
        );
        return rows[0];
      }),
  };
}

/** As people type it: small letters, with a space or a hyphen in the middle. */
function normal(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '');
}

function pairingOf(row: Row): Pairing {
  return {
    code: row.code,
    ...(row.name !== null && { name: row.name }),
    expiresAt: row.expires_at,
    approved: row.location_id !== null,
  };
}
