import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { inScope } from './scope.ts';
import { seal, unseal } from './sealed.ts';

/**
 * Access tokens that providers give out for a time. All nodes share them: renewing is often limited, and at some providers
 * a new one ends the one before. Kept sealed; one process renews at a time, under a lease that ends by itself.
 */
export type ChannelTokens = {
  /**
   * A token that is good for a while yet. `renew` is called by one process at a time; the others wait for it, or go on
   * with what they have while it is still good. Throws what `renew` throws, and Error when nobody came to an end in time.
   */
  get(at: TokenPlace, renew: () => Promise<{ value: string; expiresAt: number }>): Promise<string>;
  /** The token is no good although its time has not come. One that was replaced meanwhile stays. */
  forget(at: TokenPlace, value: string): Promise<void>;
};
export type TokenPlace = { readonly location: string; readonly channel: string; readonly name: string };

/** Renewed when less than this is left. */
const EARLY_MS = 60_000;
const LEASE_MS = 20_000;
const LOOK_MS = 100;

export function createChannelTokens(options: {
  readonly pool: pg.Pool;
  readonly sealKey: Buffer;
  readonly now: () => number;
}): ChannelTokens {
  const { pool, sealKey, now } = options;
  const flights = new Map<string, Promise<string>>();
  const time = (ms: number) => new Date(ms).toISOString();

  /** What is there, and whether renewing it is now this caller's. */
  async function look({ location, channel, name }: TokenPlace): Promise<{
    value: string | null;
    left: number;
    mine: boolean;
  }> {
    return inScope(pool, { location }, async (client) => {
      await client.query(
        'insert into channel_tokens (location_id, channel, name) values ($1, $2, $3) on conflict do nothing',
        [location, channel, name],
      );
      const { rows } = await client.query<{
        sealed: string | null;
        expires_at: string | null;
        renewing_until: string | null;
      }>(
        `select sealed, expires_at, renewing_until from channel_tokens
          where location_id = $1 and channel = $2 and name = $3 for update`,
        [location, channel, name],
      );
      const { sealed = null, expires_at = null, renewing_until = null } = rows[0] ?? {};
      const value = sealed === null ? null : unseal(sealKey, sealed);
      const left = value === null || expires_at === null ? 0 : Date.parse(expires_at) - now();
      const leased = renewing_until !== null && Date.parse(renewing_until) > now();
      const mine = left < EARLY_MS && !leased;
      if (mine)
        await client.query(
          'update channel_tokens set renewing_until = $4 where location_id = $1 and channel = $2 and name = $3',
          [location, channel, name, time(now() + LEASE_MS)],
        );
      return { value, left, mine };
    });
  }

  async function keep(
    { location, channel, name }: TokenPlace,
    token: { value: string; expiresAt: number } | null,
  ): Promise<void> {
    await inScope(pool, { location }, async (client) => {
      await client.query(
        `update channel_tokens set renewing_until = null, sealed = coalesce($4, sealed), expires_at = coalesce($5, expires_at)
          where location_id = $1 and channel = $2 and name = $3`,
        [
          location,
          channel,
          name,
          token === null ? null : seal(sealKey, token.value),
          token === null ? null : time(token.expiresAt),
        ],
      );
    });
  }

  async function obtain(
    at: TokenPlace,
    renew: () => Promise<{ value: string; expiresAt: number }>,
  ): Promise<string> {
    const giveUp = performance.now() + LEASE_MS + 5_000;
    for (;;) {
      const { value, left, mine } = await look(at);
      if (mine) {
        try {
          const token = await renew();
          await keep(at, token);
          return token.value;
        } catch (error) {
          await keep(at, null);
          // One that is not renewed in its last minute still opens the door.
          if (value !== null && left > 0) return value;
          throw error;
        }
      }
      if (value !== null && left > 0) return value;
      if (performance.now() > giveUp) throw new Error(`the token ${at.name} was not renewed in time`);
      await sleep(LOOK_MS);
    }
  }

  return {
    get(at, renew) {
      const key = `${at.location}\0${at.channel}\0${at.name}`;
      const flying = flights.get(key);
      if (flying !== undefined) return flying;
      const flight = obtain(at, renew).finally(() => flights.delete(key));
      flights.set(key, flight);
      return flight;
    },
    async forget({ location, channel, name }, value) {
      await inScope(pool, { location }, async (client) => {
        const { rows } = await client.query<{ sealed: string | null }>(
          'select sealed from channel_tokens where location_id = $1 and channel = $2 and name = $3 for update',
          [location, channel, name],
        );
        const sealed = rows[0]?.sealed ?? null;
        if (sealed !== null && unseal(sealKey, sealed) === value)
          await client.query(
            'update channel_tokens set sealed = null, expires_at = null where location_id = $1 and channel = $2 and name = $3',
            [location, channel, name],
          );
      });
    },
  };
}
