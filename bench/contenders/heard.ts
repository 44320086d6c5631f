import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { uuid7 } from '../../src/cli/uuid7.ts';
import type { Cause } from '../../src/protocol/down.ts';
import { SUBPROTOCOL } from '../../src/protocol/version.ts';
import { startServer } from '../../src/testkit/server.ts';
import type { TestServer } from '../../src/testkit/server.ts';
import { cpuSeconds } from '../child.ts';
import { Cleanups } from '../cleanups.ts';
import type { Contender, Running } from '../contender.ts';
import { Acker } from '../load/acker.ts';
import { jsonPost } from '../load/httpConnection.ts';
import type { Ledger } from '../load/ledger.ts';
import { PROFILE_DIR } from '../profile.ts';
import { config } from '../workload.ts';
import { databaseCpu } from './database.ts';

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}

/** This server as its users run it. `groupCommit: false`: every append in a statement and a commit of its own. */
export function heard(groupCommit: boolean, profile = false): Contender {
  return {
    name: groupCommit ? 'heard' : 'heard-no-group-commit',
    title: groupCommit ? 'Heard' : 'Heard, group commit off',
    missing: () => undefined,
    versions: () => ({
      heard: String(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version),
      node: process.versions.node,
      fastify: versionOf('fastify'),
      ws: versionOf('ws'),
      pg: versionOf('pg'),
    }),
    start: (locations) => {
      const cleanups = new Cleanups();
      return cleanups.guard(() => start(groupCommit, profile, locations, cleanups));
    },
  };
}

async function start(
  groupCommit: boolean,
  profile: boolean,
  locations: readonly string[],
  cleanups: Cleanups,
): Promise<Running> {
  const server = await startServer({
    ...(profile && { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${PROFILE_DIR}`] }),
    env: { NODE_ENV: 'production', ...(!groupCommit && { HEARD_GROUP_COMMIT: 'off' }) },
  });
  cleanups.add(() => server.dispose());
  await server.addLocations(locations.map((location) => [location, { ...config, name: location }]));
  const tokens = new Map<string, { waiter: string; kitchen: string }>();
  for (const location of locations)
    tokens.set(location, {
      waiter: await server.token(location, 'waiter'),
      kitchen: await server.token(location, 'kitchen'),
    });
  const tokenOf = (location: string): { waiter: string; kitchen: string } => {
    const found = tokens.get(location);
    if (!found) throw new Error(`no location ${location}`);
    return found;
  };
  const log = await server.openLog();
  cleanups.add(() => log.close());
  return {
    port: server.port,
    request: (location, body) =>
      jsonPost(
        `/v1/locations/${location}/commands/order.place`,
        `Authorization: Bearer ${tokenOf(location).waiter}\r\nIdempotency-Key: ${uuid7()}\r\n`,
        body,
      ),
    openScreen: (location, station, ledger) =>
      openScreen(server, tokenOf(location).kitchen, location, station, ledger),
    storedOrders: (of) => server.countEvents(of, 'order.placed'),
    cpu: async () => ({
      server: cpuSeconds(server.pid),
      database: await databaseCpu(server.dataDir),
      rest: 0,
    }),
    stop: () => cleanups.run(),
  };
}

/** What of a frame a screen of the bench looks at. */
type Frame =
  | { t: 'snap'; topic: string; pos: number; cursor: string; last: boolean; entities: Shown[] }
  | { t: 'chg'; topic: string; from: number; to: number; cursor: string; events: Cause[]; put: Shown[] }
  | { t: 'ping'; n: number }
  | { t: 'ready' | 'live' | 'auth' }
  | { t: 'bye' | 'problem'; code: number | string };
type Shown = { kind: string; id: string; version: number; order?: string };

/** A kitchen screen: says hello, applies frames by the interval rule, acknowledges its last cursor as painted. */
function openScreen(
  server: TestServer,
  token: string,
  location: string,
  station: string,
  ledger: Ledger,
): Promise<{ close(): void }> {
  const index = ledger.addScreen(location, station);
  const topic = `station:${station}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/locations/${location}/stream`, SUBPROTOCOL, {
    perMessageDeflate: false,
  });
  let pos = -1;
  let painted: string | null = null;
  let closing = false;
  const acker = new Acker(() => {
    if (painted === null || socket.readyState !== WebSocket.OPEN) return;
    socket.send(
      JSON.stringify({ t: 'ack', topic, cursor: painted, painted: true, visible: true, audio: 'running' }),
    );
    painted = null;
  });
  const close = (): void => {
    closing = true;
    acker.stop();
    socket.close();
  };
  const show = (entities: readonly Shown[]): void => {
    for (const { kind, order, id } of entities)
      if (kind === 'ticket' && order !== undefined) ledger.got(index, order, id, true);
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => {
      if (closing) return;
      ledger.broken ??= `the server closed a screen of ${location} ${station} with ${code}`;
      reject(new Error(ledger.broken));
    });
    socket.on('open', () => {
      const hello = {
        t: 'hello',
        v: 1,
        token,
        client: { id: `bench-${index}` },
        subs: [{ topic, after: null }],
      };
      socket.send(JSON.stringify(hello));
    });
    socket.on('message', (data: Buffer) => {
      const frame: Frame = JSON.parse(data.toString());
      switch (frame.t) {
        case 'chg':
          if (frame.to <= pos) return;
          if (frame.from > pos)
            ledger.broken ??= `a gap in ${topic} of ${location}: at ${pos}, got (${frame.from}, ${frame.to}]`;
          show(frame.put);
          pos = frame.to;
          if (frame.put.length > 0) {
            painted = frame.cursor;
            acker.painted();
          }
          break;
        case 'snap':
          show(frame.entities);
          if (!frame.last) return;
          pos = frame.pos;
          painted = frame.cursor;
          acker.painted();
          resolve({ close });
          break;
        case 'ping':
          socket.send(JSON.stringify({ t: 'pong', n: frame.n }));
          break;
        case 'bye':
        case 'problem':
          reject(new Error(`${location} ${station}: ${JSON.stringify(frame)}`));
          break;
        default:
      }
    });
  });
}
