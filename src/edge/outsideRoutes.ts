import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PrintSlip } from '../accounts/guestLinks.ts';
import type { PushSubscriptions } from '../accounts/pushSubscriptions.ts';
import type { Role } from '../domain/commands.ts';
import { printerConfig } from '../domain/config.ts';
import { toInstant, words } from '../domain/text.ts';
import { endpointProblem } from '../integrations/push/endpoints.ts';
import type { PrintTestPage } from '../integrations/printer/testPage.ts';
import type { Papers } from '../jobs/papers.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** What leaves the house by other ways than a screen: the papers of built-in printers, and who wants to be called. */

export type OutsideOptions = {
  readonly papers: Papers;
  readonly push: PushSubscriptions;
  /** The server's public key for push services. */
  readonly pushKey: string;
  /** Hosts beside the browsers' makers that may be called. */
  readonly pushHosts: readonly string[];
  /** Puts a guest's link in line for a printer, within the caller's transaction. */
  readonly printSlip?: PrintSlip;
  readonly printTestPage?: PrintTestPage;
};

const MAY_SEE_PAPERS: readonly Role[] = ['owner', 'manager', 'expo', 'kitchen', 'waiter'];
const MAY_BE_CALLED: readonly Role[] = ['owner', 'manager'];

export const papersQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number up to 50')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 50, 'must be from 1 to 50')
    .default(20),
});
const key = z.string().regex(/^[\w-]{16,200}={0,2}$/, 'must be base64url');
export const pushBody = z.strictObject({
  endpoint: words(1000),
  keys: z.strictObject({ p256dh: key, auth: key }),
  language: z.enum(['en', 'es', 'ar']).default('en'),
});
export const pushRemoveBody = z.strictObject({ endpoint: words(1000) });

function only(roles: readonly Role[]): { allow: (caller: Caller) => void } {
  return {
    allow: ({ claims }) => {
      if (!roles.includes(claims.role)) throw refuse('forbidden', `The role ${claims.role} may not do this`);
    },
  };
}

/** `GET …/printers/{printer}/papers`, `GET` and `POST …/push`, `POST …/push/remove`. */
export function registerOutside(app: FastifyInstance, options: OutsideOptions): void {
  const { papers, push } = options;
  app.get<{ Params: { location: string; printer: string } }>(
    '/v1/locations/:location/printers/:printer/papers',
    { config: only(MAY_SEE_PAPERS) },
    async (request) => {
      const { limit } = parseInput(papersQuery, request.query);
      return { papers: await papers.list(placeOf(request).id, request.params.printer.slice(0, 80), limit) };
    },
  );

  if (options.printTestPage !== undefined) registerTestPage(app, options.printTestPage);

  app.get('/v1/locations/:location/push', { config: only(MAY_BE_CALLED) }, async () => ({
    publicKey: options.pushKey,
  }));

  app.post('/v1/locations/:location/push', { config: only(MAY_BE_CALLED) }, async (request, reply) => {
    const { endpoint, keys, language } = parseInput(pushBody, request.body);
    const problem = endpointProblem(endpoint, options.pushHosts);
    if (problem !== null) throw refuseField('endpoint', problem);
    await push.add(placeOf(request).id, callerOf(request).claims.sub, { endpoint, ...keys, language });
    return reply.code(204).send();
  });

  app.post('/v1/locations/:location/push/remove', { config: only(MAY_BE_CALLED) }, async (request, reply) => {
    const { endpoint } = parseInput(pushRemoveBody, request.body);
    await push.remove(placeOf(request).id, endpoint);
    return reply.code(204).send();
  });
}

/** A printer is tried before it is published: what is printed to stands in the body. */
export const testPageBody = z.strictObject({ printer: printerConfig, house: words(80).optional() });
export const testPageAnswer = z.object({
  ok: z.boolean(),
  trouble: z.string().optional(),
  detail: z.string().optional(),
});
const TESTS_A_MINUTE = 10;

function registerTestPage(app: FastifyInstance, print: PrintTestPage): void {
  app.post(
    '/v1/locations/:location/printers/test',
    { config: { ...only(MAY_BE_CALLED), rateLimit: { max: TESTS_A_MINUTE, timeWindow: '1 minute' } } },
    (request) => {
      const { printer, house = 'Heard' } = parseInput(testPageBody, request.body);
      return print(placeOf(request).id, house, printer, randomUUID(), toInstant(Date.now()).slice(0, 19));
    },
  );
}
