import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { VoiceHouse } from '../testing/voiceHouse.ts';
import { retell } from '../retell/retell.ts';
import { field, listAt } from '../wire.ts';
import type { ToolAnswer } from './asking.ts';
import type { CanonicalCall } from './canonical.ts';
import { WITHIN_MS, lateAnswer, runTool, toolNamed } from './tools.ts';

/** Friday, 20 November 2026, a quarter past two in New York. */
const NOW = '2026-11-20T19:15:00.000Z';
const CALL: CanonicalCall = {
  externalId: 'call_1',
  direction: 'inbound',
  from: '+12025550163',
  to: '+12025550110',
  startedAt: '2026-11-20T19:14:30.000Z',
};

let house: VoiceHouse;
let asked = 0;
beforeEach(() => {
  house = new VoiceHouse(retell, NOW);
});

async function ask(
  name: string,
  args: Record<string, unknown>,
  more: {
    call?: CanonicalCall;
    key?: string;
    language?: string;
    receivedAt?: number;
    unheard?: boolean;
  } = {},
): Promise<ToolAnswer> {
  asked += 1;
  return runTool(house.tools(), {
    heard: { call: more.call ?? CALL, saidAt: null, language: more.language ?? null },
    tool: { id: null, name, args },
    key: more.key ?? `key ${asked}`,
    receivedAt: more.receivedAt ?? house.kitchen.now,
    ...(more.unheard === true && { unheard: true }),
  });
}

const lena = { guest_name: 'Lena Ortiz', party_size: 4, date: '2026-11-21', time: '19:30' };
const bookings = () => Object.values(house.state.bookings.reservations);

