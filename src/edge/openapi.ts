import { z } from 'zod';
import { PROBLEMS, problem } from '../protocol/problems.ts';
import type { ProblemCode } from '../protocol/problems.ts';
import { CLOSE, down } from '../protocol/down.ts';
import { up } from '../protocol/up.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import { CALLS } from './contract.ts';
import type { Call } from './contract.ts';

type Document = Record<string, unknown>;

/** What zod knows as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Requests are described as they are sent. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Document {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    reused: 'inline',
  });
  return rest;
}

const problemAnswer = (code: ProblemCode) => ({
  description: PROBLEMS[code].title,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** OpenAPI 3.1 of every call. */
export function openapiDocument(version: string): Document {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const call of CALLS) (paths[call.path] ??= {})[call.method] = operation(call);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Heard',
      version,
      summary: 'Orders in, tickets heard',
      description:
        'Commands change a location, topics show it. Send every command with an Idempotency-Key and retry it as often as needed. Money is in minor units, times are RFC 3339 in UTC, ids are UUIDs minted by whoever creates the thing. Unknown fields in a request are refused, in an answer to be ignored.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      'commands',
      'feed',
      'history',
      'accounts',
      'screens',
      'guests',
      'seeing',
      'setup',
      'channels',
      'server',
    ].map((name) => ({
      name,
    })),
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}

function operation(call: Call): Document {
  const {
    summary,
    tag,
    open,
    headers = {},
    query,
    body,
    answer,
    answerType,
    status = 200,
    problems = [],
  } = call;
  const codes = new Set<ProblemCode>([
    ...problems,
    ...(body === undefined ? [] : (['malformed', 'invalid_input', 'too_large', 'unsupported_type'] as const)),
    ...(open ? [] : (['unauthenticated', 'forbidden'] as const)),
  ]);
  if (call.path.includes('{location}')) codes.add('not_found');
  const byStatus = new Map<string, ProblemCode>();
  for (const code of codes) {
    const key = String(PROBLEMS[code].status);
    if (!byStatus.has(key)) byStatus.set(key, code);
  }
  const content =
    answerType !== undefined
      ? { [answerType]: { schema: { type: 'string' } } }
      : answer === undefined
        ? undefined
        : { 'application/json': { schema: schemaOf(answer, 'output') } };
  const parameters = [
    ...[...call.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      required: name === 'Idempotency-Key',
      schema: { type: 'string', ...(name === 'Idempotency-Key' && { format: 'uuid' }) },
    })),
    ...queryParameters(query),
  ];
  return {
    operationId: `${call.method} ${call.path}`.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, ''),
    summary,
    tags: [tag],
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: call.bodyOptional !== true,
        content: { 'application/json': { schema: schemaOf(body, 'input') } },
      },
    }),
    responses: {
      [String(status)]: {
        description: status === 204 ? 'Done' : status === 101 ? 'The stream begins' : 'The answer',
        ...(content !== undefined && { content }),
      },
      ...(call.events === true && {
        '200': {
          description: 'One frame an event; its id is the cursor of its topic',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
      }),
      ...Object.fromEntries([...byStatus].map(([key, code]) => [key, problemAnswer(code)])),
    },
  };
}

function queryParameters(query: z.ZodType | undefined): Document[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Document>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** `4001 token refused, …` */
function closeCodes(): string {
  return Object.entries(CLOSE)
    .map(([name, code]) => `${code} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
    .join(', ');
}

/** AsyncAPI 3 of the socket's frames, from the two closed unions. */
export function asyncapiDocument(version: string): Document {
  const messages = (union: typeof up | typeof down, io: 'input' | 'output') =>
    Object.fromEntries(
      union.options.map((option) => {
        const name = String([...option.shape.t.values][0]);
        return [
          `${io === 'input' ? 'up' : 'down'}.${name}`,
          { name, contentType: 'application/json', payload: schemaOf(option, io) },
        ];
      }),
    );
  const upward = messages(up, 'input');
  const downward = messages(down, 'output');
  const refs = (names: string[]) => names.map((name) => ({ $ref: `#/channels/stream/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Heard stream',
      version,
      description:
        'Commands go over HTTP only; the stream carries the feed down, and acknowledgements and tokens up.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      stream: {
        address: '/v1/locations/{location}/stream',
        description: `WebSocket, subprotocol ${SUBPROTOCOL}: the first frame is hello, within 5 s. The same address without an upgrade and with Accept: text/event-stream sends the same frames downwards, one an event. Close codes, also in bye: ${closeCodes()}. 40xx do not come back unchanged, 41xx come back with backoff, 42xx at once.`,
        parameters: { location: { description: "The location's slug" } },
        messages: { ...upward, ...downward },
      },
    },
    operations: {
      say: {
        action: 'send',
        summary: 'What a reader says',
        channel: { $ref: '#/channels/stream' },
        messages: refs(Object.keys(upward)),
      },
      hear: {
        action: 'receive',
        summary: 'What the server says',
        channel: { $ref: '#/channels/stream' },
        messages: refs(Object.keys(downward)),
      },
    },
  };
}
