import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cook, luis } from '../testkit/kitchen.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { openBadLine } from '../testkit/unix-proxy.ts';
import { houseRules } from './houseRules.ts';
import { command, furnish, newId, openNode, orderCommand, perform, submit } from './testing/node.ts';
import type { Node } from './testing/node.ts';
import type { Log } from '../log/types.ts';

const database = useTestDatabase();
let a: Node;
let b: Node;
let admin: pg.Pool;
let count = 0;

beforeAll(async () => {
  a = await openNode(database().heardLog);
  b = await openNode(database().heardLog);
  admin = new pg.Pool({ ...database().superuser, max: 1 });
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await admin.end();
});

async function place(): Promise<string> {
  const location = `m${(count += 1)}`;
  await furnish(a, location);
  return location;
}

/** What the database itself says: dense, and how many orders and commands it has. */
async function audit(
  location: string,
): Promise<{ dense: boolean; head: number; orders: number; ordersTwice: number; commands: number }> {
  const { rows } = await admin.query<{
    n: string;
    max: string;
    head: string;
    orders: string;
    distinct: string;
    commands: string;
  }>(
    `select count(*) n, coalesce(max(seq), 0) max, (select head from locations where id = $1) head,
       count(*) filter (where type = 'order.placed') orders,
       count(distinct data->'order'->>'id') filter (where type = 'order.placed') distinct,
       (select count(*) from commands where location_id = $1) commands
     from events where location_id = $1`,
    [location],
  );
  const row = rows[0];
  const [n, max, head, orders, distinct, commands] = [
    row?.n,
    row?.max,
    row?.head,
    row?.orders,
    row?.distinct,
    row?.commands,
  ].map(Number);
  return {
    dense: n === max && max === head,
    head: head ?? 0,
    orders: orders ?? 0,
    ordersTwice: (orders ?? 0) - (distinct ?? 0),
    commands: commands ?? 0,
  };
}

