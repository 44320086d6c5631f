import { describe, expect, it } from 'vitest';
import { orderGone, platformSaid } from '../../integrations/platform.ts';
import { luis, maya } from '../../testkit/kitchen.ts';
import { PlatformKitchen, line } from '../../testkit/platformKitchen.ts';
import { isMember } from '../membership.ts';
import { listTopic } from '../views.ts';
import { toInstant } from '../text.ts';

const MINUTE = 60_000;
const DOORDASH_MS = 3 * MINUTE;

/** What screens of a topic see of alerts: `accept 1`, `courier`. */
const alerts = (kitchen: PlatformKitchen): string[] =>
  listTopic(kitchen.state, 'manager', 'staff').flatMap((one) =>
    one.kind === 'alert' ? [[one.type, one.level ?? ''].join(' ').trim()] : [],
  );
const said = (kitchen: PlatformKitchen, id: string) =>
  kitchen.state.orders.get(id)?.platform?.asks.map(({ act, told }) => `${act} ${told}`);

describe('the clock of a platform', () => {
  it('[PL10] says yes by itself once every station has heard the order, not before, and once', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take({}, DOORDASH_MS);
    const [first, second] = kitchen.order(id).tickets;
    kitchen.inner('ticket.hear', { ticket: first?.id ?? '' });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('awaiting_accept');
    expect(kitchen.acts(id)).toEqual([]);
    kitchen.inner('ticket.hear', { ticket: second?.id ?? '' });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('accepted');
    expect(kitchen.asked).toMatchObject([
      {
        channel: 'uber',
        queue: id,
        act: 'accept',
        order: id,
        externalId: kitchen.order(id).platform.externalId,
        minutes: 20,
        readyAt: toInstant(kitchen.now + 20 * MINUTE),
      },
    ]);
    kitchen.hear(id);
    kitchen.wait(DOORDASH_MS);
    expect(kitchen.acts(id)).toEqual(['accept']);
  });

  it('[PL10] paper and hands count as hearing; a lane without a station does not stand in the way of the others', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take({
      items: [line('burger', 'Burger', 1350), line('lemonade', 'Lemonade', 450), line('x', 'Moon cake', 700)],
    });
    const { tickets } = kitchen.order(id);
    expect(tickets.map(({ station }) => station)).toEqual(['grill', 'drinks', 'unrouted']);
    const [grill = '', drinks = ''] = tickets.map(({ id: ticket }) => ticket);
    kitchen.inner('ticket.printed', { ticket: grill, job: 'j', printer: 'p', copy: 1 });
    kitchen.do('ticket.start', { ticket: drinks });
    kitchen.settle();
    expect(kitchen.acts(id)).toEqual(['accept']);
  });

  it('[PL10] food that stands ready was in hands, also when no receipt of its card came: yes, then ready', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take({}, DOORDASH_MS);
    kitchen.cook(id);
    expect(kitchen.acts(id)).toEqual(['accept', 'ready']);
    kitchen.wait(DOORDASH_MS);
    expect(kitchen.stands(id)).toBe('ready_for_pickup');
  });

  it('[PL11] warns at a quarter of the limit, escalates at half, and says no before the platform does: technical where nobody heard it', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take({}, DOORDASH_MS);
    const seen: [number, number, string[], string][] = [];
    for (let second = 0; second <= 180; second += 1) {
      const level = kitchen.order(id).platform.level;
      const state = kitchen.stands(id);
      if (seen.at(-1)?.[1] !== level || seen.at(-1)?.[3] !== state)
        seen.push([second, level, alerts(kitchen).filter((one) => one.startsWith('accept')), state]);
      kitchen.wait(1_000);
    }
    expect(seen).toEqual([
      [0, 0, [], 'awaiting_accept'],
      [45, 1, ['accept 1'], 'awaiting_accept'],
      [90, 2, ['accept 2'], 'awaiting_accept'],
      [153, 2, [], 'denied'],
    ]);
    expect(kitchen.asked).toMatchObject([{ act: 'deny', reason: 'technical' }]);
    expect(kitchen.order(id).cancelled).toBeDefined();
  });

  it('[PL11] busy, where it was heard and nobody said yes; late news of an order still leaves the kitchen a chance', async () => {
    const kitchen = new PlatformKitchen({ autoAccept: false });
    const heard = await kitchen.take({}, DOORDASH_MS);
    kitchen.hear(heard);
    // Eleven of its eleven and a half minutes are over when it comes.
    const late = await kitchen.take({ placedAt: toInstant(kitchen.now - 10.5 * MINUTE) }, 11.5 * MINUTE);
    expect(kitchen.order(late).platform.level).toBe(2);
    kitchen.wait(44_000);
    expect(kitchen.stands(late)).toBe('awaiting_accept');
    kitchen.wait(2_000);
    expect(kitchen.stands(late)).toBe('denied');
    kitchen.wait(DOORDASH_MS);
    expect(kitchen.asked.map(({ act, reason }) => [act, reason])).toEqual([
      ['deny', 'technical'],
      ['deny', 'kitchen_busy'],
    ]);
  });

  it('[PL12] a platform that waits for no yes has no clock: its order is in the kitchen at once', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take({}, null);
    expect(kitchen.stands(id)).toBe('accepted');
    kitchen.wait(30 * MINUTE);
    expect(kitchen.acts(id)).toEqual([]);
    expect(kitchen.order(id).cancelled).toBeUndefined();
  });

  it('[PL13] a scheduled order waits and fires its minutes before it is wanted; the yes does not wait for that', async () => {
    const kitchen = new PlatformKitchen({ prepMinutes: 15 });
    const at = (minutes: number) => toInstant(kitchen.now + minutes * MINUTE);
    const [wanted, guest] = [at(60), at(75)];
    const id = await kitchen.take({ scheduledFor: guest, readyBy: wanted });
    expect(kitchen.order(id).tickets.map(({ firedAt }) => firedAt)).toEqual([null, null]);
    expect(kitchen.asked).toMatchObject([{ act: 'accept', minutes: 15, readyAt: wanted }]);
    kitchen.wait(45 * MINUTE - 1);
    expect(kitchen.order(id).tickets[0]?.firedAt).toBeNull();
    kitchen.wait(1);
    expect(kitchen.order(id).tickets.map(({ firedAt }) => firedAt)).toEqual([
      toInstant(kitchen.now),
      toInstant(kitchen.now),
    ]);
    // One that is wanted sooner than it cooks fires now.
    const soon = await kitchen.take({ scheduledFor: at(10) });
    expect(kitchen.order(soon).tickets[0]?.firedAt).not.toBeNull();
  });
});

