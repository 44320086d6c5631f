import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket as WsSocket, WebSocketServer } from 'ws';
import { createHeard } from './client.ts';
import type { HeardOptions } from './client.ts';
import type { Heard, Store } from './shapes.ts';
import { aTicket, createFakeServer } from './testing/fakeServer.ts';
import type { FakeServer } from './testing/fakeServer.ts';

/** The client in plain Node, over real sockets: Node's own WebSocket and fetch, nothing handed in. */

let fake: FakeServer;
let http: Server;
let sockets: WebSocketServer;
let heard: Heard;
let port: number;

async function listen(at = 0): Promise<void> {
  http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      );
      void fake
        .fetch(`http://127.0.0.1${request.url}`, {
          method: 'POST',
          headers,
          body: Buffer.concat(chunks).toString(),
        })
        .then(async (answer) => {
          response.writeHead(answer.status, {
            'content-type': answer.headers.get('content-type') ?? 'application/json',
          });
          response.end(await answer.text());
        });
    });
  });
  sockets = new WebSocketServer({
    server: http,
    maxPayload: 65_536,
    handleProtocols: (offered) => (offered.has('heard.v1') ? 'heard.v1' : false),
  });
  sockets.on('connection', (socket) => {
    const session = fake.accept(socket);
    socket.on('message', (data: Buffer) => session.text(data.toString()));
    socket.on('close', session.gone);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => http.listen(at, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
}

async function down(): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
}

const client = (more: Partial<HeardOptions> = {}) =>
  createHeard({
    baseUrl: `http://127.0.0.1:${port}/`,
    location: 'brasa',
    token: () => Promise.resolve('good'),
    client: { id: 'script-1', app: 'test' },
    ...more,
  });

/** Resolves when the store is as wanted; listening to it is what subscribes the topic. */
function until<T>(store: Store<T>, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`still ${JSON.stringify(store.get())}`)), 5000);
    let off: () => void = () => undefined;
    const look = () => {
      if (!wanted(store.get())) return;
      clearTimeout(late);
      queueMicrotask(() => off());
      resolve(store.get());
    };
    off = store.subscribe(look);
    look();
  });
}

beforeEach(async () => {
  fake = createFakeServer();
  await listen();
});
afterEach(async () => {
  heard.close();
  await down();
});

describe.each([
  ["Node's own WebSocket", undefined],
  ['the ws package', WsSocket],
])('in plain Node with %s', (_, socket) => {
  it('[C122] follows a topic, sends a command, and comes back after the server was away', async () => {
    fake.put((version) => aTicket('a', version));
    heard = client({ ...(socket && { WebSocket: socket }), random: () => 0.01 });
    const view = heard.view('station:grill');
    const stop = view.subscribe(() => undefined);
    expect((await until(view, ({ state }) => state === 'live')).entities.ticket.get('a')).toMatchObject({
      status: 'new',
    });
    expect(heard.connection.get().word).toBe('live');

    const sent = heard.command('ticket.bump', { ticket: 'a', version: 1 });
    expect(view.get().entities.ticket.get('a')?.status).toBe('ready');
    expect(await sent).toMatchObject({ ok: true, id: sent.id, seq: 2 });
    await until(view, ({ pos, predicted }) => pos === 2 && predicted.size === 0);

    const at = port;
    await down();
    await until(heard.connection, ({ word }) => word !== 'live');
    const offline = heard.command('ticket.recall', { ticket: 'a' });
    await offline.saved;
    expect(heard.outbox.get()).toMatchObject({ durable: false, pending: [{ id: offline.id }] });
    fake.put((version) => aTicket('b', version));
    await listen(at);
    await until(view, ({ state, entities }) => state === 'live' && entities.ticket.has('b'));
    expect(await offline).toMatchObject({ ok: true });
    expect(fake.executed.map(({ name }) => name)).toEqual(['ticket.bump', 'ticket.recall']);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 1, repairs: 0 });
    stop();
  });
});

describe('in plain Node', () => {
  it('[C123] is told the close code of a revoked screen', async () => {
    heard = client();
    const view = heard.view('station:grill');
    view.subscribe(() => undefined);
    await until(view, ({ state }) => state === 'live');
    fake.closeAll(4003);
    expect((await until(heard.connection, ({ word }) => word === 'blocked')).blocked?.reason).toBe('revoked');
  });

  it('[C124] leaves nothing behind that keeps a script alive', async () => {
    heard = client();
    const view = heard.view('station:grill');
    view.subscribe(() => undefined);
    await until(view, ({ state }) => state === 'live');
    heard.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fake.peers()).toBe(0);
    expect(heard.connection.get().word).toBe('offline');
    expect(() => heard.command('table.clear', { table: 'T1' })).toThrow(/closed/);
  });
});
