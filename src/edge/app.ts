import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { isStorable } from '../domain/text.ts';
import { classify } from '../log/failures.ts';
import { makeProblem } from '../protocol/problems.ts';
import type { Problem } from '../protocol/problems.ts';
import { MAX_BODY, readJsonBody } from './body.ts';
import type { Caller, Door, Place } from './door.ts';
import type { Limits } from './limits.ts';
import { HttpProblem, refuse, refuseField, sendProblem } from './problem.ts';
import type { IsTrusted } from './proxies.ts';
import { cutStuckSockets } from './stuckSockets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read, on every route but the open ones. */
    caller: Caller | null;
    /** The location of the path, once the caller was let in. */
    place: Place | null;
  }
  interface FastifyInstance {
    /** Every route as the reference writes it: `GET /v1/locations/{location}/log`. */
    served: string[];
  }
  interface FastifyContextConfig {
    /** Anybody may call it. */
    open?: boolean;
    /** Who of those that are let in: throws 403 or 404. Runs before the body is read. */
    allow?: (caller: Caller, request: FastifyRequest) => void;
  }
}

export type AppOptions = {
  readonly door: Door;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly https?: { readonly cert: string; readonly key: string };
  /** Proxies that are believed when they say where a request comes from; nobody unless given. */
  readonly isTrusted?: IsTrusted;
  readonly limits?: Limits;
};

const MAX_HEADERS = 16_384;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The caller of a route that is not open. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw refuse('unauthenticated', 'Sign in first');
  return request.caller;
}

/** The location of a route below /v1/locations/{location}. */
export function placeOf(request: FastifyRequest): Place {
  if (request.place === null) throw refuse('not_found', 'There is no such location');
  return request.place;
}

/**
 * An HTTP server with our manners and no routes yet: who calls is known before a body is read, bodies are JSON and
 * nothing else, every error is a problem document, every answer has `x-request-id`.
 */
export async function createApp({
  door,
  log,
  https,
  isTrusted,
  limits,
}: AppOptions): Promise<FastifyInstance> {
  const shared = {
    bodyLimit: MAX_BODY,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle' as const,
    ...(isTrusted !== undefined && { trustProxy: isTrusted }),
    routerOptions: { maxParamLength: 200 },
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-request-id', request.id);
      sendProblem(reply, problemOf(error).problem);
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) =>
      answerBrokenRequest(error, socket),
  };
  const app: FastifyInstance =
    https === undefined
      ? fastify({ ...shared, http: { maxHeaderSize: MAX_HEADERS } })
      : (fastify({
          ...shared,
          https: { ...https, maxHeaderSize: MAX_HEADERS },
        }) as unknown as FastifyInstance);

  const stop = cutStuckSockets(app.server);
  app.addHook('onClose', async () => stop());
  app.decorateRequest('caller', null);
  app.decorateRequest('place', null);
  app.decorate('served', []);
  const methods = collectMethods(app);

  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
    done();
  });
  await app.register(rateLimit, {
    global: false,
    hook: 'onRequest',
    errorResponseBuilder: (_request, context) => {
      const seconds = Math.max(1, Math.ceil(context.ttl / 1000));
      return refuse('rate_limited', `Too many requests: try again in ${seconds} s`, { retryAfter: seconds });
    },
  });

  app.addHook('onRequest', async (request) => {
    const { open = false, allow } = request.routeOptions.config;
    // What no route answers is answered without asking who calls.
    if (open || request.is404) return;
    limits?.stranger(request);
    try {
      request.caller = await door.identify(request);
    } catch (error) {
      // A call without a token guesses nothing: a socket whose upgrade a proxy swallowed looks like that.
      const isGuess = request.headers.authorization !== undefined;
      if (isGuess && error instanceof HttpProblem && error.problem.status === 401)
        limits?.badToken(request.ip);
      throw error;
    }
    limits?.caller(request, request.caller);
    refuseUnstorable(request.params);
    const location = pathLocation(request);
    if (location !== undefined) request.place = await door.enter(request.caller, location);
    allow?.(request.caller, request);
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refuseCoded(request);
      done(null, readJsonBody(typeof body === 'string' ? Buffer.from(body) : body));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });

  app.setErrorHandler((error, request, reply) => {
    const { problem, headers } = problemOf(error);
    if (problem.status >= 500) {
      const { message, stack } =
        error instanceof Error ? error : { message: String(error), stack: undefined };
      log(`${request.method} ${request.routeOptions.url ?? 'somewhere'} failed`, {
        request: request.id,
        status: problem.status,
        error: message,
        ...(problem.status === 500 && { stack }),
      });
    }
    return sendProblem(reply, problem, headers);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods(request.url);
    if (allowed.length === 0)
      return sendProblem(reply, makeProblem('not_found', 'There is nothing at this path'));
    const problem = {
      ...makeProblem('not_found', `This path answers ${allowed.join(', ')}, not ${request.method}`),
      status: 405,
      title: 'Not with this method',
    };
    return sendProblem(reply, problem, { allow: allowed.join(', ') });
  });
  return app;
}

