import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { uuid7 } from '../../src/ops/uuid7.ts';
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
  | { t: 'bye' | 'problem' };
type Shown = { kind: string; id: string; version: number; order?: string };

/** A close in this range says: come back at once. */
const COME_BACK = { from: 4200, to: 4299 };

/**
 * A kitchen screen: says hello, applies frames by the interval rule, acknowledges its last cursor as painted, and comes
 * back from its own cursor when it is told to; the ledger counts how often.
 */
function openScreen(
  server: TestServer,
  token: string,
  location: string,
  station: string,
  ledger: Ledger,
): Promise<{ close(): void }> {
  const index = ledger.addScreen(location, station);
  const topic = `station:${station}`;
  const url = `ws://127.0.0.1:${server.port}/v1/locations/${location}/stream`;
  const say = (frame: unknown): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  let socket: WebSocket;
  let pos = -1;
  let cursor: string | null = null;
  let closing = false;
  const acker = new Acker(() =>
    say({ t: 'ack', topic, cursor, painted: true, visible: true, audio: 'running' }),
  );
  const show = (entities: readonly Shown[]): void => {
    for (const { kind, order, id } of entities)
      if (kind === 'ticket' && order !== undefined) ledger.got(index, order, id, true);
  };
  const take = (frame: Frame): 'first' | undefined => {
    switch (frame.t) {
      case 'chg':
        if (frame.to <= pos) return undefined;
        if (frame.from > pos)
          ledger.broken ??= `a gap in ${topic} of ${location}: at ${pos}, got (${frame.from}, ${frame.to}]`;
        show(frame.put);
        pos = frame.to;
        cursor = frame.cursor;
        if (frame.put.length > 0) acker.painted();
        return undefined;
      case 'snap':
        show(frame.entities);
        if (!frame.last) return undefined;
        pos = frame.pos;
        cursor = frame.cursor;
        acker.painted();
        return 'first';
      case 'ping':
        say({ t: 'pong', n: frame.n });
        return undefined;
      default:
        return undefined;
    }
  };
  const opened = Promise.withResolvers<{ close(): void }>();
  const close = (): void => {
    closing = true;
    acker.stop();
    socket.close();
  };
  const connect = (): void => {
    socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
    socket.on('error', opened.reject);
    socket.on('open', () =>
      say({ t: 'hello', v: 1, token, client: { id: `bench-${index}` }, subs: [{ topic, after: cursor }] }),
    );
    socket.on('message', (data: Buffer) => {
      if (take(JSON.parse(data.toString())) === 'first') opened.resolve({ close });
    });
    socket.on('close', (code, reason) => {
      if (closing) return;
      const words = `the server closed a screen of ${location} ${station} with ${code} ${reason.toString()}`;
      if (code >= COME_BACK.from && code <= COME_BACK.to) {
        if (ledger.reconnects === 0) console.error(`${words}\n${server.output().slice(-2000)}`);
        ledger.reconnects += 1;
        connect();
        return;
      }
      ledger.broken ??= words;
      opened.reject(new Error(words));
    });
  };
  connect();
  return opened.promise;
}
