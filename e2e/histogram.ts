/** A Prometheus histogram as a server exposes it. */
export type Histogram = { count: number; sum: number; buckets: { le: number; count: number }[] };

/** Reads one histogram out of the text of /metrics, labels added up. Throws when there is none of that name. */
export function readHistogram(text: string, name: string): Histogram {
  const buckets = new Map<number, number>();
  let count = 0;
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    const rest = line.slice(name.length);
    const le = /[{,]le="([^"]+)"/.exec(rest)?.[1];
    if (rest.startsWith('_bucket') && le !== undefined) {
      const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      buckets.set(bound, (buckets.get(bound) ?? 0) + value);
    } else if (rest.startsWith('_count')) count += value;
    else if (rest.startsWith('_sum')) sum += value;
  }
  if (buckets.size === 0) throw new Error(`/metrics has no histogram ${name}`);
  return {
    count,
    sum,
    buckets: [...buckets].map(([le, n]) => ({ le, count: n })).toSorted((a, b) => a.le - b.le),
  };
}

/** The quantile as Prometheus' histogram_quantile gives it: straight lines between the bounds. NaN for an empty one. */
export function quantile({ count, buckets }: Histogram, share: number): number {
  if (count === 0) return Number.NaN;
  const rank = share * count;
  let below = { le: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (!Number.isFinite(bucket.le)) return below.le;
      return (
        below.le + ((bucket.le - below.le) * (rank - below.count)) / Math.max(1, bucket.count - below.count)
      );
    }
    below = bucket;
  }
  return below.le;
}
