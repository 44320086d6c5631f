/**
 * What is known after the database said no.
 *
 * - `known`: nothing was committed; the old state holds, the same may be tried again later.
 * - `poison`: nothing was committed and the same would fail again: something in the content is refused (SQLSTATE 22 data,
 *   23 constraint, 54 limit). Resend each location alone, then each command alone.
 * - `unknown`: the answer was lost (connection gone, server going down, time over); it may have been committed. Drop the
 *   connection, read tail and results, decide again.
 */
export type Failure = 'known' | 'poison' | 'unknown';

/** The five letters PostgreSQL gives its errors; null for errors that did not come from it. */
export function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  const { code } = error;
  // Node's own codes (ECONNRESET, EPIPE) are longer or have letters only; PostgreSQL's have five and a digit.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Sorts an error of `pg` by what it says about the outcome. Whatever is not understood is `unknown`. */
export function classify(error: unknown): Failure {
  const state = sqlState(error);
  if (state === null) return 'unknown';
  const group = state.slice(0, 2);
  if (group === '22' || group === '23' || group === '54') return 'poison';
  // 57P0x: the server shuts down, crashed or starts; 40003: it says itself that it does not know.
  if (group === '08' || state.startsWith('57P') || state === '40003') return 'unknown';
  return 'known';
}
