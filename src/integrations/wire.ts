/**
 * Reading what strangers send. Nothing here throws: what is missing, of another type or no text that the log can keep is
 * null, and whoever reads decides whether that matters.
 */

export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

/** Text that says something, without what PostgreSQL cannot keep; a number as its digits. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = field(value, ...path);
  if (typeof found === 'number' && Number.isFinite(found)) return String(found);
  if (typeof found !== 'string') return null;
  const clean = found.replaceAll('\u0000', '').toWellFormed().trim();
  return clean === '' ? null : clean;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = field(value, ...path);
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function flagAt(value: unknown, ...path: readonly (string | number)[]): boolean | null {
  const found = field(value, ...path);
  if (found === 'true' || found === 'false') return found === 'true';
  return typeof found === 'boolean' ? found : null;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A count of pieces: 1 where nothing sensible stands, at most what a line may have. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number {
  const found = Math.round(numberAt(value, ...path) ?? 1);
  return Math.min(999, Math.max(1, found));
}

/** Minor units of money; null where none are named. */
export function moneyAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = numberAt(value, ...path);
  return found === null || Math.abs(found) > 100_000_000 ? null : Math.round(found);
}
