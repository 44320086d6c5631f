import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../src/cli/replay.ts';
import type { Placed } from '../src/cli/replay.ts';
import { startCluster } from '../src/testkit/cluster.ts';
import type { Cluster } from '../src/testkit/cluster.ts';
import { haveNginx, haveRedis } from '../src/testkit/have.ts';
import { makeNetns } from '../src/testkit/netns.ts';
import { writeCampaign, writeNodeLogs } from './campaignReport.ts';
import type { CampaignReport, Happened } from './campaignReport.ts';
import { faultsOf } from './faults.ts';
import { latencies, readWholeLog, rebuildFrom } from './fleet.ts';
import { hire } from './hire.ts';
import type { Crew, CrewReport, Post, Transport } from './hire.ts';
import { STATIONS, burrito, placedOrders, realOrders } from './kitchen.ts';

/**
 * The real campaign: three nodes, PostgreSQL, Redis and nginx under load, screens on all four transports, and one thing
 * after the other going wrong. `HEARD_FAULTS` says how many (50), `HEARD_SEED` in which order and where.
 */

const FAULTS = Number(process.env['HEARD_FAULTS'] ?? 50);
const SEED = Number(process.env['HEARD_SEED'] ?? Date.now() % 1_000_000);
const PER_SECOND = Number(process.env['HEARD_ORDERS_PER_SECOND'] ?? 9);
const LOCATIONS = ['north', 'south', 'east'] as const;
const TRANSPORTS: readonly Transport[] = ['websocket', 'sse', 'long_poll', 'poll'];
const canRun = haveNginx() !== undefined && haveRedis() !== undefined;
const random = seeded(SEED);

