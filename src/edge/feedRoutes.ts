import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { words } from '../domain/text.ts';
import type { Feed } from '../feed/feed.ts';
import type { StreamFacts, StreamObserver } from '../ops/streamFacts.ts';
import { pollSession } from '../ops/streamWatch.ts';
import { acks } from '../protocol/up.ts';
import { weightOf } from './accepts.ts';
import { createAdmission } from './admission.ts';
import type { Admission } from './admission.ts';
import { callerOf, placeOf } from './app.ts';
import { createLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { createLongPolls } from './longPolls.ts';
import type { LongPolls } from './longPolls.ts';
import { parseInput, refuse } from './problem.ts';
import { asked, clientOnly, clientQuery, readerFor, screenKey } from './reader.ts';
import type { Client } from './reader.ts';

/** What a screen without a socket uses: the view whole, what changed since, and what it has painted. */

const LONGEST_WAIT_S = 25;
const topic = words(80);

export const snapshotQuery = z.strictObject({ topic, ...clientQuery });
export const changesQuery = z.strictObject({
  topic,
  after: words(400).optional(),
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number of seconds')
    .transform(Number)
    .refine((value) => value <= LONGEST_WAIT_S, `must be at most ${LONGEST_WAIT_S}`)
    .default(0),
  ...clientQuery,
});

export type FeedRouteOptions = {
  readonly feed: Feed;
  readonly observe?: StreamObserver;
  readonly longPolls?: LongPolls;
  readonly admission?: Admission;
  readonly rates?: Limits;
};

/** `GET …/snapshot`, `GET …/changes` and `POST …/acks`. */
export function registerFeed(
  app: FastifyInstance,
  {
    feed,
    observe,
    longPolls = createLongPolls(),
    admission = createAdmission({ delayMs: () => 0 }),
    rates = createLimits(),
  }: FeedRouteOptions,
): void {
  app.addHook('onClose', async () => longPolls.close());

  app.get('/v1/locations/:location/snapshot', async (request, reply) => {
    const { topic: named, ...client } = parseInput(snapshotQuery, request.query);
    const reader = readerFor(request, named, client);
    const isZipped = weightOf(request.headers['accept-encoding'], 'gzip') > 0;
    const body = await asked(async () => {
      const leave = await admission.snapshot(reader.role);
      try {
        const snapshot = await feed.snapshot(reader, named);
        return isZipped ? await snapshot.zipped() : snapshot.text();
      } finally {
        leave();
      }
    });
    void reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding');
    if (isZipped) void reply.header('content-encoding', 'gzip');
    return reply.send(body);
  });

  app.get('/v1/locations/:location/changes', async (request, reply) => {
    const { topic: named, after, wait, ...client } = parseInput(changesQuery, request.query);
    const reader = readerFor(request, named, client);
    const carrier = wait > 0 ? 'long-poll' : 'poll';
    observe?.polled?.(pollerOf(request, carrier, client), named);
    const { claims } = callerOf(request);
    if (longPolls.isDraining)
      throw refuse('unavailable', 'This node is going away: ask again', { retryAfter: 1 });
    const hold = longPolls.hold(claims, reply.raw, reader.session);
    if (hold === null)
      throw refuse('unavailable', 'Too many questions of this screen wait for an answer', { retryAfter: 2 });
    let body: string;
    try {
      // Nobody is held longer than its token is good for.
      const most = Math.max(0, Math.min(wait * 1000, claims.exp * 1000 - Date.now()));
      body = await asked(async () => {
        const leave = await admission.catchUp(reader.role);
        await feed.admit(reader, named).finally(leave);
        return feed.changes(reader, named, after ?? null, most, hold.signal);
      });
    } finally {
      hold.release();
    }
    if (hold.ended === 'revoked')
      throw refuse('unauthenticated', 'This screen or person was signed out by the manager');
    if (hold.ended === 'drained') void reply.header('connection', 'close');
    return reply.type('application/json; charset=utf-8').send(body);
  });

  app.post('/v1/locations/:location/acks', async (request, reply) => {
    const client = parseInput(clientOnly, request.query);
    rates.acks(request, client.client);
    for (const [index, ack] of parseInput(acks, request.body).entries()) {
      const noted = await asked(() => feed.acknowledge(readerFor(request, ack.topic, client), ack));
      const by = client.client ?? screenKey(request);
      if (noted === 'noted') observe?.acknowledgedBy?.(placeOf(request).id, by, ack);
      if (noted === 'refused')
        throw refuse('invalid_input', `${index}.cursor is not a cursor of this topic`, {
          errors: [{ path: `${index}.cursor`, message: 'is not a cursor of this topic' }],
        });
    }
    return reply.code(204).send();
  });
}

/** A screen that polls, as observers know it: its polls together are its stream. */
function pollerOf(request: FastifyRequest, transport: StreamFacts['transport'], client: Client): StreamFacts {
  const { claims } = callerOf(request);
  const name = client.client ?? screenKey(request);
  return {
    session: pollSession(name, transport === 'long-poll'),
    location: placeOf(request).id,
    transport,
    client: name,
    screen: client.screen ?? client.client,
    role: claims.role,
    name: claims.name,
    device: claims.dev,
    openedAt: Date.now(),
  };
}
