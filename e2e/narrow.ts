import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The network between a phone and the restaurant, as narrow as a test wants it: one that refuses Upgrade, one that holds
 * event streams back, one that cuts what takes long. It keeps every byte that went to the phone.
 */
export type Narrows = {
  /** Answers a request to upgrade with 400, as an old proxy does. */
  readonly noUpgrade?: boolean;
  /** Lets an event stream begin and keeps its bytes. */
  readonly holdsStreams?: boolean;
  /** Cuts a question that waits for its answer. */
  readonly cutsLongPolls?: boolean;
};

export type Narrow = {
  readonly url: string;
  /** Everything that was sent to the other side, as text. */
  told(): string;
  /** Paths below /v1 that were asked for and let through, without their tokens, oldest first. */
  readonly asked: string[];
  /** Connections that stand open for an answer that may come later. */
  readonly open: Set<unknown>;
  close(): Promise<void>;
};

export async function openNarrow(target: string, narrows: Narrows = {}): Promise<Narrow> {
  const { port, hostname } = new URL(target);
  const chunks: Buffer[] = [];
  const asked: string[] = [];
  const open = new Set<unknown>();
  const sockets = new Set<Socket>();
  const keep = (chunk: Buffer): void => void chunks.push(chunk);

  const pass = (from: IncomingMessage, to: ServerResponse): void => {
    const url = from.url ?? '/';
    const isStream = /\/stream\b/.test(url);
    const waits = /[?&]wait=[1-9]/.test(url);
    if (narrows.cutsLongPolls === true && waits) {
      to.writeHead(504, { 'content-type': 'text/html' }).end('<h1>504</h1>');
      return;
    }
    if (url.startsWith('/v1/')) asked.push(`${from.method} ${url.replace(/\/track\/[^/]+/, '/track/…')}`);
    if (isStream || waits) open.add(to);
    const { 'accept-encoding': _zipped, ...headers } = from.headers;
    const up = request(
      {
        host: hostname,
        port,
        path: url,
        method: from.method,
        headers: { ...headers, host: `${hostname}:${port}` },
      },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('data', (chunk: Buffer) => {
          if (isStream && narrows.holdsStreams === true) return;
          keep(chunk);
          to.write(chunk);
        });
        answer.on('end', () => to.end());
        answer.on('error', () => to.destroy());
      },
    );
    up.on('error', () => {
      if (to.headersSent) to.destroy();
      else to.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502</h1>');
    });
    to.on('close', () => {
      open.delete(to);
      up.destroy();
    });
    from.pipe(up);
  };

  const upgrade = (from: IncomingMessage, client: Duplex, head: Buffer): void => {
    client.on('error', () => client.destroy());
    if (narrows.noUpgrade === true) {
      client.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    asked.push(`UPGRADE ${from.url ?? ''}`);
    open.add(client);
    const up = connect(Number(port), hostname, () => {
      const lines = Object.entries({ ...from.headers, host: `${hostname}:${port}` });
      up.write(
        `GET ${from.url} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${String(value)}`).join('\r\n')}\r\n\r\n`,
      );
      up.write(head);
      client.pipe(up);
    });
    up.on('data', (chunk: Buffer) => {
      keep(chunk);
      client.write(chunk);
    });
    up.on('close', () => client.destroy());
    up.on('error', () => client.destroy());
    client.on('close', () => {
      open.delete(client);
      up.destroy();
    });
  };

  const server = createServer(pass);
  server.on('upgrade', upgrade);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told: () => Buffer.concat(chunks).toString('utf8'),
    asked,
    open,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
