import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { makeProblem } from '../protocol/problems.ts';
import type { Problem, ProblemCode } from '../protocol/problems.ts';

/** A problem on its way to the caller: thrown anywhere behind a route, written once by the error handler. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail);
    this.problem = problem;
    this.headers =
      problem.retryAfter === undefined ? headers : { ...headers, 'retry-after': String(problem.retryAfter) };
  }
}

type More = Parameters<typeof makeProblem>[2];

/** `throw refuse('forbidden', '…')`. 401 carries the challenge that the standard asks for. */
export function refuse(code: ProblemCode, detail: string, more?: More): HttpProblem {
  return new HttpProblem(
    makeProblem(code, detail, more),
    code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {},
  );
}

/** 422 for one field. */
export function refuseField(path: string, message: string): HttpProblem {
  return refuse('invalid_input', `${path === '' ? 'the body' : path} ${message}`, {
    errors: [{ path, message }],
  });
}

/** Writes a problem document; what was not sent as a problem before is. */
export function sendProblem(
  reply: FastifyReply,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  return reply.code(problem.status).headers(headers).type('application/problem+json').send(problem);
}

/** More would not help anybody to mend the request. */
const MOST_ERRORS = 20;

type Issue = z.core.$ZodIssue;
export type FieldError = { path: string; message: string };

/** The 422 for what zod found, every field by its dotted path: `order.items.0.qty`. */
export function refuseIssues(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): HttpProblem {
  const errors = fieldErrors(issues, prefix);
  const first = errors[0];
  const detail =
    first === undefined
      ? 'The body is not what this call takes'
      : `${first.path === '' ? 'the body' : first.path} ${first.message}`;
  return refuse('invalid_input', errors.length > 1 ? `${detail} (and ${errors.length - 1} more)` : detail, {
    errors,
  });
}

/** Parses a value from outside, or throws the 422 that names what is wrong with it. */
export function parseInput<S extends z.ZodType>(
  schema: S,
  value: unknown,
  prefix: readonly PropertyKey[] = [],
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuseIssues(parsed.error.issues, prefix);
  return parsed.data;
}

/** What zod found, as paths and words. Of a union's branches the likely meant ones speak. */
export function fieldErrors(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    if (errors.length >= MOST_ERRORS) break;
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        errors.push({ path: dotted([...path, key]), message: 'is not a field of this call' });
    } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      errors.push(...ofUnion(issue.errors, path));
    } else {
      errors.push({ path: dotted(path), message: wordsOf(issue) });
    }
  }
  return errors.slice(0, MOST_ERRORS);
}

/** Of the branches with the fewest complaints the first; where each has but one, of the value as a whole, all of them. */
function ofUnion(branches: readonly (readonly Issue[])[], path: readonly PropertyKey[]): FieldError[] {
  const fewest = Math.min(...branches.map(complaints));
  const likely = branches.filter((branch) => complaints(branch) === fewest);
  const said = likely.map((branch) => fieldErrors(branch, path));
  const first = said[0] ?? [];
  if (!said.every((errors) => errors.length === 1 && errors[0]?.path === dotted(path))) return first;
  const message = [...new Set(said.flat().map((error) => error.message))].join(', or ');
  return [{ path: dotted(path), message }];
}

/** A value of another kind altogether is further off than one that has a wrong field. */
function complaints(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + issue.keys.length;
    return sum + (issue.code === 'invalid_type' && issue.path.length === 0 ? 2 : 1);
  }, 0);
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function wordsOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  // zod's own words start a sentence; ours follow the path.
  return issue.message
    .replace(/^Invalid input: expected int\b.*/, 'must be a whole number')
    .replace(/^Invalid input: expected /, 'must be ')
    .replace(/^Invalid option: expected one of /, 'must be one of ')
    .replace(/^Invalid discriminator value\. Expected /, 'must be one of ')
    .replace(/^Too small: expected number to be >=/, 'must be at least ')
    .replace(/^Too big: expected number to be <=/, 'must be at most ')
    .replace(/^Too small: expected array to have >=/, 'must have at least ')
    .replace(/^Too big: expected array to have <=/, 'must have at most ');
}
