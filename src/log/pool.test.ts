import { expect, test } from 'vitest';
import { parseTime } from './pool.ts';
import { tagOf } from './tag.ts';

test('[L18] times come out as RFC 3339 in UTC with milliseconds', () => {
  expect(parseTime('2026-11-22 04:24:35+00')).toBe('2026-11-22T04:24:35.000Z');
  expect(parseTime('2026-11-22 04:24:35.1+00')).toBe('2026-11-22T04:24:35.100Z');
  expect(parseTime('2026-11-22 04:24:35.123999+00')).toBe('2026-11-22T04:24:35.123Z');
  expect(parseTime('2026-11-22 06:24:35.5+02')).toBe('2026-11-22T04:24:35.500Z');
});

test('[L11] the tag depends on each part of the event that a restore may change', () => {
  const event = { seq: 7, at: '2026-11-22T04:24:35.123Z', command: '0192', type: 'order.placed' };
  const tags = [
    event,
    { ...event, seq: 8 },
    { ...event, at: '2026-11-22T04:24:35.124Z' },
    { ...event, command: '0193' },
    { ...event, type: 'x' },
  ].map(tagOf);
  expect(new Set(tags).size).toBe(5);
  expect(tagOf({ ...event })).toBe(tags[0]);
  expect(tags[0]?.length).toBeLessThanOrEqual(7);
});
