import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kitchen, burger, id } from '../testkit/kitchen.ts';
import { type CommandRequest, commandInputs } from './commands.ts';
import { type EventType, type LoggedEvent, eventData, readEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { FORGOTTEN } from './forgetting.ts';
import {
  forgetIn,
  isForgotten,
  isPersonalType,
  overwritePersonal,
  personalWords,
  subjectOf,
  textPaths,
} from './personal.ts';
import { isOpen } from './order.ts';
import { freeze } from './snapshot.ts';
import { type LocationState, emptyLocation } from './state.ts';

/** Names of fields whose texts are ids, times, codes or the house's own words, wherever they stand. */
const HARMLESS = new Set(
  `id order ticket item station stations items screen to printer job next policy table from day source externalId displayId
   server menuItem kitchenName group option refireOf subjects ingredient channel provider call reservation entry tables
   at task for until fireAt promisedAt startedAt dueAt lines joined act code currency since readyBy readyAt scheduledFor eta
   pickupAt externalIds platformState`.split(/\s+/),
);
/** Single places. What stands in `name` and `reason` is judged one by one: these are of dishes, machines and the house. */
const HARMLESS_PLACES = new Set([
  'order.placed:items[].name',
  'order.placed:items[].modifiers[].name',
  'order.added:items[].name',
  'order.added:items[].modifiers[].name',
  'item.amended:modifiers[].name',
  'item.refired:again.name',
  'item.refired:again.modifiers[].name',
  'print.failed:reason',
  'channel.received:name',
  'channel.received:items{}',
  'channel.paused:reason',
  'channel.storeAsked:reason',
  'channel.storeRefused:words',
  'stock.wasted:reason',
  'stock.scrapped:name',
  'stock.noticed:dishes[]',
  // The provider's codes, held to such by the adapters.
  'call.ended:reason',
  'call.failed:reason',
  'call.analysed:sentiment',
]);

describe('people’s words in events', () => {
  it('[SU41] every text of an event is marked as personal, or listed as harmless', () => {
    const open = Object.entries(eventData).flatMap(([type, schema]) =>
      // The house's own document holds no guest.
      type === 'location.configured'
        ? []
        : textPaths(schema)
            .filter(({ isPersonal }) => !isPersonal)
            .map(({ path }) => ({
              place: `${type}:${path}`,
              name: path.replaceAll('[]', '').split('.').at(-1) ?? '',
            }))
            .filter(({ place, name }) => !HARMLESS.has(name) && !HARMLESS_PLACES.has(place))
            .map(({ place }) => place),
    );
    expect(open).toEqual([]);
  });

  it('[SU41] what is personal in a command is personal in its event: names, numbers, notes, allergies and reasons are marked', () => {
    const marked = (schemas: Record<string, Parameters<typeof textPaths>[0]>) =>
      Object.entries(schemas).flatMap(([type, schema]) =>
        textPaths(schema)
          .filter(({ path }) =>
            /(^|\.)(phone|notes?|guest\.name|allergies\[\]|transcript|summary|text)$/.test(path),
          )
          .filter(({ path }) => !path.startsWith('config.'))
          .map(({ path, isPersonal }) => [`${type}:${path}`, isPersonal] as const),
      );
    const all = [...marked(commandInputs), ...marked(eventData)];
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(([, isPersonal]) => !isPersonal)).toEqual([]);
  });

  it('[SU42] every event with people’s words says whose they are', () => {
    for (const [type, schema] of Object.entries(eventData)) {
      if (!isPersonalType(type)) continue;
      const places = textPaths(schema).map(({ path }) => path.replaceAll('[]', ''));
      const named = ['order', 'reservation', 'entry', 'call', 'message', 'table'].some(
        (name) => places.includes(name) || places.includes(`${name}.id`),
      );
      expect([type, named]).toEqual([type, true]);
    }
  });

  it('[SU42] words are overwritten by marks: the same word by the same mark, another by another, an empty one not', () => {
    const data = {
      order: { id: 'o1', guest: { name: 'Ada', phone: '1' }, notes: '', allergies: ['nuts', 'Ada'] },
      items: [{ id: 'i1', name: 'Soup', notes: 'hot' }],
    };
    const marks = new Map<string, string>();
    const once = forgetIn('order.placed', data, 7, marks);
    expect(once).toEqual({
      order: { id: 'o1', guest: { name: '—7', phone: '—7.1' }, notes: '', allergies: ['—7.2', '—7'] },
      items: [{ id: 'i1', name: 'Soup', notes: '—7.3' }],
    });
    expect(personalWords('order.placed', data)).toEqual(['Ada', '1', 'nuts', 'Ada', 'hot']);
    expect(personalWords('order.placed', once)).toEqual([]);
    expect(forgetIn('order.placed', once, 9, new Map())).toBe(once);
    expect(subjectOf('order.placed', data)).toBe('o1');
    expect(subjectOf('table.blocked', { table: 'T1', reason: 'x' })).toBe('T1');
    expect(subjectOf('menu.soldOut', { item: 'soup' })).toBeNull();
    expect(isForgotten('—')).toBe(true);
    expect(isForgotten('— table by the window')).toBe(false);
  });

  const text = fc.constantFrom('', 'a', 'b', 'no onion', 'allergic', '—');
  const steps = fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant('place' as const),
        order: fc.integer({ min: 1, max: 3 }),
        name: text,
        notes: text,
        nut: text,
      }),
      fc.record({
        do: fc.constant('amend' as const),
        order: fc.integer({ min: 1, max: 3 }),
        notes: text,
        nut: text,
      }),
      fc.record({ do: fc.constant('bump' as const), order: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('ready' as const), order: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('void' as const), order: fc.integer({ min: 1, max: 3 }), why: text }),
      fc.record({ do: fc.constant('refire' as const), order: fc.integer({ min: 1, max: 3 }), why: text }),
      fc.record({ do: fc.constant('ack' as const), order: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('end' as const), order: fc.integer({ min: 1, max: 3 }), why: text }),
      fc.record({ do: fc.constant('block' as const), why: text }),
    ),
    { minLength: 4, maxLength: 20 },
  );
  type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

  /** The same evening in other words. */
  function evening(all: readonly Step[], say: (word: string) => string): Kitchen {
    const kitchen = new Kitchen();
    const said = (word: string) => (word === '' ? '' : say(word));
    for (const step of all) {
      const order = id('order', 'order' in step ? step.order : 1);
      const item = id('item', 'order' in step ? step.order : 1);
      const ticket = kitchen.state.orders.get(order)?.tickets.at(-1)?.id ?? id('order', 99);
      const allergies = 'nut' in step && step.nut !== '' ? [said(step.nut)] : [];
      switch (step.do) {
        case 'place': {
          const lines = [
            burger(step.order, { allergies, ...(step.notes !== '' && { notes: said(step.notes) }) }),
          ];
          const guest = step.name === '' ? {} : { guest: { name: said(step.name), phone: said(step.name) } };
          const input: CommandRequest<'order.place'> = {
            order: { id: order, type: 'takeout', notes: said(step.notes), allergies, ...guest, items: lines },
          };
          kitchen.ask('order.place', input);
          break;
        }
        case 'amend':
          kitchen.ask('item.amend', { order, item, notes: said(step.notes), allergies });
          break;
        case 'ready':
          kitchen.ask('item.ready', { order, item });
          break;
        case 'bump':
          kitchen.ask('ticket.bump', { ticket });
          break;
        case 'ack':
          kitchen.ask('ticket.acknowledge', { ticket });
          break;
        case 'void':
          kitchen.ask('item.void', { order, item, reason: said(step.why), made: true });
          break;
        case 'refire':
          kitchen.ask('item.refire', { order, item, reason: said(step.why) });
          break;
        case 'end':
          kitchen.ask('order.cancel', { order, reason: said(step.why) });
          break;
        case 'block':
          kitchen.ask('table.block', { table: 'T1', reason: said(step.why) });
          break;
        default:
          step satisfies never;
      }
    }
    return kitchen;
  }

  it('[SU43] no rule reads what people say, only whether it is the same: another language, the same decisions', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const plain = evening(all, (word) => word);
        const other = evening(all, (word) => `${word.length} ${word}ß`);
        const shape = (log: readonly LoggedEvent[]) =>
          log.map(({ type, seq, data }) => ({ type, seq, data: blank(type, data) }));
        expect(shape(other.log)).toEqual(shape(plain.log));
      }),
      { numRuns: 150 },
    );
  });

  it('[SU44] a replay of the overwritten log comes to the same orders with the words gone, also by a node that had them', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const kitchen = evening(all, (word) => `secret ${word}`);
        for (const number of [1, 2, 3])
          kitchen.ask('order.cancel', { order: id('order', number), reason: 'secret end' });
        for (const number of [1, 2, 3]) kitchen.inner('order.close', { order: id('order', number) });
        const subjects = [1, 2, 3]
          .map((number) => id('order', number))
          .filter((one) => {
            const order = kitchen.state.orders.get(one);
            return order !== undefined && !isOpen(order);
          });
        if (subjects.length === 0) return;
        const before = kitchen.state;
        expect(kitchen.inner('person.redact', { subjects, why: 'before' })).toMatchObject({ ok: true });
        const marks = new Map<string, Map<string, string>>();
        const overwritten = kitchen.log.map((event) => {
          if (!isPersonalType(event.type)) return event;
          const stored = JSON.parse(JSON.stringify(event));
          const subject = subjectOf(event.type, stored.data) ?? '';
          if (!subjects.includes(subject)) return event;
          const own = marks.get(subject) ?? new Map<string, string>();
          marks.set(subject, own);
          const read = readEvent({ ...stored, data: forgetIn(event.type, stored.data, event.seq, own) });
          if (read === null) throw new Error(`${event.type} does not read back`);
          return read;
        });
        const replayed = overwritten.reduce<LocationState>(evolve, emptyLocation('small-place'));
        // Of the tables the words go with the log; orders are forgotten in memory too.
        const orders = (state: LocationState) =>
          JSON.stringify(freeze({ ...state, tables: emptyLocation('x').tables }));
        expect(JSON.parse(orders(replayed))).toEqual(JSON.parse(orders(kitchen.state)));
        for (const one of subjects)
          expect(JSON.stringify(kitchen.state.orders.get(one))).not.toContain('secret');
        for (const event of overwritten)
          if (subjects.includes(subjectOf(event.type, JSON.parse(JSON.stringify(event.data))) ?? ''))
            expect(JSON.stringify(event)).not.toContain('secret');
        expect(kitchen.state.orders.size).toBe(before.orders.size);
      }),
      { numRuns: 150 },
    );
  });

  it('[SU45] an open order keeps its words until it is over', () => {
    const kitchen = new Kitchen();
    kitchen.do('order.place', {
      order: { id: id('order', 1), type: 'takeout', guest: { name: 'Ada' }, items: [burger(1)] },
    });
    const wish = { subjects: [id('order', 1)], why: 'order' as const };
    expect(kitchen.inner('person.redact', wish)).toMatchObject({ ok: false, refusal: { code: 'conflict' } });
    kitchen.do('order.cancel', { order: id('order', 1), reason: 'left' });
    expect(kitchen.inner('person.redact', wish)).toMatchObject({ ok: true });
    expect(kitchen.state.orders.get(id('order', 1))?.guest).toEqual({ name: FORGOTTEN });
  });
});

/** An event's data without what people said; also what follows from it. */
function blank(type: EventType, data: unknown): unknown {
  return overwritePersonal(eventData[type], JSON.parse(JSON.stringify(data)), () => '*');
}
