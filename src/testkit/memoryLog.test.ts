import { describe } from 'vitest';
import { describeLog } from './logContract.ts';
import { createMemoryDatabase, openMemoryLog } from './memoryLog.ts';

const clock = { now: () => Date.now(), offset: 0, healthy: true };
let epochs = 0;
const database = createMemoryDatabase({ now: clock.now, newEpoch: () => `epoch-${(epochs += 1)}` });
const log = openMemoryLog(database, clock);

describe('the log in memory', () => {
  describeLog(() => ({
    log,
    hold: async (location) => {
      const letGo = database.hold(location);
      return async () => letGo();
    },
    loseEvent: async (location, seq) => database.loseEvent(location, seq),
    snapshotsOf: async (location, version) => database.snapshotsOf(location, version),
    cutOff: async () => ({
      log: {
        ...log,
        append: async (proposals) => {
          database.begin(proposals).commit();
          throw new Error('Connection terminated unexpectedly');
        },
      },
      close: async () => undefined,
    }),
  }));
});
