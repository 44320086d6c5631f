import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { mintToken } from '../accounts/tokens.ts';
import type { Role } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import { startEmbedded } from '../log/embedded.ts';
import { openLog } from '../log/open.ts';
import { findPlace } from '../log/postgres-place.ts';
import type { Log } from '../log/types.ts';
import { startNginx } from './nginx.ts';
import type { TestNginx } from './nginx.ts';
import { freePort } from './ports.ts';
import { startRedis } from './redis.ts';
import type { TestRedis } from './redis.ts';
import { TEST_ORGANIZATION, TEST_SECRET, configure } from './server.ts';
import { untilSo } from './patience.ts';
import { isReady, serverProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

/** Several real servers on one PostgreSQL, with Redis between them and nginx before them; all on this machine, all ended by pid. */
export type Cluster = {
  readonly nodes: readonly ClusterNode[];
  readonly redis: TestRedis;
  readonly nginx: TestNginx;
  /** Of nginx: what screens and tablets are given. */
  readonly url: string;
  readonly secret: string;
  /** Environment with which `heard` works on the same database. */
  readonly env: Readonly<Record<string, string>>;
  token(location: string, role: Role, more?: { sub?: string; ttlSeconds?: number }): Promise<string>;
  addLocations(locations: readonly (readonly [id: string, config: LocationConfig])[]): Promise<void>;
  /** As PostgreSQL's superuser. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  openLog(): Promise<Log>;
  /** `pg_ctl -m immediate stop`, as a crash; resolves when it serves again. Answers the postmaster's pids before and after. */
  crashPostgres(): Promise<{ before: number; after: number }>;
  dispose(): Promise<void>;
};

export type ClusterNode = ServerProcess & { readonly url: string; readonly port: number };

export type ClusterOptions = {
  readonly nodes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Where nginx listens; default 127.0.0.1. */
  readonly host?: string;
  readonly nodeOptions?: readonly string[];
  /** Settings of PostgreSQL. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** Starts everything with an empty database. What was started is stopped again when a part does not come up. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const closing: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return await assemble(options, closing, dispose);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
}

async function assemble(
  options: ClusterOptions,
  closing: (() => Promise<unknown>)[],
  dispose: () => Promise<void>,
): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'heard-c-'));
  await chmod(dir, 0o711);
  closing.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const postgresDir = join(dir, 'postgres');
  const embedded = await startEmbedded({
    dataDir: postgresDir,
    log: () => undefined,
    settings: { max_connections: '200', ...options.settings },
  });
  closing.push(() => embedded.stop());
  const place = await findPlace(postgresDir);
  const superuser: pg.ClientConfig = { ...embedded.admin, user: 'postgres' };
  const redis = await startRedis();
  closing.push(() => redis.dispose());

  const socket = encodeURIComponent(String(embedded.admin.host));
  const shared = {
    DATABASE_URL: `postgres://heard_owner@localhost:5432/heard?host=${socket}`,
    REDIS_URL: redis.url,
    HEARD_SECRET: TEST_SECRET,
    HEARD_TRUST_PROXY: 'loopback',
    ...options.env,
  };
  const nodes: ClusterNode[] = [];
  for (let n = 1; n <= (options.nodes ?? 3); n += 1) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const dataDir = join(dir, `node${n}`);
    await mkdir(dataDir);
    const running = serverProcess({
      url,
      env: { ...shared, PORT: String(port), HEARD_DATA_DIR: dataDir },
      ...(options.nodeOptions !== undefined && { nodeOptions: options.nodeOptions }),
    });
    nodes.push(Object.assign(running, { url, port }));
    closing.push(() => running.end('SIGKILL', 5_000));
  }
  // The first one migrates; the others find the schema as it is.
  await nodes[0]?.start();
  await Promise.all(nodes.slice(1).map((node) => node.start()));
  const nginx = await startNginx({
    nodes: nodes.map(({ port }) => port),
    ...(options.host !== undefined && { host: options.host }),
  });
  closing.push(() => nginx.dispose());

  async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(superuser);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows;
    } finally {
      await client.end();
    }
  }
  const postmaster = async (): Promise<number> =>
    Number(
      (await query(`select (string_to_array(pg_read_file('postmaster.pid'), E'\\n'))[1] as pid`))[0]?.['pid'],
    );
  const beside = (): Promise<Log> => openLog({ connection: embedded.heardLog, writers: 1, readers: 2 });

  return {
    nodes,
    redis,
    nginx,
    url: nginx.url,
    secret: TEST_SECRET,
    env: shared,
    token: (location, role, { sub = `cli:${role}`, ttlSeconds = 3600 } = {}) =>
      mintToken(TEST_SECRET, { sub, org: TEST_ORGANIZATION, role, loc: location }, ttlSeconds),
    async addLocations(locations) {
      const log = await beside();
      try {
        await log.createOrganization(TEST_ORGANIZATION, 'Test Group');
        for (const [id, config] of locations) await log.createLocation(TEST_ORGANIZATION, id, config.name);
      } finally {
        await log.close();
      }
      for (const [id, config] of locations) {
        const token = await mintToken(
          TEST_SECRET,
          { sub: 'cli:manager', org: TEST_ORGANIZATION, role: 'manager', loc: id },
          3600,
        );
        await configure(nginx.url, token, id, config);
      }
    },
    query,
    openLog: beside,
    async crashPostgres() {
      const before = await postmaster();
      const stopped = spawnSync(place.binaries.pgCtl, ['-D', place.pgDir, '-m', 'immediate', '-w', 'stop'], {
        ...place.user.switchTo,
        cwd: '/',
      });
      if (stopped.status !== 0) throw new Error(`pg_ctl failed: ${String(stopped.stderr)}`);
      for (let tries = 0; ; tries += 1) {
        const after = await postmaster().catch(() => before);
        if (after !== before) return { before, after };
        if (tries > 600) throw new Error('PostgreSQL did not come back');
        await sleep(50);
      }
    },
    dispose,
  };
}

/** Resolves when the node takes work again. */
export async function untilReady(node: ClusterNode, withinMs?: number): Promise<void> {
  await untilSo(() => isReady(node.url), {
    what: () => `the node at ${node.url} is ready; so far it said:\n${node.output()}`,
    pollMs: 50,
    ...(withinMs !== undefined && { withinMs }),
  });
}
