import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { Role } from '../domain/commands.ts';
import { inScope } from './scope.ts';
import type { NewClaims } from './tokens.ts';

/** Pages a screen can be paired as. */
export const pages = ['kitchen', 'expo', 'pos', 'floor', 'host', 'manager', 'board', 'setup'] as const;
export type Page = (typeof pages)[number];

export type Device = {
  readonly id: string;
  readonly name: string;
  readonly page: Page;
  readonly station?: string;
  readonly pairedBy: string;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
  readonly revokedAt: string | null;
};

export type NewDevice = {
  readonly name: string;
  readonly page: Page;
  readonly station?: string;
  readonly pairedBy: string;
};

export type Devices = {
  /** Makes the device and its credential, which is nowhere to be read again. */
  create(location: string, device: NewDevice): Promise<{ device: Device; credential: string }>;
  /** Who the credential belongs to; null for one that is malformed, unknown or revoked. */
  recognize(credential: string): Promise<{ location: string; device: Device } | null>;
  list(location: string): Promise<Device[]>;
  /** Null when there is no such device; revoking twice is as good as once. */
  revoke(location: string, id: string): Promise<Device | null>;
};

export type DeviceOptions = {
  readonly pool: pg.Pool;
  readonly key: Buffer;
  readonly revoke: (location: string, subject: string) => Promise<void>;
};

type Row = {
  id: string;
  name: string;
  page: Page;
  station: string | null;
  credential_hash: string;
  paired_by: string;
  created_at: string;
  last_seen_at: string | null;
  revoked_at: string | null;
};

/** `hd1.<location>.<device>.<secret>`: it says where to look, and proves it. */
const CREDENTIAL = /^hd1\.([A-Za-z0-9][\w-]{0,63})\.([0-9a-f-]{36})\.([\w-]{43})$/;

export function createDevices({ pool, key, revoke }: DeviceOptions): Devices {
  const digest = (secret: string) => createHmac('sha256', key).update(secret).digest('hex');
  const COLUMNS = 'id, name, page, station, credential_hash, paired_by, created_at, last_seen_at, revoked_at';

  return {
    async create(location, { name, page, station, pairedBy }) {
      const id = randomUUID();
      const secret = randomBytes(32).toString('base64url');
      const rows = await inScope(pool, { location }, async (client) => {
        const result = await client.query<Row>(
          `insert into devices (location_id, id, name, page, station, credential_hash, paired_by) values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
          [location, id, name, page, station ?? null, digest(secret), pairedBy],
        );
        return result.rows;
      });
      const row = rows[0];
      if (row === undefined) throw new Error('A device vanished while it was made');
      return { device: deviceOf(row), credential: `hd1.${location}.${id}.${secret}` };
    },

    async recognize(credential) {
      const [, location, id, secret] = CREDENTIAL.exec(credential) ?? [];
      if (location === undefined || id === undefined || secret === undefined) return null;
      return inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from devices where location_id = $1 and id = $2`,
          [location, id],
        );
        const row = rows[0];
        if (row === undefined || row.revoked_at !== null) return null;
        if (!timingSafeEqual(Buffer.from(row.credential_hash), Buffer.from(digest(secret)))) return null;
        await client.query('update devices set last_seen_at = now() where location_id = $1 and id = $2', [
          location,
          id,
        ]);
        return { location, device: deviceOf(row) };
      });
    },

    list: (location) =>
      inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${COLUMNS} from devices where location_id = $1 order by created_at, id`,
          [location],
        );
        return rows.map(deviceOf);
      }),

    async revoke(location, id) {
      const rows = await inScope(pool, { location }, async (client) => {
        const result = await client.query<Row>(
          `update devices set revoked_at = coalesce(revoked_at, now()) where location_id = $1 and id = $2 returning ${COLUMNS}`,
          [location, id],
        );
        return result.rows;
      });
      const row = rows[0];
      if (row === undefined) return null;
      await revoke(location, `device:${id}`);
      return deviceOf(row);
    },
  };
}

function deviceOf(row: Row): Device {
  return {
    id: row.id,
    name: row.name,
    page: row.page,
    ...(row.station !== null && { station: row.station }),
    pairedBy: row.paired_by,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    revokedAt: row.revoked_at,
  };
}

/** What a screen may do before anybody says a PIN: cook and run the pass, or only show. */
export function roleOfPage(page: Page): Role {
  return page === 'kitchen' || page === 'expo' ? page : 'display';
}

/** The claims of a paired screen. */
export function claimsOfDevice(organization: string, location: string, device: Device): NewClaims {
  return {
    sub: `device:${device.id}`,
    org: organization,
    loc: location,
    role: roleOfPage(device.page),
    name: device.name,
    dev: device.id,
    ...(device.station !== undefined && { st: [device.station] }),
  };
}