describe('one node', () => {
  test('[M1] a command is answered with its place in the log, and asked again with the stored answer', async () => {
    const location = await place();
    const what = orderCommand();
    const first = await perform(a, location, what);
    expect(first).toMatchObject({
      ok: true,
      name: 'order.place',
      replayed: false,
      result: { order: { number: 1, status: 'placed' } },
    });
    expect(await submit(a, location, what)).toEqual({ ...first, replayed: true });
    expect(await audit(location)).toMatchObject({ dense: true, orders: 1, head: first.seq });
  });

  test('[M2] the same id with another input, name or actor is a reused key without content', async () => {
    const location = await place();
    const id = newId();
    await perform(a, location, orderCommand(id));
    expect(await submit(a, location, orderCommand(id))).toEqual({ ok: false, reused: true });
    expect(await submit(a, location, command('table.seat', { table: 'T1', covers: 2 }, id))).toEqual({
      ok: false,
      reused: true,
    });
    const what = orderCommand();
    await perform(a, location, what);
    expect(await submit(a, location, what, luis)).toEqual({ ok: false, reused: true });
  });

  test('[M3] the same command twice at once has one effect and two equal answers', async () => {
    const location = await place();
    const what = orderCommand();
    const [one, two, stranger] = await Promise.all([
      submit(a, location, what),
      submit(a, location, what),
      submit(a, location, orderCommand(what.id)),
    ]);
    expect(one).toMatchObject({ ok: true, replayed: false });
    expect(two).toEqual({ ...one, replayed: true });
    expect(stranger).toEqual({ ok: false, reused: true });
  });

  test('[M4] a command that changes nothing is stored: undone by somebody and asked again, it does not act', async () => {
    const location = await place();
    await perform(a, location, command('table.seat', { table: 'T1', covers: 2 }));
    const again = command('table.seat', { table: 'T1', covers: 2 });
    const noop = await perform(a, location, again);
    const { head } = await audit(location);
    expect(noop.seq).toBe(head);
    await perform(a, location, command('table.clear', { table: 'T1' }));
    expect(await submit(a, location, again)).toEqual({ ...noop, replayed: true });
    expect((await audit(location)).head).toBe(head + 1);
  });

  test('[M5] a refusal is not stored: the same command may succeed later', async () => {
    const location = await place();
    const order = newId();
    const serve = command('order.cancel', { order, reason: 'guest left' });
    expect(await submit(a, location, serve)).toMatchObject({ ok: false, refusal: { code: 'not_found' } });
    await perform(a, location, orderCommand(newId(), order));
    expect(await submit(a, location, serve)).toMatchObject({ ok: true, replayed: false });
  });

  test('[M6] commands that wait together are decided in order and committed together', async () => {
    const location = await place();
    const before = a.locations.peek(location)?.head ?? 0;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => submit(a, location, orderCommand())),
    );
    const numbers = outcomes.map((outcome) =>
      outcome.ok ? (outcome.result['order'] as { number: number }).number : 0,
    );
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    const { rows } = await admin.query<{ transactions: string }>(
      'select count(distinct xmin::text) transactions from events where location_id = $1 and seq > $2',
      [location, before],
    );
    expect(Number(rows[0]?.transactions)).toBeLessThan(10);
    expect(await audit(location)).toMatchObject({ dense: true, orders: 100, ordersTwice: 0 });
  });

  test('[M7] a full mailbox says so at once', async () => {
    const node = await openNode(database().heardLog, { mostWaiting: 3 });
    const location = await place();
    await node.locations.open(location);
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, () => submit(node, location, orderCommand())),
    );
    expect(outcomes.filter((outcome) => outcome.ok).length).toBeGreaterThanOrEqual(3);
    expect(outcomes).toContainEqual({ ok: false, unavailable: true, retryAfter: 1 });
    await node.stop();
  });

  test('[M8] there is no mailbox for a location that does not exist', async () => {
    expect(await submit(a, 'nowhere', orderCommand())).toMatchObject({
      ok: false,
      refusal: { code: 'not_found' },
    });
    expect(await a.locations.open('nowhere')).toBeNull();
  });
});

describe('poison', () => {
  test('[M9] a text that the database cannot hold fails its own command alone, in its batch and in others', async () => {
    const [one, other] = [await place(), await place()];
    const poisoned = orderCommand();
    if (poisoned.name === 'order.place') poisoned.input.order.notes = 'half an emoji \ud83d and NUL \u0000';
    const before = orderCommand();
    const after = orderCommand();
    const outcomes = await Promise.all([
      submit(a, one, before),
      submit(a, one, poisoned),
      submit(a, one, after),
      ...Array.from({ length: 5 }, () => submit(a, other, orderCommand())),
    ]);
    expect(outcomes[1]).toMatchObject({ ok: false, refusal: { code: 'invalid_input' } });
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(7);
    expect(await audit(one)).toMatchObject({ dense: true, orders: 2 });
    expect(await audit(other)).toMatchObject({ dense: true, orders: 5 });
    expect(await submit(a, one, before)).toMatchObject({ ok: true, replayed: true });
  });

  test('[M10] a rule that throws fails its own command alone', async () => {
    const node = await openNode(database().heardLog, {
      rules: {
        ...houseRules,
        decide: (state, what, context) => {
          if (what.name === 'table.block') throw new TypeError('a mistake of ours');
          return houseRules.decide(state, what, context);
        },
      },
    });
    const location = await place();
    const [fine, bad, alsoFine] = await Promise.allSettled([
      submit(node, location, orderCommand()),
      submit(node, location, command('table.block', { table: 'T1', reason: 'leg' })),
      submit(node, location, orderCommand()),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'a mistake of ours' } });
    expect([fine, alsoFine]).toMatchObject([{ value: { ok: true } }, { value: { ok: true } }]);
    await node.stop();
  });
});

