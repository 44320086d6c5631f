import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectEmbedded, startEmbedded } from './embedded.ts';
import type { Embedded } from './embedded.ts';
import { makeMissingLinks } from './postgres-binaries.ts';
import { findPlace } from './postgres-place.ts';
import { findPostmaster, isPostmasterOf, stopPostmaster } from './postmaster.ts';
import { fromUrl } from './roles.ts';

const quiet = (): void => undefined;
const isRoot = process.getuid?.() === 0;

/** Made once and copied: initdb takes most of a second. */
let golden: string;
let dataDir: string;
let servers: Server[] = [];

beforeAll(async () => {
  golden = await mkdtemp(join(tmpdir(), 'g-'));
  const embedded = await startEmbedded({ dataDir: golden, log: quiet });
  await embedded.stop();
}, 60_000);
afterAll(() => rm(golden, { recursive: true, force: true }));

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'e-'));
  spawnSync('cp', ['-a', `${golden}/.`, dataDir]);
});
afterEach(async () => {
  for (const server of servers) server.child.kill('SIGKILL');
  servers = [];
  await stopPostmaster(await findPlace(dataDir), quiet, 5_000);
  await rm(dataDir, { recursive: true, force: true });
});

type Line = { event: string; detail?: unknown };
type Server = { child: ChildProcess; lines: Line[]; until(event: string): Promise<Line> };

function startServer(dir = dataDir): Server {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../testkit/embedded-child.ts'), dir], {
    // Nothing at all in the environment, as under systemd or cron.
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  const arrived = createInterface({ input: child.stdout });
  arrived.on('line', (text) => lines.push(JSON.parse(text)));
  const server: Server = {
    child,
    lines,
    async until(event) {
      const deadline = performance.now() + 20_000;
      let from = 0;
      for (;;) {
        const found = lines.slice(from).find((line) => line.event === event || line.event === 'failed');
        if (found !== undefined && (found.event === event || event === 'failed')) return found;
        if (found !== undefined || performance.now() > deadline)
          throw new Error(`no "${event}" came: ${JSON.stringify(lines)}`);
        from = 0;
        await sleep(10);
      }
    },
  };
  servers.push(server);
  return server;
}

const said = (server: Server): unknown[] => server.lines.map((line) => line.detail ?? line.event);

async function ask(config: pg.ClientConfig, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  client.on('error', quiet);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  const running = await findPostmaster((await findPlace(dataDir)).pgDir);
  if (running === null) throw new Error('PostgreSQL does not run');
  return running.pid;
}

async function socketConfig(): Promise<pg.ClientConfig> {
  return { host: (await findPlace(dataDir)).socketDir, user: 'heard_owner', database: 'heard' };
}

test('[L30] with an empty environment and an empty directory it makes a UTF8 cluster that is reached by its socket alone', async () => {
  await rm(join(dataDir, 'pg'), { recursive: true });
  const server = startServer();
  await server.until('ready');
  const [row] = await ask(
    await socketConfig(),
    `select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as listen,
       current_setting('fsync') as fsync, '"\\u0645"'::jsonb #>> '{}' as arabic, current_setting('TimeZone') as zone,
       datlocprovider::text as provider from pg_database where datname = current_database()`,
  );
  expect(row).toEqual({ encoding: 'UTF8', listen: '', fsync: 'on', arabic: 'م', zone: 'UTC', provider: 'b' });
  server.child.kill('SIGTERM');
  await server.until('stopped');
  expect(await findPostmaster((await findPlace(dataDir)).pgDir)).toBeNull();
});

