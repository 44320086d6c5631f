import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { useTestDatabase } from '../../testkit/postgres.ts';
import { type FuzzReport, fuzzHook } from '../../testkit/hookFuzz.ts';
import { mutateJson } from '../../testkit/hookMutations.ts';
import { startHookHouse } from '../../testkit/hookHouse.ts';
import { createRandom } from '../../testkit/sim/random.ts';
import { signUber } from '../uber-eats/sim.ts';
import { uberEats } from '../uber-eats/uberEats.ts';
import { sampleBytes, samplesOf } from './samples.ts';

/**
 * The adapter of Uber Eats under fire from both sides: its webhooks changed where it hurts, and an API whose every order is
 * one of the samples, changed as well. Its looks are left out: the log is to move by deliveries alone.
 */
export async function fuzzUber(
  connections: ReturnType<ReturnType<typeof useTestDatabase>>,
  how: { readonly seed: number; readonly count: number },
): Promise<FuzzReport> {
  const random = createRandom(how.seed);
  const orders = samplesOf('uber-eats').filter((name) => name.startsWith('order-'));
  let count = 0;
  const api = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    const path = request.url ?? '';
    if (path.startsWith('/oauth/')) return void response.end('{"access_token":"t","expires_in":2592000}');
    if (request.method !== 'GET') return void response.end('{}');
    if (!path.includes('/order/')) return void response.end('{"status":"ONLINE"}');
    const sample = sampleBytes(`uber-eats/${random.pick(orders)}`);
    count += 1;
    response.end(random.chance(0.4) ? renamed(sample, count) : mutateJson(sample, random, count).raw);
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { look: _look, ...adapter } = uberEats;
  const house = await startHookHouse(connections, [adapter]);
  try {
    await house.addChannels('brasa', [{ id: 'uber', provider: 'uber-eats', store: 'store-1' }]);
    const link = await house.link(
      'brasa',
      'uber',
      { clientId: 'id', clientSecret: 'key' },
      { baseUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}` },
    );
    const samples = samplesOf('uber-eats')
      .filter((name) => name.startsWith('webhook-'))
      .map((name) => ({ name, raw: sampleBytes(`uber-eats/${name}`) }));
    // Most of what comes are orders.
    const often = samples.filter(({ name }) => name.includes('orders.notification'));
    return await fuzzHook(
      {
        house,
        location: 'brasa',
        link,
        samples: [...samples, ...often, ...often, ...often],
        sign: (raw) => signUber(raw, 'key'),
      },
      how,
    );
  } finally {
    await house.stop();
    api.closeAllConnections();
    await new Promise((resolve) => api.close(resolve));
  }
}

/** The sample as another order. */
function renamed(sample: Buffer, count: number): Buffer {
  const { order } = JSON.parse(sample.toString()) as { order: { id: string } };
  return Buffer.from(JSON.stringify({ order: { ...order, id: `${order.id}-${count}` } }));
}
