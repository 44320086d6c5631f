import { expect, test } from 'vitest';
import type { Proposal } from '../log/types.ts';
import { buildProposal } from '../testkit/proposals.ts';
import { createBatcher } from './batcher.ts';
import type { Batcher, BatcherOptions, Outcome } from './batcher.ts';

type Answer = (failure?: Error) => void;

/** A log that answers when the test says so. */
function heldLog(): {
  append: (proposals: readonly Proposal[]) => Promise<Set<string>>;
  sent: string[][];
  answers: Answer[];
} {
  const sent: string[][] = [];
  const answers: Answer[] = [];
  return {
    sent,
    answers,
    append(proposals) {
      const locations = proposals.map((proposal) => proposal.location);
      sent.push(locations);
      return new Promise((resolve, reject) => {
        answers.push((failure) => (failure === undefined ? resolve(new Set(locations)) : reject(failure)));
      });
    },
  };
}

function batcher(log: Parameters<typeof createBatcher>[0], options: Partial<BatcherOptions> = {}): Batcher {
  return createBatcher(log, { maxLocations: 100, parallel: 1, groupCommit: true, ...options });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const coded = (code: string): Error => Object.assign(new Error(code), { code });

test('[L40] what waits while a statement is in flight travels together in the next one', async () => {
  const log = heldLog();
  const group = batcher(log);
  const first = group.submit(buildProposal('a', 0));
  await turn();
  const others = ['b', 'c', 'd'].map((id) => group.submit(buildProposal(id, 0)));
  await turn();
  expect(log.sent).toEqual([['a']]);
  log.answers[0]?.();
  expect(await first).toBe('committed');
  await turn();
  expect(log.sent).toEqual([['a'], ['b', 'c', 'd']]);
  log.answers[1]?.();
  expect(await Promise.all(others)).toEqual(['committed', 'committed', 'committed']);
  expect(group.load).toEqual({ waiting: 0, inFlight: 0, statements: 2 });
});

test('[L40] a statement takes at most maxLocations, and at most `parallel` are in flight', async () => {
  const log = heldLog();
  const group = batcher(log, { maxLocations: 2, parallel: 2 });
  for (const id of ['a', 'b', 'c', 'd', 'e']) void group.submit(buildProposal(id, 0));
  await turn();
  expect(log.sent).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  log.answers[1]?.();
  await turn();
  expect(log.sent[2]).toEqual(['e']);
  for (const answer of log.answers) answer();
  await group.drain();
});

test('[L41] a location has one proposal in flight; the next waits for its answer', async () => {
  const log = heldLog();
  const group = batcher(log, { parallel: 4 });
  const first = group.submit(buildProposal('a', 0));
  const second = group.submit(buildProposal('a', 1));
  const other = group.submit(buildProposal('b', 0));
  await turn();
  expect(log.sent).toEqual([['a', 'b']]);
  log.answers[0]?.();
  await Promise.all([first, other]);
  await turn();
  expect(log.sent).toEqual([['a', 'b'], ['a']]);
  log.answers[1]?.();
  expect(await second).toBe('committed');
});

test('[L42] after a poisoned statement each location goes alone, and only the culprit is told', async () => {
  const sent: string[][] = [];
  const group = batcher({
    append: (proposals) => {
      const ids = proposals.map((proposal) => proposal.location);
      sent.push(ids);
      return ids.includes('bad') ? Promise.reject(coded('22P05')) : Promise.resolve(new Set(ids));
    },
  });
  const outcomes = await Promise.all(['a', 'bad', 'b'].map((id) => group.submit(buildProposal(id, 0))));
  expect(outcomes).toEqual([
    'committed',
    { poisoned: expect.objectContaining({ code: '22P05' }) },
    'committed',
  ]);
  expect(sent).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
});

test('[L43] a lost answer is told as unknown to all who travelled, and never sent again by itself', async () => {
  let calls = 0;
  const group = batcher({
    append: () => ((calls += 1), Promise.reject(new Error('Connection terminated unexpectedly'))),
  });
  const outcomes = await Promise.all(['a', 'b'].map((id) => group.submit(buildProposal(id, 0))));
  expect(outcomes).toEqual([
    { unknown: true, error: expect.any(Error) },
    { unknown: true, error: expect.any(Error) },
  ]);
  expect(calls).toBe(1);
});

test('[L43] what surely committed nothing is sent again, three times at most', async () => {
  let calls = 0;
  const failing = (times: number): Batcher => {
    calls = 0;
    return batcher({
      append: (proposals) => {
        calls += 1;
        return calls <= times
          ? Promise.reject(coded('40P01'))
          : Promise.resolve(new Set(proposals.map((proposal) => proposal.location)));
      },
    });
  };
  expect(await failing(2).submit(buildProposal('a', 0))).toBe('committed');
  expect(calls).toBe(3);
  expect(await failing(9).submit(buildProposal('a', 0))).toEqual({
    unknown: true,
    error: expect.objectContaining({ code: '40P01' }),
  });
  expect(calls).toBe(3);
});

test('[L44] without group commit each proposal has a statement of its own', async () => {
  const log = heldLog();
  const group = batcher(log, { groupCommit: false, parallel: 3 });
  const all = ['a', 'b', 'c', 'd'].map((id) => group.submit(buildProposal(id, 0)));
  await turn();
  expect(log.sent).toEqual([['a'], ['b'], ['c']]);
  log.answers[0]?.();
  await turn();
  expect(log.sent).toHaveLength(4);
  for (const answer of log.answers) answer();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 4 }, (): Outcome => 'committed'));
});

test('[L42] a proposal that would break its log fails its own caller only', async () => {
  const group = batcher({
    append: (proposals) => {
      const broken = proposals.find((proposal) => proposal.location === 'broken');
      return broken === undefined
        ? Promise.resolve(new Set(proposals.map((proposal) => proposal.location)))
        : Promise.reject(new RangeError('not dense'));
    },
  });
  const [good, broken] = await Promise.allSettled(
    ['good', 'broken'].map((id) => group.submit(buildProposal(id, 0))),
  );
  expect(good).toEqual({ status: 'fulfilled', value: 'committed' });
  expect(broken).toMatchObject({ status: 'rejected', reason: { message: 'not dense' } });
});
