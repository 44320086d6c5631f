/**
 * Two documents side by side, and three: what somebody changed, and what becomes of a document that two people changed.
 * Lists whose members have an id are told apart by it, so that a moved or renamed dish is one change and not a whole menu.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `path` names members of lists by their id: `['menu', 'items', 'burger', 'price']`. */
export type Change = {
  readonly path: readonly string[];
  readonly what: 'added' | 'removed' | 'changed' | 'moved';
  readonly before?: Json;
  readonly after?: Json;
};

export type Conflict = {
  readonly path: readonly string[];
  /** Undefined: it is not there. */
  readonly base: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
};

/** What must be done to `before` so that it becomes `after`. */
export function compareDocuments(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): Change[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return [{ path, what: 'removed', ...(before !== undefined && { before }) }];
  if (before === undefined) return [{ path, what: 'added', after }];
  const [old, now] = [membersOf(before), membersOf(after)];
  if (old === null || now === null || old.isList !== now.isList)
    return [{ path, what: 'changed', before, after }];
  const changes = [...new Set([...old.members.keys(), ...now.members.keys()])].flatMap((key) =>
    compareDocuments(old.members.get(key), now.members.get(key), [...path, key]),
  );
  if (!old.isList) return changes;
  const kept = (members: ReadonlyMap<string, Json>, others: ReadonlyMap<string, Json>) =>
    [...members.keys()].filter((key) => others.has(key)).join('\n');
  const isMoved = kept(old.members, now.members) !== kept(now.members, old.members);
  return isMoved ? [...changes, { path, what: 'moved' }] : changes;
}

/**
 * What both changed since `base`. Where only one changed something, that holds; where both did, and differently, it is a
 * conflict, and `choose` says whose stays (mine, unless given). Nothing that either added is lost.
 */
export function mergeDocuments(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  choose: (path: readonly string[]) => 'mine' | 'theirs' = () => 'mine',
): { merged: Json | undefined; conflicts: Conflict[] } {
  const conflicts: Conflict[] = [];
  const merged = merge(base, mine, theirs, [], (conflict) => {
    conflicts.push(conflict);
    return choose(conflict.path) === 'mine' ? conflict.mine : conflict.theirs;
  });
  return { merged, conflicts };
}

function merge(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  path: readonly string[],
  settle: (conflict: Conflict) => Json | undefined,
): Json | undefined {
  if (isSame(mine, theirs) || isSame(base, theirs)) return mine;
  if (isSame(base, mine)) return theirs;
  const [a, b] = [membersOf(mine), membersOf(theirs)];
  const old =
    base === undefined ? { isList: a?.isList ?? false, members: new Map<string, Json>() } : membersOf(base);
  if (a === null || b === null || old === null || a.isList !== b.isList || old.isList !== a.isList)
    return settle({ path, base, mine, theirs });
  const members: [string, Json][] = [];
  // In their order, with what is only mine behind: a new dish of mine does not undo how they sorted the menu.
  for (const key of new Set([...b.members.keys(), ...a.members.keys()])) {
    const one = merge(old.members.get(key), a.members.get(key), b.members.get(key), [...path, key], settle);
    if (one !== undefined) members.push([key, one]);
  }
  if (a.isList) return members.map(([, value]) => value);
  return Object.fromEntries(members);
}

type Members = { readonly isList: boolean; readonly members: ReadonlyMap<string, Json> };

/** An object's fields, or a list's members by their id; null for what is one value. */
function membersOf(value: Json | undefined): Members | null {
  if (value === undefined || value === null || typeof value !== 'object') return null;
  if (!isList(value)) return { isList: false, members: new Map(Object.entries(value)) };
  const members = new Map<string, Json>();
  for (const one of value) {
    const id = idOf(one);
    if (id === null || members.has(id)) return null;
    members.set(id, one);
  }
  return members.size === 0 && value.length > 0 ? null : { isList: true, members };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Courses have a number instead of an id. */
function idOf(value: Json): string | null {
  if (value === null || typeof value !== 'object' || isList(value)) return null;
  const id = value['id'] ?? value['number'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** Equal as documents: the order of an object's fields says nothing. */
export function isSame(one: Json | undefined, two: Json | undefined): boolean {
  if (one === two) return true;
  if (one === null || two === null || typeof one !== 'object' || typeof two !== 'object') return false;
  if (isList(one) || isList(two))
    return (
      isList(one) &&
      isList(two) &&
      one.length === two.length &&
      one.every((value, index) => isSame(value, two[index]))
    );
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(two).length &&
    keys.every((key) => Object.hasOwn(two, key) && isSame(one[key], two[key]))
  );
}