describe('two nodes over one database', () => {
  test('[M11] commands and duplicates at both: dense, nothing lost, nothing doubled', async () => {
    const places = await Promise.all([place(), place(), place()]);
    const all = Array.from({ length: 240 }, (_, index) => ({
      location: places[index % 3] ?? '',
      what: orderCommand(),
    }));
    const outcomes = await Promise.all(
      all.flatMap(({ location, what }, index) => {
        const [near, far] = index % 2 === 0 ? [a, b] : [b, a];
        const calls = [sleep(index % 40).then(() => submit(near, location, what))];
        // Every third is sent to the other node too: at once, or a little later.
        if (index % 3 === 0)
          calls.push(sleep((index % 40) + (index % 2) * 15).then(() => submit(far, location, what)));
        return calls;
      }),
    );
    expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
    expect(outcomes.filter((outcome) => outcome.ok && outcome.replayed)).toHaveLength(80);
    for (const location of places)
      expect(await audit(location)).toMatchObject({ dense: true, orders: 80, ordersTwice: 0, commands: 81 });
  });

  test('[M12] no refusal from an old state: what one node did, the other knows before it says no', async () => {
    const location = await place();
    const order = newId();
    await b.locations.open(location);
    await perform(a, location, orderCommand(newId(), order));
    expect(await submit(b, location, command('order.cancel', { order, reason: 'guest left' }))).toMatchObject(
      { ok: true },
    );
    expect(
      await submit(
        a,
        location,
        command('order.add', { order, items: [{ id: newId(), menuItem: 'lemonade', qty: 1 }] }),
      ),
    ).toMatchObject({ ok: false });
  });

  test('[M13] a no-op stored by the other node is found by its key, not carried out again', async () => {
    const location = await place();
    await perform(a, location, command('table.seat', { table: 'T1', covers: 2 }));
    const noop = command('table.seat', { table: 'T1', covers: 2 });
    await b.locations.open(location);
    const stored = await perform(a, location, noop);
    await perform(a, location, command('table.clear', { table: 'T1' }));
    const orders = [orderCommand(), orderCommand()];
    const outcomes = await Promise.all([
      submit(b, location, orders[0] ?? noop),
      submit(b, location, noop),
      submit(b, location, orders[1] ?? noop),
    ]);
    expect(outcomes[1]).toEqual({ ...stored, replayed: true });
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    expect(await audit(location)).toMatchObject({ dense: true, orders: 2 });
  });

  test('[M14] a node without hints learns of changes by polling heads, in order and without a gap', async () => {
    const location = await place();
    b.locations.start();
    await b.locations.open(location);
    const known = b.locations.peek(location)?.head ?? 0;
    for (let index = 0; index < 20; index += 1) await perform(a, location, orderCommand());
    await expect
      .poll(() => b.locations.peek(location)?.head, { timeout: 5_000 })
      .toBe(a.locations.peek(location)?.head);
    const seqs = (b.seen.get(location) ?? []).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => known + 1 + index));
    expect(houseRules.freeze(b.locations.peek(location)?.state ?? houseRules.empty(''))).toEqual(
      houseRules.freeze(a.locations.peek(location)?.state ?? houseRules.empty('')),
    );
  });
});

test('[M22] a head that was read before a commit of our own is old news, not a restored database', async () => {
  const location = await place();
  const inner = await openNode(database().heardLog);
  let stale = 0;
  const log: Log = {
    ...inner.log,
    clock: inner.log.clock,
    async readHeads(ids) {
      const heads = await inner.log.readHeads(ids);
      // The answer is on its way while a command commits.
      if (ids.includes(location)) {
        await perform(node, location, orderCommand());
        stale += 1;
      }
      return heads;
    },
  };
  let lost = 0;
  const node = await openNode(database().heardLog, { log, pollEvery: 20, onLost: () => (lost += 1) });
  await perform(node, location, orderCommand());
  node.locations.start();
  await expect.poll(() => stale, { timeout: 5_000 }).toBeGreaterThan(3);
  expect(lost).toBe(0);
  expect(node.locations.peek(location)).not.toBeNull();
  await node.stop();
  await inner.stop();
});

