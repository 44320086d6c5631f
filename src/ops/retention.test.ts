import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRetention } from './retention.ts';

test('[H90] answers older than seven days are forgotten batch by batch, and a failure does not end it', async () => {
  const asked: string[] = [];
  const left = [1_000, 1_000, 7, 0];
  const reports: string[] = [];
  let fail = true;
  const retention = createRetention({
    log: {
      listLocations: async () => [],
      async deleteOldResults(before) {
        if (fail) {
          fail = false;
          throw new Error('away');
        }
        asked.push(before);
        return left.shift() ?? 0;
      },
    },
    now: () => Date.parse('2026-01-08T00:00:00.000Z'),
    report: (message) => void reports.push(message),
    everyMs: 5,
  });
  await retention.run();
  while (asked.length < 4) await sleep(5);
  await retention.stop();
  expect(new Set(asked)).toEqual(new Set(['2026-01-01T00:00:00.000Z']));
  expect(reports).toContain('the answers of old commands could not be deleted');
  expect(reports).toContain('forgot the answers of old commands');
  const count = asked.length;
  await sleep(30);
  expect(asked).toHaveLength(count);
});

test('[IN15] deliveries older than thirty days are forgotten batch by batch, and only those', async () => {
  const asked: string[] = [];
  const left = [1_000, 3, 0];
  const reports: unknown[] = [];
  const retention = createRetention({
    log: { listLocations: async () => [], deleteOldResults: async () => 0 },
    now: () => Date.parse('2026-01-31T00:00:00.000Z'),
    report: (message, detail) => void reports.push([message, detail?.['count']]),
    deliveries: async (before, limit) => {
      asked.push(before);
      expect(limit).toBe(1_000);
      return left.shift() ?? 0;
    },
    everyMs: 5,
  });
  await retention.run();
  while (asked.length < 4) await sleep(5);
  await retention.stop();
  expect(new Set(asked)).toEqual(new Set(['2026-01-01T00:00:00.000Z']));
  expect(reports).toContainEqual(['forgot old deliveries', 1_003]);
});
