/**
 * A map that is never changed, only replaced: `set` answers a new one that shares almost everything with the old.
 * State is provisional until the database answered, so the old state must survive the new one; copying a plain
 * Map of 4,000 open orders for each event would cost more than all the rules together. 64 buckets keep a `set`
 * to one small Map and one array of 64.
 */
export class PMap<V> {
  readonly size: number;
  readonly #buckets: ReadonlyArray<ReadonlyMap<string, V> | undefined>;

  private constructor(buckets: ReadonlyArray<ReadonlyMap<string, V> | undefined>, size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<V>(): PMap<V> {
    return new PMap<V>(Array.from({ length: BUCKETS }), 0);
  }

  static from<V>(entries: Iterable<readonly [string, V]>): PMap<V> {
    const buckets: Map<string, V>[] = Array.from({ length: BUCKETS }, () => new Map<string, V>());
    let size = 0;
    for (const [key, value] of entries) {
      const bucket = buckets[bucketOf(key)];
      if (bucket && !bucket.has(key)) size += 1;
      bucket?.set(key, value);
    }
    return new PMap<V>(buckets, size);
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) ?? false;
  }

  set(key: string, value: V): PMap<V> {
    const index = bucketOf(key);
    const bucket = new Map(this.#buckets[index]);
    const size = bucket.has(key) ? this.size : this.size + 1;
    bucket.set(key, value);
    return new PMap(this.#buckets.with(index, bucket), size);
  }

  delete(key: string): PMap<V> {
    const index = bucketOf(key);
    if (!this.#buckets[index]?.has(key)) return this;
    const bucket = new Map(this.#buckets[index]);
    bucket.delete(key);
    return new PMap(this.#buckets.with(index, bucket), this.size - 1);
  }

  *values(): Generator<V> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket.values();
  }

  *keys(): Generator<string> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket.keys();
  }

  *entries(): Generator<[string, V]> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket.entries();
  }
}

const BUCKETS = 64;

function bucketOf(key: string): number {
  let hash = 0;
  // The tail of a UUIDv7 is its random part; slugs are short, so the tail is all of them.
  for (let index = Math.max(0, key.length - 8); index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 6)) & (BUCKETS - 1);
}
