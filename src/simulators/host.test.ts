import { createServer, request as plainRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { kite } from '../integrations/testing/kite.ts';
import { kiteSim } from '../integrations/testing/kiteSim.ts';
import { answerDesk, findDesk } from './desk.ts';
import { createSimHost, type HostedSim, type SimChannel, type SimHost } from './host.ts';
import { NO_TROUBLE, type Trouble } from './trouble.ts';

const SECRETS = { signingKey: 'the signing key' };
const MENU = [
  { id: 'arepa', name: 'Arepa', price: 900, options: [] },
  { id: 'patacon', name: 'Patacón', price: 1_100, options: [] },
];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Taken = { id: string; type: string; order: string; name: string; ok: boolean };

/** A house that believes whoever signed rightly; `status` is what it answers then. */
async function house(port = 0): Promise<{ hook: string; taken: Taken[]; status: number; port: number }> {
  const at = { hook: '', taken: [] as Taken[], status: 200, port: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      if (raw.length === 0) return response.writeHead(404).end();
      const headers = { 'x-kite-signature': String(request.headers['x-kite-signature']) };
      const hook = { method: 'POST' as const, url: '', query: {}, headers, raw };
      const { ok } = kite.verify(hook, SECRETS, 0);
      const { id, type, order } = JSON.parse(raw.toString()) as {
        id: string;
        type: string;
        order: { id: string; items?: { name: string }[] };
      };
      at.taken.push({ id, type, order: order.id, name: order.items?.[0]?.name ?? '', ok });
      response.writeHead(ok ? at.status : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  at.port = (server.address() as AddressInfo).port;
  at.hook = `http://127.0.0.1:${at.port}/hooks/kite/x`;
  return at;
}

async function start(seed = 1): Promise<{ host: SimHost; origin: string; lines: string[] }> {
  const lines: string[] = [];
  const host = createSimHost({
    seed,
    now: () => Date.now(),
    say: (_path, text) => lines.push(text),
    report: (message, detail) => lines.push(`${message} ${JSON.stringify(detail)}`),
    desk: answerDesk,
  });
  const origin = await host.listen(0);
  closing.push(() => host.close());
  return { host, origin, lines };
}

const channel = (hook: string, more: Partial<SimChannel> = {}): SimChannel => ({
  path: 'brasa/kite',
  sim: kiteSim,
  hook,
  secrets: SECRETS,
  store: 'store-1',
  menu: () => MENU,
  retries: true,
  ...more,
});
const only = (trouble: Partial<Trouble>): Trouble => ({ ...NO_TROUBLE, ...trouble });

async function tellOrders(sim: HostedSim, ids: readonly string[]): Promise<void> {
  for (const id of ids) await sim.tell('order', { id });
  await sim.settle();
}
const post = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers, body: '{}' });

describe('the host of simulators', () => {
  it('[SI3] leads a call to its channel, and names the channels for any other path', async () => {
    const { hook } = await house();
    const { host, origin } = await start();
    const sim = host.add(channel(hook));
    host.add(channel(hook, { path: 'brasa/kite-two' }));
    await sim.tell('order', { id: 'K 1' });
    expect((await post(`${sim.baseUrl}/orders/K%201/ready`)).status).toBe(200);
    expect(sim.told()).toEqual([{ id: 'K 1', acts: ['ready'], state: 'ready', inTime: true }]);
    expect((await post(`${origin}/brasa/kite-two/orders/K%201/ready`)).status).toBe(404);
    const lost = await post(`${origin}/elsewhere`);
    expect(lost.status).toBe(404);
    expect(await lost.json()).toMatchObject({ here: ['/brasa/kite', '/brasa/kite-two'] });
    expect(() => host.add(channel(hook))).toThrow('already');
    const heir = host.add(channel(hook, { path: 'brasa/heir', isSuccessor: true }));
    expect((await post(`${heir.baseUrl}/orders/before/ready`)).status).toBe(200);
    expect((await fetch(`${heir.baseUrl}/orders/before`)).status).toBe(404);
    await expect(sim.tell('party')).rejects.toThrow('kite tells no story "party"; there are: order, cancel');
  });

  it('[SI4] tells the same again for the same seed, whatever else goes on', async () => {
    const trouble = only({ doubled: 0.3, forged: 0.3 });
    const evening = async (seed: number, others: boolean): Promise<unknown> => {
      const at = await house();
      const { host } = await start(seed);
      const sim = host.add(channel(at.hook, { trouble }));
      const beside = host.add(channel((await house()).hook, { path: 'brasa/other', trouble }));
      for (let told = 0; told < 12; told += 1) {
        if (others) await beside.tell('order');
        await sim.tell('order');
      }
      await sim.settle();
      const { sent, doubled, forged } = sim.counts.deliveries;
      return {
        orders: sim.told().map(({ id }) => id),
        names: at.taken.filter(({ ok }) => ok).length,
        sent,
        doubled,
        forged,
      };
    };
    const [first, again, other] = await Promise.all([evening(7, false), evening(7, true), evening(8, false)]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('[SI5] doubles, reorders, delays and forges, and lets each arrive', async () => {
    const at = await house();
    const { host } = await start();
    const sim = host.add(channel(at.hook, { trouble: only({ doubled: 1 }) }));
    await tellOrders(sim, ['A']);
    expect(at.taken.map(({ id }) => id)).toEqual(['order.created A', 'order.created A']);

    sim.meet(only({ reordered: 1 }));
    await sim.tell('order', { id: 'B' });
    expect(at.taken.filter(({ order }) => order === 'B')).toEqual([]);
    sim.meet(NO_TROUBLE);
    await sim.tell('order', { id: 'C' });
    await sim.settle();
    expect(at.taken.slice(2).map(({ order }) => order)).toEqual(['C', 'B']);

    sim.meet(only({ late: 1 }));
    await sim.tell('order', { id: 'L' });
    expect(at.taken).toHaveLength(4);
    await sim.settle();
    expect(at.taken[4]?.order).toBe('L');

    sim.meet(only({ forged: 1 }));
    await tellOrders(sim, ['D']);
    expect(at.taken.slice(5).map(({ order, ok }) => [order, ok])).toEqual([
      ['D', false],
      ['D', true],
    ]);
    expect(sim.counts.deliveries).toMatchObject({
      wanted: 5,
      sent: 7,
      doubled: 1,
      reordered: 1,
      late: 1,
      forged: 1,
      believed: 0,
      lost: 0,
      refused: 0,
      answers: { '200': 6, '401': 1 },
    });
  });

  it('[SI5] counts it when a forgery is believed', async () => {
    const server = createServer((_request, response) => response.writeHead(202).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
    const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { host } = await start();
    const sim = host.add(channel(hook, { trouble: only({ forged: 1 }) }));
    await sim.tell('order');
    expect(sim.counts.deliveries.believed).toBe(1);
  });

  it('[SI6] sends again while nobody is there, and once where the provider does so', async () => {
    const gone = await house();
    await closing.pop()?.();
    const { host } = await start();
    const patient = host.add(channel(gone.hook));
    const once = host.add(channel(gone.hook, { path: 'brasa/once', retries: false }));
    await once.tell('order');
    expect(once.counts.deliveries).toMatchObject({ sent: 1, lost: 1, answers: { none: 1 } });
    const told = patient.tell('order', { id: 'late' });
    await expect.poll(() => patient.counts.deliveries.retried).toBeGreaterThanOrEqual(1);
    const back = await house(gone.port);
    back.status = 503;
    await expect.poll(() => back.taken.length).toBe(1);
    back.status = 200;
    await told;
    expect(back.taken.map(({ order }) => order)).toEqual(['late', 'late']);
  });

  it('[SI7] answers with faults, breaks connections and keeps silent', async () => {
    const { hook } = await house();
    const { host } = await start();
    const sim = host.add(channel(hook));
    await sim.tell('order', { id: 'K1' });
    const ready = () => post(`${sim.baseUrl}/orders/K1/ready`);
    sim.meet(only({ tooMany: 1 }));
    const many = await ready();
    expect([many.status, many.headers.get('retry-after')]).toEqual([429, '1']);
    sim.meet(only({ broken: 1 }));
    const broken = new Set<number>();
    for (let tried = 0; tried < 12; tried += 1) broken.add((await ready()).status);
    expect(broken).toEqual(new Set([500, 503]));
    expect(sim.told()[0]?.acts).toEqual([]);
    sim.meet(only({ dropped: 1 }));
    for (let tried = 0; tried < 12; tried += 1) await expect(ready()).rejects.toThrow('fetch failed');
    // Some were done although the caller heard nothing of it.
    const done = sim.told()[0]?.acts.length ?? 0;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(12);
    sim.meet(only({ hung: 1 }));
    const hung = fetch(`${sim.baseUrl}/orders/K1/ready`, {
      method: 'POST',
      signal: AbortSignal.timeout(300),
    });
    await expect(hung).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(sim.counts.calls).toEqual({ calls: 26, tooMany: 1, broken: 12, hung: 1, dropped: 12, expired: 0 });
  });

  it('[SI8] ends a token that it gave out for good, and no other key', async () => {
    const { hook } = await house();
    const { host } = await start();
    const sim = host.add(channel(hook));
    await sim.tell('order', { id: 'K1' });
    const fetchToken = async (): Promise<string> =>
      ((await (await post(`${sim.baseUrl}/token`)).json()) as { access_token: string }).access_token;
    const ready = async (token: string): Promise<number> =>
      (await post(`${sim.baseUrl}/orders/K1/ready`, { authorization: `Bearer ${token}` })).status;
    const token = await fetchToken();
    expect(await ready(token)).toBe(200);
    sim.meet(only({ expired: 1 }));
    expect(await ready('a fixed key'.replaceAll(' ', '-'))).toBe(200);
    expect(await ready(token)).toBe(401);
    sim.meet(NO_TROUBLE);
    expect(await ready(token)).toBe(401);
    expect(await ready(await fetchToken())).toBe(200);
    expect(sim.counts.calls.expired).toBe(2);
  });

  it('[SI9] cuts stories short when it stops', async () => {
    const at = await house();
    const { host } = await start();
    const sim = host.add(channel(at.hook));
    const told = sim.tell('cancel', { id: 'K1' });
    await expect.poll(() => at.taken.length).toBe(1);
    const stopped = expect(told).rejects.toThrow('the simulators stopped');
    await host.close();
    await stopped;
    expect(at.taken.map(({ type }) => type)).toEqual(['order.created']);
  });

  it('[SI9] ends quietly in the middle of stories that nobody waits for', async () => {
    const loud: unknown[] = [];
    const hear = (error: unknown): void => void loud.push(error);
    process.on('unhandledRejection', hear);
    closing.push(async () => process.off('unhandledRejection', hear));
    const at = await house();
    const { host, lines } = await start();
    const sim = host.add(channel(at.hook));
    const far = (await findDesk(sim.baseUrl))?.tell('cancel', { id: 'far' }).catch(() => undefined);
    void sim.tell('cancel', { id: 'near' });
    await expect.poll(() => at.taken.length).toBe(2);
    await host.close();
    await far;
    // Node names what nobody took after the turn in which it was refused.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(loud).toEqual([]);
    expect(lines.filter((line) => line.includes('failed'))).toEqual([]);
  });

  it('[SI10] tells a story for another process, and not for a page of a browser', async () => {
    const at = await house();
    const { host, origin } = await start();
    const sim = host.add(channel(at.hook));
    const desk = await findDesk(sim.baseUrl);
    expect(desk?.stories).toEqual(['order', 'cancel']);
    expect(await desk?.tell('order', { id: 'far' })).toEqual({ id: 'far' });
    expect((await desk?.told())?.told).toMatchObject([{ id: 'far', state: 'offered' }]);
    expect((await desk?.said(0))?.map(({ text }) => text)[0]).toMatch(/^far /);
    await post(`${sim.baseUrl}/orders/far/ready`);
    expect((await desk?.said(1))?.map(({ text }) => text)).toEqual(['<- POST /orders/far/ready: 200']);
    await expect(desk?.tell('party', {})).rejects.toThrow('there are: order, cancel');
    expect(await findDesk(`${origin}/brasa/another`)).toBeNull();
    expect(await findDesk(`http://127.0.0.1:${at.port}/brasa/kite`)).toBeNull();

    const wish = { method: 'POST', body: JSON.stringify({ path: sim.path, story: 'order' }) };
    expect((await fetch(`${origin}/-/tell`, wish)).status).toBe(403);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      const asked = plainRequest(
        `${origin}/-/tell`,
        { method: 'POST', headers: { host: 'evil.example', 'x-heard-sim': '1' } },
        (response) => resolve(response.resume().statusCode),
      );
      asked.on('error', reject).end(wish.body);
    });
    expect(rebound).toBe(403);
    expect(sim.told()).toHaveLength(1);
  });
});
