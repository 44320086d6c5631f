import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inScope } from './scope.ts';

/**
 * Links that let a guest look at one order: 128 bits of chance, kept as a digest, good until 4 h after the order ended or
 * until somebody takes them back. They stand on a receipt and on a tablet, so an order may have several.
 */
export type GuestLink = { readonly id: string; readonly location: string; readonly order: string };

export type MadeLink = { readonly id: string; readonly token: string };
type WithLink = (client: pg.ClientBase, made: MadeLink) => Promise<void>;

/** Puts a link (by its id) in line for a printer, within the transaction that makes it. */
export type PrintSlip = (client: pg.ClientBase, location: string, slip: SlipOrder) => Promise<void>;
export type SlipOrder = {
  readonly id: string;
  readonly order: string;
  readonly printer: string;
  readonly url: string;
};

export type GuestLinks = {
  /**
   * Makes a link; its token is nowhere to be read again. The newest 20 of an order are good. `also` is done in the same
   * transaction, or neither is.
   */
  make(location: string, order: string, madeBy: string, also?: WithLink): Promise<MadeLink>;
  /** What the token opens; null for one that is malformed, unknown, expired or taken back. */
  find(token: string): Promise<GuestLink | null>;
  /** The order has ended, and the link is good until then; null: it goes on. */
  endAt(link: GuestLink, at: string | null): Promise<void>;
  /** Takes back all links of an order; answers how many were good. */
  revoke(location: string, order: string): Promise<number>;
  /** The clock by which links end, ms since 1970. */
  readonly now: () => number;
};

export type GuestLinkOptions = {
  readonly pool: pg.Pool;
  readonly key: Buffer;
  /** Ends the tokens that a link has given out. */
  readonly revoke: (location: string, subject: string) => Promise<void>;
  readonly now: () => number;
};

const TOKEN = /^[\w-]{22}$/;
const TOKEN_BYTES = 16;
const MOST_AN_ORDER = 20;
/** Links of orders that never ended, by whatever mishap. */
const FORGOTTEN_DAYS = 30;

/** Who reads by a link, as tokens and the log of connections name it. */
export function subjectOf(link: Pick<GuestLink, 'id'>): string {
  return `guest:${link.id}`;
}

/** The address that a guest opens: what the QR on a receipt or a tablet says. */
export async function guestLinkFor(
  links: Pick<GuestLinks, 'make'>,
  origin: string,
  of: { readonly location: string; readonly order: string; readonly madeBy: string },
  also?: (client: pg.ClientBase, made: { readonly id: string; readonly url: string }) => Promise<void>,
): Promise<string> {
  const urlOf = (token: string): string => `${origin.replace(/\/+$/, '')}/track/${token}`;
  const { token } = await links.make(
    of.location,
    of.order,
    of.madeBy,
    also && ((client, made) => also(client, { id: made.id, url: urlOf(made.token) })),
  );
  return urlOf(token);
}

export function createGuestLinks({ pool, key, revoke, now }: GuestLinkOptions): GuestLinks {
  const digest = (token: string) => createHmac('sha256', key).update(token).digest('hex');
  const time = () => new Date(now()).toISOString();

  return {
    now,
    make: (location, order, madeBy, also) =>
      inScope(pool, { location }, async (client) => {
        const id = randomUUID();
        const token = randomBytes(TOKEN_BYTES).toString('base64url');
        await client.query(
          `insert into guest_links (location_id, id, order_id, token_hash, made_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
          [location, id, order, digest(token), madeBy, time()],
        );
        await client.query(
          `delete from guest_links where location_id = $1 and order_id = $2 and id in (
             select id from guest_links where location_id = $1 and order_id = $2 order by created_at desc, (id = $4) desc offset $3)`,
          [location, order, MOST_AN_ORDER, id],
        );
        await client.query(
          `delete from guest_links where location_id = $1 and id in (
             select id from guest_links where location_id = $1
              and coalesce(expires_at, created_at + interval '${FORGOTTEN_DAYS} days') < $2::timestamptz limit 100)`,
          [location, time()],
        );
        await also?.(client, { id, token });
        return { id, token };
      }),

    async find(token) {
      if (!TOKEN.test(token)) return null;
      const link = digest(token);
      return inScope(pool, { link }, async (client) => {
        const { rows } = await client.query<{ location_id: string; id: string; order_id: string }>(
          `select location_id, id, order_id from guest_links
            where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2::timestamptz)`,
          [link, time()],
        );
        const row = rows[0];
        return row === undefined ? null : { id: row.id, location: row.location_id, order: row.order_id };
      });
    },

    endAt: ({ location, id }, at) =>
      inScope(pool, { location }, async (client) => {
        await client.query(
          'update guest_links set expires_at = $3 where location_id = $1 and id = $2 and expires_at is distinct from $3::timestamptz',
          [location, id, at],
        );
      }),

    async revoke(location, order) {
      const ids = await inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          'update guest_links set revoked_at = $3 where location_id = $1 and order_id = $2 and revoked_at is null returning id',
          [location, order, time()],
        );
        return rows.map(({ id }) => id);
      });
      for (const id of ids) await revoke(location, subjectOf({ id }));
      return ids.length;
    },
  };
}
