import { describe, expect, it } from 'vitest';
import { commandInputs } from '../src/domain/commands.ts';
import { judge, ratio } from './budgets.ts';
import { readOptions } from './options.ts';
import type { Measured } from './round.ts';
import { median, percentile } from './stats.ts';
import { createWorkload, menuTable } from './workload.ts';

function measured(
  contender: string,
  load: string,
  round: number,
  ordersPerSecond: number,
  p99: number,
): Measured {
  return {
    contender,
    load,
    round,
    ordersPerSecond,
    answerMs: { p50: 1, p99 },
    screensMs: { p50: 1, p99 },
    verdict: { acknowledged: 1, failed: 0, lost: 0, doubled: 0, strange: 0, reconnects: 0, stored: 1 },
    cpuPerOrder: { server: 1, database: 1, rest: 0, load: 0 },
    problems: [],
  };
}

describe('what the bench makes of its numbers', () => {
  it('percentiles are the nearest rank, medians the middle', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(samples, 0.5), percentile(samples, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
    expect(percentile([], 0.5)).toBeNaN();
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([Number.NaN, 5])]).toEqual([2, 2.5, 5]);
  });

  it('[B3] a ratio compares within each round and takes the middle of the rounds', () => {
    const all = [
      measured('heard', 'closed 32', 1, 1000, 1),
      measured('peer', 'closed 32', 1, 100, 1),
      measured('heard', 'closed 32', 2, 300, 1),
      measured('peer', 'closed 32', 2, 100, 1),
      measured('heard', 'closed 32', 3, 4000, 1),
      measured('peer', 'closed 32', 3, 1000, 1),
    ];
    expect(ratio(all, 'closed 32', 'heard', 'peer', (one) => one.ordersPerSecond)).toBe(4);
    expect(ratio(all, 'closed 128', 'heard', 'peer', (one) => one.ordersPerSecond)).toBeNaN();
  });

  it('[B3] a promise that is missed is called missed, and one that was not measured is not judged', () => {
    const all = [
      measured('heard', 'closed 32', 1, 490, 1),
      measured('peer', 'closed 32', 1, 100, 1),
      measured('heard', 'fixed 50', 1, 50, 9),
      measured('peer', 'fixed 50', 1, 50, 10),
      measured('heard', 'as peer', 1, 100, 21),
      measured('peer', 'as peer', 1, 100, 100),
    ];
    expect(judge(all, [{ name: 'peer', tuned: false }]).map(({ got, met }) => [got, met])).toEqual([
      [4.9, false],
      [0.9, true],
      [0.21, false],
    ]);
    expect(judge(all, [{ name: 'peer', tuned: true }])[0]?.met).toBe(true);
    expect(judge(all, [])).toEqual([]);
  });

  it('the best peer is the one to beat at 50 orders/s', () => {
    const all = [
      measured('heard', 'fixed 50', 1, 50, 9),
      measured('slow', 'fixed 50', 1, 50, 90),
      measured('fast', 'fixed 50', 1, 50, 3),
    ];
    expect(
      judge(all, [
        { name: 'slow', tuned: false },
        { name: 'fast', tuned: true },
      ]),
    ).toMatchObject([{ got: 3, met: false }]);
  });

  it('wrong options are named', () => {
    expect(readOptions([])).toMatchObject({ rounds: 3, measureMs: 4000, out: 'bench' });
    expect(readOptions(['--quick', '--only', 'heard,express'])).toMatchObject({
      rounds: 1,
      measureMs: 2000,
      out: null,
      only: ['heard', 'express'],
    });
    expect(() => readOptions(['--rounds', 'many'])).toThrow(/--rounds/);
    expect(() => readOptions(['--seconds', '0'])).toThrow(/--seconds/);
    expect(() => readOptions(['--fast'])).toThrow(/--fast/);
  });

  it('the workload is valid, routed like the menu, spread over the locations, with fresh ids', () => {
    const next = createWorkload(['a', 'b'], 10);
    const menu = menuTable();
    const orders = Array.from({ length: 1000 }, next);
    expect(new Set(orders.map((order) => order.id)).size).toBe(1000);
    expect(orders.filter((order) => order.location === 'a')).toHaveLength(500);
    for (const { body, stations, id } of orders) {
      const { order } = commandInputs['order.place'].parse(JSON.parse(body));
      expect(order.id).toBe(id);
      const routed = order.items.map((item) =>
        'menuItem' in item ? menu[item.menuItem]?.station : undefined,
      );
      expect(new Set(routed)).toEqual(new Set(stations));
    }
  });
});