describe('yes and no by people', () => {
  it('[PL14] whoever may says yes with minutes of their own; said again with others, the platform is told of the delay', async () => {
    const kitchen = new PlatformKitchen({ autoAccept: false });
    const id = await kitchen.take();
    expect(kitchen.ask('channel.accept', { order: id }, maya)).toMatchObject({ ok: true });
    expect(kitchen.ask('channel.accept', { order: id }, luis)).toMatchObject({ ok: true, events: [] });
    kitchen.do('channel.accept', { order: id, minutes: 40 }, luis);
    kitchen.settle();
    expect(kitchen.asked.map(({ act, minutes }) => [act, minutes])).toEqual([
      ['accept', 20],
      ['delay', 40],
    ]);
    expect(kitchen.ask('channel.deny', { order: id, reason: 'closed' })).toMatchObject({
      ok: false,
      refusal: { code: 'conflict', detail: expect.stringContaining('cancel it instead') },
    });
  });

  it('[PL15] no for want of a dish sells it out everywhere, and names it in the platform’s own words', async () => {
    const kitchen = new PlatformKitchen({ items: [{ external: 'LEMO', item: 'lemonade' }] });
    const id = await kitchen.take({ items: [line('burger', 'B', 1350), line('LEMO', 'L', 450)] });
    expect(
      kitchen.ask('channel.deny', { order: id, reason: 'item_out_of_stock', items: ['empanada'] }),
    ).toMatchObject({ ok: false, refusal: { errors: [{ path: 'items.0' }] } });
    kitchen.do('channel.deny', { order: id, reason: 'item_out_of_stock', items: ['lemonade'] }, luis);
    kitchen.settle();
    expect(kitchen.asked).toMatchObject([
      { act: 'deny', queue: id, reason: 'item_out_of_stock', items: ['LEMO'] },
      { act: 'itemOut', queue: 'store', item: 'lemonade', externalIds: ['LEMO'] },
    ]);
    expect(Object.keys(kitchen.state.soldOut.items)).toEqual(['lemonade']);
    expect(kitchen.stands(id)).toBe('denied');
    expect(kitchen.ask('channel.accept', { order: id })).toMatchObject({ ok: false });
  });

  it('[PL16] cancelled here, it is a no before the yes and a cancellation after it', async () => {
    const kitchen = new PlatformKitchen();
    const [early, later] = [await kitchen.take(), await kitchen.take()];
    kitchen.do('order.cancel', { order: early, reason: 'We close' });
    kitchen.hear(later);
    kitchen.do('ticket.start', { ticket: kitchen.order(later).tickets[0]?.id ?? '' });
    kitchen.do('order.cancel', { order: later, reason: 'The oven died' });
    kitchen.settle();
    expect(kitchen.asked.map(({ act, reason, note, kind }) => [act, reason, note, kind])).toEqual([
      ['deny', 'other', 'We close', undefined],
      ['accept', undefined, undefined, undefined],
      ['cancel', 'The oven died', undefined, 'other'],
    ]);
    expect([kitchen.stands(early), kitchen.stands(later)]).toEqual(['denied', 'cancelled_by_house']);
  });
});

