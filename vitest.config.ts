import { defineConfig } from 'vitest/config';

/**
 * One project per kind of environment, told by the file's name:
 * `x.test.ts` needs nothing, `x.pg.test.ts` PostgreSQL, `x.browser.test.ts` Chromium,
 * `e2e/x.e2e.ts` the whole product, `x.long.ts` time (only `npm run test:long`).
 * Two workers: the suite has to fit a machine of two cores that also runs the database.
 */
const pg = 'src/**/*.pg.test.ts';
const browser = 'src/**/*.browser.test.{ts,tsx}';
/** These wait for clocks more than they work (a rung of the ladder, a minute without a line): two at a time. */
const patient = [
  'ladder',
  'life',
  'print',
  'track',
  'guestLink',
  'transports',
  'manager',
  'insecure',
  'trust',
].map((name) => `e2e/${name}.e2e.ts`);

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    // Projects do not inherit these two; each one extends this file.
    globalSetup: ['src/testkit/globalSetup.ts'],
    setupFiles: [],
    maxWorkers: 2,
    pool: 'forks',
    passWithNoTests: true,
    restoreMocks: true,
    unstubEnvs: true,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'],
          exclude: [pg, browser],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pg',
          include: [pg],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          exclude: patient,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-patient',
          include: patient,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
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
