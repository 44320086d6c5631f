import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, luis, maya } from '../testkit/kitchen.ts';
import type { TicketView } from './entities.ts';
import { predict } from './predict.ts';
import { toInstant } from './text.ts';
import { listTopic } from './views.ts';

const O = id('order', 1);
const I1 = id('item', 1);

function placed(items: object[] = [burger(1, { qty: 3 }), burger(2)]): Kitchen {
  const kitchen = new Kitchen();
  kitchen.do('order.place', { order: { id: O, type: 'dine_in', table: 'T1', items: items as never } }, maya);
  return kitchen;
}

function grill(kitchen: Kitchen): TicketView {
  const ticket = listTopic(kitchen.state, 'station:grill', 'staff').find(
    (entity) => entity.kind === 'ticket',
  );
  if (ticket?.kind !== 'ticket') throw new Error('no ticket at the grill');
  return ticket;
}

const at = (kitchen: Kitchen) => kitchen.ticket(1, 'grill');

describe('the work of a station', () => {
  test('[D41] start, ready piece by piece, and the last piece readies the ticket', () => {
    const kitchen = placed();
    expect(grill(kitchen).status).toBe('new');
    kitchen.do('ticket.start', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen).status).toBe('cooking');
    expect(kitchen.do('ticket.start', { ticket: at(kitchen) }, cook)).toEqual([]);
    kitchen.do('item.ready', { order: O, item: I1, qty: 1 }, cook);
    expect(grill(kitchen).lines[0]).toMatchObject({ readyQty: 1, status: 'started' });
    kitchen.do('item.ready', { order: O, item: I1, qty: 2 }, cook);
    expect(grill(kitchen).lines[0]).toMatchObject({ readyQty: 3, status: 'ready' });
    expect(kitchen.do('item.ready', { order: O, item: I1 }, cook)).toEqual([]);
    expect(kitchen.ask('item.ready', { order: O, item: I1, qty: 1 }, cook)).toMatchObject({
      refusal: { code: 'invalid_input', errors: [{ path: 'qty' }] },
    });
    kitchen.do('item.ready', { order: O, item: id('item', 2) }, cook);
    expect(grill(kitchen)).toMatchObject({ status: 'ready', readyAt: toInstant(kitchen.now) });
  });

  test('[D42] un-ready takes pieces back, never below none', () => {
    const kitchen = placed();
    kitchen.do('item.ready', { order: O, item: I1 }, cook);
    kitchen.do('item.unready', { order: O, item: I1, qty: 1 }, cook);
    expect(grill(kitchen).lines[0]).toMatchObject({ readyQty: 2, status: 'started' });
    expect(kitchen.ask('item.unready', { order: O, item: I1, qty: 3 }, cook)).toMatchObject({
      refusal: { code: 'invalid_input' },
    });
    kitchen.do('item.unready', { order: O, item: I1 }, cook);
    expect(kitchen.do('item.unready', { order: O, item: I1 }, cook)).toEqual([]);
  });

  test('[D43] bump readies all; again it changes nothing', () => {
    const kitchen = placed();
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen)).toMatchObject({ status: 'ready', lines: [{ readyQty: 3 }, { readyQty: 1 }] });
    expect(kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook)).toEqual([]);
    expect(kitchen.ask('ticket.start', { ticket: at(kitchen) }, cook)).toMatchObject({
      refusal: { code: 'conflict', current: { kind: 'ticket' } },
    });
  });

  test('[D44] undo gives back what stood ready before the bump', () => {
    const kitchen = placed();
    kitchen.do('item.ready', { order: O, item: I1, qty: 2 }, cook);
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do('ticket.recall', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen)).toMatchObject({
      status: 'cooking',
      recalls: 1,
      lines: [{ readyQty: 2 }, { readyQty: 0 }],
    });
  });

  test('[K7] a recalled ticket keeps its first fire time and its place', () => {
    const kitchen = placed();
    const fired = grill(kitchen).firedAt;
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.now += 9 * 60_000;
    kitchen.do('ticket.recall', { ticket: at(kitchen) }, cook);
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do('ticket.recall', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen)).toMatchObject({
      firedAt: fired,
      recalls: 2,
      recalledAt: toInstant(kitchen.now),
      status: 'cooking',
    });
    expect(grill(kitchen).readyAt).toBeUndefined();
  });

  test('[D5] an order that comes back to the kitchen brings its other tickets along, at a new version', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    for (const station of ['grill', 'drinks'])
      kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, station) }, luis);
    kitchen.do('order.serve', { order: O }, luis);
    expect(listTopic(kitchen.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'ticket')).toEqual([]);
    kitchen.do('ticket.recall', { ticket: kitchen.ticket(1, 'drinks') }, luis);
    const { head } = kitchen.state;
    const tickets = listTopic(kitchen.state, 'kitchen', 'staff').filter(({ kind }) => kind === 'ticket');
    expect(tickets.map(({ version }) => version)).toEqual([head, head]);
    expect(kitchen.state.touched).toContainEqual({ kind: 'ticket', id: at(kitchen) });
  });

  test('[D45] what was handed over is recalled by the pass alone', () => {
    const kitchen = placed();
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do('order.serve', { order: O }, luis);
    expect(kitchen.ask('ticket.recall', { ticket: at(kitchen) }, cook)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    kitchen.do('ticket.recall', { ticket: at(kitchen) }, luis);
    expect(grill(kitchen).status).toBe('cooking');
  });

  test('[D46] rush is set, seen with its author, and taken back', () => {
    const kitchen = placed();
    kitchen.do('ticket.rush', { ticket: at(kitchen) }, luis);
    expect(grill(kitchen)).toMatchObject({ rush: true, rushedBy: 'Luis' });
    expect(kitchen.do('ticket.rush', { ticket: at(kitchen) }, luis)).toEqual([]);
    kitchen.do('ticket.rush', { ticket: at(kitchen), rush: false }, luis);
    expect(grill(kitchen).rush).toBe(false);
  });

  test('[D47] a dish of two stations is ready when both are', () => {
    const kitchen = placed([{ id: I1, menuItem: 'milanesa', qty: 1 }]);
    kitchen.do('item.ready', { order: O, item: I1, station: 'grill' }, cook);
    const order = () => listTopic(kitchen.state, 'pos', 'staff').find(({ kind }) => kind === 'order');
    expect(order()).toMatchObject({ status: 'in_progress', items: [{ status: 'started' }] });
    kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, 'fryer') }, cook);
    expect(order()).toMatchObject({ status: 'ready', items: [{ status: 'ready' }] });
    expect(kitchen.ask('item.ready', { order: O, item: I1, station: 'drinks' }, cook)).toMatchObject({
      refusal: { errors: [{ path: 'station' }] },
    });
  });

  test('[D48] the first hear of an episode is an event, later ones are not', () => {
    const kitchen = placed();
    const askedAt = toInstant(kitchen.now);
    expect(grill(kitchen).delivery).toEqual({ state: 'queued', askedAt });
    kitchen.inner('ticket.hear', { ticket: at(kitchen), screen: 'grill-1' });
    expect(grill(kitchen).delivery).toEqual({ state: 'heard', heardAt: askedAt, askedAt });
    expect(kitchen.inner('ticket.hear', { ticket: at(kitchen), screen: 'grill-2' })).toMatchObject({
      ok: true,
      events: [],
    });
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do('ticket.recall', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen).delivery).toEqual({ state: 'queued', askedAt });
  });

  test('[D49] only the last 50 bumped tickets of a station stay for recall', () => {
    const kitchen = new Kitchen();
    for (let number = 1; number <= 52; number += 1) {
      kitchen.do('order.place', {
        order: { id: id('order', number), type: 'counter', items: [burger(1)] as never },
      });
      kitchen.do('ticket.bump', { ticket: kitchen.ticket(number, 'grill') }, cook);
    }
    const numbers = () =>
      listTopic(kitchen.state, 'station:grill', 'staff').flatMap((one) =>
        one.kind === 'ticket' ? [one.number] : [],
      );
    expect(numbers()).toHaveLength(50);
    expect(numbers()).not.toContain(2);
    kitchen.do('ticket.recall', { ticket: kitchen.ticket(1, 'grill') }, luis);
    expect(numbers()).toContain(1);
  });
});

