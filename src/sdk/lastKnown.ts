import type { Entity } from '../domain/entities.ts';
import { RULES } from '../domain/rulesHash.ts';
import { viewHash } from '../domain/viewHash.ts';
import { hasDatabase, opened } from './database.ts';
import { isEntity } from './frames.ts';
import { applySnapshot, emptyReplica } from './replica.ts';
import type { Replica } from './replica.ts';

/**
 * The topics as they were last proved, kept on the device: a screen that is reloaded without a network shows the
 * tickets it knew, and says how old that knowledge is. It never counts as proof, and never as painted: the first
 * word of the server replaces it.
 */
export type LastKnown = {
  /** What was kept of this topic; null: nothing, or too old to be of use. Never rejects. */
  load(topic: string): Promise<{ replica: Replica; provenAt: number } | null>;
  /** The topic was proved to stand like this at `provenAt` (server's clock, ms). Written at most every 2 s. */
  note(replica: Replica, provenAt: number): void;
  /** This device may no longer know anything: all of it goes. */
  forget(): void;
  /** Writes what still waits, then closes the storage. */
  close(): void;
};

/** Where views survive a reload. Values are plain data, as `structuredClone` takes them. */
export type ViewStorage = {
  read(topic: string): Promise<unknown>;
  write(topic: string, value: unknown): Promise<void>;
  clear(): Promise<void>;
  close(): void;
};

/** `rules`: what another version of this page kept may have another shape. */
type KeptView = { rules: string; pos: number; provenAt: number; keptAt: number; entities: Entity[] };

/** Yesterday's tickets would look like today's: what is older is not shown. */
const FORGET_AFTER_MS = 12 * 3_600_000;
const EVERY_MS = 2000;

/** `now` is this device's clock in milliseconds. Without storage nothing is kept. */
export function createLastKnown({ storage, now }: { storage: ViewStorage | null; now(): number }): LastKnown {
  const waiting = new Map<string, { replica: Replica; provenAt: number }>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let over = storage === null;

  function write(): void {
    timer = null;
    for (const [topic, { replica, provenAt }] of waiting) {
      const entities = Object.values(replica.entities).flatMap((ofKind) => [...ofKind.values()]);
      const kept: KeptView = { rules: RULES, pos: replica.pos, provenAt, keptAt: now(), entities };
      // A full disk or a private window: the page works on without a memory.
      void storage?.write(topic, kept).catch(() => undefined);
    }
    waiting.clear();
  }

  return {
    async load(topic) {
      if (over || storage === null) return null;
      const value: unknown = await storage.read(topic).catch(() => null);
      const age = isKeptView(value) ? now() - value.keptAt : Number.POSITIVE_INFINITY;
      if (over || !isKeptView(value) || age > FORGET_AFTER_MS || age < -FORGET_AFTER_MS) return null;
      return { replica: replicaOf(topic, value), provenAt: value.provenAt };
    },
    note(replica, provenAt) {
      if (over) return;
      waiting.set(replica.topic, { replica, provenAt });
      timer ??= setTimeout(write, EVERY_MS);
    },
    forget() {
      if (over) return;
      waiting.clear();
      if (timer !== null) clearTimeout(timer);
      timer = null;
      void storage?.clear().catch(() => undefined);
    },
    close() {
      if (over) return;
      if (timer !== null) clearTimeout(timer);
      write();
      over = true;
      storage?.close();
    },
  };
}

/** A copy that is shown until the server speaks: without a cursor, so that it is neither resumed from nor acknowledged. */
function replicaOf(topic: string, { pos, entities }: KeptView): Replica {
  const { replica } = applySnapshot(
    emptyReplica(topic),
    { t: 'snap', topic, pos, cursor: '', hash: viewHash(entities), entities, part: 0, last: true },
    0,
  );
  return { ...replica, cursor: null, paintCursor: null, asked: true };
}

function isKeptView(value: unknown): value is KeptView {
  if (typeof value !== 'object' || value === null) return false;
  const { rules, pos, provenAt, keptAt, entities }: { [key: string]: unknown } = { ...value };
  return (
    rules === RULES &&
    [pos, provenAt, keptAt].every((number) => typeof number === 'number') &&
    Array.isArray(entities) &&
    entities.every(isEntity)
  );
}

const DATABASE = 'heard-views';
const STORE = 'views';

/** IndexedDB, one database for all locations and screens of the origin; `reader` keeps those of one screen apart. */
function indexedViews(location: string, reader: string): ViewStorage {
  const opening = opened(DATABASE, STORE);
  return {
    read: async (topic) => (await opening).get(STORE, [location, reader, topic]),
    async write(topic, value) {
      await (await opening).put(STORE, value, [location, reader, topic]);
    },
    async clear() {
      await (await opening).clear(STORE);
    },
    close() {
      void opening.then(
        (database) => database.close(),
        () => undefined,
      );
    },
  };
}

/** IndexedDB where there is one; elsewhere nothing is kept. */
export function defaultViews(location: string, reader: string): ViewStorage | null {
  return !hasDatabase() ? null : indexedViews(location, reader);
}
