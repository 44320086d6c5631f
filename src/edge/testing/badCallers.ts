import { SignJWT } from 'jose';
import { mintToken } from '../../accounts/tokens.ts';
import { TEST_SECRET } from '../../testkit/insideServer.ts';
import type { TestServer } from '../../testkit/insideServer.ts';
import { goodOrder } from './badBodies.ts';
import type { BadRequest } from './badBodies.ts';

/** Requests that must be refused for who makes them; each with its problem. */

const unsigned = () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: 'x', org: 'brasa-group', loc: 'brasa', role: 'owner', iss: 'heard', exp: 4_000_000_000 })}.x`;
};
const changed = async (server: TestServer) => {
  const [head, body, signature] = (await server.token('waiter')).split('.');
  const claims = { ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), role: 'owner' };
  return `Bearer ${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
};
const claims = { sub: 'cli:waiter', org: 'brasa-group', loc: 'brasa', role: 'waiter' as const };
const withKey = (key: Uint8Array, body: Record<string, unknown>) =>
  new SignJWT(body).setProtectedHeader({ alg: 'HS256' }).setIssuer('heard').setExpirationTime('1h').sign(key);

export const BAD_CALLERS: readonly BadRequest[] = [
  // Who
  { title: 'no token', as: null, body: goodOrder, status: 401, code: 'unauthenticated' },
  { title: 'no token and no JSON', as: null, body: '{', status: 401, code: 'unauthenticated' },
  {
    title: 'another scheme',
    as: async () => 'Basic b3duZXI6MTExMQ==',
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a word for a token',
    as: async () => 'Bearer token',
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token of nine kilobytes',
    as: async () => `Bearer a.${'b'.repeat(9_000)}.c`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'an unsigned token',
    as: async () => unsigned(),
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  { title: 'a token with a raised role', as: changed, body: goodOrder, status: 401, code: 'unauthenticated' },
  {
    title: 'a token of another server',
    as: async () => `Bearer ${await mintToken('another secret that is long enough too', claims, 60)}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token signed with the bare secret',
    as: async () => `Bearer ${await withKey(new TextEncoder().encode(TEST_SECRET), claims)}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  {
    title: 'a token that has expired',
    as: async (server) => `Bearer ${await server.token('waiter', { ttl: -1 })}`,
    body: goodOrder,
    status: 401,
    code: 'unauthenticated',
  },
  { title: 'a role that may not', as: 'kitchen', body: goodOrder, status: 403, code: 'forbidden' },
  {
    title: 'a role that may not, with a body that is none',
    as: 'display',
    body: '{',
    status: 403,
    code: 'forbidden',
  },
  { title: 'a guest', as: 'guest', body: goodOrder, status: 403, code: 'forbidden' },
  {
    title: 'an approval that is none',
    headers: { 'heard-approval': 'please' },
    body: goodOrder,
    status: 403,
    code: 'forbidden',
  },
];
