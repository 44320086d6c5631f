import { describe, expect, it } from 'vitest';
import { courierSaid, storeSaid } from '../../integrations/platform.ts';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import { channelConfig } from './config.ts';
import { toInstant } from '../text.ts';
import { listTopic } from '../views.ts';

const MINUTE = 60_000;

const alerts = (kitchen: PlatformKitchen): string[] =>
  listTopic(kitchen.state, 'manager', 'staff').flatMap((one) => (one.kind === 'alert' ? [one.type] : []));

describe('a courier', () => {
  it('[PL20] goes forward by the platform’s clock, is followed by another when called off, and ends', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take();
    kitchen.hear(id);
    const { externalId } = kitchen.order(id).platform;
    const seen: (string | undefined)[] = [];
    const say = async (state: Parameters<typeof courierSaid>[2]['state'], second: number, name?: string) => {
      const courier =
        name === undefined ? null : { name, phone: null, status: null, location: null, vehicle: null };
      await courierSaid(kitchen.tools, externalId, {
        state,
        at: toInstant(kitchen.now + second * 1000),
        courier,
      });
      seen.push(kitchen.order(id).platform.courier?.state);
    };
    await say('assigned', 10, 'Mateo');
    await say('to_pickup', 20);
    await say('assigned', 15);
    await say('cancelled', 30);
    await say('at_pickup', 25);
    await say('requested', 40);
    await say('assigned', 50, 'Ines');
    await say('picked_up', 70);
    await say('at_pickup', 60);
    await say('delivered', 90);
    await say('cancelled', 95);
    expect(seen).toEqual([
      'assigned',
      'to_pickup',
      'to_pickup',
      'cancelled',
      'cancelled',
      'requested',
      'assigned',
      'picked_up',
      'picked_up',
      'delivered',
      'delivered',
    ]);
    expect(kitchen.order(id).platform.courier).toMatchObject({ name: 'Ines' });
    expect(kitchen.stands(id)).toBe('delivered');
  });

  it('[PL21] who waits for food that is not ready is an alert; where a courier is, is said and not kept', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take();
    kitchen.hear(id);
    const { externalId } = kitchen.order(id).platform;
    const courier = {
      name: 'Mateo',
      phone: null,
      status: null,
      location: { lat: 40.71, lng: -74.01 },
      vehicle: null,
    };
    const { length } = kitchen.log;
    for (const second of [1, 2, 3])
      await courierSaid(kitchen.tools, externalId, {
        state: 'at_pickup',
        at: toInstant(kitchen.now + second * 1000),
        courier,
      });
    expect(kitchen.log.slice(length).map(({ type }) => type)).toEqual(['channel.courierMoved']);
    expect(kitchen.said.filter(({ topic }) => topic === `order:${id}`)).toHaveLength(3);
    expect(JSON.stringify(kitchen.log)).not.toContain('40.71');
    expect(alerts(kitchen)).toEqual(['courier']);
    kitchen.cook(id);
    expect(alerts(kitchen)).toEqual([]);
    await courierSaid(kitchen.tools, externalId, {
      state: 'picked_up',
      at: toInstant(kitchen.now + 9000),
      courier,
    });
    kitchen.settle();
    expect(kitchen.order(id).items.every(({ served }) => served)).toBe(true);
    await courierSaid(kitchen.tools, externalId, {
      state: 'delivered',
      at: toInstant(kitchen.now + 9500),
      courier,
    });
    expect(kitchen.said.at(-1)).toMatchObject({ kind: 'courier', data: null });
  });
});

