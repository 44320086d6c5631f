import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { readDemo } from '../src/cli/demoHouse.ts';
import { linkToSimulator, placesOf } from '../src/cli/simLinks.ts';
import { withWorkshop } from '../src/cli/workshop.ts';
import { channelConfig } from '../src/domain/channel/config.ts';
import type { LoggedEvent } from '../src/domain/events.ts';
import { PROVIDERS } from '../src/integrations/providers.ts';
import type { SimTold } from '../src/integrations/simulation.ts';
import { SIMS } from '../src/integrations/sims.ts';
import { createHeard } from '../src/sdk/client.ts';
import type { Heard } from '../src/sdk/shapes.ts';
import { createChance } from '../src/simulators/chance.ts';
import { dishesOf } from '../src/simulators/dishes.ts';
import { createSimHost, type HostedSim } from '../src/simulators/host.ts';
import { apiTrouble } from '../src/simulators/trouble.ts';
import { type TestServer, startServer } from '../src/testkit/server.ts';
import { readWholeLog } from './fleet.ts';

/**
 * An evening at the doors: guests of Uber Eats and DoorDash order from one kitchen, and everything between the platforms
 * and the house goes wrong in turn. The screens are the SDK as a page uses it; a cook bumps what has been painted.
 */

const LOCATION = 'cafe';
const COOKING_MS = 4_000;
const PER_SECOND = 5;
const DOORS = ['uber-eats', 'doordash'] as const;

type DoorEvening = {
  readonly server: TestServer;
  readonly sims: readonly HostedSim[];
  /** Orders that guests or platforms take back, by the platform's id. */
  readonly cancelled: Set<string>;
  /** Begins `count` stories, some a second; each goes on by itself. */
  order(count: number): Promise<void>;
  /** Resolves when every order is where it should be, or fails with those that are not. */
  settle(withinMs: number): Promise<void>;
  log(): Promise<LoggedEvent[]>;
  close(): Promise<void>;
};

/**
 * What the platform should have heard: a yes and then that the food is ready, unless it was taken back. A call that was
 * carried out though its answer was lost is made again, so the same may be said twice, one after the other.
 */
function isDone(told: SimTold, cancelled: boolean): boolean {
  if (cancelled) return !['OFFERED', 'new'].includes(told.state);
  return told.acts.filter((act, at) => act !== told.acts[at - 1]).join() === 'accept,ready';
}

async function openDoorEvening(seed: number): Promise<DoorEvening> {
  const server = await startServer({ env: { LOG_LEVEL: 'warn' } });
  const config = (await readDemo())[0]?.locations[0]?.config;
  if (config === undefined) throw new Error('the demo has no location');
  const channels = DOORS.map((id) =>
    channelConfig.parse({ id, provider: id, name: id, store: `store-${id}` }),
  );
  await server.addLocations([[LOCATION, { ...config, channels }]]);
  const host = createSimHost({
    seed,
    now: () => Date.now(),
    say: () => undefined,
    report: (message, detail) => console.error(message, detail),
  });
  const origin = await host.listen(0);
  const env = { HEARD_DATA_DIR: server.dataDir, HEARD_SECRET: server.secret, PORT: String(server.port) };
  const quiet = { env, out: () => undefined, say: () => undefined };
  const trouble = {
    ...apiTrouble(0.1),
    doubled: 0.2,
    reordered: 0.1,
    late: 0.02,
    forged: 0.05,
  };
  const sims = await withWorkshop(quiet, async (shop) => {
    const made: HostedSim[] = [];
    for (const id of DOORS) {
      const provider = PROVIDERS.find((one) => one.id === id);
      const sim = SIMS.find((one) => one.provider === id);
      const [place] = await placesOf(shop, id, {});
      if (!provider || !sim || !place) throw new Error(`there is no ${id}`);
      const link = await linkToSimulator(shop.accounts.channelLinks, place, { provider, sim, origin });
      const hook = `${server.url}/hooks/${id}/${link.address ?? ''}`;
      const store = place.channel.store ?? '';
      const menu = dishesOf(place.config);
      const path = `${LOCATION}/${id}`;
      made.push(
        host.add({ path, sim, hook, secrets: link.secrets, store, menu: () => menu, retries: true, trouble }),
      );
    }
    return made;
  });
  const screens = config.stations.map(({ id }) => openStation(server, id));
  const chance = createChance(seed);
  const cancelled = new Set<string>();
  const stories: Promise<unknown>[] = [];

  function tell(sim: HostedSim): void {
    // One in twenty is taken back, half of them after the kitchen said yes.
    const draw = chance.next();
    const story =
      draw < 0.025 ? 'cancel' : draw < 0.05 ? 'cancelAfterStart' : draw < 0.25 ? 'courier' : 'order';
    stories.push(
      sim.tell(story, { seconds: '1', pauseMs: '1000', untilReady: 'yes' }).then(
        ({ id }) => {
          if (story.startsWith('cancel')) cancelled.add(id);
        },
        // Cut short by the end, when something else has failed already.
        () => undefined,
      ),
    );
  }
  const open = (): string[] =>
    sims.flatMap((sim) =>
      sim
        .told()
        .filter((told) => !isDone(told, cancelled.has(told.id)))
        .map(({ id, state, acts }) => `${sim.path} ${id} ${state} [${acts.join()}]`),
    );

  return {
    server,
    sims,
    cancelled,
    async order(count) {
      for (let n = 0; n < count; n += 1) {
        const sim = sims[n % sims.length];
        if (sim !== undefined) tell(sim);
        await sleep(1_000 / PER_SECOND);
      }
    },
    async settle(withinMs) {
      const giveUp = performance.now() + withinMs;
      let isTold = false;
      void Promise.all(stories).then(() => (isTold = true));
      while (!isTold || open().length > 0) {
        if (performance.now() > giveUp)
          throw new Error(
            `${open().length} are not done, stories ${isTold ? 'over' : 'not over'}:\n${open().join('\n')}`,
          );
        await sleep(250);
      }
      await Promise.all(sims.map((sim) => sim.settle()));
    },
    log: () => readWholeLog(server, LOCATION),
    async close() {
      for (const screen of screens) screen.close();
      await host.close();
      await server.dispose();
    },
  };
}

