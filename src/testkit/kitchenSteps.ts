import fc from 'fast-check';
import type { Actor, Command, CommandName, CommandRequest } from '../domain/commands.ts';
import { type House, due } from '../domain/policies.ts';
import type { LocationState } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import { type Kitchen, ana, cook, id, luis, maya } from './kitchen.ts';

/** Random evenings for the properties of the rules: commands legal and illegal, by people who may and may not. */

export type Step = { name: CommandName; input: unknown; by: Actor; minutes: number };

const order = fc.integer({ min: 1, max: 2 });
const item = fc.integer({ min: 1, max: 4 });
const qty = fc.integer({ min: 1, max: 4 });
const table = fc.constantFrom('T1', 'T2', 'T3');
const actor = fc.constantFrom(ana, maya, cook, luis, { ...maya, approvedBy: 'staff:ana' });

const line = fc
  .record({
    item,
    qty,
    what: fc.constantFrom('burger', 'lemonade', 'empanada', 'milanesa', 'mystery', 'open'),
    hold: fc.boolean(),
    fried: fc.boolean(),
  })
  .map(({ item: number, qty: pieces, what, hold, fried }) => {
    const shared = { id: id('item', number), qty: pieces, hold };
    if (what === 'open') return { ...shared, name: 'As they wish', price: 500 };
    const modifiers =
      what === 'burger'
        ? [{ group: 'doneness', option: 'rare' }]
        : what === 'empanada'
          ? [{ group: 'cooking', option: fried ? 'fried' : 'baked' }]
          : [];
    return { ...shared, menuItem: what, modifiers };
  });
const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ id: one }) => one });

/** An order's ticket by its place in the list: resolved when the step runs, for the ids come from the commands. */
const ticketAt = fc.record({ order, nth: fc.integer({ min: 0, max: 2 }) });

/** One thing that somebody in a restaurant may do, sensible or not. */
export const step: fc.Arbitrary<Step> = fc
  .record({
    by: actor,
    minutes: fc.integer({ min: 0, max: 40 }),
    command: fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .record({ order, items: lines, table: fc.option(table, { nil: undefined }) })
          .map((one) => ({
            name: 'order.place' as const,
            input: {
              order: {
                id: id('order', one.order),
                type: 'dine_in',
                items: one.items,
                ...(one.table !== undefined && { table: one.table }),
              },
            },
          })),
      },
      {
        weight: 2,
        arbitrary: fc.record({ order, items: lines }).map((one) => ({
          name: 'order.add' as const,
          input: { order: id('order', one.order), items: one.items },
        })),
      },
      fc.record({ order, item: fc.option(item, { nil: undefined }) }).map((one) => ({
        name: 'order.fire' as const,
        input: {
          order: id('order', one.order),
          ...(one.item !== undefined && { items: [id('item', one.item)] }),
        },
      })),
      fc.record({ order, item: fc.option(item, { nil: undefined }), at: fc.boolean() }).map((one) => ({
        name: 'order.hold' as const,
        input: {
          order: id('order', one.order),
          ...(one.item !== undefined && { items: [id('item', one.item)] }),
          ...(one.at && { at: '2026-01-01T01:00:00Z' }),
        },
      })),
      fc.record({ order, table }).map((one) => ({
        name: 'order.transfer' as const,
        input: { order: id('order', one.order), table: one.table },
      })),
      {
        weight: 2,
        arbitrary: fc.record({ order, item: fc.option(item, { nil: undefined }) }).map((one) => ({
          name: 'order.serve' as const,
          input: {
            order: id('order', one.order),
            ...(one.item !== undefined && { items: [id('item', one.item)] }),
          },
        })),
      },
      fc.record({ order }).map((one) => ({
        name: 'order.cancel' as const,
        input: { order: id('order', one.order), reason: 'left' },
      })),
      {
        weight: 3,
        arbitrary: fc
          .record({ order, item, qty: fc.option(qty, { nil: undefined }), back: fc.boolean() })
          .map((one) => ({
            name: one.back ? ('item.unready' as const) : ('item.ready' as const),
            input: {
              order: id('order', one.order),
              item: id('item', one.item),
              ...(one.qty !== undefined && { qty: one.qty }),
            },
          })),
      },
      {
        weight: 2,
        arbitrary: fc.record({ order, item, qty, notes: fc.boolean(), fried: fc.boolean() }).map((one) => ({
          name: 'item.amend' as const,
          input: {
            order: id('order', one.order),
            item: id('item', one.item),
            qty: one.qty,
            ...(one.notes
              ? { notes: 'please' }
              : { modifiers: [{ group: 'cooking', option: one.fried ? 'fried' : 'baked' }] }),
          },
        })),
      },
      {
        weight: 2,
        arbitrary: fc.record({ order, item, qty: fc.option(qty, { nil: undefined }) }).map((one) => ({
          name: 'item.void' as const,
          input: {
            order: id('order', one.order),
            item: id('item', one.item),
            reason: 'wrong',
            made: false,
            ...(one.qty !== undefined && { qty: one.qty }),
          },
        })),
      },
      fc.record({ order, item }).map((one) => ({
        name: 'item.refire' as const,
        input: { order: id('order', one.order), item: id('item', one.item), reason: 'burnt' },
      })),
      {
        weight: 9,
        arbitrary: fc
          .record({
            at: ticketAt,
            name: fc.constantFrom(
              'ticket.start' as const,
              'ticket.bump' as const,
              'ticket.bump' as const,
              'ticket.recall' as const,
              'ticket.rush' as const,
              'ticket.acknowledge' as const,
              'ticket.print' as const,
            ),
          })
          .map(({ at, name }) => ({ name, input: at })),
      },
      fc.record({ what: fc.constantFrom('burger', 'lemonade'), back: fc.boolean() }).map((one) => ({
        name: one.back ? ('menu.restore' as const) : ('menu.soldOut' as const),
        input: { item: one.what },
      })),
      fc
        .record({ table, verb: fc.constantFrom('seat', 'clear', 'block') })
        .map(({ table: one, verb }) =>
          verb === 'seat'
            ? { name: 'table.seat' as const, input: { table: one, covers: 2 } }
            : verb === 'clear'
              ? { name: 'table.clear' as const, input: { table: one } }
              : { name: 'table.block' as const, input: { table: one, reason: 'wobbles' } },
        ),
    ),
  })
  .map(({ by, minutes, command }) => ({ ...command, by, minutes }));

