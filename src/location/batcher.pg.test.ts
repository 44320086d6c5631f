import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../log/open.ts';
import type { Log } from '../log/types.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { buildProposal } from '../testkit/proposals.ts';
import { createBatcher } from './batcher.ts';

const database = useTestDatabase();
let log: Log;
beforeAll(async () => {
  log = await openLog({ connection: database().heardLog });
  await log.createOrganization('org', 'Org');
});
afterAll(() => log.close());

test('[L5] of 200 locations one is poisoned by a direct call, and 199 go on', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => `l${index}`);
  await Promise.all(ids.map((id) => log.createLocation('org', id, id)));
  const batcher = createBatcher(log, { maxLocations: 200, parallel: 2, groupCommit: true });
  for (let round = 0; round < 3; round += 1) {
    const outcomes = await Promise.all(
      ids.map((id, index) =>
        batcher.submit(
          buildProposal(id, round, index === 77 && round === 1 ? { data: { note: 'NUL \u0000' } } : {}),
        ),
      ),
    );
    const others = outcomes.filter((_, index) => index !== 77);
    expect(others).toEqual(others.map(() => 'committed'));
    // In the last round the culprit is one event behind the rest.
    expect(outcomes[77]).toEqual(
      round === 0
        ? 'committed'
        : round === 1
          ? { poisoned: expect.objectContaining({ code: '22P05' }) }
          : 'missed',
    );
  }
  expect(await batcher.submit(buildProposal('l77', 1))).toBe('committed');
  const heads = await log.readHeads(ids);
  expect(ids.filter((id) => heads.get(id) !== 3)).toEqual(['l77']);
  expect(heads.get('l77')).toBe(2);
  expect(batcher.load.statements).toBeLessThan(3 + 200 + 10);
});
