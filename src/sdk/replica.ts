import type { Entity, EntityKind, Gone } from '../domain/entities.ts';
import { addHash, entityHash, removeHash } from '../domain/viewHash.ts';
import type { Cause, Chg, Snap } from '../protocol/down.ts';
import { isKnownKind } from './frames.ts';
import type { Entities } from './shapes.ts';

/**
 * One topic's copy on this device: pure, each frame gives a new copy or none, so a frame is applied whole or not at all.
 *
 * A `chg` claims: these are all the changes in (from, to].
 *
 *     to ≤ pos           seen, skip
 *     from ≤ pos < to    apply all of it; entities are whole and versioned, so overlap is harmless
 *     from > pos         a gap: subscribe again from the own cursor
 */
export type Replica = {
  readonly topic: string;
  /** -1: nothing yet. */
  readonly pos: number;
  /** Where to resume. */
  readonly cursor: string | null;
  /** Cursor of the last frame that changed what is shown. */
  readonly paintCursor: string | null;
  readonly hash: number;
  readonly entities: Entities;
  /** Of every entity, also of kinds that only a newer reader knows: the hash counts them too. */
  readonly versions: ReadonlyMap<string, number>;
  /** Versions at which entities left: nothing older comes back. */
  readonly tombs: ReadonlyMap<string, number>;
  /** A snapshot was asked for; it replaces whatever is here. */
  readonly asked: boolean;
  /** Snapshots whose last part is not here yet, by connection. */
  readonly parts: ReadonlyMap<number, readonly Entity[]>;
};

/** What a frame did. `part`: the rest of a snapshot is to come. `differs`: the snapshot's own hash is not that of its entities. */
export type Outcome = 'same' | 'applied' | 'gap' | 'part' | 'snapshot' | 'differs';
export type Told = { events: readonly Cause[]; put: readonly Entity[]; gone: readonly Gone[] };
export type Applied = { replica: Replica; outcome: Outcome; told: Told | null };

const MAX_TOMBS = 2000;

const NOTHING: Entities = {
  ticket: new Map(),
  order: new Map(),
  table: new Map(),
  station: new Map(),
  menu: new Map(),
  alert: new Map(),
  tracking: new Map(),
  reservation: new Map(),
  waitlist: new Map(),
  book: new Map(),
  call: new Map(),
  task: new Map(),
  channel: new Map(),
  stock: new Map(),
  waste: new Map(),
};

export function emptyReplica(topic: string): Replica {
  return {
    topic,
    pos: -1,
    cursor: null,
    paintCursor: null,
    hash: 0,
    entities: NOTHING,
    versions: new Map(),
    tombs: new Map(),
    asked: true,
    parts: new Map(),
  };
}

export function applyChange(replica: Replica, frame: Chg): Applied {
  if (frame.to <= replica.pos) return { replica, outcome: 'same', told: null };
  if (replica.pos < 0 || frame.from > replica.pos) return { replica, outcome: 'gap', told: null };
  const versions = new Map(replica.versions);
  const tombs = new Map(replica.tombs);
  const draft = draftOf(replica.entities);
  let { hash } = replica;
  const put: Entity[] = [];
  const gone: Gone[] = [];
  for (const entity of frame.put) {
    const key = keyOf(entity);
    const known = versions.get(key);
    if (entity.version <= Math.max(known ?? -1, tombs.get(key) ?? -1)) continue;
    if (known !== undefined) hash = removeHash(hash, entityHash(entity.kind, entity.id, known));
    hash = addHash(hash, entityHash(entity.kind, entity.id, entity.version));
    versions.set(key, entity.version);
    tombs.delete(key);
    draft.put(entity);
    put.push(entity);
  }
  for (const leaver of frame.gone) {
    const key = keyOf(leaver);
    const known = versions.get(key);
    if ((tombs.get(key) ?? -1) < leaver.version && (known ?? -1) <= leaver.version)
      tombs.set(key, leaver.version);
    if (known === undefined || known > leaver.version) continue;
    hash = removeHash(hash, entityHash(leaver.kind, leaver.id, known));
    versions.delete(key);
    draft.remove(leaver.kind, leaver.id);
    gone.push(leaver);
  }
  const events = frame.events.filter((event) => event.seq > replica.pos);
  const changed = put.length > 0 || gone.length > 0;
  return {
    replica: {
      ...replica,
      pos: frame.to,
      cursor: frame.cursor,
      paintCursor: changed || replica.paintCursor === null ? frame.cursor : replica.paintCursor,
      hash,
      entities: draft.done(),
      versions: changed ? versions : replica.versions,
      tombs: trimmed(tombs),
    },
    outcome: 'applied',
    told: changed || events.length > 0 ? { events, put, gone } : null,
  };
}

/**
 * A snapshot, or a part of one. Nothing is shown before the last part is here. One that is older than the copy
 * is ignored, unless it was asked for or the server insists (`reset`).
 */
