import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDay } from '../location/businessDay.ts';
import {
  MINUTE_MS,
  addDays,
  clockOf,
  momentOf,
  momentsOf,
  offsetAt,
  serviceDay,
  serviceMoments,
  serviceTime,
  wallOf,
  weekdayOf,
} from './zone.ts';

const ms = (instant: string): number => Date.parse(instant);
const iso = (at: number): string => new Date(at).toISOString();
const minute = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const says = (zone: string, day: string, clock: string): string[] =>
  momentsOf(zone, { day, minute: minute(clock) }).map(iso);

const ZONES = [
  'America/New_York',
  'America/Argentina/Buenos_Aires',
  'Africa/Cairo',
  'Asia/Riyadh',
  'Australia/Lord_Howe',
  'Europe/Madrid',
  'Asia/Kathmandu',
  'UTC',
];

describe('the clock on the wall', () => {
  test('[BK1] an evening is what it says, in every zone', () => {
    expect(says('America/New_York', '2026-11-20', '20:15')).toEqual(['2026-11-21T01:15:00.000Z']);
    expect(says('America/Argentina/Buenos_Aires', '2026-11-20', '21:00')).toEqual([
      '2026-11-21T00:00:00.000Z',
    ]);
    expect(says('Asia/Riyadh', '2026-07-01', '20:00')).toEqual(['2026-07-01T17:00:00.000Z']);
    expect(says('Europe/Madrid', '2026-07-01', '21:30')).toEqual(['2026-07-01T19:30:00.000Z']);
    expect(says('Asia/Kathmandu', '2026-07-01', '19:00')).toEqual(['2026-07-01T13:15:00.000Z']);
  });

  test('[BK1] when clocks go forward, what is jumped over never comes, and is read as after the jump', () => {
    // New York: 02:00 to 03:00 on 8 March 2026.
    expect(says('America/New_York', '2026-03-08', '02:30')).toEqual([]);
    expect(iso(momentOf('America/New_York', { day: '2026-03-08', minute: 150 }))).toBe(
      '2026-03-08T07:30:00.000Z',
    );
    expect(says('America/New_York', '2026-03-08', '03:00')).toEqual(['2026-03-08T07:00:00.000Z']);
    // Madrid: 02:00 to 03:00 on 29 March 2026. Cairo: midnight to 01:00 on the last Friday of April.
    expect(says('Europe/Madrid', '2026-03-29', '02:59')).toEqual([]);
    expect(says('Africa/Cairo', '2026-04-24', '00:30')).toEqual([]);
    expect(says('Africa/Cairo', '2026-04-24', '01:00')).toEqual(['2026-04-23T22:00:00.000Z']);
    // Lord Howe moves by half an hour only.
    expect(says('Australia/Lord_Howe', '2026-10-04', '02:15')).toEqual([]);
    expect(says('Australia/Lord_Howe', '2026-10-04', '02:30')).toEqual(['2026-10-03T15:30:00.000Z']);
  });

  test('[BK1] when clocks go back, an hour comes twice: both moments, the first one first', () => {
    expect(says('America/New_York', '2026-11-01', '01:30')).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T06:30:00.000Z',
    ]);
    expect(says('Europe/Madrid', '2026-10-25', '02:30')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    expect(says('Australia/Lord_Howe', '2026-04-05', '01:45')).toEqual([
      '2026-04-04T14:45:00.000Z',
      '2026-04-04T15:15:00.000Z',
    ]);
    expect(says('Africa/Cairo', '2026-10-29', '23:30')).toEqual([
      '2026-10-29T20:30:00.000Z',
      '2026-10-29T21:30:00.000Z',
    ]);
  });

  test('[BK1] every moment is one of the moments of what the wall says at it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({
          min: ms('2024-01-01T00:00:00Z') / MINUTE_MS,
          max: ms('2031-01-01T00:00:00Z') / MINUTE_MS,
        }),
        (zone, minutes) => {
          const at = minutes * MINUTE_MS;
          expect(momentsOf(zone, wallOf(zone, at)).map(iso)).toContain(iso(at));
        },
      ),
      { numRuns: 2_000, seed: 8 },
    );
  });

  test('[BK1] a zone that nobody knows is read as UTC', () => {
    expect(offsetAt('Mars/Olympus', ms('2026-01-01T00:00:00Z'))).toBe(0);
  });
});

describe('the business day', () => {
  const newYork = { timezone: 'America/New_York', dayEndsAt: 4 };

  test('[BK2] is the same day that order numbers go by', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: ms('2024-01-01T00:00:00Z'), max: ms('2031-01-01T00:00:00Z') }),
        (timezone, dayEndsAt, at) => {
          const { day, minute: of } = serviceTime({ timezone, dayEndsAt }, at);
          expect(day).toBe(businessDay({ timezone, dayEndsAt }, at));
          expect(of).toBeGreaterThanOrEqual(dayEndsAt * 60);
          expect(of).toBeLessThan(dayEndsAt * 60 + 1_440);
        },
      ),
      { numRuns: 1_000, seed: 9 },
    );
  });

  test('[BK2] an hour past midnight belongs to the evening before, and counts on', () => {
    expect(serviceTime(newYork, ms('2026-11-21T05:30:00Z'))).toEqual({ day: '2026-11-20', minute: 1_470 });
    expect(serviceMoments(newYork, { day: '2026-11-20', minute: 1_470 }).map(iso)).toEqual([
      '2026-11-21T05:30:00.000Z',
    ]);
    expect(clockOf(1_470)).toBe('00:30');
  });

  test('[BK2] has 23 or 25 hours when clocks change, and no moment between two days', () => {
    const hours = (day: string): number => {
      const { from, to } = serviceDay(newYork, day);
      expect(serviceDay(newYork, addDays(day, 1)).from).toBe(to);
      return (to - from) / 3_600_000;
    };
    expect([hours('2026-03-07'), hours('2026-03-08'), hours('2026-10-31')]).toEqual([23, 24, 25]);
    expect(weekdayOf('2026-11-20')).toBe(5);
    expect(weekdayOf('1970-01-01')).toBe(4);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });
});
