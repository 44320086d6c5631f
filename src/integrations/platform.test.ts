import { describe, expect, it } from 'vitest';
import { presentOrder, presentTicket } from '../domain/present.ts';
import { PlatformKitchen, canonical, line } from '../testkit/platformKitchen.ts';
import { courierSaid, orderGone, platformSaid, storeSaid, takeOrder } from './platform.ts';
import { TryLater } from './provider.ts';

const house = () => new PlatformKitchen();

describe('an order of a platform', () => {
  it('[PL5] is one order here, with its lines, allergies, cutlery and the platform’s number, however often it is delivered', async () => {
    const kitchen = house();
    const offer = { order: canonical({ notes: 'Nut allergy, ring twice' }), acceptWithinMs: 600_000 };
    expect(await takeOrder(kitchen.tools, offer)).toBe('done');
    const { head } = kitchen.state;
    expect(await takeOrder(kitchen.tools, offer)).toBe('done');
    expect(kitchen.state.head).toBe(head);
    const [order] = [...kitchen.state.orders.values()];
    if (!order) throw new Error('no order');
    const shown = presentOrder(order, 'staff', false);
    expect(shown).toMatchObject({
      number: 1,
      displayId: offer.order.displayId,
      type: 'delivery',
      source: 'uber_eats',
      guest: { name: 'Theo M.' },
      notes: 'Nut allergy, ring twice',
      allergies: ['Nut allergy, ring twice'],
      total: 1800,
      platform: { name: 'Uber Eats', number: offer.order.displayId, state: 'awaiting_accept', cutlery: true },
    });
    const cards = order.tickets.map((ticket) => presentTicket(order, ticket, 'staff'));
    expect(cards.map(({ station, platform }) => [station, platform?.name])).toEqual([
      ['grill', 'Uber Eats'],
      ['drinks', 'Uber Eats'],
    ]);
    expect(cards[0]?.lines[0]?.modifiers).toEqual([
      { action: 'choice', name: 'rare', qty: 1, option: 'rare' },
      { action: 'remove', name: 'onion', qty: 1 },
    ]);
  });

  it('[PL9] news of an order that is not here yet is tried again', async () => {
    const { tools } = house();
    const at = '2026-01-01T00:00:00Z';
    await expect(orderGone(tools, 'nobody', { by: 'platform', words: '' })).rejects.toThrow(TryLater);
    await expect(platformSaid(tools, 'nobody', { state: 'accepted', at })).rejects.toThrow(TryLater);
    await expect(courierSaid(tools, 'nobody', { state: 'assigned', at, courier: null })).rejects.toThrow(
      TryLater,
    );
    expect(await storeSaid(tools, { open: true, reason: '', at })).toBe('done');
  });

  it('[PL6] an item is known by our id, by the mapping, or by a name that one item has; any other is cooked as it is called', async () => {
    const kitchen = new PlatformKitchen(
      {
        items: [{ external: 'EMP-1', item: 'empanada' }],
        options: [{ external: 'NO-ON', option: 'onion', removal: true }],
      },
      { defaultStation: 'fryer' },
    );
    const id = await kitchen.take({
      items: [
        line('burger', 'Theirs', 1400, [
          { action: 'add', name: 'Bye onion', qty: 1, price: 0, depth: 0, externalId: 'NO-ON' },
        ]),
        line('EMP-1', 'Patty', 300),
        line('x-77', ' classic  BURGER', 1350),
        line('y-1', 'Moon cake', 700, [
          { action: 'add', name: 'Glitter', qty: 2, price: 100, depth: 0, externalId: null },
        ]),
      ],
    });
    const { items, tickets } = kitchen.order(id);
    expect(
      items.map(({ menuItem, name, unitPrice, stations }) => [menuItem, name, unitPrice, stations]),
    ).toEqual([
      ['burger', 'Classic Burger', 1400, ['grill']],
      ['empanada', 'Empanada', 300, ['grill']],
      ['burger', 'Classic Burger', 1350, ['grill']],
      [undefined, 'Moon cake', 900, ['fryer']],
    ]);
    expect(items[0]?.modifiers).toEqual([
      { group: 'remove', option: 'onion', action: 'remove', name: 'onion', qty: 1, price: 0 },
    ]);
    expect(tickets.map(({ station }) => station)).toEqual(['grill', 'fryer']);
  });
});
