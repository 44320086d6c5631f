import { setTimeout as sleep } from 'node:timers/promises';
import type { Cpu, Running } from '../contender.ts';
import { percentile } from '../stats.ts';
import { STATIONS_WATCHED, createWorkload } from '../workload.ts';
import type { Prepared } from '../workload.ts';
import { HttpConnection } from './httpConnection.ts';
import { Ledger } from './ledger.ts';
import type { Verdict } from './ledger.ts';

/** `clients` that each send the next order when the last one is answered, or `perSecond` orders at even intervals. */
export type Load = { kind: 'closed'; clients: number } | { kind: 'fixed'; perSecond: number };

export type PhaseOptions = { load: Load; locations: readonly string[]; warmUpMs: number; measureMs: number };

export type PhaseResult = {
  /** Acknowledged in the measured time. */
  ordersPerSecond: number;
  /** Milliseconds from the request's start (fixed rate: from the time it should have started). */
  answerMs: { p50: number; p99: number };
  screensMs: { p50: number; p99: number };
  verdict: Verdict & { stored: number };
  /** CPU milliseconds an order in the measured time. */
  cpuPerOrder: Cpu & { load: number };
  /** First few answers that were not 200. */
  problems: string[];
};

/** A fixed rate leaves by any free connection; more than these at once wait, and the wait counts. */
const FIXED_CONNECTIONS = 256;
const DRAIN_MS = 20_000;

/** Opens the screens, loads the server, waits until everything has arrived, and counts. */
export async function runPhase(running: Running, options: PhaseOptions): Promise<PhaseResult> {
  const { load, locations, warmUpMs, measureMs } = options;
  const ledger = new Ledger();
  const screens = await Promise.all(
    locations.flatMap((location) =>
      STATIONS_WATCHED.map((station) => running.openScreen(location, station, ledger)),
    ),
  );
  const perSecond = load.kind === 'fixed' ? load.perSecond : 3000;
  const next = createWorkload(locations, Math.ceil((perSecond * (warmUpMs + measureMs)) / 1000));
  const connections = await Promise.all(
    Array.from({ length: load.kind === 'closed' ? load.clients : FIXED_CONNECTIONS }, () =>
      HttpConnection.open(running.port),
    ),
  );
  const problems: string[] = [];

  const place = async (connection: HttpConnection, order: Prepared, from: number): Promise<boolean> => {
    ledger.sent(order.id, order.location, order.stations, from);
    try {
      const reply = await connection.send(running.request(order.location, order.body));
      if (reply.status === 200) {
        ledger.acknowledged(order.id);
        return true;
      }
      if (problems.length < 3) problems.push(`${reply.status} ${reply.body.slice(0, 300)}`);
    } catch (error) {
      if (problems.length < 3) problems.push(String(error));
    }
    ledger.failed(order.id);
    return false;
  };

  const begin = performance.now() + warmUpMs;
  const end = begin + measureMs;
  const cpu = measureCpu(running, warmUpMs, measureMs);
  // It is awaited below; a failure meanwhile must not end the process before the servers are stopped.
  cpu.catch(() => undefined);
  if (load.kind === 'closed')
    await Promise.all(connections.map((connection) => closedLoop(connection, next, place, end)));
  else await fixedRate(connections, next, place, load.perSecond, end);
  const used = await cpu;

  const giveUp = performance.now() + DRAIN_MS;
  while (ledger.open > 0 && performance.now() < giveUp) await sleep(10);
  // What comes twice comes a little later.
  await sleep(300);
  if (ledger.broken !== null) throw new Error(ledger.broken);
  for (const connection of connections) connection.close();
  for (const screen of screens) screen.close();

  const orders = ledger.acknowledgedIn(begin, end);
  const { answer, screens: toScreens } = ledger.latencies(begin, end);
  const perOrder = (seconds: number): number => (seconds * 1000) / Math.max(1, orders);
  return {
    ordersPerSecond: orders / (measureMs / 1000),
    answerMs: { p50: percentile(answer, 0.5), p99: percentile(answer, 0.99) },
    screensMs: { p50: percentile(toScreens, 0.5), p99: percentile(toScreens, 0.99) },
    verdict: { ...ledger.verdict(), stored: await running.storedOrders(locations) },
    cpuPerOrder: {
      server: perOrder(used.server),
      database: perOrder(used.database),
      rest: perOrder(used.rest),
      load: perOrder(used.load),
    },
    problems,
  };
}

type Place = (connection: HttpConnection, order: Prepared, from: number) => Promise<boolean>;

async function closedLoop(
  connection: HttpConnection,
  next: () => Prepared,
  place: Place,
  end: number,
): Promise<void> {
  for (;;) {
    const now = performance.now();
    if (now >= end) return;
    // A refused client breathes, so that a broken server is not hammered for nothing.
    if (!(await place(connection, next(), now))) await sleep(50);
  }
}

async function fixedRate(
  connections: readonly HttpConnection[],
  next: () => Prepared,
  place: Place,
  perSecond: number,
  end: number,
): Promise<void> {
  const free = [...connections];
  const waiting: { order: Prepared; from: number }[] = [];
  const pending = new Set<Promise<void>>();
  const leave = (connection: HttpConnection, order: Prepared, from: number): void => {
    const done = place(connection, order, from).then(() => {
      pending.delete(done);
      const first = waiting.shift();
      if (first) leave(connection, first.order, first.from);
      else free.push(connection);
    });
    pending.add(done);
  };
  const started = performance.now();
  for (let sent = 0; ;) {
    const now = performance.now();
    if (now >= end) break;
    for (const dueBy = ((now - started) * perSecond) / 1000; sent < dueBy; sent += 1) {
      const from = started + (sent * 1000) / perSecond;
      const connection = free.pop();
      if (connection) leave(connection, next(), from);
      else waiting.push({ order: next(), from });
    }
    await sleep(1);
  }
  while (pending.size > 0) await Promise.all(pending);
}

async function measureCpu(
  running: Running,
  warmUpMs: number,
  measureMs: number,
): Promise<Cpu & { load: number }> {
  await sleep(warmUpMs);
  const own = process.cpuUsage();
  const before = await running.cpu();
  await sleep(measureMs);
  const after = await running.cpu();
  const { user, system } = process.cpuUsage(own);
  return {
    server: after.server - before.server,
    database: after.database - before.database,
    rest: after.rest - before.rest,
    load: (user + system) / 1_000_000,
  };
}
