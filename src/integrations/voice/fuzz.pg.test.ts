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

it.each(AGENTS)(
  '[CA35] deliveries of $provider.id changed where it hurts meet no 5xx, and a log that only commands move',
  async (agent) => {
    const report = await fuzzAgent(house, agent, { seed: 20_261_129, count: 240 });
    expect(report.faults).toEqual([]);
    expect(report.sent).toBe(240);
    // Something of each kind happened, or the fuzzer throws pebbles.
    expect(report.refused).toBeGreaterThan(10);
    expect(report.rows['done']).toBeGreaterThan(15);
    expect(report.events).toBeGreaterThan(15);
    expect(Object.prototype).not.toHaveProperty('polluted');
  },
  120_000,
);
