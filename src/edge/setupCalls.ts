import { z } from 'zod';
import type { Call } from './contract.ts';
import { testPageAnswer, testPageBody } from './outsideRoutes.ts';
import { redactAnswer, redactBody } from './privacyRoutes.ts';
import { setupBodies } from './setupRoutes.ts';
import { personAnswer, staffBodies } from './staffRoutes.ts';
import { whyAnswer, whyQuery } from './whyRoutes.ts';

/** The calls of the set-up page, as data for the reference. */

const house = z.record(z.string(), z.unknown());
const checks = {
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  findings: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      rule: z.string(),
      path: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
      happens: z.string(),
      mend: z.string(),
    }),
  ),
};
const setupAnswer = z.object({
  location: z.string(),
  version: z.int(),
  published: house.nullable(),
  draft: z
    .object({
      config: house,
      base: house.nullable(),
      baseVersion: z.int(),
      revision: z.int(),
      by: z.string().nullable(),
      at: z.string(),
    })
    .nullable(),
  ...checks,
});

export const SETUP_CALLS: readonly Call[] = [
  {
    method: 'get',
    path: '/v1/locations/{location}/why',
    summary:
      'Why the tickets of an order are where they are: a number, a platform’s number, a table or an id (owner, manager, expo, kitchen)',
    tag: 'setup',
    query: whyQuery,
    answer: whyAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/redact',
    summary:
      'Forget what guests said of themselves, for good: of an order, of a telephone number, or of all before a time. What is open stays and is named; backups are not reached (owner, manager)',
    tag: 'setup',
    body: redactBody,
    answer: redactAnswer,
    problems: ['conflict', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/printers/test',
    summary: 'Print a test page, also on a printer that is not published yet (owner, manager)',
    tag: 'setup',
    body: testPageBody,
    answer: testPageAnswer,
    problems: ['rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/setup',
    summary: 'The published configuration, the draft of the next one, and what keeps it from being published',
    tag: 'setup',
    answer: setupAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/setup/draft',
    summary: 'Keep the draft; 409 when somebody else saved since the revision that was read',
    tag: 'setup',
    body: setupBodies.save,
    answer: z.object({ revision: z.int(), at: z.string(), version: z.int(), ...checks }),
    problems: ['conflict'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/setup/discard',
    summary: 'Throw the draft away',
    tag: 'setup',
    body: setupBodies.discard,
    status: 204,
    problems: ['conflict'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/setup/publish',
    summary:
      'Publish the draft by one location.configure; 409 when somebody published meanwhile, 422 with each thing by which the house would lose food',
    tag: 'setup',
    headers: { 'Idempotency-Key': 'A UUID made once for this publish; a retry says the same one' },
    body: setupBodies.publish,
    answer: z.object({ id: z.string(), seq: z.int(), version: z.int() }),
    problems: ['conflict', 'idempotency_key_reused', 'unavailable'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/staff',
    summary: 'Who works here',
    tag: 'setup',
    answer: z.object({ staff: z.array(personAnswer), longPin: z.int() }),
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/staff',
    summary: 'Somebody new, or changed; who gets a manager’s rights needs a new, longer PIN',
    tag: 'setup',
    body: staffBodies.put,
    answer: personAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/staff/{id}/pin',
    summary: 'Give a PIN, take it away (null), or let one be made, which is answered once',
    tag: 'setup',
    body: staffBodies.pin,
    bodyOptional: true,
    answer: z.object({ pin: z.string().optional() }),
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/staff/{id}/remove',
    summary: 'Somebody no longer works here: signed out within seconds',
    tag: 'setup',
    status: 204,
    problems: ['not_found', 'conflict'],
  },
];
