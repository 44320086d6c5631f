import type { Entity } from '../../domain/entities.ts';
import type {
  Answer,
  ConnectionView,
  Entities,
  Heard,
  LiveData,
  OutboxView,
  RecoveredView,
  SendCommand,
  Store,
  View,
} from '../../sdk/shapes.ts';
import type { Player } from '../ui/player.ts';
import type { Moment } from './moment.ts';

/** A client that knows one moment and nothing else: no line, no commands, no sound. The boards draw it as they draw today. */

const ignore = (): void => undefined;
const NOBODY = (): (() => void) => ignore;

function always<T>(value: T): Store<T> {
  return { get: () => value, subscribe: NOBODY };
}

const NONE: ReadonlyMap<string, Entity> = new Map();

/** The entities by kind; of any kind that the moment has nothing of, also one that came to the house later, an empty map. */
function byKind(entities: readonly Entity[]): Entities {
  const maps: Record<string, Map<string, Entity>> = {};
  for (const entity of entities) (maps[entity.kind] ??= new Map()).set(entity.id, entity);
  const total = new Proxy(maps, { get: (known, kind) => known[String(kind)] ?? NONE });
  // Each map holds the entities of the kind that it is named by.
  return total as unknown as Entities;
}

const NO_OUTBOX: OutboxView = { pending: [], unsent: 0, oldest: null, durable: true, refused: [] };
const NOTHING_FORGOTTEN: RecoveredView = { withdrawn: [], regressed: [], kept: false };

/** Made anew for each moment, so that everything that steps with the clock steps to it. */
export function pastHeard({ topic, now, entities }: Moment): Heard {
  const view = (of: string): View => ({
    topic: of,
    state: 'live',
    entities: byKind(of === topic ? entities : []),
    pos: 0,
    cursor: null,
    freshness: now,
    predicted: new Set(),
    problem: null,
  });
  const views = new Map<string, Store<View>>();
  const viewOf = (of: string): Store<View> => {
    const known = views.get(of) ?? always(view(of));
    views.set(of, known);
    return known;
  };
  const connection: ConnectionView = {
    word: 'live',
    since: now,
    lastProofAt: now,
    behind: 0,
    age: null,
    via: null,
    through: null,
    blocked: null,
    nextTryAt: null,
    rules: 'same',
    clockKnown: true,
    reconnects: 0,
    repairs: 0,
  };
  const live: Store<LiveData> = always(new Map());
  return {
    location: '',
    connection: always(connection),
    view: viewOf,
    live: () => live,
    onChange: NOBODY,
    command: refuse,
    outbox: {
      ...always(NO_OUTBOX),
      confirm: ignore,
      discard: () => false,
      dismiss: ignore,
      flush: ignore,
    },
    serverNow: () => now,
    painted: ignore,
    onNudge: NOBODY,
    onRepaired: NOBODY,
    recovered: { ...always(NOTHING_FORGOTTEN), keep: ignore, remove: ignore },
    refresh: ignore,
    renew: async () => undefined,
    close: ignore,
  };
}

/** Nobody acts in the past. */
const refuse: SendCommand = (name) => {
  const answer: Promise<Answer> = Promise.resolve({
    ok: false,
    id: '',
    name,
    reason: 'discarded',
    problem: { type: 'about:blank', title: '', status: 409, detail: '', code: 'conflict', errors: [] },
    current: null,
  });
  return Object.assign(answer, { id: '', saved: Promise.resolve(false) });
};

/** What rang then does not ring again. */
export const SILENT: Player = {
  state: () => 'running',
  subscribe: NOBODY,
  start: async () => 'running',
  play: () => false,
  playAll: ignore,
  volume: () => 100,
  setVolume: ignore,
};
