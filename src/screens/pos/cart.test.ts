import { describe, expect, it } from 'vitest';
import { commandInputs } from '../../domain/commands.ts';
import { item, menu, menuGroup, menuItem, order } from '../../testkit/entities.ts';
import {
  aboutMinutes,
  addPlain,
  allergenClash,
  cartFor,
  cartTotal,
  cartTrouble,
  dropLine,
  holdAll,
  lineTrouble,
  menuOf,
  newCart,
  newLine,
  putLine,
  readyLines,
  repeatLines,
  sendCart,
} from './cart.ts';
import { Drafts } from './drafts.ts';
import { draftOf } from './refused.ts';

const uuid = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const side = menuGroup('side', ['fries', 'salad'], { min: 1, max: 1 });
const cheese = {
  ...menuGroup('cheese', ['+cheddar'], { max: 1 }),
  options: menuGroup('cheese', ['+cheddar']).options.map((option) => ({
    ...option,
    price: 150,
    allergens: ['dairy'],
  })),
};
const mains = menu(
  'mains',
  [
    menuItem('Burger', {
      id: 'burger',
      price: 1350,
      groups: ['side', 'cheese'],
      prep: 480,
      allergens: ['gluten'],
    }),
    menuItem('Fries', { id: 'fries', price: 500, prep: 200 }),
    menuItem('Salmon', { id: 'salmon', soldOut: true }),
  ],
  { groups: [side, cheese] },
);
const all = menuOf([mains]);
const burger = {
  ...newLine(uuid(2), 'burger', [
    { group: 'side', option: 'fries', qty: 1 },
    { group: 'cheese', option: 'cheddar', qty: 1 },
  ]),
};
const at = (table: string | null) => newCart(uuid(1), 1000, table === null ? null : { id: table });

describe('a cart', () => {
  it('[W3] the total is what the lines and their modifiers come to', () => {
    const cart = addPlain(
      addPlain(putLine(at('T1'), { ...burger, qty: 2 }), uuid(3), 'fries'),
      uuid(4),
      'fries',
    );
    expect(cart.lines.map(({ qty }) => qty)).toEqual([2, 2]);
    expect(cartTotal(cart, all)).toBe(2 * 1500 + 2 * 500);
    expect(aboutMinutes(cart.lines, all)).toBe(8);
    expect(aboutMinutes(holdAll(cart).lines, all)).toBeNull();
  });

  it('[W4] a plain item tapped again is one line more of the same, unless the line says something', () => {
    const noted = putLine(at('T1'), { ...newLine(uuid(5), 'fries', []), notes: 'crisp' });
    expect(addPlain(noted, uuid(6), 'fries').lines.map(({ id, qty }) => [id, qty])).toEqual([
      [uuid(5), 1],
      [uuid(6), 1],
    ]);
    expect(dropLine(noted, uuid(5)).lines).toEqual([]);
  });

  it('[W5] says why a line cannot be sent, and why a cart cannot', () => {
    expect(lineTrouble(newLine(uuid(7), 'burger', []), all)).toEqual({ what: 'missing', group: 'side' });
    expect(lineTrouble(newLine(uuid(7), 'salmon', []), all)).toEqual({ what: 'soldOut', name: 'Salmon' });
    expect(lineTrouble(newLine(uuid(7), 'gone', []), all)).toEqual({ what: 'gone' });
    expect(lineTrouble(burger, all)).toBeNull();
    expect(cartTrouble(at('T1'), all)).toBe('empty');
    expect(cartTrouble(putLine(at('T1'), newLine(uuid(7), 'burger', [])), all)).toBe('nothingReady');
    expect(cartTrouble(putLine(at(null), burger), all)).toBe('where');
    expect(cartTrouble({ ...putLine(at(null), burger), guest: 'Okafor' }, all)).toBeNull();
  });

  it('[W5] the lines that are complete go, the others stay for the same order', () => {
    const cart = putLine(putLine(at('T12'), burger), newLine(uuid(8), 'burger', []));
    expect(readyLines(cart, all)).toEqual([burger]);
    const out = sendCart(cart, all);
    expect(out?.rest.map(({ id }) => id)).toEqual([uuid(8)]);
    expect(out?.send.name).toBe('order.place');
  });

  it('[W6] becomes an order that the contract accepts', () => {
    const line = { ...burger, notes: ' sauce apart ', allergies: ['nuts'], seat: 3, course: 3, hold: true };
    const cart = { ...putLine(at('T12'), line), covers: 4, notes: 'birthday', allergies: ['nuts'] };
    const out = sendCart(cart, all);
    expect(out?.send.input).toEqual({
      order: {
        id: uuid(1),
        type: 'dine_in',
        table: 'T12',
        covers: 4,
        notes: 'birthday',
        allergies: ['nuts'],
        items: [
          {
            id: uuid(2),
            menuItem: 'burger',
            qty: 1,
            modifiers: [
              { group: 'side', option: 'fries' },
              { group: 'cheese', option: 'cheddar' },
            ],
            notes: 'sauce apart',
            allergies: ['nuts'],
            seat: 3,
            course: 3,
            hold: true,
          },
        ],
      },
    });
    expect(commandInputs['order.place'].safeParse(out?.send.input).success).toBe(true);
  });

  it('[PL27] a delivery says whom the courier calls and where they go; another order does not', () => {
    const cart = {
      ...putLine(at(null), burger),
      type: 'delivery' as const,
      guest: ' Noor ',
      phone: ' +1 202 555 0163 ',
      address: ' 12 Elm St ',
      instructions: 'ring twice',
    };
    const sent = (one: typeof cart | (Omit<typeof cart, 'type'> & { type: 'takeout' })) =>
      sendCart(one, all)?.send.input;
    expect(sent(cart)).toMatchObject({
      order: {
        type: 'delivery',
        guest: { name: 'Noor', phone: '+1 202 555 0163' },
        dropoff: { address: '12 Elm St', instructions: 'ring twice' },
      },
    });
    expect(commandInputs['order.place'].safeParse(sent(cart)).success).toBe(true);
    expect(JSON.stringify(sent({ ...cart, type: 'takeout' }))).not.toMatch(/dropoff|555/);
    const back = draftOf('order.place', sent(cart), 0)?.cart;
    expect(back).toMatchObject({
      phone: '+1 202 555 0163',
      address: '12 Elm St',
      instructions: 'ring twice',
    });
  });

  it('[W7] an open order gets only what is new, and a round can be repeated with ids of its own', () => {
    const open = order({
      id: uuid(9),
      table: 'T3',
      items: [
        item('Fries', { menuItem: 'fries', qty: 3, voidQty: 1 }),
        item('Old', { menuItem: 'gone' }),
        item('Fries', { menuItem: 'fries', refireOf: uuid(1) }),
      ],
    });
    let next = 20;
    const lines = repeatLines(open, all, () => uuid((next += 1)));
    expect(lines.map(({ id, menuItem, qty }) => [id, menuItem, qty])).toEqual([[uuid(21), 'fries', 2]]);
    const out = sendCart({ ...cartFor(open, 0), lines }, all);
    expect(out?.send.name).toBe('order.add');
    expect(commandInputs['order.add'].safeParse(out?.send.input).success).toBe(true);
    expect(out?.send.input).toMatchObject({ order: uuid(9), items: [{ id: uuid(21) }] });
  });

  it('[W8] names what a guest must not eat, in the dish or in what is added to it', () => {
    const cart = { ...at('T1'), allergies: ['Dairy'] };
    expect(allergenClash(cart, burger, all)).toEqual(['dairy']);
    expect(allergenClash(cart, newLine(uuid(3), 'burger', []), all)).toEqual([]);
    expect(allergenClash({ ...cart, allergies: [] }, { ...burger, allergies: ['gluten'] }, all)).toEqual([
      'gluten',
    ]);
  });
});