describe('failures', () => {
  test('[M15] connections cut while appending: every answer is true, dense, nothing lost, nothing doubled', async () => {
    const location = await place();
    const socketDir = String(database().heardLog.host);
    const line = await openBadLine(socketDir);
    const node = await openNode({ ...database().heardLog, host: line.host });
    await node.locations.open(location);
    line.cutAfterRequest = 0.3;
    const acknowledged: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let index = 0; index < 25; index += 1) {
          const what = orderCommand();
          for (;;) {
            const outcome = await submit(node, location, what);
            if (outcome.ok) break;
            expect(outcome).toHaveProperty('unavailable');
            await sleep(5);
          }
          acknowledged.push(what.id);
        }
      }),
    );
    expect(line.cuts.afterRequest).toBeGreaterThan(20);
    line.cutAfterRequest = 0;
    expect(acknowledged).toHaveLength(200);
    expect(await audit(location)).toMatchObject({ dense: true, orders: 200, ordersTwice: 0 });
    await node.stop();
    await line.close();
  });

  test('[M16] after a restart the state is the same, and so are the answers to old keys', async () => {
    const location = await place();
    const node = await openNode(database().heardLog, { snapshotEvery: 40 });
    const commands = Array.from({ length: 60 }, () => orderCommand());
    const first = await Promise.all(commands.map((what) => perform(node, location, what)));
    await expect
      .poll(() => node.locations.peek(location)?.snapshotAt, { timeout: 5_000 })
      .toBeGreaterThan(40);
    await perform(node, location, command('table.seat', { table: 'T2', covers: 3 }));
    const before = houseRules.freeze((await node.locations.open(location))?.state ?? houseRules.empty(''));
    await node.stop();

    const next = await openNode(database().heardLog);
    const hot = await next.locations.open(location);
    expect(hot?.snapshotAt).toBeGreaterThan(40);
    expect(houseRules.freeze(hot?.state ?? houseRules.empty(''))).toEqual(before);
    const again = await Promise.all(commands.map((what) => submit(next, location, what)));
    expect(again).toEqual(first.map((outcome) => ({ ...outcome, replayed: true })));
    await next.stop();
  });

  test('[M17] an event that this code does not know: this location answers 503, the others go on', async () => {
    const [broken, fine] = [await place(), await place()];
    await b.locations.open(broken);
    await admin.query(
      `with l as (update locations set head = head + 1 where id = $1 returning head)
       insert into events select $1, head, now(), '{"id":"x","role":"owner"}', gen_random_uuid(), 'order.teleported', 1, '{}' from l`,
      [broken],
    );
    expect(await submit(a, broken, orderCommand())).toMatchObject({ ok: false, unavailable: true });
    expect(await submit(b, broken, orderCommand())).toMatchObject({ ok: false, unavailable: true });
    await expect(b.locations.open(broken)).rejects.toThrow('order.teleported');
    expect(await submit(a, fine, orderCommand())).toMatchObject({ ok: true });
  });
});

test('[M21] the inner receipt of a ticket is taken once, and its no-op leaves no row', async () => {
  const location = await place();
  await perform(a, location, orderCommand());
  const ticket = [...(a.locations.peek(location)?.state.tickets.keys() ?? [])][0] ?? '';
  const hear = { id: newId(), name: 'ticket.hear' as const, input: { ticket } };
  expect(await a.locations.submitInner(location, hear, cook)).toMatchObject({ ok: true });
  const { head, commands } = await audit(location);
  expect(await a.locations.submitInner(location, { ...hear, id: newId() }, cook)).toMatchObject({
    ok: true,
    result: {},
  });
  expect(await audit(location)).toMatchObject({ head, commands });
});
