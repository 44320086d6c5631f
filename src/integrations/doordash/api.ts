import type { OutgoingAnswer, OutgoingRequest, ProviderTools } from '../provider.ts';
import { ProviderRefused, TryLater } from '../provider.ts';
import { textAt } from '../wire.ts';
import { doordashToken } from './token.ts';

/** Calls to DoorDash, of either product: signed, and its answers sorted into what to do about them. */

export const DOORDASH_API = 'https://openapi.doordash.com';

/** A refusal as the adapters judge it: `true` means that what was asked for is so already. */
export type Judge = (answer: OutgoingAnswer) => boolean;

/**
 * Asks, and answers only what DoorDash agreed to, or refused in a way that `isSo` takes for agreement. Throws TryLater for
 * what may go better later (429, 5xx, no answer), ProviderRefused for what will not.
 */
export async function askDoordash(
  tools: ProviderTools,
  request: OutgoingRequest,
  isSo: Judge = () => false,
): Promise<OutgoingAnswer> {
  const answer = await signed(tools, request);
  const { status } = answer;
  if (status >= 200 && status < 300) return answer;
  if (status === 408 || status === 425 || status === 429 || status >= 500 || status < 400)
    throw new TryLater(`DoorDash answered ${status} to ${request.method} ${request.path ?? ''}`);
  if (isSo(answer)) return answer;
  throw refused(answer);
}

/** With a token that all nodes share; one that is no good any more is replaced at once. */
async function signed(tools: ProviderTools, request: OutgoingRequest): Promise<OutgoingAnswer> {
  const call = async (): Promise<readonly [OutgoingAnswer, string]> => {
    const token = await tools.tokens.get('jwt', () => doordashToken(tools.secrets, tools.now()));
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    return [await tools.call({ ...request, headers }), token];
  };
  const [first, token] = await call();
  if (first.status !== 401) return first;
  // The owner may have entered another key since it was signed.
  await tools.tokens.forget('jwt', token);
  return (await call())[0];
}

function refused(answer: OutgoingAnswer): ProviderRefused {
  const { status } = answer;
  const words = wordsOf(answer);
  const code = textAt(answer.json, 'code') ?? String(status);
  if (status === 401)
    return new ProviderRefused(
      `DoorDash does not know the key (${words}): check developer ID, key ID and signing secret.`,
      code,
    );
  if (status === 403)
    return new ProviderRefused(`DoorDash has not given this account the right to do it: ${words}.`, code);
  return new ProviderRefused(`DoorDash refused: ${words}.`, code);
}

/** What DoorDash says about a refusal, short enough for an alert. */
export function wordsOf({ status, json }: OutgoingAnswer): string {
  const said = [
    textAt(json, 'message') ?? textAt(json, 'error'),
    textAt(json, 'reason'),
    textAt(json, 'field_errors', 0, 'field'),
    textAt(json, 'field_errors', 0, 'error'),
  ].filter((one) => one !== null);
  return (said.length === 0 ? `status ${status}` : said.join(', ')).slice(0, 200).replace(/\.+$/, '');
}

/** A name of theirs as one part of a path, which must not lead to another. */
export function pathPart(name: unknown): string {
  if (typeof name !== 'string' || name === '' || /^\.{1,2}$/.test(name))
    throw new ProviderRefused(`${JSON.stringify(name)} names nothing at DoorDash.`, 'no_id');
  return encodeURIComponent(name);
}
