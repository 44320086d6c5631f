import { z } from 'zod';
import { acks } from '../protocol/up.ts';
import {
  changesAnswer,
  commandAnswer,
  commandBatch,
  commandBatchAnswer,
  logAnswer,
  snapshotAnswer,
} from '../protocol/http.ts';
import { pages } from '../accounts/devices.ts';
import { commandInputs } from '../domain/commands.ts';
import { orderView } from '../domain/entities.ts';
import type { ProblemCode } from '../protocol/problems.ts';
import { accountBodies, managerBodies } from './accountRoutes.ts';
import { streamQuery } from './eventStream.ts';
import { clientOnly, clientQuery } from './reader.ts';
import { logQuery, ordersQuery } from './history.ts';
import { PAST_CALLS } from './pastCalls.ts';
import { REPORT_CALLS } from './reportCalls.ts';
import { CHANNEL_CALLS } from './channelCalls.ts';
import { SEEING_CALLS } from './seeingCalls.ts';
import { SERVER_CALLS } from './serverCalls.ts';
import { SETUP_CALLS } from './setupCalls.ts';
import { linkAnswer, linkBody, revokeAnswer, sessionAnswer } from './trackRoutes.ts';
import { papersQuery, pushBody, pushRemoveBody } from './outsideRoutes.ts';

/** Every HTTP call as data: the OpenAPI document is made from it, and a test holds it against the routes both ways. */
export type Call = {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: `/v1/locations/{location}/log`. */
  readonly path: string;
  readonly summary: string;
  readonly tag:
    | 'commands'
    | 'feed'
    | 'history'
    | 'accounts'
    | 'screens'
    | 'guests'
    | 'seeing'
    | 'setup'
    | 'channels'
    | 'server';
  /** Anybody may call it. */
  readonly open?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The call says enough without a body. */
  readonly bodyOptional?: boolean;
  readonly answer?: z.ZodType;
  readonly answerType?: string;
  readonly status?: 101 | 200 | 204;
  /** Without an upgrade it answers 200 with an event stream. */
  readonly events?: boolean;
  readonly problems?: readonly ProblemCode[];
};