export function applySnapshot(replica: Replica, frame: Snap, link: number): Applied {
  const before = frame.part === 0 ? [] : replica.parts.get(link);
  // A part without its beginning belongs to a snapshot that was given up.
  if (!before) return { replica, outcome: 'same', told: null };
  const all = [...before, ...frame.entities];
  const parts = new Map(replica.parts);
  if (!frame.last) {
    parts.set(link, all);
    return { replica: { ...replica, parts }, outcome: 'part', told: null };
  }
  parts.delete(link);
  if (frame.pos <= replica.pos && !replica.asked && frame.reset !== true)
    return { replica: { ...replica, parts }, outcome: 'same', told: null };

  const draft = draftOf(NOTHING);
  const versions = new Map<string, number>();
  let hash = 0;
  const put: Entity[] = [];
  for (const entity of all) {
    const key = keyOf(entity);
    versions.set(key, entity.version);
    hash = addHash(hash, entityHash(entity.kind, entity.id, entity.version));
    // What did not change keeps its identity, so that a repair repaints only what was wrong.
    const old = oldOf(replica, entity.kind, entity.id);
    const same = old !== undefined && isSame(old, entity);
    draft.put(same ? old : entity);
    if (!same) put.push(entity);
  }
  const gone = leavers(replica, versions, frame.pos);
  const first = replica.pos < 0;
  return {
    replica: {
      ...replica,
      pos: frame.pos,
      cursor: frame.cursor,
      paintCursor: frame.cursor,
      hash,
      entities: draft.done(),
      versions,
      tombs: new Map(),
      asked: false,
      parts,
    },
    outcome: hash === frame.hash ? 'snapshot' : 'differs',
    told: !first && (put.length > 0 || gone.length > 0) ? { events: [], put, gone } : null,
  };
}

/** The connection is gone, and with it the rest of its snapshots. */
export function forgetLink(replica: Replica, link: number): Replica {
  if (!replica.parts.has(link)) return replica;
  const parts = new Map(replica.parts);
  parts.delete(link);
  return { ...replica, parts };
}

/**
 * Another history than the one this copy is of: the server says so or, to a page that had kept a view without its cursor,
 * shows a log that is shorter than what was seen of it.
 */
export function isFork(before: Replica, { outcome, replica }: Applied, reset: string | null): boolean {
  if (before.pos < 0 || (outcome !== 'snapshot' && outcome !== 'differs')) return false;
  return reset === 'fork' || reset === 'restored' || (before.cursor === null && replica.pos < before.pos);
}

/**
 * A whole copy that knows less than what is shown of the same history: a node made it that lags behind. A server that
 * gives one of these reasons has looked, and found the history to be one.
 */
export function isSetBack(pos: number, shown: number, reason: string | undefined): boolean {
  return pos < shown && (reason === 'too_old' || reason === 'other_view');
}

/** How the copy stands against what a ping says of the topic. */
export function compare(
  replica: Replica,
  pos: number,
  hash: number,
): 'equal' | 'differs' | 'behind' | 'ahead' {
  if (pos > replica.pos) return 'behind';
  if (pos < replica.pos) return 'ahead';
  return hash === replica.hash ? 'equal' : 'differs';
}

function keyOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind}|${id}`;
}

function oldOf(replica: Replica, kind: string, id: string): Entity | undefined {
  return isKnownKind(kind) ? replica.entities[kind].get(id) : undefined;
}

/**
 * Of one history an equal version is an equal content. A restored one can come to other content at the same version (a lost
 * command that is sent again), so the content itself is compared; another order of keys only costs a paint.
 */
function isSame(old: Entity, entity: Entity): boolean {
  return old.version === entity.version && JSON.stringify(old) === JSON.stringify(entity);
}

/** What a snapshot no longer has. Why is not known: as good as closed. */
function leavers(replica: Replica, versions: ReadonlyMap<string, number>, pos: number): Gone[] {
  const gone: Gone[] = [];
  for (const kind of Object.keys(replica.entities)) {
    if (!isKnownKind(kind)) continue;
    for (const id of replica.entities[kind].keys())
      if (!versions.has(`${kind}|${id}`)) gone.push({ kind, id, version: pos, why: 'closed' });
  }
  return gone;
}

function trimmed(tombs: Map<string, number>): ReadonlyMap<string, number> {
  for (const key of tombs.keys()) {
    if (tombs.size <= MAX_TOMBS) break;
    tombs.delete(key);
  }
  return tombs;
}

/** Copies a kind's Map when it is first written to, so that the kinds that did not change stay the same object. */
function draftOf(base: Entities) {
  const kinds: { -readonly [K in EntityKind]: ReadonlyMap<string, Extract<Entity, { kind: K }>> } = {
    ...base,
  };
  const own = new Map<EntityKind, Map<string, Entity>>();
  const writable = <K extends EntityKind>(kind: K): Map<string, Entity> => {
    let map = own.get(kind);
    if (!map) own.set(kind, (map = new Map<string, Entity>(kinds[kind])));
    return map;
  };
  return {
    put(entity: Entity) {
      if (isKnownKind(entity.kind)) writable(entity.kind).set(entity.id, entity);
    },
    remove(kind: EntityKind, id: string) {
      if (isKnownKind(kind) && kinds[kind].has(id)) writable(kind).delete(id);
      else own.get(kind)?.delete(id);
    },
    done(): Entities {
      // Each Map holds only entities of its kind: `put` files them by their own `kind`.
      return own.size === 0 ? base : { ...kinds, ...(Object.fromEntries(own) as Partial<Entities>) };
    },
  };
}
