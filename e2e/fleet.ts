import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../src/domain/commands.ts';
import type { LoggedEvent } from '../src/domain/events.ts';
import { readEvent } from '../src/domain/events.ts';
import { viewHash } from '../src/domain/viewHash.ts';
import { createHeard } from '../src/sdk/client.ts';
import type { Heard, View } from '../src/sdk/shapes.ts';
import type { Cluster } from '../src/testkit/cluster.ts';
import type { Rebuilt } from './kitchen.ts';

/** Screens of several nodes, through the SDK as a page uses it, and what became of each order on its way to them. */
export type FleetScreen = {
  readonly heard: Heard;
  readonly location: string;
  readonly topic: string;
  readonly url: string;
  /** Milliseconds from the order's commit time to this screen, with the moment of arrival. */
  readonly arrivals: { at: number; ms: number; order: string }[];
  hash(): number;
};

export type FleetOptions = {
  readonly url: string;
  readonly location: string;
  readonly topic: string;
  readonly role?: Role;
  readonly client: string;
};

let opened = 0;

/** A screen that stays open over everything that happens; it paints what it gets, as a page in front would. */
export function openScreen(cluster: Pick<Cluster, 'token'>, options: FleetOptions): FleetScreen {
  const { url, location, topic, client, role = 'manager' } = options;
  opened += 1;
  const heard = createHeard({
    baseUrl: url,
    location,
    token: () => cluster.token(location, role, { sub: `screen:${client}` }),
    client: { id: client, app: 'fleet' },
    views: null,
  });
  const arrivals: FleetScreen['arrivals'] = [];
  const seen = new Set<string>();
  const view = heard.view(topic);
  let isFirst = true;
  const take = (): void => {
    const now = Date.now();
    const orders = view.get().entities['order'] ?? new Map();
    for (const order of orders.values()) {
      if (order.kind !== 'order' || seen.has(order.id)) continue;
      seen.add(order.id);
      if (!isFirst) arrivals.push({ at: now, ms: now - Date.parse(order.placedAt), order: order.id });
    }
    if (view.get().pos >= 0) isFirst = false;
  };
  view.subscribe(take);
  return { heard, location, topic, url, arrivals, hash: () => hashOf(view.get()) };
}

export function hashOf(view: View): number {
  return viewHash(Object.values(view.entities).flatMap((kind) => [...kind.values()]));
}

/** The p-th percentile (0 to 100) of numbers; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sortedValues = [...values].sort((a, b) => a - b);
  return (
    sortedValues[Math.min(sortedValues.length - 1, Math.floor((p / 100) * sortedValues.length))] ?? Number.NaN
  );
}

/** p50, p99 and the worst, in whole ms. */
export function latencies(values: readonly number[]): { n: number; p50: number; p99: number; max: number } {
  return {
    n: values.length,
    p50: Math.round(percentile(values, 50)),
    p99: Math.round(percentile(values, 99)),
    max: Math.round(Math.max(...values)),
  };
}

/** The whole log of a location from the database itself. Throws on a hole or an unknown event. */
export async function readWholeLog(
  cluster: Pick<Cluster, 'openLog'>,
  location: string,
): Promise<LoggedEvent[]> {
  const log = await cluster.openLog();
  try {
    const events: LoggedEvent[] = [];
    for (;;) {
      const tail = await log.readTail(location, events.length, 2_000);
      if (tail.length === 0) return events;
      for (const stored of tail) {
        const event = readEvent(stored);
        if (event === null || event.seq !== events.length + 1)
          throw new Error(`event ${stored.seq} (${stored.type}) is unknown or out of place`);
        events.push(event);
      }
    }
  } finally {
    await log.close();
  }
}

/** The topics from the log alone, by a process that never saw a server. */
export async function rebuildFrom(
  cluster: Cluster,
  location: string,
  topics: readonly string[],
): Promise<Rebuilt> {
  const entry = fileURLToPath(new URL('../src/testkit/rebuild.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [entry, cluster.env['DATABASE_URL'] ?? '', location, ...topics],
    { maxBuffer: 512 * 2 ** 20 },
  );
  const rebuilt: Rebuilt = JSON.parse(stdout);
  return rebuilt;
}

/** Waits until every screen hears its server. */
export async function untilLive(screens: readonly FleetScreen[], withinMs = 20_000): Promise<void> {
  for (const until = performance.now() + withinMs; ; await sleep(50)) {
    const waiting = screens.filter(({ heard }) => heard.connection.get().word !== 'live');
    if (waiting.length === 0) return;
    if (performance.now() > until)
      throw new Error(`not live: ${waiting.map(({ location, topic }) => `${location} ${topic}`).join(', ')}`);
  }
}

/** Waits until every screen equals the log as another process reads it; throws with those that do not. */
export async function untilEqual(
  cluster: Cluster,
  screens: readonly FleetScreen[],
  withinMs: number,
): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const wrong: string[] = [];
    for (const location of new Set(screens.map((screen) => screen.location))) {
      const here = screens.filter((screen) => screen.location === location);
      const rebuilt = await rebuildFrom(cluster, location, [...new Set(here.map(({ topic }) => topic))]);
      for (const screen of here)
        if (screen.hash() !== rebuilt.topics[screen.topic]?.hash)
          wrong.push(
            `${location} ${screen.topic} at ${screen.heard.view(screen.topic).get().pos} of ${rebuilt.head} (${screen.heard.connection.get().word})`,
          );
    }
    if (wrong.length === 0) return;
    if (performance.now() > until) throw new Error(`these screens differ from the log: ${wrong.join(', ')}`);
    await sleep(500);
  }
}

/** One command as a role; answers status and body. */
export async function post(
  url: string,
  location: string,
  token: string,
  name: string,
  input: unknown,
): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/v1/locations/${location}/commands/${name}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.text() };
}

/** A number of the node's own metrics; 0 when it is not there. */
export async function metric(url: string, token: string, name: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}
