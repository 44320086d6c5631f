import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { mintToken } from '../accounts/tokens.ts';
import type { Role } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import { connectEmbedded } from '../log/embedded.ts';
import { openLog } from '../log/open.ts';
import { findPlace } from '../log/postgres-place.ts';
import { stopPostmaster } from '../log/postmaster.ts';
import type { Log } from '../log/types.ts';
import { freePort } from './ports.ts';
import { serverProcess } from './serverProcess.ts';

/** The organization of the locations that `addLocation` makes. */
export const TEST_ORGANIZATION = 'test-group';

/** Signs the tokens of every server that a test starts. */
export const TEST_SECRET = 'a secret of the tests, long enough to sign';

export type ServerOptions = {
  /** Environment beside PORT, HEARD_DATA_DIR and HEARD_SECRET. The demo tenant is off unless HEARD_DEMO says otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself, for instance a profiler's. */
  readonly nodeOptions?: readonly string[];
  /** Another script than `heard start`. */
  readonly entry?: string;
};

/** The real server as users run it: a process of its own, its embedded PostgreSQL, a data directory in the temp folder. */
export type TestServer = {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly secret: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** What it printed so far, the last 64 KB over all its lives. */
  output(): string;
  /** kill -9; resolves when the kernel has buried it. PostgreSQL lives on, as it would. */
  kill9(): Promise<void>;
  /** Starts it again on the same port and data directory; resolves when /readyz says 200. */
  restart(): Promise<void>;
  /** Stops it by SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Makes locations beside the running server and configures each by its own command. */
  addLocations(locations: readonly (readonly [id: string, config: LocationConfig])[]): Promise<void>;
  /** Events of one type in these locations' logs, by the database's own count. */
  countEvents(locations: readonly string[], type: string): Promise<number>;
  /** An access token, as `heard token` would print it. */
  token(
    location: string | undefined,
    role: Role,
    more?: { sub?: string; ttlSeconds?: number; organization?: string },
  ): Promise<string>;
  /** The log of the data directory, opened beside the server; the caller closes it. Works while the server is dead. */
  openLog(): Promise<Log>;
  /** Stops whatever runs, PostgreSQL too, and removes the data directory. */
  dispose(): Promise<void>;
};

/** Starts a server with an empty data directory and waits until it is ready. Throws with its output when it does not come up. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'heard-s-'));
  await chmod(dataDir, 0o711);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = serverProcess({
    url,
    env: { PORT: String(port), HEARD_DATA_DIR: dataDir, HEARD_SECRET: TEST_SECRET, ...options.env },
    ...(options.nodeOptions !== undefined && { nodeOptions: options.nodeOptions }),
    ...(options.entry !== undefined && { entry: options.entry }),
  });

  const openBeside = async (): Promise<Log> => {
    const connections = await connectEmbedded(dataDir);
    const log = await openLog({ connection: connections.heardLog, writers: 1, readers: 2 });
    return {
      ...log,
      close: async () => {
        await log.close();
        await connections.stop();
      },
    };
  };

  const server: TestServer = {
    url,
    port,
    dataDir,
    secret: TEST_SECRET,
    get pid() {
      return running.pid;
    },
    output: running.output,
    kill9: async () => void (await running.end('SIGKILL', 5_000)),
    restart: running.start,
    stop: () => running.end('SIGTERM', 30_000),
    openLog: openBeside,
    token: (
      location,
      role,
      { sub = `cli:${role}`, ttlSeconds = 3600, organization = TEST_ORGANIZATION } = {},
    ) =>
      mintToken(
        TEST_SECRET,
        { sub, org: organization, role, ...(location !== undefined && { loc: location }) },
        ttlSeconds,
      ),
    addLocations: async (locations) => {
      const log = await openBeside();
      try {
        await log.createOrganization(TEST_ORGANIZATION, 'Test Group');
        for (const [id, config] of locations) await log.createLocation(TEST_ORGANIZATION, id, config.name);
      } finally {
        await log.close();
      }
      for (const [id, config] of locations)
        await configure(url, await server.token(id, 'manager'), id, config);
    },
    countEvents: async (locations, type) => {
      const connections = await connectEmbedded(dataDir);
      const client = new pg.Client(connections.heardLog);
      await client.connect();
      try {
        const { rows } = await client.query<{ n: number }>(
          'select count(*)::int as n from events where location_id = any($1) and type = $2',
          [locations, type],
        );
        return rows[0]?.n ?? 0;
      } finally {
        await client.end();
        await connections.stop();
      }
    },
    dispose: async () => {
      try {
        await running.end('SIGTERM', 30_000);
      } finally {
        await stopPostgres(dataDir);
        await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
  try {
    await running.start();
  } catch (error) {
    await server.dispose().catch(() => undefined);
    throw error;
  }
  return server;
}

/** Gives a location its menu and stations by its own command. Throws with the server's problem. */
export async function configure(
  url: string,
  token: string,
  location: string,
  config: LocationConfig,
): Promise<void> {
  const response = await fetch(`${url}/v1/locations/${location}/commands/location.configure`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ config }),
  });
  if (response.status !== 200)
    throw new Error(`location.configure of ${location}: ${response.status} ${await response.text()}`);
}

/** The cluster outlives a killed server; here it ends. */
async function stopPostgres(dataDir: string): Promise<void> {
  const place = await findPlace(dataDir);
  const running = await readFile(join(place.pgDir, 'postmaster.pid'), 'utf8').catch(() => null);
  if (running !== null) await stopPostmaster(place, () => undefined);
}
