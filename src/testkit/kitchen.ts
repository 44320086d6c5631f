import type {
  Actor,
  Command,
  CommandName,
  CommandRequest,
  Context,
  InnerInputs,
  InnerName,
} from '../domain/commands.ts';
import { commandInputs, isCommandName } from '../domain/commands.ts';
import { type LocationConfig, locationConfig } from '../domain/config.ts';
import { decide } from '../domain/decide.ts';
import { type LoggedEvent, readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { Refusal } from '../domain/refusals.ts';
import { type LocationState, emptyLocation } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';

/** A small restaurant for tests: three stations, a rerouting modifier, a dish of two stations, one of none. */
export const smallPlace: LocationConfig = locationConfig.parse({
  name: 'Small Place',
  stations: [
    { id: 'grill', name: 'GRILL', warn: 600, late: 900 },
    { id: 'fryer', name: 'FRYER', warn: 360, late: 540 },
    { id: 'drinks', name: 'DRINKS', warn: 180, late: 300 },
  ],
  tables: [{ id: 'T1' }, { id: 'T2' }, { id: 'T3' }],
  menu: {
    categories: [
      { id: 'mains', name: 'Mains', stations: ['grill'], course: 3 },
      { id: 'drinks', name: 'Drinks', stations: ['drinks'], course: 1 },
      { id: 'odd', name: 'Odd things' },
    ],
    groups: [
      {
        id: 'doneness',
        name: 'Doneness',
        min: 1,
        max: 1,
        options: [
          { id: 'rare', name: 'rare' },
          { id: 'well', name: 'well' },
        ],
      },
      {
        id: 'extras',
        name: 'Extras',
        max: 3,
        kind: 'add',
        options: [
          { id: 'cheddar', name: 'cheddar', price: 150 },
          { id: 'sauce', name: 'sauce', price: 50, groups: ['heat'] },
        ],
      },
      {
        id: 'heat',
        name: 'Heat',
        min: 1,
        max: 1,
        options: [
          { id: 'mild', name: 'mild' },
          { id: 'hot', name: 'hot' },
        ],
      },
      { id: 'remove', name: 'Remove', max: 6, kind: 'remove', options: [{ id: 'onion', name: 'onion' }] },
      {
        id: 'cooking',
        name: 'Cooking',
        max: 1,
        options: [
          { id: 'baked', name: 'baked', station: 'grill' },
          { id: 'fried', name: 'fried', station: 'fryer' },
        ],
      },
    ],
    items: [
      {
        id: 'burger',
        name: 'Classic Burger',
        kitchenName: 'BURGER',
        category: 'mains',
        price: 1350,
        prep: 480,
        groups: ['doneness', 'extras', 'remove'],
      },
      { id: 'empanada', name: 'Empanada', category: 'mains', price: 320, groups: ['cooking'] },
      { id: 'milanesa', name: 'Milanesa', category: 'mains', price: 1400, stations: ['fryer', 'grill'] },
      { id: 'lemonade', name: 'Lemonade', category: 'drinks', price: 450 },
      { id: 'mystery', name: 'Mystery', category: 'odd', price: 100 },
    ],
  },
});

/** The same with backups and paper: the grill and the fryer stand in for each other, the grill has a printer of its own. */
export const safePlace: LocationConfig = locationConfig.parse({
  ...smallPlace,
  stations: [
    { id: 'grill', name: 'GRILL', warn: 600, late: 900, backup: 'fryer', printer: 'hot' },
    { id: 'fryer', name: 'FRYER', warn: 360, late: 540, backup: 'grill' },
    { id: 'drinks', name: 'DRINKS', warn: 180, late: 300 },
  ],
  printers: [
    { id: 'hot', name: 'Kitchen printer' },
    { id: 'bar', name: 'Bar printer' },
  ],
});

const DAY_ENDS = '2026-01-02T04:00:00.000Z';

export const ana: Actor = { id: 'staff:ana', role: 'manager', name: 'Ana' };
export const maya: Actor = { id: 'staff:maya', role: 'waiter', name: 'Maya' };
export const cook: Actor = { id: 'device:grill-1', role: 'kitchen', device: 'grill-1' };
export const luis: Actor = { id: 'staff:luis', role: 'expo', name: 'Luis' };

/** A readable UUIDv7: the kind of thing and its number. */
export function id(what: 'order' | 'item' | 'command', number: number): string {
  const letter = { order: 'a', item: 'b', command: 'c' }[what];
  return `0190f6a0-0000-7000-8000-${letter}${number.toString(16).padStart(11, '0')}`;
}

export type Outcome = { ok: true; events: LoggedEvent[] } | { ok: false; refusal: Refusal };

/** A kitchen that remembers its log: `given` commands, `when` one more, look at what came of it. */
export class Kitchen {
  state: LocationState = emptyLocation('small-place');
  readonly log: LoggedEvent[] = [];
  now = 1_767_225_600_000;
  day = '2026-01-01';
  #commands = 0;

  constructor(config: LocationConfig = smallPlace) {
    this.inner('location.configure', { config });
  }

  /** Validates as the edge would, decides and evolves. A body that the schema refuses is a refusal too. */
  ask<N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    by: Actor = ana,
    commandId?: string,
  ): Outcome {
    const parsed = commandInputs[name].safeParse(input);
    if (!parsed.success)
      return {
        ok: false,
        refusal: {
          code: 'invalid_input',
          detail: 'schema',
          errors: parsed.error.issues.map((issue) => ({
            path: issue.path.join('.'),
            message: issue.message,
          })),
        },
      };
    return this.run(
      { id: commandId ?? id('command', ++this.#commands), name, input: parsed.data } as Command,
      by,
    );
  }

  /** As `ask`, but a refusal fails the test. */
  do<N extends CommandName>(name: N, input: CommandRequest<N>, by: Actor = ana): LoggedEvent[] {
    const outcome = this.ask(name, input, by);
    if (!outcome.ok)
      throw new Error(
        `${name} was refused: ${outcome.refusal.detail} ${JSON.stringify(outcome.refusal.errors ?? '')}`,
      );
    return outcome.events;
  }

  inner<N extends InnerName | CommandName>(
    name: N,
    input: N extends InnerName ? InnerInputs[N] : N extends CommandName ? CommandRequest<N> : never,
  ): Outcome {
    const parsed = isCommandName(name) ? commandInputs[name].parse(input) : input;
    return this.run({ id: id('command', ++this.#commands), name, input: parsed } as Command, {
      id: 'policy:test',
      role: 'policy',
    });
  }

  run(command: Command, by: Actor): Outcome {
    const context: Context = { at: toInstant(this.now), by, day: this.day, dayEnds: DAY_ENDS };
    const decision = decide(this.state, command, context);
    if (!decision.ok) return decision;
    const events = decision.events.map((body): LoggedEvent => {
      // Through JSON and back, as the database would hand it over.
      const event = readEvent(
        JSON.parse(
          JSON.stringify({ ...body, seq: this.state.head + 1, at: context.at, by, command: command.id }),
        ),
      );
      if (!event) throw new Error(`${body.type} does not read back from the log`);
      this.state = evolve(this.state, event);
      this.log.push(event);
      return event;
    });
    return { ok: true, events };
  }

  /** The ticket of an order at a station; the newest where there are several. */
  ticket(orderNumber: number, station: string): string {
    const order = this.state.orders.get(id('order', orderNumber));
    const ticket = order?.tickets.findLast((one) => one.station === station);
    if (!ticket) throw new Error(`order ${orderNumber} has no ticket at ${station}`);
    return ticket.id;
  }
}

/** A line of the small place's menu. */
export function burger(item: number, more: Record<string, unknown> = {}) {
  return {
    id: id('item', item),
    menuItem: 'burger',
    qty: 1,
    modifiers: [{ group: 'doneness', option: 'rare' }],
    ...more,
  };
}

export function lemonade(item: number, more: Record<string, unknown> = {}) {
  return { id: id('item', item), menuItem: 'lemonade', qty: 1, ...more };
}
