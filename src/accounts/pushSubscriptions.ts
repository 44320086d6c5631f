import type pg from 'pg';
import { inScope } from './scope.ts';

/** Which browsers are called when a ticket stays unheard. */
export type PushSubscriptionRow = {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly language: string;
};

export type PushSubscriptions = {
  add(location: string, actor: string, subscription: PushSubscriptionRow): Promise<void>;
  remove(location: string, endpoint: string): Promise<void>;
  list(location: string): Promise<PushSubscriptionRow[]>;
  /** It could not be reached; one that fails too often is forgotten. */
  failed(location: string, endpoint: string): Promise<void>;
};

const MOST_PER_LOCATION = 50;
const MOST_FAILURES = 20;

/** `pool` as role heard_app. */
export function createPushSubscriptions(pool: pg.Pool): PushSubscriptions {
  const at = <T>(location: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
    inScope(pool, { location }, work);
  return {
    add: (location, actor, { endpoint, p256dh, auth, language }) =>
      at(location, async (client) => {
        await client.query(
          `insert into push_subscriptions (location_id, endpoint, p256dh, auth, actor, language) values ($1, $2, $3, $4, $5, $6)
           on conflict (location_id, endpoint) do update set p256dh = $3, auth = $4, actor = $5, language = $6, failures = 0`,
          [location, endpoint, p256dh, auth, actor, language],
        );
        await client.query(
          `delete from push_subscriptions where location_id = $1 and endpoint in
             (select endpoint from push_subscriptions where location_id = $1 order by created_at desc offset ${MOST_PER_LOCATION})`,
          [location],
        );
      }),
    remove: (location, endpoint) =>
      at(location, async (client) => {
        await client.query('delete from push_subscriptions where location_id = $1 and endpoint = $2', [
          location,
          endpoint,
        ]);
      }),
    list: (location) =>
      at(location, async (client) => {
        const { rows } = await client.query<PushSubscriptionRow>(
          'select endpoint, p256dh, auth, language from push_subscriptions where location_id = $1 order by created_at',
          [location],
        );
        return rows;
      }),
    failed: (location, endpoint) =>
      at(location, async (client) => {
        await client.query(
          'update push_subscriptions set failures = failures + 1 where location_id = $1 and endpoint = $2',
          [location, endpoint],
        );
        await client.query('delete from push_subscriptions where location_id = $1 and failures > $2', [
          location,
          MOST_FAILURES,
        ]);
      }),
  };
}