/** A station's screen: paints what comes, and a cook who bumps each ticket some seconds after it appeared. */
function openStation(server: TestServer, station: string): { close(): void } {
  const topic = `station:${station}`;
  const heard: Heard = createHeard({
    baseUrl: server.url,
    location: LOCATION,
    token: () => server.token(LOCATION, 'kitchen', { sub: `screen:${station}` }),
    client: { id: `screen-${station}`, app: 'doors', screen: station },
    views: null,
  });
  const view = heard.view(topic);
  view.subscribe(() => {
    const { cursor } = view.get();
    if (cursor !== null) heard.painted(topic, cursor, { visible: true, audio: 'running' });
  });
  const since = new Map<string, number>();
  const cook = setInterval(() => {
    for (const ticket of view.get().entities.ticket.values()) {
      if (ticket.status !== 'new' && ticket.status !== 'cooking') continue;
      const seen = since.get(ticket.id) ?? Date.now();
      since.set(ticket.id, seen);
      if (Date.now() - seen < COOKING_MS) continue;
      // The next try is a while away: a refusal has its reason.
      since.set(ticket.id, Date.now());
      void heard.command('ticket.bump', { ticket: ticket.id });
    }
  }, 500);
  return {
    close() {
      clearInterval(cook);
      heard.close();
    },
  };
}

/** Sends `orders`, kills the server with kill -9 in the middle, and looks what became of each. Prints the counts. */
export async function proveDoors(orders: number, seed: number, withinMs: number): Promise<void> {
  const evening = await openDoorEvening(seed);
  try {
    const started = performance.now();
    const before = Math.floor(orders / 2);
    await evening.order(before);
    await evening.server.kill9();
    // The platforms go on meanwhile.
    await Promise.all([evening.order(orders - before), evening.server.restart()]);
    await evening.settle(withinMs);

    const told = evening.sims.flatMap((sim) => sim.told());
    const log = await evening.log();
    const theirs = new Map(
      log.flatMap((event) =>
        event.type === 'channel.received' ? [[event.data.order, event.data.externalId] as const] : [],
      ),
    );
    const received = log.flatMap((event) =>
      event.type === 'channel.received' ? [event.data.externalId] : [],
    );
    const asked = log.filter(({ type }) => type === 'channel.asked').length;
    const refused = log.flatMap((event) =>
      event.type === 'channel.refused' ? [theirs.get(event.data.order) ?? ''] : [],
    );
    console.log(
      `${told.length} orders, ${received.length} in the kitchen, ${evening.cancelled.size} taken back; ${asked} things asked of platforms, ${refused.length} refused; ${log.length} events in ${Math.round((performance.now() - started) / 1_000)} s`,
    );
    for (const { path, counts } of evening.sims) console.log(path, JSON.stringify(counts));

    expect(told).toHaveLength(orders);
    // What was taken back before the house had looked at it need not reach the kitchen; all else does, and nothing twice.
    const due = told.filter(({ id }) => !evening.cancelled.has(id) || received.includes(id));
    expect(received.toSorted()).toEqual(due.map(({ id }) => id).toSorted());
    expect(told.filter(({ inTime }) => !inTime)).toEqual([]);
    // What a platform took back may be refused to whoever has not heard of it yet, and nothing else.
    expect(refused.filter((id) => !evening.cancelled.has(id))).toEqual([]);
    for (const { counts } of evening.sims) {
      expect(counts.deliveries).toMatchObject({ believed: 0, lost: 0, refused: 0 });
      expect(counts.deliveries.doubled).toBeGreaterThan(0);
      expect(counts.deliveries.retried).toBeGreaterThan(0);
    }
    const heard = fileURLToPath(new URL('../src/cli/heard.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [heard, 'verify', '--location', LOCATION],
      {
        env: {
          PATH: process.env['PATH'],
          TMPDIR: process.env['TMPDIR'],
          HEARD_DATA_DIR: evening.server.dataDir,
          HEARD_SECRET: evening.server.secret,
        },
        // It ends with 1 when something was lost or left unheard: what it printed says what.
      },
    ).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toContain('KEPT: nothing was lost');
    expect(stdout).not.toContain('NOT KEPT');
  } finally {
    await evening.close();
  }
}