describe('a table by telephone', () => {
  it('[CA22] is booked with its day and time said back, and bound to the call', async () => {
    const answer = await ask('create_reservation', { ...lena, notes: 'High chair', allergies: 'nuts, none' });
    expect(answer).toMatchObject({
      status: 'confirmed',
      say: 'Booked for 4 people tomorrow, Saturday, November 21, at 7:30 PM, under Lena Ortiz.',
    });
    const [one] = bookings();
    expect(one).toMatchObject({
      id: answer['reservation_id'],
      status: 'booked',
      at: '2026-11-22T00:30:00.000Z',
      party: 4,
      guest: { name: 'Lena Ortiz', phone: '+12025550163' },
      notes: 'High chair',
      allergies: ['nuts'],
      source: 'phone',
    });
    const [call] = Object.values(house.state.calls.calls);
    expect(call?.links).toEqual([{ did: 'made', what: 'reservation', id: one?.id }]);
  });

  it('[CA22] asked for twice in one call is one table, also with other notes; after its cancellation a new one', async () => {
    const first = await ask('create_reservation', lena);
    const again = await ask('book_table', { ...lena, party_size: 'four', time: '7:30 pm', notes: 'Window' });
    expect(again).toEqual(first);
    expect(bookings()).toHaveLength(1);
    await ask('create_reservation', { ...lena, guest_name: 'Omar Haddad' });
    expect(bookings()).toHaveLength(2);
    expect(await ask('cancel_reservation', { reservation_id: first['reservation_id'] })).toMatchObject({
      status: 'cancelled',
    });
    const anew = await ask('create_reservation', lena);
    expect(anew['reservation_id']).not.toBe(first['reservation_id']);
    expect(anew.status).toBe('confirmed');
  });

  it('[CA22] when the time is gone, says when else; the house answers large parties itself', async () => {
    for (const name of ['Ada', 'Ben', 'Cem'])
      expect((await ask('create_reservation', { ...lena, guest_name: name })).status).toBe('confirmed');
    const gone = await ask('create_reservation', lena);
    expect(gone).toMatchObject({ status: 'unavailable', available: false });
    expect(gone.say).toBe(
      'I am sorry, there is no table tomorrow, Saturday, November 21, at 7:30 PM; I could offer 5:45 PM, 6:00 PM, 9:00 PM, or 9:15 PM.',
    );
    expect(gone['alternatives']).toEqual([
      '2026-11-21T17:45',
      '2026-11-21T18:00',
      '2026-11-21T21:00',
      '2026-11-21T21:15',
    ]);
    expect(bookings()).toHaveLength(3);
    const large = await ask('create_reservation', { ...lena, party_size: 8, time: '12:00' });
    expect(large).toMatchObject({ status: 'requested' });
    expect(large.say).toMatch(/passed on the request for 8 people .* the restaurant will confirm it/);
  });

  it('[CA22] whatever is missing or cannot be is asked, in one sentence, and books nothing', async () => {
    const say = async (more: Record<string, unknown>) =>
      (await ask('create_reservation', { ...lena, ...more })).say;
    expect(await say({ party_size: undefined })).toBe('How many people will you be?');
    expect(await say({ party_size: 'four or five' })).toBe('How many people will you be?');
    expect(await say({ date: undefined })).toBe('For which day would that be?');
    expect(await say({ time: undefined })).toBe('At what time would that be?');
    expect(await say({ guest_name: ' ' })).toBe('Under which name may I put it?');
    expect(await say({ party_size: 11 })).toMatch(/up to 10 people/);
    expect(await say({ date: '2026-11-01' })).toMatch(/over already/);
    expect(await say({ date: '2026-11-20', time: '12:00' })).toMatch(/over already/);
    expect(await say({ date: '2027-06-01' })).toMatch(/next 60 days/);
    expect(await say({ time: '16:00' })).toMatch(
      /do not seat anybody .* at 4:00 PM; I could offer 2:15 PM, 2:30 PM/,
    );
    expect(await say({ date: '2026-12-25' })).toMatch(/offer Saturday, December 26, at 7:00 PM/);
    expect(bookings()).toEqual([]);
  });

  it('[CA22] what is free is said without keeping it: at a time, or on a day', async () => {
    expect(await ask('check_availability', lena)).toEqual({
      status: 'answered',
      say: 'Yes, there is a table for 4 tomorrow, Saturday, November 21, at 7:30 PM; shall I book it?',
      available: true,
    });
    const day = await ask('check_availability', { party_size: 2, date: 'tomorrow' });
    expect(day.say).toBe(
      'Tomorrow, Saturday, November 21 I could offer 11:30 AM, 2:00 PM, 7:30 PM, or 10:00 PM.',
    );
    expect(await ask('check_availability', { party_size: 2, date: '2026-12-25' })).toMatchObject({
      status: 'unavailable',
      say: expect.stringMatching(/^We are closed Friday, December 25; I could offer Saturday, December 26/),
    });
    expect(bookings()).toEqual([]);
  });

  it('[CA23] is changed by whoever calls from its number; what is not named stays', async () => {
    await ask('create_reservation', lena);
    const other = { ...CALL, externalId: 'call_2', startedAt: null };
    const moved = await ask('change_reservation', { new_time: '8 pm' }, { call: other });
    expect(moved).toMatchObject({
      status: 'changed',
      say: 'Changed: it is for 4 people tomorrow, Saturday, November 21, at 8:00 PM now.',
    });
    expect(await ask('change_reservation', { party_size: 'two' }, { call: other })).toMatchObject({
      status: 'changed',
    });
    expect(bookings()).toMatchObject([{ at: '2026-11-22T01:00:00.000Z', party: 2 }]);
    // There and back and there again are three changes.
    await ask('change_reservation', { new_date: 'Sunday' }, { call: other });
    await ask('change_reservation', { new_date: 'tomorrow' }, { call: other });
    await ask('change_reservation', { new_date: 'Sunday' }, { call: other });
    expect(bookings()).toMatchObject([{ at: '2026-11-23T01:00:00.000Z' }]);
    expect(await ask('change_reservation', {}, { call: other })).toMatchObject({ status: 'unclear' });
    const links = Object.values(house.state.calls.calls).find(
      ({ externalId }) => externalId === 'call_2',
    )?.links;
    expect(links).toEqual([{ did: 'changed', what: 'reservation', id: bookings()[0]?.id }]);
  });

  it('[CA23] when the new time cannot be had it stays as it was, and others are offered', async () => {
    const first = await ask('create_reservation', lena);
    for (const name of ['Ada', 'Ben'])
      await ask('create_reservation', { ...lena, guest_name: name, time: '20:30' });
    await ask('create_reservation', { ...lena, guest_name: 'Cem', time: '21:00' });
    const refused = await ask('change_reservation', {
      reservation_id: first['reservation_id'],
      new_time: '20:30',
    });
    expect(refused).toMatchObject({
      status: 'unavailable',
      alternatives: expect.arrayContaining(['2026-11-21T19:00']),
    });
    expect(bookings()[0]).toMatchObject({ at: '2026-11-22T00:30:00.000Z', status: 'booked' });
  });

  it('[CA23] is cancelled once; which one is asked, and nobody is let at a stranger’s', async () => {
    await ask('create_reservation', lena);
    await ask('create_reservation', { ...lena, date: '2026-11-22' });
    expect((await ask('cancel_reservation', {})).say).toBe(
      'Which one do you mean: for 4 tomorrow, Saturday, November 21, at 7:30 PM or for 4 Sunday, November 22, at 7:30 PM?',
    );
    // A day on which they have none is no reason to cancel another.
    expect((await ask('cancel_reservation', { date: 'Monday' })).status).toBe('unclear');
    const stranger: CanonicalCall = { ...CALL, externalId: 'call_3', from: 'anonymous' };
    expect(await ask('cancel_reservation', {}, { call: stranger })).toMatchObject({ status: 'unclear' });
    expect(await ask('cancel_reservation', { name: 'Ortiz' }, { call: stranger })).toMatchObject({
      status: 'unclear',
    });
    expect(bookings().every(({ status }) => status === 'booked')).toBe(true);
    expect(
      await ask('cancel_reservation', { name: 'Ortiz', date: 'Sunday' }, { call: stranger }),
    ).toMatchObject({
      status: 'cancelled',
      say: 'The reservation Sunday, November 22, at 7:30 PM is cancelled.',
    });
    expect(await ask('cancel_reservation', { date: 'tomorrow' })).toMatchObject({ status: 'cancelled' });
    expect(await ask('cancel_reservation', { date: 'tomorrow' })).toMatchObject({ status: 'cancelled' });
    expect(house.kitchen.log.filter(({ type }) => type === 'reservation.cancelled')).toHaveLength(2);
  });

  it('[CA24] speaks the caller’s language, else the house’s', async () => {
    const spanish = await ask('create_reservation', {
      ...lena,
      language: 'es-MX',
      date: 'mañana',
      time: 'siete y media',
    });
    expect(spanish.say).toBe(
      'Reservado para 4 personas mañana, sábado, 21 de noviembre, a las 19:30, a nombre de Lena Ortiz.',
    );
    const arabic = await ask(
      'check_availability',
      { party_size: 2, date: 'غدا', time: '٨ مساء' },
      { language: 'ar' },
    );
    expect(arabic.say).toMatch(/^نعم، توجد طاولة لـشخصين غدًا، السبت/);
    expect((await ask('check_availability', { party_size: 2 }, { language: 'fr' })).say).toBe(
      'For which day would that be?',
    );
    expect(lateAnswer({ language: 'es' }, { id: null, name: 'create_reservation', args: {} })).toEqual({
      status: 'pending',
      say: expect.stringMatching(/^Todavía no/),
    });
  });
});

