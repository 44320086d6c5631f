import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { topicKind } from '../domain/rights.ts';
import { words } from '../domain/text.ts';
import type { Feed } from '../feed/feed.ts';
import { FeedRefusal } from '../feed/source.ts';
import type { Reader } from '../feed/source.ts';
import { acks } from '../protocol/up.ts';
import { callerOf, placeOf } from './app.ts';
import { mayReadTopic } from './door.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse } from './problem.ts';

/** What a screen without a socket uses: the view whole, what changed since, and what it has painted. */

const LONGEST_WAIT_S = 25;
const topic = words(80);

export const snapshotQuery = z.strictObject({ topic });
export const changesQuery = z.strictObject({
  topic,
  after: words(400).optional(),
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number of seconds')
    .transform(Number)
    .refine((value) => value <= LONGEST_WAIT_S, `must be at most ${LONGEST_WAIT_S}`)
    .default(0),
});

export type FeedRouteOptions = { readonly feed: Feed };

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
    screen,
  };
}

/** `GET …/snapshot`, `GET …/changes` and `POST …/acks`. */
export function registerFeed(app: FastifyInstance, { feed }: FeedRouteOptions): void {
  app.get('/v1/locations/:location/snapshot', async (request, reply) => {
    const { topic: named } = parseInput(snapshotQuery, request.query);
    const snapshot = await asked(() => feed.snapshot(readerFor(request, named), named));
    void reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return snapshot.text();
    return reply.header('content-encoding', 'gzip').send(await snapshot.zipped());
  });

  app.get('/v1/locations/:location/changes', async (request, reply) => {
    const { topic: named, after, wait } = parseInput(changesQuery, request.query);
    const reader = readerFor(request, named);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const body = await asked(() => feed.changes(reader, named, after ?? null, wait * 1000, gone.signal));
    return reply.type('application/json; charset=utf-8').send(body);
  });

  app.post(
    '/v1/locations/:location/acks',
    { config: { rateLimit: { max: 120, timeWindow: '1 minute', keyGenerator: screenKey } } },
    async (request, reply) => {
      for (const [index, ack] of parseInput(acks, request.body).entries()) {
        const noted = await asked(() => feed.acknowledge(readerFor(request, ack.topic), ack));
        if (noted === 'refused')
          throw refuse('invalid_input', `${index}.cursor is not a cursor of this topic`, {
            errors: [{ path: `${index}.cursor`, message: 'is not a cursor of this topic' }],
          });
      }
      return reply.code(204).send();
    },
  );
}

function readerFor(request: FastifyRequest, named: string): Reader {
  const caller = callerOf(request);
  if (topicKind(named) === null) throw refuse('not_found', `There is no topic "${named}"`);
  if (!mayReadTopic(caller.claims, named)) {
    const { role } = caller.claims;
    throw refuse('forbidden', `The role ${role} may not read the topic "${named}"`);
  }
  return readerOf(caller, placeOf(request).id, screenKey(request));
}

/** A paired screen is known by its device; anybody else by name. */
function screenKey(request: FastifyRequest): string {
  const claims = request.caller?.claims;
  return claims === undefined ? request.ip : `${claims.org}|${claims.dev ?? claims.sub}`;
}

async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof FeedRefusal)) throw error;
    if (error.why === 'forbidden') throw refuse('forbidden', error.message);
    if (error.why === 'not_ready')
      throw refuse('unavailable', 'The location cannot be read at the moment', { retryAfter: 2 });
    throw refuse('not_found', error.message);
  }
}
