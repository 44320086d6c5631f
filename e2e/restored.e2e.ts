import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectEmbedded } from '../src/log/embedded.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { BURGER, House, until } from './house.ts';
import type { Cafe } from './house.ts';
import { Cook, Waiter } from './people.ts';
import { soon } from './soon.ts';

/** A server that comes back with the backup of a minute ago, under screens that had seen more. */

describe.skipIf(haveChromium() === undefined)('a backup that is put back', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open();
  });
  afterEach(() => house.tidy());
  afterAll(() => house?.close());

  async function headOf(cafe: Cafe): Promise<number> {
    const { body } = await cafe.manage('GET', '/log?after=0&limit=1');
    return (body as { head: number }).head;
  }

  /** The location as it was at `seq`: what a restore of the database leaves. The server is dead meanwhile. */
  async function rewind(cafe: Cafe, seq: number): Promise<void> {
    const connections = await connectEmbedded(house.server.dataDir);
    const client = new pg.Client(connections.admin);
    await client.connect();
    try {
      for (const table of ['events', 'commands', 'snapshots'])
        await client.query(`delete from ${table} where location_id = $1 and seq > $2`, [cafe.id, seq]);
      await client.query('update checkpoints set seq = least(seq, $2) where location_id = $1', [
        cafe.id,
        seq,
      ]);
      await client.query('update locations set head = $2 where id = $1', [cafe.id, seq]);
    } finally {
      await client.end();
      await connections.stop();
    }
  }

  it('[E67] loses no food: screens send again what was acknowledged, and what nobody can send is left to the cook', async () => {
    const cafe = await house.cafe();
    const device = await house.device();
    const kitchen = await cafe.open('/kitchen/grill', {
      role: 'kitchen',
      name: 'Grill',
      stations: ['grill'],
    });
    const desk = await cafe.open('/pos', { role: 'waiter', name: 'Maya' }, { device });
    const [cook, waiter] = [new Cook(kitchen), new Waiter(desk)];
    await cook.begin();
    await cook.live();
    await waiter.live();
    const old = await cafe.order('T6', [BURGER]);
    await cook.card(old.ticket('grill')).waitFor();
    await kitchen.waitForTimeout(1500);
    const backup = await headOf(cafe);

    // After the backup: an order of a partner who keeps nothing, one of the tablet, and a bump.
    const partners = await cafe.order(null, [BURGER], { displayId: 'X77' });
    await cook.card(partners.ticket('grill')).waitFor();
    await desk.bringToFront();
    await waiter.burger('T12');
    await until(
      () => cafe.events('order.placed'),
      (placed) => placed === 3,
    );
    await kitchen.bringToFront();
    await cook.bump(old.ticket('grill'));
    await until(
      () => cafe.events('ticket.bumped'),
      (bumped) => bumped === 1,
    );
    await soon(() => cook.cards()).toHaveLength(2);

    await house.server.kill9();
    await rewind(cafe, backup);
    expect([await cafe.events('order.placed'), await cafe.events('ticket.bumped')]).toEqual([1, 0]);
    await house.server.restart();
    await cook.live();
    await waiter.live();
    // The kitchen's own bump and the tablet's own order come back by themselves, once each.
    await until(
      async () => [await cafe.events('order.placed'), await cafe.events('ticket.bumped')].join(),
      (counts) => counts === '2,1',
      { timeout: 20_000 },
    );
    const forgotten = kitchen.getByTestId('forgotten');
    await soon(() => forgotten.innerText()).toMatch(
      /1 ticket on this screen is not known to the server any more\.[\s\S]*X77[\s\S]*1× BURGER/,
    );
    // What the bump had done is done again: nothing is older than it was.
    await soon(() => forgotten.innerText()).not.toContain('older');
    await soon(() => cook.cards()).toHaveLength(1);
    await kitchen.getByTestId('forgotten-keep').click();
    await soon(() => forgotten.innerText()).toContain('1 ticket only here');
    await kitchen.reload();
    await cook.begin();
    await soon(() => forgotten.innerText()).toContain('X77');
    await kitchen.getByTestId('forgotten-remove').click();
    await forgotten.waitFor({ state: 'detached' });
    expect([await cafe.events('order.placed'), await cafe.events('ticket.bumped')]).toEqual([2, 1]);
  });
});