describe('an order by telephone', () => {
  const burger = { name: 'Classic Burger', quantity: 2, modifiers: ['rare', 'cheddar', 'no onion'] };
  const order = { guest_name: 'Lena', items: [burger, 'a lemonade'] };
  const orders = () => [...house.state.orders.values()];

  it('[CA25] is dishes of the menu with what is wanted and not wanted, once a call', async () => {
    const answer = await ask('place_order', { ...order, allergies: ['sesame'] });
    expect(answer).toMatchObject({
      status: 'confirmed',
      say: 'Your order is in: 2 Classic Burger, rare, cheddar, no onion and one Lemonade, $34.50 in all; the number is 1.',
      order_number: '1',
    });
    await ask('place_order', { ...order, notes: 'again' });
    expect(orders()).toHaveLength(1);
    expect(orders()[0]).toMatchObject({
      type: 'takeout',
      source: 'phone',
      guest: { name: 'Lena', phone: '+12025550163' },
      allergies: ['sesame'],
      items: [
        {
          menuItem: 'burger',
          qty: 2,
          modifiers: [{ option: 'rare' }, { option: 'cheddar' }, { option: 'onion', action: 'remove' }],
        },
        { menuItem: 'lemonade', qty: 1 },
      ],
    });
    expect(Object.values(house.state.calls.calls)[0]?.links).toEqual([
      { did: 'made', what: 'order', id: answer['order_id'] },
    ]);
  });

  it('[CA25] what is not clear is asked, and nothing is cooked meanwhile', async () => {
    const say = async (items: unknown, more: object = {}) =>
      (await ask('place_order', { guest_name: 'Lena', items, ...more })).say;
    expect(await say(['classic'])).toBe('Do you mean Classic Burger?');
    expect(await say([{ name: 'Classic Burger' }])).toBe('Doneness for the Classic Burger: rare or well?');
    expect(await say([{ name: 'Classic Burger', modifiers: ['rare', 'sauce'] }])).toBe(
      'Heat for the Classic Burger: mild or hot?',
    );
    expect(await say(['Classic Burger with everything'])).toMatch(/Classic Burger/);
    expect(await say(['sushi'])).toBe(
      'I do not find sushi on the menu; there is Classic Burger, Empanada, Milanesa, Lemonade, or Mystery.',
    );
    expect(await say([])).toBe('What would you like to order?');
    expect(await say([{ name: 'Lemonade', quantity: 'many' }])).toBe(
      'How many of the Lemonade would you like?',
    );
    expect(await say(['Lemonade'], { guest_name: null })).toBe('Under which name may I put it?');
    expect(await say(['Lemonade'], { order_type: 'delivery' })).toMatch(/picked up only/);
    expect(orders()).toEqual([]);
  });

  it('[CA25] what is sold out is said with what there is instead; what the menu has no word for is a note to the cook', async () => {
    house.kitchen.do('menu.soldOut', { item: 'empanada' });
    expect((await ask('place_order', { guest_name: 'Lena', items: ['empanadas'] })).say).toBe(
      'Empanada is sold out today; there is Classic Burger or Milanesa.',
    );
    await ask('place_order', {
      guest_name: 'Lena',
      items: [{ name: 'Milanesa', modifiers: ['extra crispy'] }],
    });
    expect(orders()[0]?.items[0]).toMatchObject({
      menuItem: 'milanesa',
      notes: 'extra crispy',
      modifiers: [],
    });
  });
});

