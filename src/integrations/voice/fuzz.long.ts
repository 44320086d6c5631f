import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HookHouse } from '../../testkit/hookHouse.ts';
import { useTestDatabase } from '../../testkit/postgres.ts';
import { AGENTS, fuzzAgent, startAgentsHouse } from '../testing/agentsUnderFire.ts';

const database = useTestDatabase();
let house: HookHouse;

beforeAll(async () => {
  house = await startAgentsHouse(database());
});
afterAll(() => house.stop());

it.each(AGENTS)('[CA35] five thousand deliveries of $provider.id changed where it hurts', async (agent) => {
  const report = await fuzzAgent(house, agent, { seed: 6, count: 5_000 });
  expect(report.faults).toEqual([]);
  expect(report.rows['done']).toBeGreaterThan(200);
});
