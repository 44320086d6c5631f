import type pg from 'pg';
import { createApprovals } from './approvals.ts';
import type { Approvals } from './approvals.ts';
import { createConfigDrafts } from './configDrafts.ts';
import type { ConfigDrafts } from './configDrafts.ts';
import { createChannelLinks } from './channelLinks.ts';
import type { ChannelLinks } from './channelLinks.ts';
import { createChannelTokens } from './channelTokens.ts';
import type { ChannelTokens } from './channelTokens.ts';
import { createDevices } from './devices.ts';
import type { Devices } from './devices.ts';
import { createGuestLinks } from './guestLinks.ts';
import type { GuestLinks } from './guestLinks.ts';
import { createLogins } from './logins.ts';
import type { Logins } from './logins.ts';
import { createPairings } from './pairings.ts';
import type { Pairings } from './pairings.ts';
import { createRevocations } from './revocations.ts';
import type { Revocations } from './revocations.ts';
import { createStaff } from './staff.ts';
import type { Staff } from './staff.ts';
import { createTokenReader, deriveKey, mintToken } from './tokens.ts';
import type { NewClaims, TokenReading } from './tokens.ts';

/** People, screens and what they may show at the door. */
export type Accounts = {
  readonly staff: Staff;
  readonly devices: Devices;
  readonly drafts: ConfigDrafts;
  readonly pairings: Pairings;
  readonly approvals: Approvals;
  readonly logins: Logins;
  readonly guestLinks: GuestLinks;
  readonly channelLinks: ChannelLinks;
  readonly channelTokens: ChannelTokens;
  readonly revocations: Revocations;
  readToken(token: string): Promise<TokenReading>;
  mintToken(of: NewClaims, ttlSeconds: number): Promise<string>;
  /** Starts following the other nodes' revocations. */
  start(): Promise<void>;
  close(): Promise<void>;
};

export type AccountsOptions = {
  /** As role heard_app: a pool for our tables, and the connection for better-auth's own pool. */
  readonly pool: pg.Pool;
  readonly connection: pg.PoolConfig;
  readonly secret: string;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** The clock of PINs, pairings and approvals. */
  readonly now?: () => number;
};

/** Closes what it opened; the pool it was given stays the caller's. */
export function createAccounts({ pool, connection, secret, log, now = Date.now }: AccountsOptions): Accounts {
  const revocations = createRevocations({ pool, log });
  const devices = createDevices({ pool, key: deriveKey(secret, 'credential'), revoke: revocations.revoke });
  const logins = createLogins({
    connection,
    pool,
    secret: deriveKey(secret, 'password').toString('hex'),
    log,
  });
  return {
    staff: createStaff({
      pool,
      pepper: deriveKey(secret, 'pin'),
      now,
      log,
      revoke: revocations.revoke,
      pardon: revocations.pardon,
    }),
    devices,
    drafts: createConfigDrafts(pool),
    pairings: createPairings({ pool, devices, now }),
    approvals: createApprovals({ pool, now }),
    logins,
    guestLinks: createGuestLinks({
      pool,
      key: deriveKey(secret, 'link'),
      revoke: revocations.revoke,
      now,
    }),
    channelLinks: createChannelLinks({
      pool,
      sealKey: deriveKey(secret, 'channel'),
      digestKey: deriveKey(secret, 'hook'),
      now,
    }),
    channelTokens: createChannelTokens({ pool, sealKey: deriveKey(secret, 'channel token'), now }),
    revocations,
    readToken: createTokenReader(secret),
    mintToken: (of, ttlSeconds) => mintToken(secret, of, ttlSeconds),
    start: () => revocations.start(),
    async close() {
      revocations.stop();
      await logins.close();
    },
  };
}
