import { defineConfig } from 'vitest/config';
import LongestFirst from './src/testkit/sequencer.ts';

/**
 * One project per kind of environment, told by the file's name:
 * `x.test.ts` needs nothing, `x.pg.test.ts` PostgreSQL, `x.browser.test.ts` Chromium,
 * `e2e/x.e2e.ts` the whole product, `x.long.ts` time (only `npm run test:long`).
 * Three workers: the suite has to fit a machine of two cores that also runs the database, and many tests wait.
 */
const pg = 'src/**/*.pg.test.ts';
const browser = 'src/**/*.browser.test.{ts,tsx}';
/** These measure or fill the machine: one at a time. Of the others several run at once. */
const alone = ['nodes', 'replay'].map((name) => `e2e/${name}.e2e.ts`);
/** Databases and browsers on two cores lose their patience now and then; twice is a fault. `npm test` names who needed it. */
const RETRY = 1;

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    // Projects do not inherit these two; each one extends this file.
    globalSetup: ['src/testkit/globalSetup.ts'],
    setupFiles: [],
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    passWithNoTests: true,
    // What will hold may take its time on a full machine; a second, the default, is how a test becomes a dice.
    expect: { poll: { timeout: 20_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Two hundred small files: a thread starts sooner than a process.
          pool: 'threads',
          include: ['src/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'],
          exclude: [pg, browser],
          testTimeout: 40_000,
          hookTimeout: 40_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pg',
          include: [pg],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          // Nothing here stands in for a module: the server's code is loaded once a worker, not once a file.
          isolate: false,
          retry: RETRY,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Beside the other pages of a browser.
          retry: RETRY,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-alone',
          include: alone,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          retry: RETRY,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          exclude: alone,
          isolate: false,
          retry: RETRY,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['src/**/*.long.ts', 'e2e/**/*.long.ts', 'bench/**/*.long.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
