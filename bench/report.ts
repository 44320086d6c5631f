import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { ratio } from './budgets.ts';
import type { Budget } from './budgets.ts';
import type { Contender } from './contender.ts';
import type { BenchOptions } from './options.ts';
import type { Measured } from './round.ts';
import { median } from './stats.ts';

export type Report = {
  date: string;
  commit: string;
  machine: { cpu: string; cores: number; memoryGb: number; system: string; busyBefore: number };
  options: BenchOptions;
  versions: Record<string, Record<string, string>>;
  skipped: { name: string; why: string }[];
  measured: Measured[];
  budgets: Budget[];
};

export function machine(): Report['machine'] {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? '?',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    busyBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    }).trim();
  } catch {
    return 'unknown';
  }
}

const HOW = `## How

One process makes the load and holds 100 screens on 20 locations: five a location, each subscribed to one station (two at \`grill\`, two at \`cold\`, one at \`drinks\`).
The orders are the 917 real ones of \`demo/real-orders.tsv\`, in turn, with fresh ids; the same request body goes to every contender. A screen acknowledges what it got as the
screens of Heard do: at once after a pause, then at most every 250 ms. **Order to every screen** is the time from the start of the request (at a fixed rate: from when it should have started, so that waiting counts) until the
last screen of the order's stations has its ticket. Every run also counts: each acknowledged order is in the database once and on each of its screens once.

Every contender runs alone with a fresh database on the same embedded PostgreSQL, same settings, fsync on; one server process each. Heard does more for an order than its peers: it
checks a signed token, the idempotency key and the rights, keeps an event log, and sends whole tickets again when they are heard. The peers check the order's shape and menu, store order, items, tickets and
receipts, and tell the station about both; \`article\` sends a statement for each row in a transaction, \`tuned\` one prepared statement an order.
Contenders take turns within a round; what is compared was measured in the same round, and the tables show medians over the rounds.`;

/** The report for people. */
export function markdown(report: Report, contenders: readonly Contender[]): string {
  const { measured } = report;
  const present = contenders.filter(({ name }) => measured.some((one) => one.contender === name));
  const value = (name: string, load: string, pick: (one: Measured) => number): number =>
    median(measured.filter((one) => one.contender === name && one.load === load).map(pick));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
    [row(head), row(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');
  const ms = (number: number): string =>
    Number.isNaN(number) ? '–' : number < 10 ? number.toFixed(1) : number.toFixed(0);
  const whole = (number: number): string => (Number.isNaN(number) ? '–' : number.toFixed(0));
  const times = (number: number): string => (Number.isNaN(number) ? '–' : `${number.toFixed(2)}x`);

  const closed = ['closed 32', 'closed 128'].map((load) => {
    const rows = present.map(({ name, title }) => [
      title,
      whole(value(name, load, (one) => one.ordersPerSecond)),
      name === 'heard' ? '' : times(ratio(measured, load, 'heard', name, (one) => one.ordersPerSecond)),
      ms(value(name, load, (one) => one.screensMs.p50)),
      ms(value(name, load, (one) => one.screensMs.p99)),
      ms(value(name, load, (one) => one.answerMs.p99)),
      ...(['server', 'database', 'rest', 'load'] as const).map((part) =>
        value(name, load, (one) => one.cpuPerOrder[part]).toFixed(2),
      ),
    ]);
    const head = [
      '',
      'orders/s',
      'Heard is',
      'to every screen p50 ms',
      'p99 ms',
      'answer p99 ms',
      'CPU ms an order: server',
      'database',
      'Redis',
      'load',
    ];
    return `## ${load.slice(7)} clients, each sends when it is answered\n\n${table(head, rows)}`;
  });
  const paced = table(
    ['50 orders/s', 'to every screen p50 ms', 'p99 ms', 'answer p50 ms', 'p99 ms'],
    present
      .filter(({ name }) => !Number.isNaN(value(name, 'fixed 50', (one) => one.screensMs.p50)))
      .map(({ name, title }) => [
        title,
        ms(value(name, 'fixed 50', (one) => one.screensMs.p50)),
        ms(value(name, 'fixed 50', (one) => one.screensMs.p99)),
        ms(value(name, 'fixed 50', (one) => one.answerMs.p50)),
        ms(value(name, 'fixed 50', (one) => one.answerMs.p99)),
      ]),
  );
  const full = table(
    [
      'at the rate at which this peer is full',
      'orders/s',
      'its p99 to every screen ms',
      'Heard p99 ms',
      'ratio',
    ],
    present
      .filter(({ name }) => measured.some((one) => one.contender === name && one.load === `as ${name}`))
      .map(({ name, title }) => [
        title,
        whole(value(name, 'closed 128', (one) => one.ordersPerSecond)),
        ms(value(name, `as ${name}`, (one) => one.screensMs.p99)),
        ms(value('heard', `as ${name}`, (one) => one.screensMs.p99)),
        ratio(measured, `as ${name}`, 'heard', name, (one) => one.screensMs.p99).toFixed(2),
      ]),
  );
  const counted = table(
    ['', 'acknowledged', 'failed', 'lost', 'doubled', 'strange', 'stored', 'sent back'],
    present.map(({ name, title }) => {
      const sum = (pick: (one: Measured) => number): string =>
        whole(measured.filter((one) => one.contender === name).reduce((total, one) => total + pick(one), 0));
      return [
        title,
        sum((one) => one.verdict.acknowledged),
        sum((one) => one.verdict.failed),
        sum((one) => one.verdict.lost),
        sum((one) => one.verdict.doubled),
        sum((one) => one.verdict.strange),
        sum((one) => one.verdict.stored),
        sum((one) => one.verdict.reconnects),
      ];
    }),
  );
  const budgets = table(
    ['Promise', 'wanted', 'measured', ''],
    report.budgets.map(({ promise, wanted, got, met }) => [
      promise,
      String(wanted),
      got.toFixed(2),
      met ? 'met' : '**missed**',
    ]),
  );
  const { cpu, cores, memoryGb, system, busyBefore } = report.machine;
  const busy =
    busyBefore > 0.5
      ? ` **The machine was busy with other work (load ${busyBefore} at the start): times are too long, compare only the ratios.**`
      : '';
  const versions = present.map(
    ({ name, title }) =>
      `- ${title}: ${Object.entries(report.versions[name] ?? {})
        .map(([part, version]) => `${part} ${version}`)
        .join(', ')}`,
  );
  const skipped = report.skipped.map(({ name, why }) => `- **${name} was skipped**: ${why}`);
  return [
    `# The bench\n\n${report.date.slice(0, 16).replace('T', ' ')} UTC, commit ${report.commit}, ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}. ${report.options.rounds} rounds, ${report.options.measureMs / 1000} s each load. Server, database and load share the cores.${busy} Written by \`npm run bench\`.`,
    [...versions, ...skipped].join('\n'),
    `## Promises\n\n${budgets}`,
    ...closed,
    `## A fixed rate\n\n${paced}\n\n${full}`,
    `## Nothing lost, nothing doubled\n\nAll rounds and loads together. \`strange\`: a ticket that nobody sent; \`sent back\`: screens that were told to come back at once, and did.\n\n${counted}`,
    HOW,
    '',
  ].join('\n\n');
}