describe('messages and questions', () => {
  it('[CA26] a message becomes a task of the house, once', async () => {
    const message = { message: 'I left my scarf at table four.', guest_name: 'Lena' };
    expect(await ask('take_message', message)).toEqual({ status: 'done', say: 'I will pass that on.' });
    await ask('leave_message', message);
    expect(Object.values(house.state.calls.tasks)).toMatchObject([
      {
        what: 'message',
        status: 'open',
        text: 'I left my scarf at table four.',
        from: 'Lena',
        phone: '+12025550163',
      },
    ]);
    expect(await ask('take_message', {})).toMatchObject({ status: 'unclear' });
  });

  it('[CA26] hours, dishes, prices and allergens are told', async () => {
    expect((await ask('opening_hours', { date: 'tomorrow' })).say).toBe(
      'Tomorrow, Saturday, November 21 we seat guests from 11:30 AM to 2:30 PM and from 5:30 PM to 10:00 PM.',
    );
    expect((await ask('opening_hours', { date: '2026-12-25' })).say).toBe(
      'Friday, December 25 we are closed.',
    );
    expect((await ask('menu_question', { item: 'milanesa' })).say).toBe('The Milanesa is $14.00.');
    expect((await ask('menu_question', { category: 'drinks' })).say).toBe('There is Lemonade.');
    expect((await ask('menu_question', {})).say).toBe('There is Mains, Drinks, and Odd things.');
    expect(await ask('menu_question', { item: 'sushi' })).toMatchObject({ status: 'unclear' });
  });

  it('[CA26] a tool that is none is answered with what can be done', async () => {
    expect(await ask('launch_rocket', {})).toMatchObject({
      status: 'refused',
      say: expect.stringMatching(/take a message/),
    });
    expect(toolNamed('Create Reservation')).toBe('create_reservation');
    expect(toolNamed('constructor')).toBeNull();
    for (const name of [
      'create_reservation',
      'change_reservation',
      'cancel_reservation',
      'place_order',
      'take_message',
      'menu_question',
      'opening_hours',
      'check_availability',
    ])
      for (const value of [
        null,
        [],
        {},
        '\u0000',
        '\ud83d',
        1e308,
        -1,
        'x'.repeat(70_000),
        [[[]]],
        [null, {}],
      ])
        for (const field of [
          'date',
          'time',
          'party_size',
          'items',
          'name',
          'message',
          'phone',
          'reservation_id',
          'notes',
        ])
          expect(typeof (await ask(name, { ...lena, [field]: value })).say).toBe('string');
  });
});

describe('the guide', () => {
  it('[CA26] describes the tools that there are, all of them', () => {
    const guide = readFileSync('docs/integrations/phone-tools.md', 'utf8');
    const tools: unknown = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(guide)?.[1] ?? '[]');
    const names = listAt({ tools }, 'tools').map((tool) => String(field(tool, 'name')));
    expect(names).toEqual(names.map((name) => toolNamed(name)));
    expect(names).toHaveLength(8);
    for (const tool of listAt({ tools }, 'tools'))
      for (const name of listAt(tool, 'parameters', 'required'))
        expect(field(tool, 'parameters', 'properties', String(name))).toBeDefined();
  });
});

describe('an answer that came too late', () => {
  it('[CA27] is owed: whoever called is rung back and told what came of it', async () => {
    await ask('create_reservation', lena, { receivedAt: house.kitchen.now - WITHIN_MS - 1, key: 'late' });
    await ask('create_reservation', lena, { unheard: true, key: 'late' });
    expect(Object.values(house.state.calls.tasks)).toMatchObject([
      {
        what: 'follow_up',
        phone: '+12025550163',
        text: expect.stringMatching(/^The caller did not hear the answer: Booked for 4 people/),
      },
    ]);
    expect(bookings()).toHaveLength(1);
    await ask('opening_hours', {}, { unheard: true });
    expect(Object.values(house.state.calls.tasks)).toHaveLength(1);
  });
});