describe('carts that are not sent', () => {
  const shelf = (text: string | null = null) => {
    let kept = text;
    return { read: () => kept, write: (next: string) => void (kept = next) };
  };

  it('[W9] a reload finds them, another evening does not, and what cannot be read is nothing', () => {
    const place = shelf();
    new Drafts(place, 1000).put(putLine(at('T1'), burger));
    expect(new Drafts(place, 2000).get()).toEqual([putLine(at('T1'), burger)]);
    expect(new Drafts(place, 1000 + 13 * 3_600_000).get()).toEqual([]);
    expect(new Drafts(shelf('{"v":1,"carts":[{"order":7}]}'), 0).get()).toEqual([]);
    expect(new Drafts(shelf('not json'), 0).get()).toEqual([]);
  });

  it('[W10] the second of two taps finds nothing left to send', () => {
    const drafts = new Drafts(shelf(), 0);
    drafts.put(putLine(at('T1'), burger));
    const sends = Array.from({ length: 10 }, () => {
      const cart = drafts.find(uuid(1));
      const out = cart && sendCart(cart, all);
      if (out) drafts.drop(uuid(1));
      return out ?? null;
    });
    expect(sends.filter((out) => out !== null)).toHaveLength(1);
  });

  it('[W10] refused lines come back before what was typed since', () => {
    const drafts = new Drafts(shelf(), 0);
    const cart = putLine(at('T1'), burger);
    drafts.put({ ...cart, adds: true, lines: [newLine(uuid(30), 'fries', [])] });
    drafts.giveBack(cart, cart.lines);
    expect(drafts.find(uuid(1))?.adds).toBe(false);
    expect(drafts.find(uuid(1))?.lines.map(({ id }) => id)).toEqual([uuid(2), uuid(30)]);
    expect(drafts.findTable('T1')?.order).toBe(uuid(1));
  });
});
