import type { Entity } from '../domain/entities.ts';
import type {
  Answer,
  Change,
  ConnectionView,
  Entities,
  Heard,
  LiveData,
  Nudge,
  OutboxView,
  Painted,
  Pending,
  RecoveredView,
  Repair,
  SendCommand,
  Sent,
  Store,
  View,
} from '../sdk/shapes.ts';
import { NOW, byKind } from './entities.ts';

/** A client without a server: what a screen shows is what a test puts in, what it does is written down. */

type Settable<T> = Store<T> & { set(next: T): void };

function settable<T>(first: T): Settable<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
  };
}

export type FakeHeard = Heard & {
  /** Replace what a topic holds; `change` is what a listener hears of it. */
  put(topic: string, entities: Entity[], more?: Partial<View>, change?: Partial<Change>): void;
  line(more: Partial<ConnectionView>): void;
  pend(pending: Partial<Pending>[]): void;
  setOutbox(more: Partial<OutboxView>): void;
  setRecovered(view: RecoveredView): void;
  setLive(topic: string, data: LiveData): void;
  setNow(now: number): void;
  /** The server asks for a ticket that nobody heard. */
  nudge(topic: string, ticket: string): void;
  /** A copy was wrong and replaced. */
  repair(repair: Partial<Repair>): void;
  /** How often somebody asked for everything anew. */
  readonly refreshes: number[];
  readonly sent: { name: string; input: unknown }[];
  readonly paints: { topic: string; cursor: string; how: Painted }[];
  /** What the next commands are answered; until one is set they are accepted. */
  answer: (name: string, input: unknown) => Partial<Answer> | 'never';
};

const NOTHING_FORGOTTEN: RecoveredView = { withdrawn: [], regressed: [], kept: false };

export function fakeHeard(location = 'brasa'): FakeHeard {
  let now = NOW;
  const connection = settable<ConnectionView>({
    word: 'live',
    since: NOW - 60_000,
    lastProofAt: NOW,
    behind: 0,
    age: null,
    via: 'websocket',
    through: 'websocket',
    blocked: null,
    nextTryAt: null,
    rules: 'same',
    clockKnown: true,
    reconnects: 0,
    repairs: 0,
  });
  const outboxView = settable<OutboxView>({
    pending: [],
    unsent: 0,
    oldest: null,
    durable: true,
    refused: [],
  });
  const recovered = settable<RecoveredView>(NOTHING_FORGOTTEN);
  const views = new Map<string, Settable<View>>();
  const lives = new Map<string, Settable<LiveData>>();
  const listeners = new Map<string, Set<(change: Change) => void>>();
  const sent: { name: string; input: unknown }[] = [];
  const paints: { topic: string; cursor: string; how: Painted }[] = [];
  const refreshes: number[] = [];
  const nudged = new Set<(nudge: Nudge) => void>();
  const repaired = new Set<(repair: Repair) => void>();

  const viewOf = (topic: string): Settable<View> => {
    let found = views.get(topic);
    if (!found) {
      found = settable<View>({
        topic,
        state: 'loading',
        entities: byKind() as Entities,
        pos: -1,
        cursor: null,
        freshness: null,
        predicted: new Set(),
        problem: null,
      });
      views.set(topic, found);
    }
    return found;
  };
  const liveOf = (topic: string): Settable<LiveData> => {
    let found = lives.get(topic);
    if (!found) {
      found = settable<LiveData>(new Map());
      lives.set(topic, found);
    }
    return found;
  };

  const command: SendCommand = (name, input) => {
    const id = `command-${sent.length + 1}`;
    sent.push({ name, input });
    const said = fake.answer(name, input);
    const answer: Promise<Answer> =
      said === 'never'
        ? new Promise(() => undefined)
        : Promise.resolve({ ok: true, id, name, seq: 1, replayed: false, result: {}, ...said } as Answer);
    return Object.assign(answer, { id, saved: Promise.resolve(true) }) as Sent;
  };

  const fake: FakeHeard = {
    location,
    connection,
    view: viewOf,
    live: liveOf,
    onChange(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
    command,
    outbox: {
      get: outboxView.get,
      subscribe: outboxView.subscribe,
      confirm: () => undefined,
      discard: () => true,
      dismiss: () => undefined,
      flush: () => undefined,
    },
    serverNow: () => now,
    painted: (topic, cursor, how) => void paints.push({ topic, cursor, how }),
    onNudge(listener) {
      nudged.add(listener);
      return () => nudged.delete(listener);
    },
    recovered: {
      get: recovered.get,
      subscribe: recovered.subscribe,
      keep: () => undefined,
      remove: () => recovered.set(NOTHING_FORGOTTEN),
    },
    onRepaired(listener) {
      repaired.add(listener);
      return () => repaired.delete(listener);
    },
    refresh: () => void refreshes.push(now),
    nudge(topic, ticket) {
      for (const listener of nudged) listener({ topic, ticket, episode: 1 });
    },
    repair(repair) {
      for (const listener of repaired)
        listener({ topic: 'kitchen', at: now, cause: 'hash', missing: [], extra: [], ...repair });
    },
    refreshes,
    renew: () => Promise.resolve(),
    close: () => undefined,
    put(topic, entities, more = {}, change) {
      const view = viewOf(topic);
      const pos = Math.max(0, view.get().pos) + 1;
      view.set({
        ...view.get(),
        state: 'live',
        entities: byKind(...entities) as Entities,
        pos,
        cursor: `cursor-${pos}`,
        freshness: now,
        problem: null,
        ...more,
      });
      if (change)
        for (const listener of listeners.get(topic) ?? [])
          listener({
            topic,
            events: [],
            put: entities,
            gone: [],
            pos,
            at: now,
            late: false,
            reset: null,
            ...change,
          });
    },
    line: (more) => connection.set({ ...connection.get(), ...more }),
    setOutbox: (more) => outboxView.set({ ...outboxView.get(), ...more }),
    setRecovered: recovered.set,
    pend(pending) {
      const full = pending.map((one, index): Pending => ({
        id: `pending-${index}`,
        name: 'ticket.bump',
        input: {},
        aggregate: '',
        tappedAt: now,
        state: 'unsent',
        attempts: 1,
        kept: true,
        who: null,
        ...one,
      }));
      outboxView.set({
        ...outboxView.get(),
        pending: full,
        unsent: full.filter((one) => one.state !== 'sending').length,
      });
    },
    setLive: (topic, data) => liveOf(topic).set(data),
    setNow(next) {
      now = next;
    },
    sent,
    paints,
    answer: () => ({}),
  };
  return fake;
}