describe.skipIf(!canRun)(`${FAULTS} faults under load (seed ${SEED})`, () => {
  const net = makeNetns();
  let cluster: Cluster;
  const crews: Crew[] = [];
  const placed = new Map<string, Placed[]>();
  const failed: string[] = [];
  const happened: Happened[] = [];
  const notes: string[] = [];
  let tries = 0;
  let minutes = 0;

  beforeAll(async () => {
    cluster = await startCluster({
      nodes: 3,
      env: { LOG_LEVEL: 'info' },
      ...(typeof net !== 'string' && { host: '0.0.0.0' }),
    });
    await cluster.addLocations(LOCATIONS.map((location) => [location, burrito] as const));
    const order = { secret: cluster.secret, url: cluster.url };
    crews.push(hire({ ...order, posts: [...postsOf('near'), ...cooks()] }));
    if (typeof net === 'string') crews.push(hire({ ...order, posts: postsOf('far') }));
    else
      crews.push(
        hire(
          { ...order, url: `http://${net.host}:${cluster.nginx.port}`, posts: postsOf('far') },
          net.within,
        ),
      );
  }, 240_000);

  afterAll(async () => {
    for (const crew of crews) await crew.leave();
    await cluster?.dispose();
    if (typeof net !== 'string') net.dispose();
  });

  it('[ND50] every fault left its trace, and at the end nothing is lost, doubled or out of order, and every screen equals the log', async () => {
    await allUp();
    const began = Date.now();
    let open = true;
    const loading = LOCATIONS.map((location) => load(location, () => open));
    const { faults, refused } = faultsOf(cluster, net, random);
    notes.push(...refused);
    let round: typeof faults = [];
    while (happened.length < FAULTS) {
      if (round.length === 0) round = shuffled(faults);
      const fault = round.pop();
      if (fault === undefined) break;
      tries += 1;
      const at = Date.now();
      try {
        const trace = await fault.happen();
        happened.push({ kind: fault.kind, at: at - began, ms: Date.now() - at, trace });
        console.log(`${happened.length}. ${fault.kind}: ${trace}`);
      } catch (error) {
        notes.push(`${fault.kind} did not count: ${String(error)}`);
        if (cluster.nodes.some((node) => !node.isRunning)) throw error;
      }
      expect(tries, notes.join('\n')).toBeLessThan(FAULTS * 2 + 10);
      await sleep(500 + random() * 2_500);
      for (const line of await stragglers()) console.log(`   ${line}`);
    }
    open = false;
    await Promise.all(loading);
    for (const crew of crews) crew.rest();
    minutes = (Date.now() - began) / 60_000;
    const screens = await untilAllEqual();
    notes.push(...screens.unequal.map((one) => `not equal: ${one}`));
    for (const { client, repaired } of screens.reports.flatMap((one) => one.screens))
      notes.push(...repaired.map((words) => `${client} repaired its copy: ${words}`));
    await writeNodeLogs(cluster);
    const report = await judge(screens);
    await writeCampaign(report);
    console.log(JSON.stringify({ ...report, happened: report.happened.length }, null, 1));
    expect(report.failed).toEqual([]);
    expect(report).toMatchObject({
      lost: 0,
      doubled: 0,
      misplaced: 0,
      unequal: 0,
      verified: LOCATIONS.length,
    });
    expect(report.faults).toEqual({ outOfOrder: 0, doubled: 0, fellBack: 0 });
    expect(report.repairs).toBe(0);
    expect(happened.length).toBeGreaterThanOrEqual(FAULTS);
  });

  /** Orders at a steady pace until nobody wants any more; what was begun is finished. */
  async function load(location: string, isOpen: () => boolean): Promise<void> {
    const token = await cluster.token(location, 'waiter', { ttlSeconds: 36_000 });
    const mine: Placed[] = [];
    placed.set(location, mine);
    const batches: Promise<void>[] = [];
    for (let from = 0; isOpen(); from += 10) {
      const orders = Array.from({ length: 10 }, (_, n) => realOrders[(from + n) % realOrders.length]).filter(
        (order) => order !== undefined,
      );
      const perSecond = PER_SECOND / LOCATIONS.length;
      batches.push(
        replay({ url: cluster.url, location, token, orders, perSecond, patienceMs: 180_000 }).then(
          (report) => {
            mine.push(...report.placed);
            failed.push(...report.failed.map(({ order, why }) => `${order}: ${why}`));
          },
        ),
      );
      await sleep(10_000 / perSecond);
    }
    await Promise.all(batches);
  }

  async function allUp(): Promise<void> {
    for (let tried = 0; ; tried += 1) {
      const reports = await Promise.all(crews.map((crew) => crew.report()));
      const wrong = reports.flatMap(({ screens }) =>
        screens.filter(({ via, transport, word }) => via !== transport || !/live|polling/.test(word)),
      );
      if (wrong.length === 0) return;
      if (tried > 60)
        throw new Error(`not up: ${wrong.map((one) => `${one.client} ${one.word} ${one.via}`).join(', ')}`);
      await sleep(1_000);
    }
  }

  /** Screens that have been away, or behind the others of their place, for longer than a reconnect takes. */
  async function stragglers(): Promise<string[]> {
    const screens = (await Promise.all(crews.map((crew) => crew.report()))).flatMap(
      (report) => report.screens,
    );
    return screens.flatMap(({ client, location, topic, transport, word, via, forMs, nextTryInMs, pos }) => {
      const furthest = Math.max(
        ...screens.flatMap((one) => (one.location === location && one.topic === topic ? one.pos : -1)),
      );
      const isAway = !/live|polling/.test(word) && forMs > 15_000;
      return isAway || furthest - pos > 100
        ? `${client} (${transport}) ${word} over ${via} for ${Math.round(forMs / 1000)} s, next try in ${nextTryInMs} ms, at ${pos} of ${furthest}`
        : [];
    });
  }

  /** Hash for hash with what another process makes of the log; answers the last reports, equal or not. */
  async function untilAllEqual(): Promise<{ reports: CrewReport[]; unequal: string[] }> {
    for (const until = Date.now() + 300_000; ; await sleep(1_000)) {
      const truth = new Map<string, Awaited<ReturnType<typeof rebuildFrom>>>();
      for (const location of LOCATIONS)
        truth.set(
          location,
          await rebuildFrom(cluster, location, [
            'kitchen',
            'pos',
            'floor',
            ...STATIONS.map((id) => `station:${id}`),
          ]),
        );
      const reports = await Promise.all(crews.map((crew) => crew.report(true)));
      const unequal = reports.flatMap(({ screens }) =>
        screens
          .filter((one) => one.hash !== truth.get(one.location)?.topics[one.topic]?.hash || one.pending > 0)
          .map(
            (one) =>
              `${one.client} (${one.transport}) at ${one.pos} of ${truth.get(one.location)?.head}, ${one.word} over ${one.via} for ${Math.round(one.forMs / 1000)} s, ${one.pending} commands pending`,
          ),
      );
      if (unequal.length === 0 || Date.now() > until) return { reports, unequal };
    }
  }

  async function judge({
    reports,
    unequal,
  }: {
    reports: CrewReport[];
    unequal: string[];
  }): Promise<CampaignReport> {
    let [lost, doubled, misplaced, events, verified] = [0, 0, 0, 0, 0];
    for (const location of LOCATIONS) {
      const log = await readWholeLog(cluster, location);
      events += log.length;
      const orders = placedOrders(log);
      const commandOf = new Map(orders.map(({ order, command }) => [order, command]));
      doubled +=
        orders.length - commandOf.size + (orders.length - new Set(orders.map(({ command }) => command)).size);
      for (const { order, seq } of placed.get(location) ?? []) {
        if (!commandOf.has(order)) lost += 1;
        else if (log[seq - 1]?.command !== commandOf.get(order)) misplaced += 1;
      }
      const said = await verify(location);
      notes.push(`heard verify ${location}: ${said.text.split('\n').slice(0, 4).join(' / ')}`);
      if (said.ok) verified += 1;
    }
    const screens = reports.flatMap((report) => report.screens);
    const arrivals = reports.flatMap((report) => report.arrivals);
    const sum = (read: (screen: (typeof screens)[number]) => number): number =>
      screens.reduce((total, screen) => total + read(screen), 0);
    const resets: Record<string, number> = {};
    for (const screen of screens)
      for (const [why, count] of Object.entries(screen.resets)) resets[why] = (resets[why] ?? 0) + count;
    const all = [...placed.values()].flat();
    return {
      seed: SEED,
      minutes: Math.round(minutes * 10) / 10,
      happened,
      tries,
      notes,
      orders: all.length,
      retried: all.filter(({ tries: count }) => count > 1).length,
      tickets: all.reduce((count, { tickets }) => count + tickets.length, 0),
      events,
      bumps: sum(({ bumped }) => bumped),
      screens: screens.length,
      reconnects: sum(({ reconnects }) => reconnects),
      repairs: sum(({ repairs }) => repairs),
      resets,
      faults: {
        outOfOrder: reports.reduce((count, { faults: { outOfOrder } }) => count + outOfOrder, 0),
        doubled: reports.reduce((count, { faults }) => count + faults.doubled, 0),
        fellBack: reports.reduce((count, { faults: { fellBack } }) => count + fellBack, 0),
      },
      failed,
      lost,
      doubled,
      misplaced,
      unequal: unequal.length,
      verified,
      latencies: Object.fromEntries(
        TRANSPORTS.map((via) => [
          via,
          latencies(arrivals.filter((one) => one.via === via).map(({ ms }) => ms)),
        ]),
      ),
    };
  }

  async function verify(location: string): Promise<{ ok: boolean; text: string }> {
    const entry = fileURLToPath(new URL('../src/cli/heard.ts', import.meta.url));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [entry, 'verify', '--location', location],
        {
          env: {
            ...process.env,
            ...cluster.env,
            HEARD_DATA_DIR: tmpdir(),
          },
          maxBuffer: 64 * 2 ** 20,
        },
      );
      return { ok: true, text: stdout };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      await writeFile(join(import.meta.dirname, `../bench/campaign-verify-${location}.log`), stdout + stderr);
      return { ok: false, text: `${stdout}${stderr}` };
    }
  }
});

/** Every topic of every location, the transports in turn. */
function postsOf(where: string): Post[] {
  const topics = ['kitchen', 'pos', 'floor', ...STATIONS.map((id) => `station:${id}`)];
  return LOCATIONS.flatMap((location, l) =>
    topics.map((topic, t) => ({
      client: `${where}-${location}-${topic.replace(':', '-')}`,
      location,
      topic,
      role: topic.startsWith('station:') ? ('kitchen' as const) : ('manager' as const),
      transport: TRANSPORTS[(l + t + (where === 'far' ? 2 : 0)) % TRANSPORTS.length] ?? 'websocket',
      cooks: false,
    })),
  );
}

function cooks(): Post[] {
  return LOCATIONS.flatMap((location) =>
    STATIONS.map((station) => ({
      client: `cook-${location}-${station}`,
      location,
      topic: `station:${station}`,
      role: 'kitchen' as const,
      transport: 'websocket' as const,
      cooks: true,
    })),
  );
}

function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
