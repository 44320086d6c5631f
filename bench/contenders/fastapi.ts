import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { findProgram, haveRedis } from '../../src/testkit/have.ts';
import { cpuSeconds, freePort, startChild, waitForPort } from '../child.ts';
import { Cleanups } from '../cleanups.ts';
import type { Contender, Running } from '../contender.ts';
import { Acker } from '../load/acker.ts';
import { jsonPost } from '../load/httpConnection.ts';
import type { Ledger } from '../load/ledger.ts';
import { menuTable } from '../workload.ts';
import { startPeerDatabase, temporaryDir } from './database.ts';
import type { Variant } from './express.ts';

const PEER = fileURLToPath(new URL('../peers/fastapi/', import.meta.url));
const VENV = fileURLToPath(new URL('../.cache/fastapi', import.meta.url));
const IMPORTS = 'import fastapi, uvicorn, asyncpg, redis';

/** Python with what the peer needs, the reason why there is none, or not looked for yet. */
let found: { python: string } | { reason: string } | undefined;

function works(python: string): boolean {
  return spawnSync(python, ['-c', IMPORTS], { stdio: 'ignore' }).status === 0;
}

/** Our own virtual environment (made by pip at the first run), else the system's Python with Debian's packages. */
function findPython(): { python: string } | { reason: string } {
  const own = join(VENV, 'bin', 'python');
  const wanted = readFileSync(join(PEER, 'requirements.txt'), 'utf8');
  const stamp = join(VENV, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && works(own)) return { python: own };
  const base = findProgram('python3');
  if (base === undefined) return { reason: 'there is no python3' };
  console.log('installing the FastAPI peer with pip (once, into bench/.cache) …');
  mkdirSync(VENV, { recursive: true });
  const made = spawnSync(base, ['-m', 'venv', '--clear', VENV], { stdio: 'ignore' }).status === 0;
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    join(PEER, 'requirements.txt'),
  ];
  if (
    made &&
    spawnSync(own, pip, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 180_000 }).status === 0 &&
    works(own)
  ) {
    writeFileSync(stamp, wanted);
    return { python: own };
  }
  if (works('/usr/bin/python3')) return { python: '/usr/bin/python3' };
  return {
    reason:
      'pip could not install it, and /usr/bin/python3 lacks the packages (Debian: apt-get install python3-fastapi uvicorn python3-asyncpg python3-redis python3-websockets)',
  };
}

function python(): string {
  found ??= findPython();
  if ('reason' in found) throw new Error(found.reason);
  return found.python;
}

function versions(): Record<string, string> {
  const script =
    'import sys,json,importlib.metadata as m\nprint(json.dumps({"python":sys.version.split()[0],**{n:m.version(n) for n in ("fastapi","uvicorn","asyncpg","redis")}}))';
  const { stdout } = spawnSync(python(), ['-c', script], { encoding: 'utf8' });
  const redis = spawnSync(haveRedis() ?? '', ['--version'], { encoding: 'utf8' }).stdout;
  const parts: Record<string, string> = JSON.parse(stdout);
  return { ...parts, 'redis-server': /v=(\S+)/.exec(redis)?.[1] ?? '?' };
}

/** FastAPI + Redis pub/sub + PostgreSQL, as an article would write it or tuned the way the Express peer is. */
export function fastapiPeer(variant: Variant): Contender {
  return {
    name: `fastapi-${variant}`,
    title: `FastAPI + Redis + PostgreSQL (${variant})`,
    missing: () => {
      if (haveRedis() === undefined) return 'there is no redis-server (Debian: apt-get install redis-server)';
      found ??= findPython();
      return 'reason' in found ? found.reason : undefined;
    },
    versions,
    start: () => {
      const cleanups = new Cleanups();
      return cleanups.guard(() => start(variant, cleanups));
    },
  };
}

async function start(variant: Variant, cleanups: Cleanups): Promise<Running> {
  const dir = await temporaryDir(cleanups);
  const menuFile = join(dir, 'menu.json');
  await writeFile(menuFile, JSON.stringify(menuTable()));
  const database = await startPeerDatabase(cleanups);
  const [port, redisPort] = [await freePort(), await freePort()];
  const redis = await startChild(
    haveRedis() ?? '',
    ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', dir],
    {},
    'Ready to accept',
  );
  cleanups.add(() => redis.stop());
  const env = {
    ...database.env,
    PORT: String(port),
    REDIS_PORT: String(redisPort),
    VARIANT: variant,
    MENU_FILE: menuFile,
  };
  const child = await startChild(python(), [join(PEER, 'server.py')], env, 'listening');
  cleanups.add(() => child.stop());
  await waitForPort(port);
  return {
    port,
    request: (location, body) => jsonPost(`/locations/${location}/orders`, '', body),
    openScreen: (location, station, ledger) => openScreen(port, location, station, ledger),
    storedOrders: (locations) => database.storedOrders(locations),
    cpu: async () => ({
      server: cpuSeconds(child.pid),
      database: await database.cpu(),
      rest: cpuSeconds(redis.pid),
    }),
    stop: () => cleanups.run(),
  };
}

function openScreen(
  port: number,
  location: string,
  station: string,
  ledger: Ledger,
): Promise<{ close(): void }> {
  const index = ledger.addScreen(location, station);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${location}/${station}`, {
    perMessageDeflate: false,
  });
  let painted: string[] = [];
  const acker = new Acker(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify(painted));
    painted = [];
  });
  const close = (): void => {
    acker.stop();
    socket.close();
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const said: string | { id: string; order: string } | { heard: string[] } = JSON.parse(data.toString());
      if (typeof said === 'string') {
        resolve({ close });
        return;
      }
      if ('heard' in said) return;
      ledger.got(index, said.order, said.id, false);
      painted.push(said.id);
      acker.painted();
    });
  });
}
