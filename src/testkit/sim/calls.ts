import { commandInputs, isCommandName } from '../../domain/commands.ts';
import type { Command } from '../../domain/commands.ts';
import { mayCommand } from '../../domain/rights.ts';
import { listTopic } from '../../domain/views.ts';
import { hashCommand } from '../../edge/canonical.ts';
import { mayReadTopic } from '../../edge/door.ts';
import type { Caller } from '../../edge/door.ts';
import { HttpProblem, refuse } from '../../edge/problem.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { FeedRefusal } from '../../feed/source.ts';
import type { Reader } from '../../feed/source.ts';
import type { CommandAnswer } from '../../protocol/http.ts';
import { makeProblem } from '../../protocol/problems.ts';
import type { Problem } from '../../protocol/problems.ts';
import { acks } from '../../protocol/up.ts';
import type { SimNode } from './node.ts';

/** The HTTP side of a server, as thin as the edge's own routes: who asks, may they, and to whom it goes. */

export type Call = {
  readonly method: string;
  /** Path and query below `/v1/locations/{location}`. */
  readonly path: string;
  readonly location: string;
  readonly token: string;
  readonly key: string | null;
  readonly body: string;
  readonly signal?: AbortSignal;
};

export type Reply = {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: number | null;
  readonly type?: string;
  readonly body?: ReadableStream<Uint8Array>;
};

const HASH_KEY = Buffer.from('the key of inputs in a simulation');

export async function answerCall(node: SimNode, call: Call): Promise<Reply> {
  try {
    if (call.path === '/healthz') return reply(200, 'ok');
    const reading = await node.door.read(call.token);
    if (!reading.ok) throw refuse('unauthenticated', `the token is ${reading.why}`);
    await node.door.enter(reading.caller, call.location);
    return reply(call.path.startsWith('/acks') ? 204 : 200, await answer(node, call, reading.caller));
  } catch (error) {
    if (error instanceof HttpProblem) return problemReply(error.problem);
    if (error instanceof FeedRefusal) return problemReply(problemOf(error));
    // What the edge's error handler makes of anything else: the database is away, or we made a mistake.
    return problemReply(makeProblem('unavailable', String(error), { retryAfter: 1 }));
  }
}

async function answer(node: SimNode, call: Call, caller: Caller): Promise<string> {
  const url = new URL(call.path, 'http://sim');
  const topic = url.searchParams.get('topic') ?? '';
  const client = url.searchParams.get('client') ?? undefined;
  if (call.method === 'POST' && url.pathname === '/commands') return many(node, call, caller);
  if (call.method === 'POST' && url.pathname.startsWith('/commands/')) {
    const said = await perform(
      node,
      call,
      caller,
      url.pathname.slice('/commands/'.length),
      call.key ?? '',
      parse(call.body),
    );
    if ('status' in said) throw new HttpProblem(said);
    return JSON.stringify(said);
  }
  if (call.method === 'POST' && url.pathname === '/acks') {
    for (const ack of acks.parse(parse(call.body))) {
      const noted = await node.feed.acknowledge(readerFor(call, caller, ack.topic, client), ack);
      if (noted === 'refused') throw refuse('invalid_input', 'not a cursor of this topic');
    }
    return '';
  }
  if (url.pathname === '/snapshot')
    return (await node.feed.snapshot(readerFor(call, caller, topic, client), topic)).text();
  if (url.pathname === '/changes') {
    const wait = Number(url.searchParams.get('wait') ?? 0) * 1000;
    return changes(
      node,
      call,
      caller,
      readerFor(call, caller, topic, client),
      topic,
      url.searchParams.get('after'),
      wait,
    );
  }
  throw refuse('not_found', 'There is no such call');
}

async function changes(
  node: SimNode,
  call: Call,
  { claims }: Caller,
  reader: Reader,
  topic: string,
  after: string | null,
  wait: number,
): Promise<string> {
  if (node.longPolls.isDraining) throw refuse('unavailable', 'This node is going away', { retryAfter: 1 });
  const gone = {
    once: (_: string, left: () => void) => call.signal?.addEventListener('abort', left),
    off: () => undefined,
  };
  // Of the response only its end is asked.
  const hold = node.longPolls.hold(claims, gone as never, reader.session);
  if (hold === null) throw refuse('rate_limited', 'Too many questions at once', { retryAfter: 1 });
  try {
    const most = Math.max(0, Math.min(wait, claims.exp * 1000 - Date.now()));
    await node.feed.admit(reader, topic);
    const body = await node.feed.changes(reader, topic, after, most, hold.signal);
    if (hold.ended === 'revoked')
      throw refuse('unauthenticated', 'This screen was signed out by the manager');
    return body;
  } finally {
    hold.release();
  }
}

