import type { Command, CommandName } from '../domain/commands.ts';
import type { Entity, EntityKind } from '../domain/entities.ts';
import { predict } from '../domain/predict.ts';
import type { Replica } from './replica.ts';
import type { Entities } from './shapes.ts';

/**
 * What a topic will show after the commands that are still under way: the domain's own rules over what the server said.
 * A prediction ends when its answer came and the topic has reached the answer's position; until then it is laid
 * over every new state of the server, in the order of the taps.
 */
export type Predictions = {
  /** A command was tapped. */
  add(id: string, name: CommandName, input: unknown, at: string): void;
  /** It was taken: the prediction holds until a topic has reached this position. */
  taken(id: string, seq: number): void;
  /** It was refused, or taken back. */
  drop(id: string): void;
  /** Forgets what every one of these topics has reached. True when something was forgotten. */
  prune(replicas: readonly Replica[]): boolean;
  apply(replica: Replica): Predicted;
  /** Off while the server's rules are not this page's. */
  enable(on: boolean): void;
};
export type Predicted = { entities: Entities; predicted: ReadonlySet<string> };

type Prediction = { id: string; command: Command; at: string; seq: number | null };

const NONE: ReadonlySet<string> = new Set();

export function createPredictions(): Predictions {
  let pending: readonly Prediction[] = [];
  let enabled = true;
  let cache = new WeakMap<Entities, Map<number, Predicted>>();

  const change = (next: readonly Prediction[]) => {
    pending = next;
    cache = new WeakMap();
  };

  return {
    add(id, name, input, at) {
      const command = commandOf(id, name, input);
      if (command) change([...pending, { id, command, at, seq: null }]);
    },
    taken(id, seq) {
      if (pending.some((prediction) => prediction.id === id))
        change(pending.map((prediction) => (prediction.id === id ? { ...prediction, seq } : prediction)));
    },
    drop(id) {
      if (pending.some((prediction) => prediction.id === id))
        change(pending.filter((prediction) => prediction.id !== id));
    },
    prune(replicas) {
      const rest = pending.filter(({ seq }) => seq === null || replicas.some(({ pos }) => pos < seq));
      if (rest.length === pending.length) return false;
      change(rest);
      return true;
    },
    apply(replica) {
      const { entities, pos } = replica;
      const open = enabled ? pending.filter(({ seq }) => seq === null || pos < seq) : [];
      if (open.length === 0) return { entities, predicted: NONE };
      // The same entities under the same predictions must be the same object, or a screen would paint for nothing.
      const known = cache.get(entities) ?? new Map<number, Predicted>();
      cache.set(entities, known);
      const result = known.get(open.length) ?? overlay(entities, open);
      known.set(open.length, result);
      return result;
    },
    enable(on) {
      if (enabled === on) return;
      enabled = on;
      cache = new WeakMap();
    },
  };
}

function overlay(entities: Entities, open: readonly Prediction[]): Predicted {
  const changed = new Map<EntityKind, Map<string, Entity>>();
  const predicted = new Set<string>();
  for (const { command, at } of open) {
    for (const entity of concerned(entities, changed, command)) {
      const next = predict(entity, command, at);
      if (next === entity) continue;
      const kind = changed.get(next.kind) ?? new Map<string, Entity>(entities[next.kind]);
      kind.set(next.id, next);
      changed.set(next.kind, kind);
      predicted.add(next.id);
    }
  }
  if (predicted.size === 0) return { entities, predicted: NONE };
  // Each Map holds entities of its kind only: `predict` keeps the kind of what it is given.
  return { entities: { ...entities, ...(Object.fromEntries(changed) as Partial<Entities>) }, predicted };
}

/** The tickets and orders that a command may touch, as predicted so far. */
function concerned(
  entities: Entities,
  changed: ReadonlyMap<EntityKind, ReadonlyMap<string, Entity>>,
  command: Command,
): Entity[] {
  const { input } = command;
  const all = (kind: 'ticket' | 'order'): Entity[] => [...(changed.get(kind) ?? entities[kind]).values()];
  if ('ticket' in input) {
    const { ticket } = input;
    return [...all('ticket'), ...all('order')].filter(
      (entity) =>
        entity.id === ticket || (entity.kind === 'order' && entity.tickets.some(({ id }) => id === ticket)),
    );
  }
  if ('order' in input && typeof input.order === 'string') {
    const { order } = input;
    return [...all('ticket'), ...all('order')].filter(
      (entity) => entity.id === order || (entity.kind === 'ticket' && entity.order === order),
    );
  }
  return [];
}

const PREDICTED: ReadonlySet<CommandName> = new Set([
  'ticket.start',
  'ticket.bump',
  'ticket.recall',
  'ticket.rush',
  'ticket.acknowledge',
  'item.ready',
  'item.unready',
  'order.serve',
] satisfies CommandName[]);

/** The command as the rules want it, defaults filled in; null for one that nobody predicts. */
function commandOf(id: string, name: CommandName, input: unknown): Command | null {
  if (!PREDICTED.has(name) || typeof input !== 'object' || input === null) return null;
  const filled = name === 'ticket.rush' ? { rush: true, ...input } : input;
  // Came through `command`, whose types say what belongs to the name; or from the outbox, which only keeps those.
  return { id, name, input: filled } as Command;
}

/** The order of a ticket that some topic shows; its commands wait for each other. */
export function orderOfTicket(replicas: readonly Replica[], ticket: string): string | null {
  for (const { entities } of replicas) {
    const found = entities.ticket.get(ticket);
    if (found) return found.order;
    for (const order of entities.order.values())
      if (order.tickets.some(({ id }) => id === ticket)) return order.id;
  }
  return null;
}
