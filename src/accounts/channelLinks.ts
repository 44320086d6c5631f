import { createHmac, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inScope } from './scope.ts';
import { seal, unseal } from './sealed.ts';

/**
 * What ties a channel of the configuration to the account at its provider: the address of its webhooks, 160 bits of
 * chance, and the secrets that the owner entered. Both are sealed; the address is found by its digest.
 */
export type ChannelLink = {
  readonly location: string;
  readonly organization: string;
  readonly channel: string;
  readonly provider: string;
  /** The last part of `/hooks/{provider}/{address}`. Null: sealed under another HEARD_SECRET, and good for nothing now. */
  readonly address: string | null;
  /** Until when the address before this one is still good (RFC 3339); null when there is none. */
  readonly oldUntil: string | null;
  readonly secrets: Readonly<Record<string, string>>;
  readonly environment: string;
  /** Of a simulator, in place of the provider's own addresses. */
  readonly baseUrl: string | null;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
};

export type LinkWish = {
  readonly organization: string;
  readonly channel: string;
  readonly provider: string;
  readonly madeBy: string;
  /** Left out: stays what it is. */
  readonly environment?: string;
  readonly baseUrl?: string | null;
  /** Field by field; null removes one, what is not named stays. */
  readonly secrets?: Readonly<Record<string, string | null>>;
};

export type ChannelLinks = {
  list(location: string): Promise<ChannelLink[]>;
  get(location: string, channel: string): Promise<ChannelLink | null>;
  /** The link to whose address something is delivered; null for one that is malformed, unknown, removed or was replaced. */
  find(address: string): Promise<ChannelLink | null>;
  /** All of an organization's links to one provider. */
  siblings(organization: string, provider: string): Promise<ChannelLink[]>;
  /** Makes the link what is wished for. One that led to another provider gets a new address and forgets its secrets. */
  ensure(location: string, wish: LinkWish): Promise<{ link: ChannelLink; changed: boolean }>;
  /** A new address; the old one stays good for a day unless it is in wrong hands. Null: there is no such link. */
  rotate(location: string, channel: string, keepOld: boolean): Promise<ChannelLink | null>;
  /** The address is good no more and the secrets are forgotten. False: there was none. */
  remove(location: string, channel: string): Promise<boolean>;
  /** Links of a provider that nobody looked at since `before` (RFC 3339), now claimed by the caller. */
  claimLooks(provider: string, before: string, limit: number): Promise<ChannelLink[]>;
};

const ADDRESS = /^[\w-]{27}$/;
const ADDRESS_BYTES = 20;
const KEEP_OLD_MS = 86_400_000;

const COLUMNS =
  'location_id, organization_id, channel, provider, address, old_until, secrets, environment, base_url, created_at, last_delivery_at';
type Row = {
  location_id: string;
  organization_id: string;
  channel: string;
  provider: string;
  address: string;
  old_until: string | null;
  secrets: string;
  environment: string;
  base_url: string | null;
  created_at: string;
  last_delivery_at: string | null;
};

