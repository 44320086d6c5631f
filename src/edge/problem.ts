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

/** What zod found, as paths and words. Of a union's branches the one with the fewest complaints speaks: the likely meant one. */
export function fieldErrors(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    if (errors.length >= MOST_ERRORS) break;
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        errors.push({ path: dotted([...path, key]), message: 'is not a field of this call' });
    } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      errors.push(...fieldErrors(likeliest(issue.errors), path));
    } else {
      errors.push({ path: dotted(path), message: wordsOf(issue) });
    }
  }
  return errors.slice(0, MOST_ERRORS);
}

function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const complaints = (branch: readonly Issue[]) =>
    branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  return branches.reduce((best, branch) => (complaints(branch) < complaints(best) ? branch : best));
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function wordsOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  // zod's own words start a sentence; ours follow the path.
  return issue.message
    .replace(/^Invalid input: expected /, 'must be ')
    .replace(/^Invalid option: expected one of /, 'must be one of ');
}
