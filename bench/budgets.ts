import type { Measured } from './round.ts';
import { median } from './stats.ts';

/** The promises of the bench, judged: medians over the rounds of what was compared within each round. */
export type Budget = { promise: string; wanted: number; got: number; met: boolean };

type Pick = (one: Measured) => number;

/** Median over the rounds of `ours / theirs`; NaN when one of them did not run. */
export function ratio(
  all: readonly Measured[],
  load: string,
  ours: string,
  theirs: string,
  pick: Pick,
): number {
  const of = (contender: string, round: number): number => {
    const found = all.find((one) => one.contender === contender && one.load === load && one.round === round);
    return found ? pick(found) : Number.NaN;
  };
  const rounds = [...new Set(all.map((one) => one.round))];
  return median(rounds.map((round) => of(ours, round) / of(theirs, round)));
}

const throughput: Pick = (one) => one.ordersPerSecond;
const p99: Pick = (one) => one.screensMs.p99;

export function judge(
  all: readonly Measured[],
  peers: readonly { name: string; tuned: boolean }[],
): Budget[] {
  const budgets: Budget[] = [];
  const add = (promise: string, wanted: number, got: number, atLeast: boolean): void => {
    if (!Number.isNaN(got))
      budgets.push({ promise, wanted, got, met: atLeast ? got >= wanted : got <= wanted });
  };
  for (const { name, tuned } of peers)
    for (const load of ['closed 32', 'closed 128'])
      add(
        `orders/s, ${load.replace(' ', ' loop, ')} clients: at least ${tuned ? 3 : 5} x ${name}`,
        tuned ? 3 : 5,
        ratio(all, load, 'heard', name, throughput),
        true,
      );
  const paced = peers
    .map(({ name }) => ratio(all, 'fixed 50', 'heard', name, p99))
    .filter((value) => !Number.isNaN(value));
  if (paced.length > 0)
    add(
      'order to every screen at 50 orders/s, p99: not above that of the best peer',
      1,
      Math.max(...paced),
      false,
    );
  for (const { name } of peers)
    add(
      `order to every screen at the rate at which ${name} is full, p99: at most 1/5 of its own`,
      0.2,
      ratio(all, `as ${name}`, 'heard', name, p99),
      false,
    );
  return budgets;
}