export function createChannelLinks(options: {
  readonly pool: pg.Pool;
  /** 32 bytes each: one seals, the other digests. */
  readonly sealKey: Buffer;
  readonly digestKey: Buffer;
  readonly now: () => number;
}): ChannelLinks {
  const { pool, sealKey, now } = options;
  const digest = (address: string) => createHmac('sha256', options.digestKey).update(address).digest('hex');
  const time = () => new Date(now()).toISOString();

  const readSecrets = (sealed: string): Record<string, string> => {
    const text = unseal(sealKey, sealed);
    return text === null ? {} : (JSON.parse(text) as Record<string, string>);
  };
  const read = (row: Row): ChannelLink => ({
    location: row.location_id,
    organization: row.organization_id,
    channel: row.channel,
    provider: row.provider,
    address: unseal(sealKey, row.address),
    oldUntil: row.old_until !== null && Date.parse(row.old_until) > now() ? row.old_until : null,
    secrets: readSecrets(row.secrets),
    environment: row.environment,
    baseUrl: row.base_url,
    createdAt: row.created_at,
    lastDeliveryAt: row.last_delivery_at,
  });

  async function one(client: pg.ClientBase, location: string, channel: string): Promise<Row | null> {
    const { rows } = await client.query<Row>(
      `select ${COLUMNS} from channel_links where location_id = $1 and channel = $2 and revoked_at is null for update`,
      [location, channel],
    );
    return rows[0] ?? null;
  }
  const newAddress = () => {
    const address = randomBytes(ADDRESS_BYTES).toString('base64url');
    return { hash: digest(address), sealed: seal(sealKey, address) };
  };

  return {
    list: (location) =>
      inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from channel_links where location_id = $1 and revoked_at is null order by channel`,
          [location],
        );
        return rows.map(read);
      }),

    get: (location, channel) =>
      inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from channel_links where location_id = $1 and channel = $2 and revoked_at is null`,
          [location, channel],
        );
        return rows[0] === undefined ? null : read(rows[0]);
      }),

    async find(address) {
      if (!ADDRESS.test(address)) return null;
      const hook = digest(address);
      return inScope(pool, { hook }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from channel_links
            where revoked_at is null and (address_hash = $1 or (old_address_hash = $1 and old_until > $2::timestamptz))`,
          [hook, time()],
        );
        return rows[0] === undefined ? null : read(rows[0]);
      });
    },

    siblings: (organization, provider) =>
      inScope(pool, { organization }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from channel_links where organization_id = $1 and provider = $2 and revoked_at is null`,
          [organization, provider],
        );
        return rows.map(read);
      }),

    ensure: (location, wish) =>
      inScope(pool, { location }, async (client) => {
        const row = await one(client, location, wish.channel);
        const known = row === null || row.provider !== wish.provider ? null : read(row);
        const secrets = { ...known?.secrets };
        for (const [id, value] of Object.entries(wish.secrets ?? {}))
          if (value === null) delete secrets[id];
          else secrets[id] = value;
        const environment = wish.environment ?? known?.environment ?? 'production';
        const baseUrl = wish.baseUrl === undefined ? (known?.baseUrl ?? null) : wish.baseUrl;
        const stays =
          known !== null &&
          known.address !== null &&
          known.environment === environment &&
          known.baseUrl === baseUrl &&
          sameFields(known.secrets, secrets);
        if (stays) return { link: known, changed: false };
        const address = newAddress();
        const { rows } = await client.query<Row>(
          `insert into channel_links as old (location_id, channel, organization_id, provider, address_hash, address, secrets,
             environment, base_url, made_by, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           on conflict (location_id, channel) do update set
             organization_id = excluded.organization_id, provider = excluded.provider, secrets = excluded.secrets,
             environment = excluded.environment, base_url = excluded.base_url,
             address_hash = case when $12 then old.address_hash else excluded.address_hash end,
             address = case when $12 then old.address else excluded.address end,
             old_address_hash = case when $12 then old.old_address_hash end,
             old_until = case when $12 then old.old_until end,
             made_by = case when $12 then old.made_by else excluded.made_by end,
             created_at = case when $12 then old.created_at else excluded.created_at end,
             last_delivery_at = case when $12 then old.last_delivery_at end,
             revoked_at = null
           returning ${COLUMNS}`,
          [
            location,
            wish.channel,
            wish.organization,
            wish.provider,
            address.hash,
            address.sealed,
            seal(sealKey, JSON.stringify(secrets)),
            environment,
            baseUrl,
            wish.madeBy,
            time(),
            known !== null && known.address !== null,
          ],
        );
        // Tokens were given out for the secrets before these.
        await client.query('delete from channel_tokens where location_id = $1 and channel = $2', [
          location,
          wish.channel,
        ]);
        const made = rows[0];
        if (made === undefined) throw new Error(`The link of ${wish.channel} vanished while it was made`);
        return { link: read(made), changed: true };
      }),

    rotate: (location, channel, keepOld) =>
      inScope(pool, { location }, async (client) => {
        const address = newAddress();
        const { rows } = await client.query<Row>(
          `update channel_links set address_hash = $3, address = $4,
             old_address_hash = case when $5 then address_hash end,
             old_until = case when $5 then $6::timestamptz end
           where location_id = $1 and channel = $2 and revoked_at is null returning ${COLUMNS}`,
          [
            location,
            channel,
            address.hash,
            address.sealed,
            keepOld,
            new Date(now() + KEEP_OLD_MS).toISOString(),
          ],
        );
        return rows[0] === undefined ? null : read(rows[0]);
      }),

    remove: (location, channel) =>
      inScope(pool, { location }, async (client) => {
        const { rowCount } = await client.query(
          `update channel_links set revoked_at = $3, secrets = '', old_address_hash = null, old_until = null
            where location_id = $1 and channel = $2 and revoked_at is null`,
          [location, channel, time()],
        );
        await client.query('delete from channel_tokens where location_id = $1 and channel = $2', [
          location,
          channel,
        ]);
        return rowCount === 1;
      }),

    claimLooks: (provider, before, limit) =>
      inScope(pool, { round: 'links' }, async (client) => {
        const { rows } = await client.query<Row>(
          `update channel_links set looked_at = $3 where (location_id, channel) in (
             select location_id, channel from channel_links
              where provider = $1 and revoked_at is null and (looked_at is null or looked_at < $2::timestamptz)
              order by looked_at nulls first limit $4 for update skip locked)
           returning ${COLUMNS}`,
          [provider, before, time(), limit],
        );
        return rows.map(read);
      }),
  };
}

function sameFields(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[id] === b[id]);
}
