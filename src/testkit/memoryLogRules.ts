import type { Proposal } from '../log/types.ts';

/** What PostgreSQL and the append's own check refuse, said by the log in memory. */

/** As PostgreSQL's: `classify` reads the code. */
export class DatabaseError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function uniqueViolation(table: string, id: string): DatabaseError {
  return new DatabaseError('23505', `duplicate key value violates unique constraint "${table}_pkey": ${id}`);
}

/** Throws RangeError on proposals that would break a log: nothing is sent then. */
export function checkProposals(proposals: readonly Proposal[]): void {
  const seen = new Set<string>();
  for (const { location, expected, head, events } of proposals) {
    if (seen.has(location)) throw new RangeError(`Location "${location}" stands twice in one append`);
    seen.add(location);
    if (events.length !== head - expected)
      throw new RangeError(
        `The proposal for "${location}" moves the head from ${expected} to ${head} with ${events.length} events`,
      );
    for (const [index, event] of events.entries())
      if (event.seq !== expected + index + 1)
        throw new RangeError(
          `The proposal for "${location}" has event ${event.seq} where ${expected + index + 1} belongs`,
        );
  }
}

/** jsonb takes neither U+0000 nor half a surrogate pair, and text no U+0000. */
export function refuseText({ events, results }: Proposal): void {
  for (const text of [...events.map(({ by, data }) => JSON.stringify([by, data])), ...results.map(textOf)]) {
    // What is not well-formed is written as an escape, and only that is.
    if (!text.includes('\\u')) continue;
    if (/(?<!\\)(?:\\\\)*\\u0000/.test(text))
      throw new DatabaseError('22P05', 'unsupported Unicode escape sequence');
    if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/i.test(text))
      throw new DatabaseError('22P02', 'invalid input syntax for type json');
  }
}

function textOf({ result, actor, name, hash }: Proposal['results'][number]): string {
  return JSON.stringify([result, actor, name, hash]);
}
