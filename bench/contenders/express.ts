import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { cpuSeconds, freePort, startChild } from '../child.ts';
import { Cleanups } from '../cleanups.ts';
import type { Contender, Running } from '../contender.ts';
import { Acker } from '../load/acker.ts';
import { jsonPost } from '../load/httpConnection.ts';
import type { Ledger } from '../load/ledger.ts';
import { menuTable } from '../workload.ts';
import { startPeerDatabase, temporaryDir } from './database.ts';

export type Variant = 'article' | 'tuned';

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}

/** Express + Socket.IO + PostgreSQL, as an article would write it or with one statement an order. */
export function expressPeer(variant: Variant): Contender {
  return {
    name: `express-${variant}`,
    title: `Express + Socket.IO + PostgreSQL (${variant})`,
    missing: () => undefined,
    versions: () => ({
      express: versionOf('express'),
      'socket.io': versionOf('socket.io'),
      pg: versionOf('pg'),
      node: process.versions.node,
    }),
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
  const port = await freePort();
  const entry = fileURLToPath(new URL('../peers/express/server.ts', import.meta.url));
  const env = {
    ...database.env,
    PORT: String(port),
    VARIANT: variant,
    MENU_FILE: menuFile,
    NODE_ENV: 'production',
  };
  const child = await startChild(process.execPath, [entry], env, 'listening');
  cleanups.add(() => child.stop());
  return {
    port,
    request: (location, body) => jsonPost(`/locations/${location}/orders`, '', body),
    openScreen: (location, station, ledger) => openScreen(port, location, station, ledger),
    storedOrders: (locations) => database.storedOrders(locations),
    cpu: async () => ({ server: cpuSeconds(child.pid), database: await database.cpu(), rest: 0 }),
    stop: () => cleanups.run(),
  };
}

/**
 * A screen that speaks Socket.IO's wire format itself (Engine.IO 4 over WebSocket: `0` open, `2`/`3` ping and pong,
 * `40` connect, `42` event, `43` answer), so that the load costs no more than for the others.
 */
function openScreen(
  port: number,
  location: string,
  station: string,
  ledger: Ledger,
): Promise<{ close(): void }> {
  const index = ledger.addScreen(location, station);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  });
  let painted: string[] = [];
  const acker = new Acker(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(`42${JSON.stringify(['ack', painted])}`);
    painted = [];
  });
  const close = (): void => {
    acker.stop();
    socket.close();
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('42')) {
        const [event, ticket]: [string, { id: string; order: string }] = JSON.parse(text.slice(2));
        if (event !== 'ticket') return;
        ledger.got(index, ticket.order, ticket.id, false);
        painted.push(ticket.id);
        acker.painted();
      } else if (text === '2') socket.send('3');
      else if (text.startsWith('0')) socket.send('40');
      else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['join', location, station])}`);
      else if (text.startsWith('430')) resolve({ close });
    });
  });
}
