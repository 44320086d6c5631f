import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { configOf, readRealOrders } from './realOrders.ts';
import { importMenu, replay } from './replay.ts';

type Request = { url: string; key: string; order: string; at: number };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers each request as told: a status, or nothing at all. */
async function serve(
  answer: (request: Request, nth: number) => number | 'hang up',
): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const made = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      const { order }: { order?: { id: string } } = JSON.parse(body);
      const request = {
        url: incoming.url ?? '',
        key: String(incoming.headers['idempotency-key']),
        order: order?.id ?? '',
        at: performance.now(),
      };
      requests.push(request);
      const status = answer(request, requests.filter(({ key }) => key === request.key).length);
      if (status === 'hang up') incoming.socket.destroy();
      else
        response.writeHead(status).end(
          status === 200
            ? JSON.stringify({
                seq: 7,
                replayed: false,
                result: { tickets: [{ id: 't', station: 'grill' }] },
              })
            : '{"code":"x"}',
        );
    });
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

const orders = readRealOrders().slice(0, 20);
const rest = { location: 'burrito', token: 'a.b.c', orders, perSecond: 200 };

describe('replaying orders', () => {
  it('[B4] an order that was not answered, or answered 503, comes again with the same ids', async () => {
    const { url, requests } = await serve((_, nth) => (nth === 1 ? 'hang up' : nth === 2 ? 503 : 200));
    const report = await replay({ ...rest, url });
    expect(report.failed).toEqual([]);
    expect(report.placed.map(({ tries }) => tries)).toEqual(Array.from({ length: 20 }, () => 3));
    expect(requests).toHaveLength(60);
    for (const key of new Set(requests.map((request) => request.key)))
      expect(new Set(requests.filter((request) => request.key === key).map(({ order }) => order)).size).toBe(
        1,
      );
    expect(new Set(requests.map((request) => request.key)).size).toBe(20);
  });

  it('a refused order is not sent again', async () => {
    const { url, requests } = await serve(() => 422);
    const report = await replay({ ...rest, url });
    expect(requests).toHaveLength(20);
    expect(report.placed).toEqual([]);
    expect(report.failed[0]?.why).toBe('422 {"code":"x"}');
  });

  it('keeps the pace and gives up when its patience ends', async () => {
    const { url, requests } = await serve(() => 200);
    await replay({ ...rest, url, perSecond: 100 });
    const times = requests.map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(150);
    server?.closeAllConnections();
    server?.close();
    const report = await replay({ ...rest, url, orders: orders.slice(0, 1), patienceMs: 100 });
    expect(report.failed).toMatchObject([{ why: expect.stringMatching(/ECONNREFUSED/) }]);
  });

  it('a menu that is refused is an error with the problem in it', async () => {
    const { url } = await serve(() => 403);
    await expect(importMenu({ url, location: 'x', token: 'a.b.c' }, configOf(orders))).rejects.toThrow(/403/);
  });
});
