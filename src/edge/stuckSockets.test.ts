import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { cutStuckSockets } from './stuckSockets.ts';

test('[H104] an answer that nobody fetches is cut, a slow one that moves is not', async () => {
  const body = Buffer.alloc(16 * 1024 * 1024, 'x');
  const server = createServer((_request, response) => response.end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let cuts = 0;
  const stop = cutStuckSockets(server, { stuckMs: 600, onCut: () => (cuts += 1) });
  const ask = (): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    return socket;
  };
  try {
    const stuck = ask().pause();
    const slow = ask().pause();
    let got = 0;
    const sips = setInterval(() => {
      for (let index = 0; index < 4; index += 1) got += (slow.read() as Buffer | null)?.length ?? 0;
    }, 10);
    await expect.poll(() => cuts, { timeout: 5_000 }).toBe(1);
    await expect.poll(() => got, { timeout: 10_000 }).toBeGreaterThan(body.length);
    clearInterval(sips);
    expect(cuts).toBe(1);
    stuck.destroy();
    slow.destroy();
  } finally {
    stop();
    server.closeAllConnections();
    server.close();
  }
});