const token = z.object({
  token: z.string(),
  expiresIn: z.int(),
  role: z.string(),
  name: z.string().optional(),
  location: z.string().optional(),
});
const member = token.extend({ organization: z.string(), refresh: z.string() });
const device = z.object({
  id: z.string(),
  name: z.string(),
  page: z.enum(pages),
  station: z.string().optional(),
  pairedBy: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
const pairing = z.object({
  code: z.string(),
  name: z.string().optional(),
  expiresAt: z.string(),
  approved: z.boolean(),
});
const claimed = z.union([
  z.object({ status: z.literal('waiting'), expiresIn: z.int() }),
  z.object({
    status: z.literal('paired'),
    device: z.string(),
    credential: z.string(),
    location: z.string(),
    page: z.enum(pages),
    station: z.string().optional(),
    name: z.string(),
  }),
]);
const me = z.object({
  id: z.string(),
  role: z.string(),
  name: z.string().optional(),
  organization: z.string(),
  location: z.string().optional(),
  locations: z.array(z.object({ id: z.string(), name: z.string() })),
  device: z.string().optional(),
  stations: z.array(z.string()).optional(),
  demo: z.boolean().optional(),
  expiresAt: z.string(),
});

const KEY = { 'Idempotency-Key': 'A UUID made once for this command; a retry says the same one' };
const APPROVAL = {
  'Heard-Approval': "A manager's approval of /v1/accounts/approvals, where the command needs one",
};
const topicQuery = z.strictObject({ topic: z.string(), ...clientQuery });

const commandCalls = Object.entries(commandInputs).map(([name, input]): Call => ({
  method: 'post',
  path: `/v1/locations/{location}/commands/${name}`,
  summary: `Command ${name}`,
  tag: 'commands',
  headers: { ...KEY, ...APPROVAL },
  body: input,
  answer: commandAnswer,
  problems: ['not_found', 'conflict', 'invalid_input', 'idempotency_key_reused', 'unavailable'],
}));

export const CALLS: readonly Call[] = [
  ...commandCalls,
  ...SEEING_CALLS,
  ...CHANNEL_CALLS,
  ...REPORT_CALLS,
  ...PAST_CALLS,
  ...SETUP_CALLS,
  {
    method: 'post',
    path: '/v1/locations/{location}/commands',
    summary: 'Up to 100 commands, each judged alone, in order; after a 503 the rest is not tried',
    tag: 'commands',
    headers: APPROVAL,
    body: commandBatch,
    answer: commandBatchAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/snapshot',
    summary: 'A topic as it is now',
    tag: 'feed',
    query: topicQuery,
    answer: snapshotAnswer,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/changes',
    summary: 'What changed since a cursor: long-poll (wait 1 to 25 s) or poll (wait 0)',
    tag: 'feed',
    query: topicQuery.extend({ after: z.string().optional(), wait: z.string().optional() }),
    answer: changesAnswer,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/stream',
    summary:
      'With Upgrade a WebSocket (subprotocol heard.v1, no query), else an event stream; the frames are in the AsyncAPI document',
    tag: 'feed',
    headers: {
      Accept: 'text/event-stream, when no upgrade is asked for',
      'Last-Event-ID': 'The id of the last event that arrived: the cursor of its topic',
    },
    query: streamQuery,
    status: 101,
    events: true,
    problems: ['invalid_input', 'rate_limited', 'unavailable'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/acks',
    summary: 'What a screen without a socket has painted; at most once a second',
    tag: 'feed',
    query: clientOnly,
    body: acks,
    status: 204,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/log',
    summary: 'The events themselves (owner, manager)',
    tag: 'history',
    query: logQuery,
    answer: logAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/orders',
    summary: 'Orders of all days, newest first; CSV by Accept: text/csv',
    tag: 'history',
    query: ordersQuery,
    answer: z.object({ orders: z.array(orderView), next: z.string().nullable() }),
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/orders/{id}',
    summary: 'One order of any day',
    tag: 'history',
    answer: orderView,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/orders/{id}/link',
    summary:
      'A new link by which a guest follows this order; good until 4 h after it ended. With `printer`, it also comes out there',
    tag: 'guests',
    body: linkBody,
    bodyOptional: true,
    answer: linkAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/orders/{id}/link/revoke',
    summary: 'Take back all links of this order, and what was let in by them',
    tag: 'guests',
    answer: revokeAnswer,
  },
  {
    method: 'post',
    path: '/v1/track/{token}/session',
    summary:
      'A link for a token that may read one topic, `order:<id>`. A link that is malformed, unknown, over or taken back: the same 404',
    tag: 'guests',
    open: true,
    answer: sessionAnswer,
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/printers/{printer}/papers',
    summary: 'What a built-in printer (one without an address) printed, newest first',
    tag: 'screens',
    query: papersQuery,
    answer: z.object({
      papers: z.array(
        z.object({
          id: z.int(),
          printer: z.string(),
          job: z.string(),
          printedAt: z.string(),
          body: z.unknown(),
        }),
      ),
    }),
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/push',
    summary: 'The key that a browser subscribes to calls with (VAPID)',
    tag: 'screens',
    answer: z.object({ publicKey: z.string() }),
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/push',
    summary: 'Call this browser when a ticket stays unheard for a minute',
    tag: 'screens',
    body: pushBody,
    status: 204,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/push/remove',
    summary: 'Do not call this browser any more',
    tag: 'screens',
    body: pushRemoveBody,
    status: 204,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/pairings/{code}',
    summary: 'The screen that shows this code (manager)',
    tag: 'screens',
    answer: pairing,
    problems: ['rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/pairings/{code}/approve',
    summary: 'Pair the screen that shows this code (manager)',
    tag: 'screens',
    body: managerBodies.approve,
    answer: pairing,
    problems: ['rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/devices',
    summary: 'Paired screens (manager)',
    tag: 'screens',
    answer: z.object({ devices: z.array(device.extend({ role: z.string() })) }),
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/devices/{id}/revoke',
    summary: 'Send a screen away (manager)',
    tag: 'screens',
    answer: device,
  },
  {
    method: 'post',
    path: '/v1/accounts/demo',
    summary: "The demo's self-sign-in, on this machine only",
    tag: 'accounts',
    open: true,
    body: accountBodies.demo,
    answer: token,
    problems: ['forbidden', 'not_found', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/login',
    summary: 'Sign in by e-mail and password (owner, manager)',
    tag: 'accounts',
    open: true,
    body: accountBodies.login,
    answer: member,
    problems: ['unauthenticated', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/refresh',
    summary: 'A new access token for a session',
    tag: 'accounts',
    open: true,
    body: accountBodies.refresh,
    answer: member,
    problems: ['unauthenticated', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/logout',
    summary: 'End a session',
    tag: 'accounts',
    open: true,
    body: accountBodies.logout,
    status: 204,
  },
  {
    method: 'post',
    path: '/v1/accounts/pairings',
    summary: 'A screen asks to be paired',
    tag: 'accounts',
    open: true,
    body: accountBodies.pairings,
    answer: z.object({ code: z.string(), claim: z.string(), expiresIn: z.int() }),
    problems: ['rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/pairings/claim',
    summary: 'Was the screen approved? Its credential is answered once',
    tag: 'accounts',
    open: true,
    body: accountBodies.claim,
    answer: claimed,
    problems: ['not_found', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/device',
    summary: "An access token for a paired screen's credential",
    tag: 'accounts',
    open: true,
    body: accountBodies.device,
    answer: token.extend({ page: z.enum(pages), station: z.string().optional() }),
    problems: ['unauthenticated', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/pin',
    summary: 'A person signs in on a paired screen',
    tag: 'accounts',
    body: accountBodies.pin,
    answer: token,
    problems: ['rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/accounts/approvals',
    summary: 'A manager approves by PIN what somebody else does in the next minute',
    tag: 'accounts',
    body: accountBodies.pin,
    answer: z.object({ approval: z.string(), expiresIn: z.int(), by: z.string() }),
    problems: ['rate_limited'],
  },
  { method: 'get', path: '/v1/me', summary: 'Who the token is', tag: 'accounts', answer: me },
  ...SERVER_CALLS,
];