describe('a door', () => {
  const door = (kitchen: PlatformKitchen) =>
    listTopic(kitchen.state, 'pos', 'staff').find((one) => one.kind === 'channel');

  it('[PL22] is paused, resumes by itself when its time has passed, and is busy: the platform is told each time, and promises are longer', async () => {
    const kitchen = new PlatformKitchen();
    expect(door(kitchen)).toMatchObject({ name: 'Uber Eats', mode: 'open', until: null, waiting: 0 });
    const until = toInstant(kitchen.now + 15 * MINUTE);
    kitchen.do('channel.pause', { channel: 'uber', until, reason: 'Slammed' });
    expect(door(kitchen)).toMatchObject({ mode: 'paused', until, reason: 'Slammed' });
    expect(kitchen.ask('channel.pause', { channel: 'uber', until, reason: 'Slammed' })).toMatchObject({
      events: [],
    });
    kitchen.wait(15 * MINUTE);
    expect(door(kitchen)).toMatchObject({ mode: 'open', until: null, reason: null });
    kitchen.do('channel.busy', { channel: 'uber', minutes: 10 });
    expect(door(kitchen)).toMatchObject({ mode: 'busy', busyMinutes: 10 });
    const id = await kitchen.take();
    expect(door(kitchen)).toMatchObject({ waiting: 1 });
    kitchen.hear(id);
    expect(door(kitchen)).toMatchObject({ waiting: 0 });
    expect(kitchen.asked.map(({ act, queue, minutes }) => [act, queue === id, minutes])).toEqual([
      ['pause', false, undefined],
      ['resume', false, undefined],
      ['busy', false, 10],
      ['accept', true, 30],
    ]);
    expect(kitchen.ask('channel.pause', { channel: 'nobody' })).toMatchObject({
      refusal: { errors: [{ path: 'channel' }] },
    });
  });

  it('[PL23] that the platform closed says so, and is not opened by the platform where the house closed it', async () => {
    const kitchen = new PlatformKitchen();
    const at = () => toInstant((kitchen.now += 1000));
    await storeSaid(kitchen.tools, { open: false, reason: 'Too many missed orders', at: at() });
    expect(door(kitchen)).toMatchObject({ mode: 'auto_paused', reason: 'Too many missed orders' });
    await storeSaid(kitchen.tools, { open: true, reason: '', at: at() });
    expect(door(kitchen)).toMatchObject({ mode: 'open' });
    kitchen.do('channel.pause', { channel: 'uber' });
    await storeSaid(kitchen.tools, { open: false, reason: 'offline', at: at() });
    await storeSaid(kitchen.tools, { open: true, reason: '', at: at() });
    expect(door(kitchen)).toMatchObject({ mode: 'paused' });
    kitchen.settle();
    expect(kitchen.acts()).toEqual(['pause']);
  });

  it('[PL24] what is sold out or back, by whom and for whatever reason, is sold out or back at every platform and at no telephone', () => {
    const kitchen = new PlatformKitchen(
      {
        items: [
          { external: 'B1', item: 'burger' },
          { external: 'B2', item: 'burger' },
        ],
      },
      {
        channels: [doorOf('dash', 'doordash'), doorOf('phone', 'retell')],
      },
    );
    const until = toInstant(kitchen.now + MINUTE);
    kitchen.do('menu.soldOut', { item: 'burger', until });
    kitchen.do('stock.portions', { item: 'lemonade', left: 0 });
    kitchen.do('menu.soldOut', { option: 'cheddar' });
    kitchen.do('menu.restore', { item: 'burger' });
    kitchen.settle();
    expect(
      kitchen.asked.map(({ channel, act, externalIds, until: end }) => [channel, act, externalIds, end]),
    ).toEqual([
      ['uber', 'itemOut', ['B1', 'B2'], until],
      ['dash', 'itemOut', ['burger'], until],
      ['uber', 'itemOut', ['lemonade'], undefined],
      ['dash', 'itemOut', ['lemonade'], undefined],
      ['uber', 'itemOut', ['cheddar'], undefined],
      ['dash', 'itemOut', ['cheddar'], undefined],
      ['uber', 'itemBack', ['B1', 'B2'], undefined],
      ['dash', 'itemBack', ['burger'], undefined],
    ]);
  });
});

it('[PL29] who is at the end of a channel for the first time hears what is not as usual, and a telephone nothing', () => {
  const kitchen = new PlatformKitchen(
    { items: [{ external: 'B1', item: 'burger' }] },
    { channels: [doorOf('phone', 'retell')] },
  );
  kitchen.inner('channel.retell', { channel: 'uber' });
  expect(kitchen.log.filter(({ type }) => type.startsWith('channel.'))).toEqual([]);
  const until = toInstant(kitchen.now + MINUTE);
  kitchen.do('menu.soldOut', { item: 'burger' });
  kitchen.do('menu.soldOut', { option: 'cheddar', until });
  kitchen.do('channel.busy', { channel: 'uber', minutes: 15 });
  kitchen.do('channel.pause', { channel: 'uber', until, reason: 'Fire drill' });
  kitchen.settle();
  const before = kitchen.asked.length;
  for (const channel of ['uber', 'phone', 'nobody']) kitchen.inner('channel.retell', { channel });
  kitchen.settle();
  expect(kitchen.asked.slice(before)).toMatchObject([
    { channel: 'uber', act: 'itemOut', item: 'burger', externalIds: ['B1'] },
    { channel: 'uber', act: 'itemOut', item: 'cheddar', isOption: true, until },
    { channel: 'uber', act: 'pause', until, reason: 'Fire drill' },
    { channel: 'uber', act: 'busy', minutes: 15 },
  ]);
});

function doorOf(id: string, provider: string) {
  return channelConfig.parse({ id, provider, name: id });
}

it('[PL25] what is not from a platform has no platform to answer', async () => {
  const kitchen = new PlatformKitchen();
  kitchen.do('order.place', {
    order: {
      id: '0190f6a0-0000-7000-8000-a00000000001',
      type: 'counter',
      items: [{ id: '0190f6a0-0000-7000-8000-b00000000001', menuItem: 'lemonade', qty: 1 }],
    },
  });
  expect(kitchen.ask('channel.accept', { order: '0190f6a0-0000-7000-8000-a00000000001' })).toMatchObject({
    ok: false,
    refusal: { code: 'conflict' },
  });
});
