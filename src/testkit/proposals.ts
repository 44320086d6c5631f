import { randomUUID } from 'node:crypto';
import type { Json, Proposal } from '../log/types.ts';

const AT = '2026-11-22T10:00:00.000Z';

/** A well-formed proposal of `count` events by one command on top of `expected`. */
export function buildProposal(
  location: string,
  expected: number,
  overrides: {
    count?: number;
    command?: string;
    data?: Json;
    at?: string;
    deadline?: string | null;
    result?: Json;
    name?: string;
  } = {},
): Proposal {
  const {
    count = 1,
    command = randomUUID(),
    data = { n: 1 },
    at = AT,
    deadline = null,
    result = { ok: true },
  } = overrides;
  const head = expected + count;
  return {
    location,
    expected,
    head,
    deadline,
    ...(overrides.name !== undefined && { name: overrides.name }),
    events: Array.from({ length: count }, (_, index) => ({
      seq: expected + index + 1,
      at,
      by: { staff: 'ana' },
      command,
      type: 'order.placed',
      v: 1,
      data,
    })),
    results: [{ id: command, name: 'order.place', actor: 'staff:ana', hash: 'h', seq: head, result, at }],
  };
}