describe('changes after the fire', () => {
  test('[D50] an amended line says from what to what, wants a tap, and the tap clears what it had painted', () => {
    const kitchen = placed();
    kitchen.do('item.amend', { order: O, item: I1, qty: 1 }, maya);
    expect(grill(kitchen)).toMatchObject({
      ackRequired: true,
      lines: [{ qty: 1, changed: { from: 3, to: 1, fields: ['qty'] } }, {}],
    });
    const painted = grill(kitchen).version;
    kitchen.do('item.amend', { order: O, item: id('item', 2), notes: 'no salt' }, maya);
    kitchen.do('ticket.acknowledge', { ticket: at(kitchen), version: painted }, cook);
    expect(grill(kitchen)).toMatchObject({ ackRequired: true });
    expect(grill(kitchen).lines.map((line) => line.changed?.to)).toEqual([undefined, 'no salt']);
    kitchen.do('ticket.acknowledge', { ticket: at(kitchen) }, cook);
    expect(grill(kitchen).ackRequired).toBe(false);
    expect(kitchen.do('ticket.acknowledge', { ticket: at(kitchen) }, cook)).toEqual([]);
  });

  test('[D51] a bump or ready of an older painting than the last change is a conflict; of the current one it is the tap', () => {
    const kitchen = placed();
    const painted = grill(kitchen).version;
    kitchen.do('item.amend', { order: O, item: I1, allergies: ['nuts'] }, maya);
    expect(kitchen.ask('ticket.bump', { ticket: at(kitchen), version: painted }, cook)).toMatchObject({
      refusal: { code: 'conflict', current: { kind: 'ticket', id: at(kitchen) } },
    });
    expect(kitchen.ask('item.ready', { order: O, item: I1, version: painted }, cook)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    kitchen.do('ticket.bump', { ticket: at(kitchen), version: grill(kitchen).version }, cook);
    expect(grill(kitchen)).toMatchObject({ status: 'ready', ackRequired: false });
  });

  test('[D52] asking for what already is changes nothing', () => {
    const kitchen = placed();
    expect(
      kitchen.do(
        'item.amend',
        { order: O, item: I1, qty: 3, modifiers: [{ group: 'doneness', option: 'rare' }], notes: '' },
        maya,
      ),
    ).toEqual([]);
  });

  test('[D53] a change of what is cooked takes back what stood ready', () => {
    const kitchen = placed();
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do(
      'item.amend',
      { order: O, item: I1, modifiers: [{ group: 'doneness', option: 'well' }] },
      maya,
    );
    expect(grill(kitchen)).toMatchObject({
      status: 'cooking',
      ackRequired: true,
      lines: [{ readyQty: 0, changed: { from: 'rare', to: 'well' } }, { readyQty: 1 }],
    });
  });

  test('[D54] a change that moves a line leaves it struck through at the old station until seen there', () => {
    const kitchen = placed([
      { id: I1, menuItem: 'empanada', qty: 2, modifiers: [{ group: 'cooking', option: 'baked' }] },
    ]);
    const old = at(kitchen);
    kitchen.do(
      'item.amend',
      { order: O, item: I1, modifiers: [{ group: 'cooking', option: 'fried' }] },
      maya,
    );
    expect(grill(kitchen)).toMatchObject({
      id: old,
      status: 'voided',
      ackRequired: true,
      lines: [{ status: 'voided', movedTo: 'fryer' }],
    });
    expect(
      listTopic(kitchen.state, 'station:fryer', 'staff').filter(({ kind }) => kind === 'ticket'),
    ).toMatchObject([{ status: 'new', lines: [{ qty: 2 }] }]);
    kitchen.do('ticket.acknowledge', { ticket: old }, cook);
    expect(
      listTopic(kitchen.state, 'station:grill', 'staff').filter(({ kind }) => kind === 'ticket'),
    ).toEqual([]);
    expect(kitchen.state.gone['station:grill']?.list.at(-1)).toMatchObject({ id: old, why: 'moved' });
  });

  test('[D55] a void after the fire stays struck through until tapped; a part lowers the count', () => {
    const kitchen = placed();
    kitchen.do('item.void', { order: O, item: I1, qty: 1, reason: 'one too many', made: false }, maya);
    expect(grill(kitchen).lines[0]).toMatchObject({ qty: 3, voidQty: 1, changed: { from: 3, to: 2 } });
    kitchen.do('item.void', { order: O, item: I1, reason: 'all of it', made: false }, maya);
    expect(grill(kitchen).lines[0]).toMatchObject({
      voidQty: 3,
      status: 'voided',
      changed: { from: 3, to: 0, fields: ['void'] },
    });
    expect(kitchen.do('item.void', { order: O, item: I1, reason: 'again', made: false }, maya)).toEqual([]);
    expect(
      kitchen.ask('item.void', { order: O, item: id('item', 2), qty: 2, reason: 'x', made: false }, maya),
    ).toMatchObject({ refusal: { errors: [{ path: 'qty' }] } });
  });

  test('[D56] started food is voided by a waiter only with a manager’s PIN', () => {
    const kitchen = placed();
    kitchen.do('ticket.start', { ticket: at(kitchen) }, cook);
    const input = { order: O, item: I1, reason: 'changed mind', made: true };
    expect(kitchen.ask('item.void', input, maya)).toMatchObject({ refusal: { code: 'forbidden' } });
    expect(kitchen.do('item.void', input, { ...maya, approvedBy: 'staff:ana' })).toHaveLength(1);
  });

  test('[D57] what is not fired yet is voided without asking the kitchen', () => {
    const kitchen = placed([burger(1), burger(2, { hold: true })]);
    kitchen.do('item.void', { order: O, item: id('item', 2), reason: 'no dessert', made: false }, maya);
    expect(
      listTopic(kitchen.state, 'station:grill', 'staff').filter(({ kind }) => kind === 'ticket'),
    ).toMatchObject([{ status: 'new', ackRequired: false }]);
  });

  test('[D58] a refire is a new line that costs nothing, rushed, and the old one is closed', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    expect(kitchen.ask('item.refire', { order: O, item: I1, reason: 'raw' }, ana)).toMatchObject({
      refusal: { code: 'conflict' },
    });
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    expect(kitchen.ask('item.refire', { order: O, item: I1, reason: 'raw' }, maya)).toMatchObject({
      refusal: { code: 'forbidden' },
    });
    kitchen.do('item.refire', { order: O, item: I1, reason: 'was raw' }, luis);
    const [, again] = listTopic(kitchen.state, 'station:grill', 'staff').flatMap((one) =>
      one.kind === 'ticket' && one.status === 'new' ? [one] : [one],
    );
    expect(again).toMatchObject({ rush: true, status: 'new', lines: [{ refireOf: I1, notes: 'was raw' }] });
    expect(listTopic(kitchen.state, 'pos', 'staff').find(({ kind }) => kind === 'order')).toMatchObject({
      total: 1800,
      items: [{ status: 'refired' }, {}, { refireOf: I1, price: 0 }],
    });
    expect(kitchen.do('item.refire', { order: O, item: I1, reason: 'raw' }, luis)).toEqual([]);
  });

  test('[D59] the second refire of a dish needs a manager', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    kitchen.do('item.refire', { order: O, item: I1, reason: 'raw' }, luis);
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    const again = kitchen.state.orders.get(O)?.items.at(-1)?.id ?? '';
    expect(kitchen.ask('item.refire', { order: O, item: again, reason: 'burnt' }, luis)).toMatchObject({
      refusal: { code: 'forbidden' },
    });
    expect(kitchen.do('item.refire', { order: O, item: again, reason: 'burnt' }, ana).length).toBeGreaterThan(
      0,
    );
  });

  test('[D60] what is not here is not found', () => {
    const kitchen = placed();
    expect(kitchen.ask('ticket.bump', { ticket: id('item', 77) }, cook)).toMatchObject({
      refusal: { code: 'not_found' },
    });
    expect(
      kitchen.ask('item.void', { order: O, item: id('item', 77), reason: 'x', made: false }, ana),
    ).toMatchObject({ refusal: { code: 'not_found' } });
    expect(kitchen.ask('order.serve', { order: id('order', 77) }, ana)).toMatchObject({
      refusal: { code: 'not_found' },
    });
  });
});