test.runIf(isRoot)(
  '[L30] started by root it runs as somebody else, in folders that only this user may enter',
  async () => {
    const embedded = await startEmbedded({ dataDir, log: quiet });
    const status = await readFile(`/proc/${await postmasterPid()}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
    expect(/^Groups:\s*$/m.test(status)).toBe(true);
    const stranger = spawnSync('ls', [join(dataDir, 'run')], { uid: 65_534, gid: 65_534 });
    expect(stranger.status).not.toBe(0);
    await embedded.stop();
  },
);

test('[L31] after kill -9 of the server PostgreSQL lives on and the next start adopts it', async () => {
  const first = startServer();
  await first.until('ready');
  const pid = await postmasterPid();
  await ask(await socketConfig(), 'create table kept (id int); insert into kept values (1)');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const started = performance.now();
  const second = startServer();
  await second.until('ready');
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(said(second)).toContain('adopted a running PostgreSQL');
  expect(await postmasterPid()).toBe(pid);
  expect(await ask(await socketConfig(), 'select id from kept')).toEqual([{ id: 1 }]);
  second.child.kill('SIGTERM');
  await second.until('stopped');
});

test('[L31] after kill -9 of both everything that was committed is there', async () => {
  const first = startServer();
  await first.until('ready');
  await ask(await socketConfig(), 'create table kept (id int); insert into kept values (2)');
  const pid = await postmasterPid();
  first.child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  const second = startServer();
  await second.until('ready');
  expect(said(second)).toContain('started PostgreSQL');
  expect(await ask(await socketConfig(), 'select id from kept')).toEqual([{ id: 2 }]);
});

test('[L32] a second server is refused after 3 s with the pid of the first', async () => {
  const first = startServer();
  await first.until('ready');
  const second = startServer();
  const { detail } = await second.until('failed');
  expect(detail).toBe(`another Heard (pid ${first.child.pid}) uses this data dir: ${dataDir}`);
  expect(await ask(await socketConfig(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('[L33] when PostgreSQL dies unasked it is started again, and readiness hears of both', async () => {
  const happened: string[] = [];
  let back: () => void = quiet;
  const isBack = new Promise<void>((resolve) => (back = resolve));
  const embedded = await startEmbedded({
    dataDir,
    log: quiet,
    onDown: () => happened.push('down'),
    onUp: () => {
      happened.push('up');
      back();
    },
  });
  const before = await postmasterPid();
  process.kill(before, 'SIGKILL');
  await isBack;
  expect(happened).toEqual(['down', 'up']);
  expect(await postmasterPid()).not.toBe(before);
  expect(await ask(embedded.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
  // It owns the directory again.
  await expect(startEmbedded({ dataDir, log: quiet })).rejects.toThrow(`another Heard (pid ${process.pid})`);
  await embedded.stop();
  expect(happened).toEqual(['down', 'up']);
});

test('[L33] a server that adopted PostgreSQL starts it again too', async () => {
  const first = startServer();
  await first.until('ready');
  first.child.kill('SIGKILL');
  const second = startServer();
  await second.until('ready');
  process.kill(await postmasterPid(), 'SIGQUIT');
  await second.until('down');
  await second.until('up');
  expect(await ask(await socketConfig(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('[L34] stop ends PostgreSQL cleanly, and twice is once', async () => {
  const embedded = await startEmbedded({ dataDir, log: quiet });
  const pid = await postmasterPid();
  await Promise.all([embedded.stop(), embedded.stop()]);
  expect(await isPostmasterOf((await findPlace(dataDir)).pgDir, pid)).toBe(false);
  expect(await readFile((await findPlace(dataDir)).logFile, 'utf8')).toMatch(
    /database system is shut down\s*$/,
  );
});

test('[L35] a pid file that names a living stranger of the same user does not block the start', async () => {
  const { pgDir, user } = await findPlace(dataDir);
  const stranger = spawn('sleep', ['60'], { ...user.switchTo, stdio: 'ignore' });
  await once(stranger, 'spawn');
  try {
    await writeFile(
      join(pgDir, 'postmaster.pid'),
      `${stranger.pid}\n${pgDir}\n1\n5432\n/nowhere\n\n  1 1\nready\n`,
    );
    const lines: string[] = [];
    const embedded = await startEmbedded({ dataDir, log: (line) => lines.push(line) });
    expect(lines).toContain('deleted a stale lock file');
    await embedded.stop();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test.runIf(process.platform === 'linux')(
  '[L35] lock files of a dead postmaster that nobody reaped go, but not before its processes are gone',
  async () => {
    const { pgDir, socketDir, user } = await findPlace(dataDir);
    const as = { ...user.switchTo };
    // The second sleep took the shell's place and does not know that it has a child to reap.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], {
      ...as,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const orphan = spawn('sleep', ['1.5'], { ...as, stdio: 'ignore', cwd: pgDir });
    try {
      const [pid] = (await once(parent.stdout, 'data')).map((chunk) => String(chunk).trim());
      for (const file of [join(pgDir, 'postmaster.pid'), join(socketDir, '.s.PGSQL.5432.lock')]) {
        await writeFile(file, `${pid}\n${pgDir}\n1\n5432\n${socketDir}\n\n  1 1\nready\n`);
      }
      const lines: string[] = [];
      const started = performance.now();
      const embedded = await startEmbedded({ dataDir, log: (line) => lines.push(line) });
      expect(performance.now() - started).toBeGreaterThan(1_000);
      expect(lines.filter((line) => line === 'deleted a stale lock file')).toHaveLength(2);
      await embedded.stop();
    } finally {
      parent.kill('SIGKILL');
      orphan.kill('SIGKILL');
    }
  },
);

test('[L36] a tool connects beside the server and leaves it running; alone it starts and stops PostgreSQL itself', async () => {
  const embedded = await startEmbedded({ dataDir, log: quiet });
  const beside = await connectEmbedded(dataDir);
  expect(await ask(beside.heardLog, 'select current_user as name')).toEqual([{ name: 'heard_log' }]);
  await beside.stop();
  expect(await ask(embedded.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
  await embedded.stop();
  const alone = await connectEmbedded(dataDir);
  expect(await ask(alone.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
  await alone.stop();
  expect(await findPostmaster((await findPlace(dataDir)).pgDir)).toBeNull();
});

test('[L36] PostgreSQL that a tool started stays when a server took it over meanwhile', async () => {
  const tool = await connectEmbedded(dataDir);
  const embedded = await startEmbedded({ dataDir, log: quiet });
  await tool.stop();
  expect(await ask(embedded.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
  await embedded.stop();
});

test('[L37] a data directory with a very long path gets its socket in the temp directory', async () => {
  const long = join(dataDir, 'x'.repeat(60), 'y'.repeat(60));
  await mkdir(long, { recursive: true });
  await chmod(dataDir, 0o755);
  await rename(join(dataDir, 'pg'), join(long, 'pg'));
  const embedded = await startEmbedded({ dataDir: long, log: quiet });
  expect(embedded.admin.host?.startsWith(tmpdir())).toBe(true);
  expect(await ask(embedded.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
  await embedded.stop();
  await rm(embedded.admin.host ?? '', { recursive: true });
});

test('[L37] a folder of somebody else where the socket belongs is refused', async () => {
  const { socketDir } = await findPlace(dataDir);
  await rm(socketDir, { recursive: true });
  await symlink('/tmp', socketDir);
  await expect(startEmbedded({ dataDir, log: quiet })).rejects.toThrow(/is not a folder of ours/);
  await rm(socketDir);
});

test.runIf(isRoot)(
  '[L39] as root under a folder that others may not enter, the cluster lives under /var/lib/heard',
  async () => {
    await chmod(dataDir, 0o700);
    const inner = join(dataDir, 'home');
    const embedded = await startEmbedded({ dataDir: inner, log: quiet });
    const place = await findPlace(inner);
    expect(place.pgDir.startsWith('/var/lib/heard/')).toBe(true);
    expect(await ask(embedded.admin, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    await rm(join(place.pgDir, '..'), { recursive: true });
  },
);

test('[L38] a cluster of another PostgreSQL version is refused by name', async () => {
  const { pgDir } = await findPlace(dataDir);
  await writeFile(join(pgDir, 'PG_VERSION'), '17\n');
  await expect(startEmbedded({ dataDir, log: quiet })).rejects.toThrow(
    /made by PostgreSQL 17, this Heard brings 18/,
  );
});

test('[L38] a PostgreSQL that cannot come up is reported with the end of its log', async () => {
  await rm(join((await findPlace(dataDir)).pgDir, 'global'), { recursive: true });
  await expect(startEmbedded({ dataDir, log: quiet })).rejects.toThrow(
    /PostgreSQL does not come up .*pg\.log/s,
  );
});

test('[L47] a server that starts while a tool stops what it had started has its own', async () => {
  for (const later of [0, 5, 15, 30, 60, 100]) {
    const tool = await connectEmbedded(dataDir);
    const stopping = tool.stop();
    await sleep(later);
    const server = await startEmbedded({ dataDir, log: quiet });
    await stopping;
    expect(await ask(server.admin, 'select 1 as one'), `${later} ms`).toEqual([{ one: 1 }]);
    await server.stop();
  }
});

test('[L46] a PostgreSQL that lives and says nothing is waited for, and a line says so', async () => {
  const place = await findPlace(dataDir);
  const first = await connectEmbedded(dataDir);
  const pid = (await findPostmaster(place.pgDir))?.pid ?? 0;
  // As on a machine so full that it gets no turn.
  process.kill(pid, 'SIGSTOP');
  const lines: [line: string, detail: unknown][] = [];
  try {
    const second = connectEmbedded(dataDir, (line, detail) => void lines.push([line, detail]));
    const early = await Promise.race([second.then(() => 'up', String), sleep(13_000, 'still waiting')]);
    expect(early).toBe('still waiting');
    process.kill(pid, 'SIGCONT');
    await (await second).stop();
    expect(lines[0]).toEqual([
      'waiting for PostgreSQL to come up',
      { seconds: expect.any(Number), reason: expect.stringMatching(/\S/) },
    ]);
  } finally {
    process.kill(pid, 'SIGCONT');
    await first.stop();
  }
});

test('[L45] the library links of a package that was installed without scripts are made, and made once', async () => {
  const dir = join(dataDir, 'package');
  await mkdir(join(dir, 'native', 'lib'), { recursive: true });
  await writeFile(join(dir, 'native', 'lib', 'libicuuc.so.60.2'), '');
  const links = ['libicuuc.so.60', 'libicuuc.so'].map((name) => ({
    source: 'native/lib/libicuuc.so.60.2',
    target: `native/lib/${name}`,
  }));
  await writeFile(join(dir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  await Promise.all([makeMissingLinks(dir), makeMissingLinks(dir)]);
  await makeMissingLinks(dir);
  expect(await readlink(join(dir, 'native', 'lib', 'libicuuc.so.60'))).toBe('libicuuc.so.60.2');
  expect(await readFile(join(dir, 'native', 'lib', 'libicuuc.so'), 'utf8')).toBe('');
});

describe('a PostgreSQL that asks for passwords', () => {
  let embedded: Embedded;
  beforeEach(async () => {
    const { pgDir } = await findPlace(dataDir);
    const hba = await readFile(join(pgDir, 'pg_hba.conf'), 'utf8');
    await writeFile(
      join(pgDir, 'pg_hba.conf'),
      `local all postgres,heard_owner trust\nlocal all all scram-sha-256\n${hba}`,
    );
    embedded = await startEmbedded({ dataDir, log: quiet });
  });
  afterEach(() => embedded.stop());

  async function superuser(text: string): Promise<void> {
    await ask({ ...embedded.admin, user: 'postgres' }, text);
  }
  const url = (user: string, password: string): string =>
    `postgres://${user}:${password}@${encodeURIComponent(embedded.admin.host ?? '')}/heard`;

  test('[L26] the two roles get passwords derived from that of DATABASE_URL, anew when it changed', async () => {
    await superuser("create role boss login superuser password 'first'");
    for (const password of ['first', 'second']) {
      await superuser(`alter role boss password '${password}'`);
      const connections = await fromUrl(url('boss', password));
      expect(await ask(connections.app, 'select session_user as name')).toEqual([{ name: 'heard_app' }]);
      expect(await ask(connections.heardLog, 'select session_user as name')).toEqual([{ name: 'heard_log' }]);
    }
  });

  test('[L26] a role that may not make roles works alone, and the log says so', async () => {
    await superuser("create role small login password 'p'");
    const lines: string[] = [];
    const connections = await fromUrl(url('small', 'p'), (line) => lines.push(line));
    expect(connections.heardLog).toEqual(connections.admin);
    expect(connections.app).toEqual(connections.admin);
    expect(lines.join()).toMatch(/may not create roles/);
  });
});
