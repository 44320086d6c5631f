import { describe, expect, it } from 'vitest';
import { change, lateShare, openHours, queryOf, readFigures, readHeat, roundUp } from './figures.ts';

const side = (period: string, more: object = {}) => ({
  period,
  orders: 0,
  net: 0,
  judged: 0,
  late: 0,
  ...more,
});
const answer = (reports: object, more: object = {}) => ({
  from: '2026-03-13',
  to: '2026-03-13',
  beforeFrom: '2026-03-06',
  today: '2026-03-13',
  since: '2026-02-01',
  currency: 'USD',
  reports: { summary: [side('now'), side('before')], ...reports },
  ...more,
});

describe('the figures of a page', () => {
  it('[FG16] are asked for by ranges that the server knows the days of', () => {
    expect(queryOf('today')).toBe('from=today&to=today');
    expect(queryOf('week')).toBe('from=today-6&to=today');
    expect(queryOf({ day: '2026-03-01' })).toBe('from=2026-03-01&to=2026-03-01');
  });

  it('[FG16] join what the house sold itself by kind and everything else by where it came from', () => {
    const row = (source: string, type: string, net: number) => ({
      source,
      type,
      orders: 1,
      net,
      before_net: 10,
    });
    const figures = readFigures(
      answer({
        'sales-by-channel': [
          row('pos', 'dine_in', 500),
          row('uber-eats', 'delivery', 900),
          row('uber-eats', 'takeout', 100),
          row('pos', 'takeout', 50),
        ],
      }),
    );
    expect(figures?.channels).toEqual([
      { key: 'uber-eats', orders: 2, net: 1000, before: 20 },
      { key: 'dine_in', orders: 1, net: 500, before: 10 },
      { key: 'takeout', orders: 1, net: 50, before: 10 },
    ]);
  });

  it('[FG16] are compared only with days that the log reaches back to', () => {
    expect(readFigures(answer({}))?.isCompared).toBe(true);
    expect(readFigures(answer({}, { since: '2026-03-07' }))?.isCompared).toBe(false);
    expect(change(110, 100)).toBeCloseTo(0.1);
    expect([change(5, 0), change(null, 4), lateShare({ late: 0, judged: 0 })]).toEqual([null, null, null]);
    expect(lateShare({ late: 1, judged: 8 })).toBe(0.125);
  });

  it('[FG16] show the hours between the first and the last in which something was sold, on a round scale', () => {
    const hours = [10, 11, 12, 13, 14].map((hour) => ({
      hour,
      orders: hour === 11 ? 1 : 0,
      net: hour === 11 ? 100 : 0,
      before: hour === 13 ? 5 : 0,
    }));
    expect(openHours(hours).map(({ hour }) => hour)).toEqual([11, 12, 13]);
    expect(openHours(hours.slice(2, 3))).toEqual([]);
    expect([0, 7, 12, 180, 1027, 2100].map(roundUp)).toEqual([1, 8, 12, 200, 1200, 3000]);
  });

  it('[FG16] take nothing for figures that is none, and a mean week by how many such days there were', () => {
    expect(readFigures({ reports: {} })).toBeNull();
    expect(readHeat('no')).toBeNull();
    const heat = readHeat({
      rows: [4, 5, 6].flatMap((hour) =>
        [1, 2].map((weekday) => ({
          weekday,
          hour,
          days: 2,
          net: 0,
          orders: 0,
          lines: hour === 5 ? weekday * 4 : 0,
        })),
      ),
    });
    expect(heat?.hours).toEqual([5]);
    expect(heat?.days.slice(0, 3).map(({ cells }) => cells[0]?.lines)).toEqual([2, 4, 0]);
  });
});
