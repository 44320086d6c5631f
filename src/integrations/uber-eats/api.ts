import { setTimeout as sleep } from 'node:timers/promises';
import {
  type NewToken,
  type OutgoingAnswer,
  type OutgoingRequest,
  ProviderRefused,
  type ProviderTools,
  TryLater,
} from '../provider.ts';
import { flagAt, numberAt, textAt } from '../wire.ts';

/**
 * Calls to Uber Eats: a token for each scope, one more try with a new token after a 401, and `TryLater` for what may go
 * well another time. Any other status is the caller's to understand.
 */

/**
 * What a token may be used for. One token a scope: Uber grants them one by one, and a scope that an application was never
 * given must fail its own calls alone.
 */
export type UberScope = 'eats.order' | 'eats.store.orders.read' | 'eats.store' | 'eats.store.status.write';

const MINUTE_MS = 60_000;
/** Tokens live for 30 days; where Uber does not say so, an hour is believed. */
const UNSAID_LIFE_S = 3_600;
const LONGEST_REST_MS = 5 * MINUTE_MS;
const UNSAID_REST_S = 2;
/** As short a pause is waited for in place: a try that failed waits for longer, and there are only so many of them. */
const SHORT_REST_MS = 3_000;

/**
 * Until when Uber wants to be left alone, by channel. On this node only: another one learns it by its own 429, which is
 * what Uber counts by anyway.
 */
const resting = new Map<string, number>();

/** One call with a token of the scope. Throws TryLater for 401 with a new token, 429, 5xx, and what Uber calls passing. */
export async function uberCall(
  tools: ProviderTools,
  scope: UberScope,
  request: OutgoingRequest,
): Promise<OutgoingAnswer> {
  const place = `${tools.location}/${tools.channel.id}`;
  const until = resting.get(place) ?? 0;
  const rest = until - tools.now();
  if (rest > SHORT_REST_MS) throw new TryLater(`Uber Eats asked for patience until ${isoOf(until)}`);
  if (rest > 0) await sleep(rest, undefined, { signal: tools.signal });
  let answer = await withToken(tools, scope, request);
  // The token was taken back before its time: one more try, with a new one.
  if (answer.status === 401) answer = await withToken(tools, scope, request);
  if (answer.status === 401) throw new TryLater('Uber Eats took no token, not even a new one');
  if (answer.status === 429) {
    const seconds = numberAt(answer.headers, 'retry-after') ?? UNSAID_REST_S;
    resting.set(place, tools.now() + Math.min(LONGEST_REST_MS, Math.max(0, seconds * 1_000)));
    throw new TryLater(`Uber Eats is asked too often, again in ${seconds} s`);
  }
  if (answer.status >= 500) throw new TryLater(`Uber Eats answered ${answer.status}`);
  if (answer.status >= 300 && flagAt(answer.json, 'metadata', 'should_retry') === true)
    throw new TryLater(`Uber Eats answered ${answer.status} for now: ${problemOf(answer).words}`);
  return answer;
}

async function withToken(
  tools: ProviderTools,
  scope: UberScope,
  request: OutgoingRequest,
): Promise<OutgoingAnswer> {
  const token = await tools.tokens.get(scope, () => newToken(tools, scope));
  const answer = await tools.call({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${token}` },
  });
  if (answer.status === 401) await tools.tokens.forget(scope, token);
  return answer;
}

export type Problem = { readonly code: string; readonly words: string };

/** Why Uber refused, in its own words: `{code, message}` of both APIs, `{error, error_description}` of its sign-in. */
export function problemOf({ status, json }: OutgoingAnswer): Problem {
  const code = textAt(json, 'code') ?? textAt(json, 'error') ?? String(status);
  return { code, words: textAt(json, 'message') ?? textAt(json, 'error_description') ?? code };
}

/** An id that may stand in a path. Uber's are UUIDs; a stranger's `..` must not lead elsewhere. */
export function pathId(value: unknown, ...path: readonly (string | number)[]): string | null {
  const text = textAt(value, ...path);
  return text !== null && /^[\w-]{1,100}$/.test(text) ? text : null;
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

async function newToken(tools: ProviderTools, scope: UberScope): Promise<NewToken> {
  const answer = await tools.call({
    method: 'POST',
    base: 'auth',
    path: '/oauth/v2/token',
    body: new URLSearchParams({
      client_id: tools.secrets['clientId'] ?? '',
      client_secret: tools.secrets['clientSecret'] ?? '',
      grant_type: 'client_credentials',
      scope,
    }),
  });
  if (answer.status === 429 || answer.status >= 500)
    throw new TryLater(`Uber's sign-in answered ${answer.status}`);
  const value = textAt(answer.json, 'access_token');
  if (answer.status >= 400) {
    const { code, words } = problemOf(answer);
    throw new ProviderRefused(`Uber Eats gives no token for ${scope}: ${words}`, code);
  }
  if (value === null) throw new TryLater("Uber's sign-in answered without a token");
  const life = numberAt(answer.json, 'expires_in') ?? UNSAID_LIFE_S;
  return { value, expiresAt: tools.now() + life * 1_000 };
}