describe('what a platform says', () => {
  it('[PL17] a cancellation takes the food back: begun food leaves its card until somebody taps it, and the platform is not told its own news', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take();
    kitchen.hear(id);
    const [ticket] = kitchen.order(id).tickets;
    kitchen.do('ticket.start', { ticket: ticket?.id ?? '' });
    await orderGone(kitchen.tools, kitchen.order(id).platform.externalId, { by: 'guest', words: '' });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('cancelled_by_platform');
    expect(kitchen.order(id).cancelled?.reason).toBe('Cancelled by Uber Eats');
    expect(isMember(kitchen.state, 'station:grill', { kind: 'ticket', id: ticket?.id ?? '' })).toBe(true);
    expect(kitchen.acts(id)).toEqual(['accept']);
    // It is over: nothing brings it back.
    const at = toInstant(kitchen.now);
    const { externalId } = kitchen.order(id).platform;
    await platformSaid(kitchen.tools, externalId, { state: 'accepted', at });
    await platformSaid(kitchen.tools, externalId, { state: 'delivered', at });
    await orderGone(kitchen.tools, externalId, { by: 'clock', words: 'late' });
    expect(kitchen.stands(id)).toBe('cancelled_by_platform');
  });

  it('[PL17] its clock ran out, or its tablet said yes or no', async () => {
    const kitchen = new PlatformKitchen({ autoAccept: false });
    const ids = [await kitchen.take(), await kitchen.take(), await kitchen.take()];
    const [lapsed = '', yes = '', no = ''] = ids;
    const ext = (id: string) => kitchen.order(id).platform.externalId;
    const at = toInstant(kitchen.now);
    await orderGone(kitchen.tools, ext(lapsed), { by: 'clock', words: 'nobody answered' });
    await platformSaid(kitchen.tools, ext(yes), { state: 'accepted', at });
    await platformSaid(kitchen.tools, ext(no), { state: 'denied', at });
    kitchen.settle();
    expect(ids.map((id) => kitchen.stands(id))).toEqual(['auto_cancelled', 'accepted', 'denied']);
    expect(kitchen.acts()).toEqual([]);
    expect(kitchen.order(no).cancelled).toBeDefined();
  });

  it('[PL18] it is told once that all of an order is ready, not one station; collected food is handed over', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take();
    kitchen.hear(id);
    const [grill = '', drinks = ''] = kitchen.order(id).tickets.map(({ id: ticket }) => ticket);
    kitchen.do('ticket.bump', { ticket: grill });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('in_kitchen');
    kitchen.do('ticket.bump', { ticket: drinks });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('ready_for_pickup');
    kitchen.do('ticket.recall', { ticket: drinks });
    kitchen.do('ticket.bump', { ticket: drinks });
    kitchen.settle();
    expect(kitchen.acts(id)).toEqual(['accept', 'ready']);
    const { externalId } = kitchen.order(id).platform;
    await platformSaid(kitchen.tools, externalId, { state: 'collected', at: toInstant(kitchen.now) });
    kitchen.settle();
    expect(kitchen.stands(id)).toBe('collected');
    expect(kitchen.order(id).items.map(({ served }) => served)).toEqual([true, true]);
    await platformSaid(kitchen.tools, externalId, { state: 'delivered', at: toInstant(kitchen.now) });
    expect(kitchen.stands(id)).toBe('delivered');
  });

  it('[PL19] what it refuses is noted with its words and somebody is told, until it takes it; a call that ran twice is noted once', async () => {
    const kitchen = new PlatformKitchen();
    const id = await kitchen.take();
    kitchen.hear(id);
    const note = (refused?: { words: string; code?: string }) => {
      const ask = kitchen.order(id).platform.asks.at(-1)?.seq ?? 0;
      return kitchen.inner('channel.note', {
        channel: 'uber',
        order: id,
        ask,
        act: 'accept',
        ...(refused && { refused }),
      });
    };
    expect(said(kitchen, id)).toEqual(['accept waiting']);
    note({ words: 'The store is offline', code: 'offline' });
    expect(note({ words: 'Again' })).toMatchObject({ ok: true, events: [] });
    expect(said(kitchen, id)).toEqual(['accept refused']);
    expect(listTopic(kitchen.state, 'kitchen', 'staff').find((one) => one.kind === 'alert')).toMatchObject({
      type: 'refused',
      platform: 'Uber Eats',
      reason: 'The store is offline',
    });
    kitchen.do('channel.accept', { order: id });
    kitchen.settle();
    expect(alerts(kitchen)).toEqual([]);
    note();
    expect(said(kitchen, id)).toEqual(['accept told']);
  });
});
