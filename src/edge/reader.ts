import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { topicKind } from '../domain/rights.ts';
import { words } from '../domain/text.ts';
import { FeedRefusal } from '../feed/source.ts';
import type { Reader } from '../feed/source.ts';
import { Crowded } from './admission.ts';
import { callerOf, placeOf } from './app.ts';
import { mayReadTopic } from './door.ts';
import type { Caller } from './door.ts';
import { refuse } from './problem.ts';

/** Who reads, as the feed knows a reader: the same for every transport. */

/** How a screen that has no socket names itself: its page, so that two of one person are two, and what it calls itself. */
export const clientQuery = { client: words(80).optional(), screen: words(80).optional() };
export const clientOnly = z.strictObject(clientQuery);
export type Client = z.infer<typeof clientOnly>;

/** The reader that a caller is at a place; `session` names its screen among others. */
export function readerOf(
  { claims, actor }: Caller,
  location: string,
  session: string,
  screen?: string,
): Reader {
  return {
    session,
    actor,
    role: claims.role,
    organization: claims.org,
    location,
    device: claims.dev,
    stations: claims.st,
    order: claims.ord,
    screen,
  };
}

/** The reader that asks over HTTP. Throws 404 or 403 for a topic that is none or not for its role. */
export function readerFor(request: FastifyRequest, topic: string, client: Client): Reader {
  const caller = callerOf(request);
  if (topicKind(topic) === null) throw refuse('not_found', `There is no topic "${topic}"`);
  if (!mayReadTopic(caller.claims, topic))
    throw refuse('forbidden', `The role ${caller.claims.role} may not read the topic "${topic}"`);
  return readerOf(
    caller,
    placeOf(request).id,
    screenKey(request, client.client),
    client.screen ?? client.client,
  );
}

/** A paired screen is known by its device; anybody else by name, and by the page that it says it is. */
export function screenKey(request: FastifyRequest, client?: string): string {
  const claims = request.caller?.claims;
  const bearer = claims === undefined ? request.ip : `${claims.org}|${claims.dev ?? claims.sub}`;
  return client === undefined ? bearer : `${bearer}|${client}`;
}

/** Asks the feed; its refusals become problems. */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof Crowded)
      throw refuse('unavailable', error.message, { retryAfter: error.retryAfter });
    if (!(error instanceof FeedRefusal)) throw error;
    if (error.why === 'forbidden') throw refuse('forbidden', error.message);
    if (error.why === 'not_ready')
      throw refuse('unavailable', 'The location cannot be read at the moment', { retryAfter: 2 });
    throw refuse('not_found', error.message);
  }
}