describe('what a tap shows before the server answers', () => {
  test.each([
    ['ticket.start', {}],
    ['ticket.bump', {}],
    ['ticket.rush', { rush: true }],
    ['item.ready', { item: 1 }],
    ['item.ready', { item: 1, qty: 2 }],
  ] as const)('[D61] %s %o is predicted as the server decides it', (name, more) => {
    const kitchen = placed();
    kitchen.do('item.amend', { order: O, item: I1, qty: 4 }, maya);
    const painted = grill(kitchen);
    const input = name.startsWith('ticket')
      ? { ticket: at(kitchen), ...more }
      : { order: O, ...more, item: I1 };
    const guess = predict(painted, { id: id('command', 500), name, input } as never, toInstant(kitchen.now));
    kitchen.do(name, input as never, luis);
    const truth = grill(kitchen);
    // Who tapped is the server's to say.
    const unsaid = { version: 0, rushedBy: undefined, seen: undefined };
    expect({ ...guess, ...unsaid }).toEqual({ ...truth, ...unsaid });
  });

  test('[D62] a recall is predicted as cooking again', () => {
    const kitchen = placed();
    kitchen.do('ticket.bump', { ticket: at(kitchen) }, cook);
    const guess = predict(
      grill(kitchen),
      { id: id('command', 500), name: 'ticket.recall', input: { ticket: at(kitchen) } },
      toInstant(kitchen.now),
    );
    expect(guess).toMatchObject({ status: 'cooking', recalls: 1 });
  });

  test('[D93] what is said of an item is predicted on its own tickets alone', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    const painted = listTopic(kitchen.state, 'station:drinks', 'staff').find(({ kind }) => kind === 'ticket');
    const command = { id: id('command', 500), name: 'item.ready', input: { order: O, item: I1 } } as const;
    expect(painted).toBeDefined();
    if (painted !== undefined) expect(predict(painted, command, toInstant(kitchen.now))).toBe(painted);
  });
});
