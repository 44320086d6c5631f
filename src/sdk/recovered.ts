import type { Entity } from '../domain/entities.ts';
import { isEntity } from './frames.ts';
import type { ViewStorage } from './lastKnown.ts';
import type { Replica } from './replica.ts';
import type { Recovered, RecoveredView } from './shapes.ts';
import { openStore } from './store.ts';

/**
 * What this screen has shown and the server does not know any more: a backup was put back, or a standby took over that
 * had not everything. A silent repaint would lose food that is on the fire, so a person decides; what comes back by
 * itself (the tablet that had sent it sends it again) leaves the list.
 */
export type RecoveredEngine = {
  readonly store: { get(): RecoveredView; subscribe(listener: () => void): () => void };
  /** A topic was replaced by a copy of another history. */
  forked(topic: string, before: Replica, after: Replica): void;
  /** Drops what the server knows again. */
  prune(replicas: readonly Replica[]): void;
  keep(): void;
  remove(ids?: readonly string[]): void;
  forget(): void;
};

const KEY = '!recovered';
const MAX = 200;
const FORGET_AFTER_MS = 12 * 3_600_000;
const KINDS: readonly Entity['kind'][] = ['ticket', 'order'];

export function createRecovered(options: {
  storage: ViewStorage | null;
  serverNow(): number;
}): RecoveredEngine {
  const { storage, serverNow } = options;
  const store = openStore<RecoveredView>({ withdrawn: [], regressed: [], kept: false });

  async function load(): Promise<void> {
    const value: unknown = await storage?.read(KEY).catch(() => null);
    const items = Array.isArray(value) ? value.filter(isRecovered) : [];
    const fresh = items.filter(({ at }) => Math.abs(serverNow() - at) < FORGET_AFTER_MS);
    if (fresh.length > 0) show([...fresh, ...all()]);
  }

  const all = (): Recovered[] => [...store.get().withdrawn, ...store.get().regressed];

  function show(items: readonly Recovered[], kept = store.get().kept): void {
    const one = new Map(items.map((item) => [`${item.topic}|${item.was.kind}|${item.was.id}`, item]));
    const bounded = [...one.values()].slice(-MAX);
    store.set({
      withdrawn: bounded.filter(({ now }) => now === null),
      regressed: bounded.filter(({ now }) => now !== null),
      kept: kept && bounded.length > 0,
    });
    void storage?.write(KEY, bounded).catch(() => undefined);
  }

  void load();

  return {
    store,
    forked(topic, before, after) {
      const found: Recovered[] = [];
      for (const kind of KINDS) {
        for (const was of before.entities[kind].values()) {
          const now = after.entities[kind].get(was.id) ?? null;
          if (isOver(was) || (now !== null && !isBehind(was, now))) continue;
          found.push({ topic, at: serverNow(), was, now });
        }
      }
      if (found.length > 0) show([...all(), ...found], false);
    },
    prune(replicas) {
      const items = all();
      if (items.length === 0) return;
      const rest = items.filter(({ topic, was, now }) => {
        const replica = replicas.find((one) => one.topic === topic);
        const known = replica?.entities[was.kind].get(was.id);
        return known === undefined || (now !== null && isBehind(was, known));
      });
      if (rest.length < items.length) show(rest);
    },
    keep: () => show(all(), true),
    remove: (ids) => show(ids === undefined ? [] : all().filter(({ was }) => !ids.includes(was.id))),
    // What is kept of it goes with the views.
    forget: () => store.set({ withdrawn: [], regressed: [], kept: false }),
  };
}

/** Done with before the break: nobody has to be asked about it. */
function isOver(entity: Entity): boolean {
  if (entity.kind === 'ticket') return ['passed', 'done', 'voided', 'auto_closed'].includes(entity.status);
  if (entity.kind === 'order') return ['completed', 'closed', 'cancelled'].includes(entity.status);
  return false;
}

const STEPS: Readonly<Record<string, number>> = {
  held: 0,
  scheduled: 0,
  new: 1,
  placed: 1,
  cooking: 2,
  in_progress: 2,
  ready: 3,
};

/** Is less done of it than was? Versions do not tell: another history counts anew. */
function isBehind(was: Entity, now: Entity): boolean {
  const stepOf = ({ status }: { status: string }): number => STEPS[status] ?? 4;
  if (was.kind === 'order' && now.kind === 'order')
    return stepOf(now) < stepOf(was) || (now.items?.length ?? 0) < (was.items?.length ?? 0);
  if (was.kind !== 'ticket' || now.kind !== 'ticket') return false;
  const piecesOf = (ticket: typeof was): number => ticket.lines.reduce((sum, line) => sum + line.readyQty, 0);
  return stepOf(now) < stepOf(was) || piecesOf(now) < piecesOf(was) || now.lines.length < was.lines.length;
}

function isRecovered(value: unknown): value is Recovered {
  if (typeof value !== 'object' || value === null) return false;
  const { topic, at, was, now }: { [key: string]: unknown } = { ...value };
  return (
    typeof topic === 'string' && typeof at === 'number' && isEntity(was) && (now === null || isEntity(now))
  );
}
