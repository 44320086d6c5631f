import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { latencies } from './fleet.ts';

/** What a campaign comes to, for a machine (`bench/campaign.json`) and for a person (`docs/campaign.md`). */

export type Happened = {
  readonly kind: string;
  /** Milliseconds after the beginning, and how long it lasted. */
  readonly at: number;
  readonly ms: number;
  readonly trace: string;
};

export type CampaignReport = {
  readonly seed: number;
  readonly minutes: number;
  readonly happened: readonly Happened[];
  readonly tries: number;
  readonly notes: readonly string[];
  readonly orders: number;
  readonly retried: number;
  readonly tickets: number;
  readonly events: number;
  readonly bumps: number;
  readonly screens: number;
  readonly reconnects: number;
  readonly repairs: number;
  readonly resets: Readonly<Record<string, number>>;
  readonly faults: { readonly outOfOrder: number; readonly doubled: number; readonly fellBack: number };
  /** Commands that were given up. */
  readonly failed: readonly string[];
  readonly lost: number;
  readonly doubled: number;
  readonly misplaced: number;
  readonly unequal: number;
  readonly verified: number;
  readonly latencies: Readonly<Record<string, ReturnType<typeof latencies>>>;
};

const ROOT = join(import.meta.dirname, '..');

export async function writeCampaign(report: CampaignReport): Promise<void> {
  await writeFile(join(ROOT, 'bench/campaign.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(ROOT, 'docs/campaign.md'), page(report));
}

/** What the nodes said, where something was wrong. */
export async function writeNodeLogs(cluster: {
  readonly nodes: readonly { output(): string }[];
}): Promise<void> {
  for (const [n, node] of cluster.nodes.entries())
    await writeFile(join(ROOT, `bench/campaign-node${n + 1}.log`), node.output());
}

function page(report: CampaignReport): string {
  const kinds = new Map<string, Happened[]>();
  for (const one of report.happened) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  const [cpu] = cpus();
  return `# The campaign

Real processes: three nodes behind nginx, one PostgreSQL (fsync on), Redis, orders from real tickets, screens through the
SDK on four transports, half of them in a network of their own. One fault after the other for ${report.minutes} minutes; a fault
counts only with its own trace. Written by \`npm run test:long -- e2e/campaign.long.ts\` (\`HEARD_FAULTS\`, \`HEARD_SEED\`; this
one had the seed ${report.seed}) on ${cpus().length} × ${cpu?.model.trim() ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, shared with other work.

## What came of it

| | |
|---|---|
| faults with their trace | **${report.happened.length}** (of ${report.tries} tried) |
| orders acknowledged, tickets, events in the logs, bumps from screens | ${report.orders}, ${report.tickets}, ${report.events}, ${report.bumps} |
| orders that were sent more than once because no answer came | ${report.retried} |
| commands given up | **${report.failed.length}** |
| acknowledged orders that are not in the log (lost) | **${report.lost}** |
| orders or commands that are in it twice | **${report.doubled}** |
| answers that named another place than the log's | **${report.misplaced}** |
| changes that a screen got twice, out of order, or that took it back | **${report.faults.doubled}**, **${report.faults.outOfOrder}**, **${report.faults.fellBack}** |
| screens that differ at the end from what a fresh process makes of the log | **${report.unequal}** of ${report.screens} |
| screens that had to repair their copy | ${report.repairs} |
| times a screen connected anew; snapshots instead of a resume, by reason | ${report.reconnects}; ${words(report.resets)} |
| \`heard verify\` clean | ${report.verified} of 3 locations |

From the order's time in the log to a screen's copy, all faults and reconnects included (ms):

| transport | arrivals | p50 | p99 | worst |
|---|---|---|---|---|
${Object.entries(report.latencies)
  .map(([via, { n, p50, p99, max }]) => `| ${via} | ${n} | ${p50} | ${p99} | ${max} |`)
  .join('\n')}

## What went wrong, and how it is known

| fault | times | mean s | a trace |
|---|---|---|---|
${[...kinds]
  .map(
    ([kind, list]) =>
      `| ${kind} | ${list.length} | ${(list.reduce((sum, { ms }) => sum + ms, 0) / list.length / 1000).toFixed(1)} | ${list[0]?.trace ?? ''} |`,
  )
  .join('\n')}

${report.notes.map((note) => `- ${note}`).join('\n')}
`;
}

function words(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([why, count]) => `${why} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
