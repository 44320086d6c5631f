import { topicKind } from '../../domain/rights.ts';
import { mayReadTopic } from '../../edge/door.ts';
import { HttpProblem, refuse } from '../../edge/problem.ts';
import { FeedRefusal } from '../../feed/source.ts';
import { decodeCursor } from '../../feed/cursor.ts';
import { problemOf, readerOf, responseOf } from './calls.ts';
import type { Call } from './calls.ts';
import type { SimNode } from './node.ts';
import type { Random } from './random.ts';
import { ServerEnd } from './wire.ts';
import type { PageSide, Wire } from './wire.ts';

/** An event stream without HTTP: the edge's route on one end, the body that `fetch` reads on the other. */

const ENCODER = new TextEncoder();

/** The body of an answer that does not end: chunks as they come, cut wherever a network cuts them. */
export class EventBody implements PageSide {
  readonly #random: Random;
  readonly #left: () => void;
  readonly #chunks: Uint8Array[] = [];
  #waiting: ((chunk: { value: Uint8Array | undefined; done: boolean }) => void) | null = null;
  #over = false;

  constructor(random: Random, left: () => void) {
    this.#random = random;
    this.#left = left;
  }

  /** As much of a ReadableStream as the SDK reads. */
  get stream(): ReadableStream<Uint8Array> {
    const reader = {
      read: () =>
        new Promise((resolve) => {
          this.#waiting = resolve;
          this.#flow();
        }),
      cancel: async () => this.leave(),
    };
    return {
      getReader: () => reader,
      cancel: async () => this.leave(),
    } as unknown as ReadableStream<Uint8Array>;
  }

  opened(): void {}

  got(text: string): void {
    if (this.#over) return;
    const bytes = ENCODER.encode(`data: ${text}\n\n`);
    const cut = this.#random.chance(0.2) ? this.#random.below(bytes.length) : 0;
    for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)])
      if (chunk.length > 0) this.#chunks.push(chunk);
    this.#flow();
  }

  ended(): void {
    this.#over = true;
    this.#flow();
  }

  leave(): void {
    if (!this.#over) this.#left();
    this.ended();
  }

  #flow(): void {
    const resolve = this.#waiting;
    if (resolve === null || (this.#chunks.length === 0 && !this.#over)) return;
    this.#waiting = null;
    const value = this.#chunks.shift();
    resolve({ value, done: value === undefined });
  }
}

/** The route: refused with a problem, or answered with frames until somebody ends it. Answers what `fetch` resolves to. */
export async function answerStream(
  node: SimNode,
  call: Call,
  wire: Wire,
  body: EventBody,
): Promise<Response> {
  const { streams, feed, door } = node;
  try {
    const reading = await door.read(call.token);
    if (!reading.ok) throw refuse('unauthenticated', `the token is ${reading.why}`);
    const { caller } = reading;
    await door.enter(caller, call.location);
    const query = new URL(call.path, 'http://sim').searchParams;
    const topics = [...new Set(query.getAll('topic'))];
    const client = query.get('client') ?? undefined;
    for (const topic of topics) {
      if (topicKind(topic) === null) throw refuse('not_found', `There is no topic "${topic}"`);
      if (!mayReadTopic(caller.claims, topic)) throw refuse('forbidden', `may not read the topic "${topic}"`);
      await feed.admit(readerOf(call, caller, client), topic);
    }
    const retryAfter = streams.refusal(caller.claims.role);
    if (retryAfter !== null)
      throw refuse('unavailable', 'This node takes no more streams now', { retryAfter });
    const cursors = query.getAll('after');
    const last = new Map(cursors.map((cursor) => [decodeCursor(cursor)?.topic, cursor]));
    const subs = topics.map((topic) => ({
      topic,
      after: topics.length === 1 ? (cursors.at(-1) ?? null) : (last.get(topic) ?? null),
    }));
    const end = new ServerEnd(wire, 'sse', streams.limits.eventStreamMaxAgeMs);
    wire.server = end;
    node.wires.add(wire);
    const session = streams.begin(end, call.location);
    end.onEnded = (code) => {
      node.wires.delete(wire);
      session.ended(code);
    };
    const { claims } = caller;
    const bearer = `${claims.org}|${claims.dev ?? claims.sub}`;
    session
      .start(
        caller,
        {
          name: client === undefined ? bearer : `${bearer}|${client}`,
          ...(client !== undefined && { id: client }),
          screen: client,
        },
        subs,
      )
      .catch((error: unknown) => session.failed(error));
    return responseOf({
      status: 200,
      text: '',
      retryAfter: null,
      type: 'text/event-stream; charset=utf-8',
      body: body.stream,
    });
  } catch (error) {
    if (error instanceof HttpProblem) return responseOf(problemReply(error));
    if (error instanceof FeedRefusal) return responseOf(problemReply(new HttpProblem(problemOf(error))));
    return responseOf(problemReply(refuse('unavailable', String(error), { retryAfter: 1 })));
  }
}

function problemReply({ problem }: HttpProblem): { status: number; text: string; retryAfter: number | null } {
  return { status: problem.status, text: JSON.stringify(problem), retryAfter: problem.retryAfter ?? null };
}