/** What happens without anybody asking: a screen paints, paper comes out or does not, time does what is due. */
export type Happening = {
  happens: 'hear' | 'print' | 'jam' | 'time' | 'refuse';
  at: { order: number; nth: number };
  seconds: number;
  /** Per station, since how many seconds its screens are gone; null: there is one. */
  gone: readonly (number | null)[];
};

const happening: fc.Arbitrary<Happening> = fc.record({
  happens: fc.constantFrom('hear', 'print', 'jam', 'time', 'time', 'time', 'refuse'),
  at: ticketAt,
  seconds: fc.constantFrom(0, 3, 9, 14, 31, 70, 200),
  gone: fc.array(fc.constantFrom(null, 0, 13, 40), { minLength: 3, maxLength: 3 }),
});

/** An evening with all that happens in it. */
export const evening: fc.Arbitrary<(Step | Happening)[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: step }, { weight: 2, arbitrary: happening }),
  { minLength: 15, maxLength: 60 },
);

/** Runs a step as a client would; a ticket's place becomes its id. The name, if it changed something. */
export function run(kitchen: Kitchen, one: Step | Happening): Command['name'] | null {
  if ('happens' in one) return happen(kitchen, one);
  const { name, input, by, minutes } = one;
  kitchen.now += minutes * 60_000;
  const real = name.startsWith('ticket.')
    ? { ticket: nth(kitchen.state, input as { order: number; nth: number }) }
    : input;
  const outcome = kitchen.ask(name, real as CommandRequest, by);
  return outcome.ok && outcome.events.length > 0 ? name : null;
}

/** What the location layer would know: who is gone since when, under a server that has been ready for long. */
export function houseWith(kitchen: Kitchen, gone: readonly (number | null)[]): House {
  const stations = kitchen.state.config?.stations.map(({ id: station }) => station) ?? [];
  return {
    readyAt: '2025-12-31T00:00:00.000Z',
    goneSince: (station) => {
      const seconds = gone[stations.indexOf(station)] ?? null;
      return seconds === null ? null : toInstant(kitchen.now - seconds * 1000);
    },
  };
}

function happen(kitchen: Kitchen, { happens, at, seconds, gone }: Happening): Command['name'] | null {
  kitchen.now += seconds * 1000;
  const head = kitchen.state.head;
  const ticket = nth(kitchen.state, at);
  const paper = { ticket, job: ticket, printer: 'hot' };
  if (happens === 'hear') kitchen.inner('ticket.hear', { ticket });
  else if (happens === 'print') kitchen.inner('ticket.printed', { ...paper, copy: 1 });
  else if (happens === 'jam') kitchen.inner('print.fail', { ...paper, reason: 'out of paper' });
  else {
    const [first, ...rest] = due(kitchen.state, toInstant(kitchen.now), houseWith(kitchen, gone));
    const all = first ? [first, ...rest] : [];
    if (happens === 'refuse' && first)
      kitchen.inner('policy.refuse', { policy: first.id, next: toInstant(kitchen.now + 30_000) });
    else for (const command of all) kitchen.run(command, { id: `policy:${command.name}`, role: 'policy' });
  }
  if (kitchen.state.head === head) return null;
  return happens === 'hear' ? 'ticket.hear' : happens === 'time' ? 'ticket.escalate' : null;
}

function nth(state: LocationState, at: { order: number; nth: number }): string {
  return state.orders.get(id('order', at.order))?.tickets[at.nth]?.id ?? id('command', 9999);
}
