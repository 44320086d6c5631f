import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A bad line between the nodes and PostgreSQL: a socket folder of its own whose connections break. */
export type BadLine = {
  /** What to give `pg` as host. */
  readonly host: string;
  /** Share of requests whose connection is cut right after the request was passed on, so that its answer is lost. */
  cutAfterRequest: number;
  /** While true nothing passes from the nodes to PostgreSQL, and nobody is told. */
  frozen: boolean;
  /** Cuts one open connection, whatever it is doing. */
  cutOne(): void;
  readonly cuts: { readonly afterRequest: number; readonly anywhere: number };
  close(): Promise<void>;
};

/** Opens a proxy before the PostgreSQL in `socketDir`. */
export async function openBadLine(socketDir: string, random: () => number = Math.random): Promise<BadLine> {
  const host = await mkdtemp(join(tmpdir(), 'line-'));
  const pairs = new Set<readonly [Socket, Socket]>();
  let afterRequest = 0;
  let anywhere = 0;
  const cut = (pair: readonly [Socket, Socket]): void => {
    for (const socket of pair) socket.destroy();
    pairs.delete(pair);
  };
  const server = createServer((near) => {
    const far = createConnection(join(socketDir, '.s.PGSQL.5432'));
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => cut(pair));
      socket.on('close', () => cut(pair));
    }
    near.on('data', (chunk) => {
      if (line.frozen) return;
      far.write(chunk);
      if (random() >= line.cutAfterRequest) return;
      afterRequest += 1;
      // Until the bytes have left, the request would be lost with its answer.
      near.destroy();
      far.end();
    });
    far.on('data', (chunk) => near.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(join(host, '.s.PGSQL.5432'), resolve));
  const line: BadLine = {
    host,
    cutAfterRequest: 0,
    frozen: false,
    cutOne() {
      const all = [...pairs];
      const pair = all[Math.floor(random() * all.length)];
      if (pair === undefined) return;
      anywhere += 1;
      cut(pair);
    },
    get cuts() {
      return { afterRequest, anywhere };
    },
    async close() {
      for (const pair of pairs) cut(pair);
      await new Promise((resolve) => server.close(resolve));
      await rm(host, { recursive: true, force: true });
    },
  };
  return line;
}
