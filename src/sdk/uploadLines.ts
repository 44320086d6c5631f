import type { Tokens } from './tokens.ts';
import type { Uploaded } from './transitionLog.ts';

/** Hands the line's own story to the server: `POST …/connections`, under the name that its streams have. Never throws. */
export async function uploadLines(
  { place, fetch: fetcher, tokens }: { place: URL; fetch: typeof fetch; tokens: Tokens },
  client: string,
  body: string,
): Promise<Uploaded> {
  try {
    const response = await fetcher(`${place.href}/connections?client=${encodeURIComponent(client)}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokens.get('command')}`,
        'content-type': 'application/json',
      },
      body,
      signal: AbortSignal.timeout(10_000),
      cache: 'no-store',
      credentials: 'omit',
    });
    await response.body?.cancel();
    if (response.ok) return 'taken';
    // A server of before, or a reader that may not tell.
    if (response.status === 404 || response.status === 403 || response.status === 405) return 'never';
    return [400, 413, 415, 422].includes(response.status) ? 'spoiled' : 'later';
  } catch {
    return 'later';
  }
}
