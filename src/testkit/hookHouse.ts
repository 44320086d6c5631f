import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ChannelLink } from '../accounts/channelLinks.ts';
import { nameId } from '../domain/ids.ts';
import type { LocationState } from '../domain/state.ts';
import type { Provider } from '../integrations/provider.ts';
import { createPool } from '../log/pool.ts';
import type { Connections } from '../log/roles.ts';
import { type TestServer, startTestServer } from './insideServer.ts';

/** A house of the demo with channels to outside systems, on real HTTP: what an adapter's tests stand on. */
export type HookHouse = {
  readonly server: TestServer;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** A location of the demo as it is now. */
  state(location: string): Promise<LocationState>;
  /** Gives a command as a manager of the location; fails where it is not taken. */
  say(location: string, name: string, input: unknown): Promise<void>;
  /** Every station's screen paints the tickets of an order. */
  hear(location: string, order: string): Promise<void>;
  /** Gives a location of the demo channels, beside those it has. */
  addChannels(
    location: string,
    channels: readonly { id: string; provider: string; store?: string }[],
  ): Promise<void>;
  link(
    location: string,
    channel: string,
    secrets: Readonly<Record<string, string>>,
    more?: { readonly baseUrl?: string },
  ): Promise<ChannelLink>;
  /** Sends bytes to a link's address. */
  deliver(
    link: Pick<ChannelLink, 'provider' | 'address'>,
    raw: Buffer | string,
    headers: Readonly<Record<string, string>>,
    more?: { readonly method?: 'GET' | 'POST'; readonly query?: string },
  ): Promise<{ status: number; headers: Headers; text: string }>;
  /** The rows of the inbox, oldest first. */
  rows(location: string): Promise<InboxRow[]>;
  /** The same without what came, of which a fuzzer makes more than a database likes to hand out. */
  marks(location: string): Promise<Pick<InboxRow, 'id' | 'dedupe_key' | 'status' | 'repeats'>[]>;
  /** How many rows have this status. */
  count(location: string, status: string): Promise<number>;
  /** As PostgreSQL's superuser, behind everybody's back. */
  sql(text: string): Promise<unknown[]>;
  /** Waits until nothing is left to do, or fails after some seconds. `also`: a status that may stay. */
  settle(location: string, also?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};
export type InboxRow = {
  readonly id: string;
  readonly channel: string;
  readonly event: string;
  readonly dedupe_key: string;
  readonly status: string;
  readonly attempts: number;
  readonly repeats: number;
  readonly replays: number;
  readonly reason: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
};

const PATIENCE_MS = 15_000;

export async function startHookHouse(
  connections: Connections & { readonly superuser: pg.PoolConfig },
  providers: readonly Provider[],
): Promise<HookHouse> {
  const server = await startTestServer(connections, { providers });
  const url = await server.edge.listen(0, '127.0.0.1');
  const pool = createPool(connections.superuser, { name: 'look', max: 1, log: () => undefined });
  const rows = async (location: string): Promise<InboxRow[]> =>
    (
      await pool.query<InboxRow>(
        `select id, channel, event, dedupe_key, status, attempts, repeats, replays, reason, headers, raw
          from inbox where location_id = $1 order by received_at, id`,
        [location],
      )
    ).rows;
  const state = async (location: string): Promise<LocationState> => {
    const hot = await server.locations.open(location);
    if (hot === null) throw new Error(`there is no ${location}`);
    return hot.state;
  };
  const say = async (location: string, name: string, input: unknown): Promise<void> => {
    const token = await server.token('manager', { loc: location });
    const { status, body } = await server.command(token, name, input, { location });
    if (status !== 200) throw new Error(`${name}: ${JSON.stringify(body)}`);
  };

  return {
    server,
    url,
    state,
    say,
    async hear(location, order) {
      const found = (await state(location)).orders.get(order);
      if (found === undefined) throw new Error(`${location} has no order ${order}`);
      for (const { id: ticket } of found.tickets)
        await server.locations.submitInner(
          location,
          { id: nameId('test', 'hear', ticket), name: 'ticket.hear', input: { ticket } },
          { id: 'policy:test', role: 'policy' },
        );
    },
    rows,
    marks: async (location) =>
      (
        await pool.query<Pick<InboxRow, 'id' | 'dedupe_key' | 'status' | 'repeats'>>(
          `select id, dedupe_key, status, repeats from inbox where location_id = $1 order by received_at, id`,
          [location],
        )
      ).rows,
    async count(location, status) {
      const found = await pool.query<{ count: number }>(
        'select count(*)::int as count from inbox where location_id = $1 and status = $2',
        [location, status],
      );
      return found.rows[0]?.count ?? 0;
    },
    sql: async (text) => (await pool.query(text)).rows,
    async addChannels(location, channels) {
      const { config } = await state(location);
      await say(location, 'location.configure', {
        config: {
          ...config,
          channels: [...(config?.channels ?? []), ...channels.map((one) => ({ name: one.id, ...one }))],
        },
      });
    },
    async link(location, channel, secrets, more = {}) {
      const hot = await server.locations.open(location);
      const provider = hot?.state.config?.channels.find(({ id }) => id === channel)?.provider;
      if (hot === null || provider === undefined) throw new Error(`${location} has no channel ${channel}`);
      const { link } = await server.accounts.channelLinks.ensure(location, {
        organization: hot.organization,
        channel,
        provider,
        madeBy: 'test',
        secrets,
        ...more,
      });
      return link;
    },
    async deliver({ provider, address }, raw, headers, { method = 'POST', query = '' } = {}) {
      const answer = await fetch(`${url}/hooks/${provider}/${address ?? ''}${query}`, {
        method,
        headers,
        ...(method === 'POST' && { body: new Uint8Array(Buffer.from(raw)) }),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
    async settle(location, also = []) {
      const over = ['done', 'dead', 'ignored', ...also];
      const giveUp = performance.now() + PATIENCE_MS;
      for (;;) {
        const { rows: open } = await pool.query<Pick<InboxRow, 'event' | 'status' | 'reason'>>(
          'select event, status, reason from inbox where location_id = $1 and status <> all($2) limit 20',
          [location, over],
        );
        if (open.length === 0) return;
        if (performance.now() > giveUp)
          throw new Error(
            `still open: ${open.map(({ event, status, reason }) => `${event} ${status} ${reason ?? ''}`).join('; ')}`,
          );
        await sleep(25);
      }
    },
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}
