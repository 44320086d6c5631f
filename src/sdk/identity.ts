/**
 * Whose token it is, as far as it matters for what may be seen: pages share a connection only when this is the same. Null for
 * a token that does not say; such a page shares with nobody. The server proves tokens, this only compares them.
 */
export function identityOf(token: string): string | null {
  const middle = token.split('.')[1];
  if (middle === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(middle.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    const claims: { [name: string]: unknown } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims['sub'] !== 'string') return null;
    // Everything but when it was made and when it ends.
    const { exp: _exp, iat: _iat, nbf: _nbf, jti: _jti, ...who } = claims;
    return JSON.stringify(Object.entries(who).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } catch {
    return null;
  }
}
