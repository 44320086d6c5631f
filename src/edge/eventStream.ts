import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { words } from '../domain/text.ts';
import { decodeCursor } from '../feed/cursor.ts';
import type { Feed } from '../feed/feed.ts';
import { makeProblem } from '../protocol/problems.ts';
import { weightOf } from './accepts.ts';
import { callerOf, placeOf } from './app.ts';
import { createLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { HttpProblem, parseInput, refuse } from './problem.ts';
import { asked, clientQuery, readerFor, screenKey } from './reader.ts';
import type { Wire } from './streamSession.ts';
import type { Streams } from './streams.ts';

/**
 * `GET /v1/locations/{location}/stream` with `Accept: text/event-stream`: the frames of a socket, downwards only. What a
 * screen says goes to `POST …/acks`. An event's `id` is the cursor of its topic, so that a browser that comes back by
 * itself says where it was.
 */

const MOST_TOPICS = 32;
const topic = words(80);
const after = words(400);
/** One or several of the same name. */
const listOf = <T extends z.ZodType<string>>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).max(MOST_TOPICS)]);

/** `topic` and `after` may be repeated: a cursor knows which topic it is of. */
export const streamQuery = z.strictObject({
  topic: listOf(topic),
  after: listOf(after).optional(),
  ...clientQuery,
});

/** Something for proxies and scanners that hold the first bytes of an answer back until there are enough of them. */
const PADDING = `:${' '.repeat(2_048)}\n`;
const KEEPALIVE_MS = 15_000;

/** The answer to a request as what carries frames. */
class EventStreamWire implements Wire {
  readonly transport = 'sse';
  readonly answers = false;
  readonly maxAgeMs: number;
  onSent: () => void = () => undefined;
  readonly #response: ServerResponse;
  readonly #flushed = (): void => this.onSent();

  constructor(response: ServerResponse, maxAgeMs: number) {
    this.#response = response;
    this.maxAgeMs = maxAgeMs;
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  send(frame: string, cursor?: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    const id = cursor === undefined ? '' : `id: ${cursor}\n`;
    this.#response.write(`${id}data: ${frame}\n\n`, this.#flushed);
  }

  end(): void {
    this.#response.end();
  }

  terminate(): void {
    this.#response.destroy();
  }
}

export type EventStreamOptions = {
  readonly streams: Streams;
  readonly feed: Pick<Feed, 'admit'>;
  readonly rates?: Limits;
};

/** The route of the stream for whoever does not ask for an upgrade. */
export function registerEventStream(
  app: FastifyInstance,
  { streams, feed, rates = createLimits() }: EventStreamOptions,
): void {
  app.get('/v1/locations/:location/stream', { exposeHeadRoute: false }, async (request, reply) => {
    if (!asksForEvents(request.headers.accept)) throw neither();
    const query = parseInput(streamQuery, request.query);
    const { client } = query;
    const topics = [...new Set(query.topic)];
    // What can be refused is refused as a problem, before the answer is a stream.
    for (const named of topics) {
      const reader = readerFor(request, named, query);
      await asked(() => feed.admit(reader, named));
    }
    rates.stream(request, client);
    const retryAfter = streams.refusal(callerOf(request).claims.role);
    if (retryAfter !== null)
      throw refuse('unavailable', 'This node takes no more streams now: come back', { retryAfter });
    const subs = resume(topics, query.after ?? [], request.headers['last-event-id']);
    const session = streams.begin(open(reply, streams.limits.eventStreamMaxAgeMs), placeOf(request).id);
    reply.raw.once('close', () => session.ended(GONE));
    try {
      const name = screenKey(request, client);
      await session.start(
        callerOf(request),
        { name, ...(client !== undefined && { id: client }), screen: query.screen ?? client },
        subs,
      );
    } catch (error) {
      session.failed(error);
    }
  });
}

/** What a socket reports when its peer went away without a word. */
const GONE = 1006;

function open(reply: FastifyReply, maxAgeMs: number): EventStreamWire {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  raw.on('error', () => raw.destroy());
  // A peer that vanished without a word is found by the kernel: nothing comes up on this stream.
  raw.socket?.setKeepAlive(true, KEEPALIVE_MS);
  raw.write(`${PADDING}retry: 1000\n\n`);
  return new EventStreamWire(raw, maxAgeMs);
}

/** Each topic with the cursor that is its own; for a single one any, so that a wrong one is answered with a reset. */
function resume(
  topics: readonly string[],
  cursors: readonly string[],
  lastEventId: string | string[] | undefined,
): { topic: string; after: string | null }[] {
  const last = typeof lastEventId === 'string' && after.safeParse(lastEventId).success ? [lastEventId] : [];
  // The newest one wins: a browser repeats the address of its first request.
  const said = [...cursors, ...last];
  if (topics.length === 1) return topics.map((named) => ({ topic: named, after: said.at(-1) ?? null }));
  const cursorOf = new Map(said.map((cursor) => [decodeCursor(cursor)?.topic, cursor]));
  return topics.map((named) => ({ topic: named, after: cursorOf.get(named) ?? null }));
}

function asksForEvents(accept: FastifyRequest['headers']['accept']): boolean {
  return weightOf(accept, 'text/event-stream') > 0;
}

function neither(): HttpProblem {
  return new HttpProblem(
    {
      ...makeProblem(
        'malformed',
        'This is a stream: ask for an upgrade with the subprotocol heard.v1, or for events with Accept: text/event-stream',
      ),
      status: 426,
    },
    { upgrade: 'websocket' },
  );
}
