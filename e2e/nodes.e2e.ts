import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../src/cli/replay.ts';
import type { ReplayReport } from '../src/cli/replay.ts';
import { startCluster } from '../src/testkit/cluster.ts';
import type { Cluster } from '../src/testkit/cluster.ts';
import { haveNginx, haveRedis } from '../src/testkit/have.ts';
import { latencies, metric, openScreen, post, readWholeLog, untilEqual, untilLive } from './fleet.ts';
import type { FleetScreen } from './fleet.ts';
import { STATIONS, burrito, placedOrders, realOrders } from './kitchen.ts';

const METRICS_TOKEN = 'a token for the metrics';
const canRun = haveNginx() !== undefined && haveRedis() !== undefined;
/** Of real minutes only where time is bought for it. */
const REDIS_AWAY_MS = Number(process.env['HEARD_REDIS_AWAY_MS'] ?? 6_000);

describe.skipIf(!canRun)('three nodes, PostgreSQL, Redis and nginx', () => {
  let cluster: Cluster;
  const screens: FleetScreen[] = [];
  const placed: ReplayReport['placed'] = [];
  let taken = 0;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3, env: { HEARD_METRICS_TOKEN: METRICS_TOKEN } });
    await cluster.addLocations([
      ['north', burrito],
      ['south', burrito],
      ['quiet', burrito],
    ]);
    for (const [index, node] of cluster.nodes.entries())
      for (const topic of ['kitchen', 'pos', 'floor'])
        screens.push(
          openScreen(cluster, { url: node.url, location: 'north', topic, client: `${topic}-${index}` }),
        );
    for (const station of STATIONS)
      screens.push(
        openScreen(cluster, {
          url: cluster.url,
          location: 'north',
          topic: `station:${station}`,
          role: 'kitchen',
          client: `station-${station}`,
        }),
      );
    screens.push(
      openScreen(cluster, { url: cluster.url, location: 'south', topic: 'kitchen', client: 'south' }),
    );
    await untilLive(screens);
  }, 180_000);

  afterAll(async () => {
    for (const { heard } of screens) heard.close();
    await cluster?.dispose();
  });

  /** So many orders to one location, at a pace, at one address or one after the other at several. */
  async function load(urls: readonly string[], count: number, perSecond: number): Promise<ReplayReport[]> {
    const token = await cluster.token('north', 'waiter');
    const share = Math.ceil(count / urls.length);
    const reports = await Promise.all(
      urls.map((url) => {
        const orders = Array.from({ length: share }, () => realOrders[taken++ % realOrders.length]).filter(
          (order) => order !== undefined,
        );
        return replay({ url, location: 'north', token, orders, perSecond: perSecond / urls.length });
      }),
    );
    placed.push(...reports.flatMap((report) => report.placed));
    return reports;
  }

  async function nothingLost(): Promise<void> {
    const events = await readWholeLog(cluster, 'north');
    const orders = placedOrders(events);
    expect(new Set(orders.map(({ order }) => order)).size).toBe(orders.length);
    expect(orders).toHaveLength(placed.length);
    const commandOf = new Map(orders.map(({ order, command }) => [order, command]));
    for (const { order, seq } of placed) expect(events[seq - 1]?.command).toBe(commandOf.get(order));
    const paper = events.filter(
      (event) => event.type === 'print.asked' || (event.type === 'ticket.unheard' && event.data.rung === 3),
    );
    expect(paper).toEqual([]);
  }

  it('[ND30] orders at any node reach the screens of all nodes, by the courtesy of the one that took them', async () => {
    const reports = await load(
      cluster.nodes.map(({ url }) => url),
      120,
      40,
    );
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    await untilEqual(cluster, screens, 20_000);
    await nothingLost();
    const applied = await Promise.all(
      cluster.nodes.map(({ url }) => metric(url, METRICS_TOKEN, 'heard_courtesy_applied')),
    );
    for (const count of applied) expect(count).toBeGreaterThan(10);
    const arrivals = screens
      .filter(({ location }) => location === 'north')
      .flatMap((screen) => screen.arrivals);
    const { n, p50, p99 } = latencies(arrivals.map(({ ms }) => ms));
    console.log(`across three nodes: ${n} arrivals, p50 ${p50} ms, p99 ${p99} ms`);
    expect(n).toBe(120 * 9);
  });

  it('[ND31] with Redis away under load nothing is lost: screens of other nodes hear a little later', async () => {
    const marks: number[] = [];
    const perSecond = 30;
    const urls = cluster.nodes.map(({ url }) => url);
    const seconds = (4_000 + REDIS_AWAY_MS + 4_000) / 1000;
    const loading = load(urls, Math.round(perSecond * seconds), perSecond);
    await sleep(4_000);
    marks.push(Date.now());
    const pid = cluster.redis.pid;
    await cluster.redis.stop();
    await expect
      .poll(async () => metric(urls[0] ?? '', METRICS_TOKEN, 'heard_redis_up'), { timeout: 5_000 })
      .toBe(0);
    for (const { url } of cluster.nodes) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await sleep(REDIS_AWAY_MS);
    marks.push(Date.now());
    await cluster.redis.start();
    expect(cluster.redis.pid).not.toBe(pid);
    const reports = await loading;
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    await untilEqual(cluster, screens, 20_000);
    await nothingLost();
    const [gone = 0, back = 0] = marks;
    const during = (from: number, to: number): number[] =>
      screens.flatMap(({ arrivals }) =>
        arrivals.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms),
      );
    const report = {
      before: latencies(during(gone - 4_000, gone)),
      away: latencies(during(gone, back)),
      after: latencies(during(back + 3_000, Number.POSITIVE_INFINITY)),
    };
    console.log(`Redis away for ${(back - gone) / 1000} s: ${JSON.stringify(report)}`);
    // 250 ms of polling, and what a busy machine adds.
    expect(report.away.p50).toBeLessThan(1_000);
  });

  it('[ND32] a rolling restart of all three under load leaves no gap, fails no command for good and prints nothing', async () => {
    const loading = load([cluster.url], 400, 25);
    for (const node of cluster.nodes) {
      const { pid } = node;
      expect(await node.end('SIGTERM', 40_000), node.output()).toBe(0);
      await node.start();
      expect(node.pid).not.toBe(pid);
      await sleep(1_000);
    }
    const reports = await loading;
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    await untilEqual(cluster, screens, 30_000);
    await nothingLost();
    for (const screen of screens)
      expect(new Set(screen.arrivals.map(({ order }) => order)).size).toBe(screen.arrivals.length);
  });

  it('[ND33] a location that nobody has open is woken by another node when its own dies, and its ladder is climbed once', async () => {
    const [first] = cluster.nodes;
    if (first === undefined) throw new Error('three nodes');
    const token = await cluster.token('quiet', 'waiter');
    const order = realOrders[0];
    if (order === undefined) throw new Error('an order');
    const report = await replay({ url: first.url, location: 'quiet', token, orders: [order], perSecond: 1 });
    expect(report.failed).toEqual([]);
    const { pid } = first;
    await first.end('SIGKILL', 5_000);
    expect(() => process.kill(pid, 0)).toThrow();
    const rungs = async (): Promise<string[]> =>
      (await readWholeLog(cluster, 'quiet')).flatMap((event) =>
        event.type === 'ticket.unheard'
          ? [`${event.data.ticket} ${event.data.episode} ${event.data.rung}`]
          : [],
      );
    await expect.poll(rungs, { timeout: 60_000, interval: 1_000 }).not.toEqual([]);
    await first.start();
    // All three have it in memory now, and all three would climb.
    for (const { url } of cluster.nodes)
      await fetch(`${url}/v1/locations/quiet/snapshot?topic=kitchen`, {
        headers: { authorization: `Bearer ${await cluster.token('quiet', 'manager')}` },
      }).then((response) => response.text());
    await sleep(20_000);
    const climbed = await rungs();
    expect(new Set(climbed).size).toBe(climbed.length);
    expect(climbed.length).toBeGreaterThanOrEqual(2);
  });

  it('[ND34] nothing of one location reaches another, on any node', async () => {
    const south = screens.find(({ location }) => location === 'south');
    expect(south?.heard.view('kitchen').get().entities['order']?.size ?? 0).toBe(0);
    expect(south?.arrivals).toEqual([]);
    const token = await cluster.token('south', 'waiter');
    for (const { url } of cluster.nodes) {
      const answer = await post(url, 'north', token, 'order.hold', { order: placed[0]?.order });
      expect(answer.status).toBe(404);
    }
    // Its own screen is proved alive now and then.
    const own = (await readWholeLog(cluster, 'south')).filter(({ type }) => type !== 'station.proved');
    expect(own.map(({ type }) => type)).toEqual(['location.configured']);
  });
});
