import { z } from 'zod';

/**
 * Errors are RFC 9457 problems. One table says what each code is, and whether the same request may be sent again:
 * the outbox obeys `retry`.
 */
export const PROBLEMS = {
  malformed: { status: 400, title: 'The request cannot be read', retry: false },
  unauthenticated: { status: 401, title: 'Sign in first', retry: false },
  forbidden: { status: 403, title: 'Not allowed for this role', retry: false },
  not_found: { status: 404, title: 'There is no such thing', retry: false },
  conflict: { status: 409, title: 'It is no longer as you saw it', retry: false },
  too_large: { status: 413, title: 'Too large', retry: false },
  unsupported_type: { status: 415, title: 'Send JSON', retry: false },
  invalid_input: { status: 422, title: 'Something in the request is wrong', retry: false },
  idempotency_key_reused: { status: 422, title: 'This key was used for another command', retry: false },
  rate_limited: { status: 429, title: 'Too many requests', retry: true },
  unavailable: { status: 503, title: 'Not now', retry: true },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

const codes = [
  'malformed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_type',
  'invalid_input',
  'idempotency_key_reused',
  'rate_limited',
  'unavailable',
] as const satisfies readonly ProblemCode[];

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(codes),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** 409 for staff: the entity as it is. */
  current: z.unknown().optional(),
  /** 409 of a reservation: the nearest times at which the party could come. */
  alternatives: z
    .array(z.object({ at: z.string(), local: z.string(), party: z.int(), minutes: z.int() }))
    .optional(),
  retryAfter: z.int().optional(),
});
export type Problem = z.infer<typeof problem>;

/** A problem document for a code, with what is particular to this case. */
export function makeProblem(
  code: ProblemCode,
  detail: string,
  more: Partial<Pick<Problem, 'errors' | 'current' | 'alternatives' | 'retryAfter'>> = {},
): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:heard:problem:${code}`, title, status, detail, code, ...more };
}