/** What no database holds is not looked for: 422 for the part of the path that has it. */
function refuseUnstorable(params: unknown): void {
  for (const [name, value] of Object.entries(params ?? {}))
    if (typeof value === 'string' && !isStorable(value))
      throw refuseField(name, 'must be well-formed Unicode without U+0000');
}

/** Nobody sends much, so nothing is unpacked: 415 for a body that is not sent as it is. */
function refuseCoded({ headers }: FastifyRequest): void {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw refuse(
      'unsupported_type',
      `Send the body as it is, without Content-Encoding: ${coding.slice(0, 40)}`,
    );
}

function pathLocation(request: FastifyRequest): string | undefined {
  const { params } = request;
  if (typeof params !== 'object' || params === null || !('location' in params)) return undefined;
  return typeof params.location === 'string' ? params.location : undefined;
}

/** Remembers every route, to tell "no such path" from "not with this method". */
function collectMethods(app: FastifyInstance): (url: string) => string[] {
  const routes: { pattern: RegExp; methods: HTTPMethods[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    // A wildcard serves files and answers for its own.
    if (url.includes('*')) return;
    const source = url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/');
    routes.push({ pattern: new RegExp(`^${source}$`), methods: Array.isArray(method) ? method : [method] });
    for (const one of Array.isArray(method) ? method : [method])
      if (one !== 'HEAD') app.served.push(`${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '';
    return [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods)),
    ].sort();
  };
}

/** Whatever was thrown, as a problem. What is not ours to explain is a 500 that says nothing about the inside. */
function problemOf(error: unknown): { problem: Problem; headers?: Readonly<Record<string, string>> } {
  if (error instanceof HttpProblem) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || status === 413)
    return { problem: makeProblem('too_large', `A body has at most ${MAX_BODY} bytes`) };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || status === 415)
    return { problem: makeProblem('unsupported_type', 'Send application/json') };
  // What serves the files refuses some paths (`//`, dots, U+0000) by 403: to a caller there is simply nothing.
  if (status === 403 || status === 404)
    return { problem: makeProblem('not_found', 'There is nothing at this path') };
  if (status >= 400 && status < 500)
    return { problem: { ...makeProblem('malformed', 'The request cannot be read'), status } };
  if (isDatabaseError(error))
    return refuse('unavailable', 'The database does not answer at the moment', { retryAfter: 2 });
  return {
    problem: {
      ...makeProblem('unavailable', 'Something went wrong here; it was written down'),
      status: 500,
      title: 'An error of ours',
    },
  };
}

function isDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code))
    return classify(error) !== 'poison' && !code.startsWith('42');
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT'].includes(code) ||
    /timeout|Connection terminated|connection/i.test(error.message)
  );
}

/** A request that is no HTTP has no route and no reply object: the answer is written by hand. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (socket.destroyed || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem: Problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? {
          ...makeProblem('too_large', `The headers of a request have at most ${MAX_HEADERS} bytes`),
          status: 431,
        }
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? { ...makeProblem('malformed', 'The request did not arrive in time'), status: 408 }
        : makeProblem('malformed', 'This is not HTTP');
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json',
    `x-request-id: ${randomUUID()}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