/** Each judged alone, in order; after a 503 the rest is not tried. */
async function many(node: SimNode, call: Call, caller: Caller): Promise<string> {
  const answers: (CommandAnswer | Problem)[] = [];
  let stopped: Problem | null = null;
  const entries = parse(call.body);
  const all: { id: unknown; name: unknown; input: unknown }[] = Array.isArray(entries) ? entries : [];
  for (const entry of all) {
    if (stopped !== null) {
      answers.push(stopped);
      continue;
    }
    const said = await perform(node, call, caller, String(entry.name), String(entry.id), entry.input).catch(
      (error: unknown) => {
        if (error instanceof HttpProblem) return error.problem;
        throw error;
      },
    );
    answers.push(said);
    if ('status' in said && said.status === 503) stopped = said;
  }
  return JSON.stringify(answers);
}

async function perform(
  node: SimNode,
  { location }: Call,
  { claims, actor }: Caller,
  name: string,
  id: string,
  raw: unknown,
): Promise<CommandAnswer | Problem> {
  if (!isCommandName(name)) throw refuse('not_found', `There is no command "${name}"`);
  if (!mayCommand(claims.role, name))
    throw refuse('forbidden', `The role ${claims.role} may not give ${name}`);
  const parsed = commandInputs[name].safeParse(raw);
  if (!parsed.success) throw refuse('invalid_input', parsed.error.message);
  // Name and input belong together by the line above, which the type of a table's entry cannot say.
  const command = { id, name, input: parsed.data } as Command;
  const outcome = await node.locations.submit(location, command, actor, hashCommand(HASH_KEY, name, raw));
  if (outcome.ok) return { id, name, seq: outcome.seq, replayed: outcome.replayed, result: outcome.result };
  if ('reused' in outcome) return makeProblem('idempotency_key_reused', 'This key was used before');
  if ('unavailable' in outcome)
    return makeProblem('unavailable', 'The location cannot be changed at the moment', {
      retryAfter: Math.max(1, Math.ceil(outcome.retryAfter)),
    });
  const { code, detail, errors, current } = outcome.refusal;
  const shown = current === undefined ? null : currentOf(node, location, current);
  return makeProblem(code, detail, {
    ...(errors !== undefined && { errors }),
    ...(shown !== null && { current: shown }),
  });
}

function currentOf(node: SimNode, location: string, { kind, id }: NonNullable<Refusal['current']>): unknown {
  const state = node.locations.peek(location)?.state;
  if (state === undefined) return null;
  return (
    listTopic(state, 'kitchen', 'staff').find((entity) => entity.kind === kind && entity.id === id) ?? null
  );
}

function readerFor(call: Call, caller: Caller, topic: string, client: string | undefined): Reader {
  if (!mayReadTopic(caller.claims, topic))
    throw refuse('forbidden', `The role ${caller.claims.role} may not read "${topic}"`);
  return readerOf(call, caller, client);
}

export function readerOf({ location }: Call, { claims, actor }: Caller, client: string | undefined): Reader {
  const bearer = `${claims.org}|${claims.dev ?? claims.sub}`;
  return {
    session: client === undefined ? bearer : `${bearer}|${client}`,
    actor,
    role: claims.role,
    organization: claims.org,
    location,
    device: claims.dev,
    stations: claims.st,
    screen: client,
  };
}

export function problemOf(error: FeedRefusal): Problem {
  if (error.why === 'forbidden') return makeProblem('forbidden', error.message);
  if (error.why === 'not_ready') return makeProblem('unavailable', error.message, { retryAfter: 2 });
  return makeProblem('not_found', error.message);
}

function reply(status: number, text: string): Reply {
  return { status, text, retryAfter: null };
}

/** As much of a Response as the SDK reads; Node's own reads its body on real time. */
export function responseOf({ status, text, retryAfter, type = 'application/json', body }: Reply): Response {
  const headers: Record<string, string | null> = {
    'content-type': type,
    'retry-after': retryAfter === null ? null : String(retryAfter),
    date: new Date(Date.now()).toUTCString(),
  };
  const made = {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name: string) => headers[name] ?? null },
    body: body ?? null,
    json: async () => JSON.parse(text),
    text: async () => text,
  };
  return made as unknown as Response;
}

function problemReply(problem: Problem): Reply {
  return { status: problem.status, text: JSON.stringify(problem), retryAfter: problem.retryAfter ?? null };
}

function parse(text: string): unknown {
  return JSON.parse(text);
}
