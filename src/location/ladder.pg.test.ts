import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { House } from '../domain/policies.ts';
import { safePlace } from '../testkit/kitchen.ts';
import { toInstant } from '../domain/text.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { houseRules } from './houseRules.ts';
import { command, furnish, newId, openNode, orderCommand, perform } from './testing/node.ts';
import type { Node } from './testing/node.ts';

/** The ladder under the real log: woken by its deadline, seeing what no event tells, and refused without an end. */

const database = useTestDatabase();
let admin: pg.Pool;
let count = 0;

beforeAll(() => {
  admin = new pg.Pool({ ...database().superuser, max: 1 });
});
afterAll(async () => {
  await admin.end();
});

/** A location with backups and printers, known to one node. */
async function place(node: Node): Promise<string> {
  const location = `l${(count += 1)}`;
  await furnish(node, location);
  await perform(node, location, command('location.configure', { config: safePlace }), {
    id: 'cli:owner',
    role: 'owner',
  });
  return location;
}

async function logged(location: string, type: string): Promise<Record<string, unknown>[]> {
  const { rows } = await admin.query<{ data: Record<string, unknown> }>(
    `select data from events where location_id = $1 and type = $2 order by seq`,
    [location, type],
  );
  return rows.map(({ data }) => data);
}

const rungs = async (location: string) => (await logged(location, 'ticket.unheard')).map(({ rung }) => rung);

describe('the ladder under the log', () => {
  test('[UL23] a ticket of a location that is in no memory climbs; two nodes that wake it climb each rung once', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const first = await openNode(database().heardLog, { clock });
    const location = await place(first);
    await perform(first, location, orderCommand());
    await first.stop();
    const nodes = [
      await openNode(database().heardLog, { clock }),
      await openNode(database().heardLog, { clock }),
    ];
    for (const { locations } of nodes) locations.start();
    now += 9_500;
    await expect.poll(() => rungs(location), { timeout: 10_000 }).toEqual([1, 1]);
    now += 21_000;
    await expect.poll(() => rungs(location), { timeout: 10_000 }).toEqual([1, 1, 4, 4]);
    await sleep(1_500);
    expect(await rungs(location)).toEqual([1, 1, 4, 4]);
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test('[UL24] a station that loses its screens after the fire is noticed within a second or so', async () => {
    const gone = new Map<string, string>();
    const house = (): House => ({
      readyAt: '2026-01-01T00:00:00.000Z',
      goneSince: (station) => gone.get(station) ?? null,
    });
    const node = await openNode(database().heardLog, { house });
    node.locations.start();
    const location = await place(node);
    await perform(node, location, orderCommand());
    await sleep(300);
    expect(await rungs(location)).toEqual([]);
    gone.set('grill', '2026-01-01T00:00:00.000Z');
    await expect.poll(() => rungs(location), { timeout: 2_500 }).toEqual([2, 3]);
    expect(await logged(location, 'ticket.unheard')).toMatchObject([
      { station: 'grill', to: 'fryer', deaf: true },
      { printer: 'hot', copy: 1 },
    ]);
    expect((await logged(location, 'station.proved')).length).toBeLessThanOrEqual(4);
    await node.stop();
  });

  test('[UL25] what is refused is written down once with its next try, which another node keeps to', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    // The mailbox decides a refusal twice, to be sure of its state: counted once.
    const tried = new Set<string>();
    let location = '';
    const rules: typeof houseRules = {
      ...houseRules,
      decide(state, one, context) {
        if (one.name !== 'ticket.escalate') return houseRules.decide(state, one, context);
        if (state.id === location) tried.add(`${one.id} ${now}`);
        return { ok: false, refusal: { code: 'conflict', detail: 'not today' } };
      },
    };
    const node = await openNode(database().heardLog, { clock, rules });
    node.locations.start();
    location = await place(node);
    await perform(node, location, orderCommand());
    const start = now;
    now += 9_000;
    // Two tickets, two nudges.
    const refused = () => logged(location, 'policy.refused');
    await expect.poll(async () => (await refused()).length, { timeout: 5_000 }).toBe(2);
    await sleep(1_500);
    expect(await refused()).toHaveLength(2);
    expect(tried.size).toBe(2);
    await node.stop();
    const other = await openNode(database().heardLog, { clock, rules });
    other.locations.start();
    await other.locations.open(location);
    await sleep(1_500);
    expect(tried.size).toBe(2);
    now = start + 29_000;
    await sleep(1_200);
    expect(tried.size).toBe(2);
    now = start + 39_500;
    // The nudges again, and the pass for the first time.
    await expect.poll(async () => (await refused()).length, { timeout: 5_000 }).toBe(6);
    expect(tried.size).toBe(6);
    await other.stop();
  });

  test('[UL40] the canaries of a busy location come each minute, between its commits', async () => {
    let now = Date.now();
    const house = (): House => ({ readyAt: '2026-01-01T00:00:00.000Z', goneSince: () => null });
    const node = await openNode(database().heardLog, { clock: { now: () => now }, house });
    node.locations.start();
    const location = await place(node);
    const minutes = async () => (await logged(location, 'station.proved')).map(({ minute }) => minute);
    for (let minute = 1; minute <= 3; minute += 1) {
      now += 60_000;
      // Each commit plans the next look anew; none of them may put the canaries off.
      for (const name of ['menu.soldOut', 'menu.restore', 'menu.soldOut', 'menu.restore'] as const) {
        await perform(node, location, command(name, { item: 'lemonade' }));
        await sleep(40);
      }
      await expect.poll(async () => new Set(await minutes()).size, { timeout: 3_000 }).toBe(minute);
    }
    expect(await minutes()).toHaveLength(9);
    await node.stop();
  });

  test('[UL45] a ticket that was left standing keeps no location in memory, and puts off nothing that is held', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const house = (): House => ({
      readyAt: '2026-01-01T00:00:00.000Z',
      goneSince: () => toInstant(now - 6_000),
    });
    const node = await openNode(database().heardLog, { clock, house, coldAfter: 200 });
    const location = await place(node);
    await perform(node, location, orderCommand());
    const held = newId();
    const item = newId();
    const items = [{ id: item, menuItem: 'lemonade', qty: 1, hold: true }];
    await perform(node, location, command('order.place', { order: { id: held, type: 'counter', items } }));
    const at = new Date(now + 3 * 3_600_000).toISOString();
    await perform(node, location, command('order.hold', { order: held, items: [item], at }));
    now += 2 * 3_600_000;
    node.locations.start();
    await expect.poll(() => node.locations.peek(location) === null, { timeout: 8_000 }).toBe(true);
    const deadline = async () => {
      const { rows } = await admin.query<{ at: Date }>(
        'select next_deadline at from locations where id = $1',
        [location],
      );
      return (rows[0]?.at.getTime() ?? 0) - now;
    };
    // Two hours of waiting: again in twelve minutes, until the hold is nearer than that.
    await expect.poll(deadline, { timeout: 5_000 }).toBeGreaterThan(600_000);
    expect(await deadline()).toBeLessThan(800_000);
    now += 3_600_000;
    await expect
      .poll(async () => (await logged(location, 'ticket.fired')).length, { timeout: 8_000 })
      .toBe(3);
    await node.stop();
  });
});
