/**
 * A map that is never changed, only replaced: `set` answers a new one that shares almost everything with the old.
 * State is provisional until the database answered, so the old state must survive the new one; copying a plain
 * Map of 4,000 open orders for each event cost more than all the rules together. Two levels of 64 keep a `set`
 * to two short arrays and a leaf of a few entries, up to tens of thousands of entries.
 */
export class PMap<V> {
  readonly size: number;
  readonly #root: Root<V>;

  private constructor(root: Root<V>, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): PMap<V> {
    return new PMap<V>(Array.from<undefined>({ length: WIDTH }), 0);
  }

  static from<V>(entries: Iterable<readonly [string, V]>): PMap<V> {
    let map = PMap.empty<V>();
    for (const [key, value] of entries) map = map.set(key, value);
    return map;
  }

  get(key: string): V | undefined {
    const hash = hashOf(key);
    return this.#root[hash & MASK]?.[(hash >>> BITS) & MASK]?.get(key);
  }

  has(key: string): boolean {
    const hash = hashOf(key);
    return this.#root[hash & MASK]?.[(hash >>> BITS) & MASK]?.has(key) ?? false;
  }

  set(key: string, value: V): PMap<V> {
    const hash = hashOf(key);
    const leaf = new Map(this.#root[hash & MASK]?.[(hash >>> BITS) & MASK]);
    const size = leaf.has(key) ? this.size : this.size + 1;
    leaf.set(key, value);
    return new PMap(this.#withLeaf(hash, leaf), size);
  }

  delete(key: string): PMap<V> {
    if (!this.has(key)) return this;
    const hash = hashOf(key);
    const leaf = new Map(this.#root[hash & MASK]?.[(hash >>> BITS) & MASK]);
    leaf.delete(key);
    return new PMap(this.#withLeaf(hash, leaf.size === 0 ? undefined : leaf), this.size - 1);
  }

  /** The same as a walk over `entries`, at a tenth of its cost: for what is looked through at every commit. */
  forEach(visit: (value: V, key: string) => void): void {
    for (const branch of this.#root) {
      if (branch === undefined) continue;
      for (const leaf of branch) leaf?.forEach(visit);
    }
  }

  *entries(): Generator<[string, V]> {
    for (const branch of this.#root) for (const leaf of branch ?? []) if (leaf) yield* leaf.entries();
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  *keys(): Generator<string> {
    for (const [key] of this.entries()) yield key;
  }

  #withLeaf(hash: number, leaf: Leaf<V> | undefined): Root<V> {
    const branch = (this.#root[hash & MASK] ?? EMPTY).slice();
    branch[(hash >>> BITS) & MASK] = leaf;
    const root = this.#root.slice();
    root[hash & MASK] = branch;
    return root;
  }
}

type Leaf<V> = ReadonlyMap<string, V>;
type Branch<V> = readonly (Leaf<V> | undefined)[];
type Root<V> = readonly (Branch<V> | undefined)[];

const BITS = 6;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;
const EMPTY: Branch<never> = Array.from<undefined>({ length: WIDTH });

/** The tail of a UUIDv7 is its random part, and slugs are short: twelve characters are enough; then mixed. */
function hashOf(key: string): number {
  let hash = 0;
  for (let index = Math.max(0, key.length - 12); index < key.length; index += 1)
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
