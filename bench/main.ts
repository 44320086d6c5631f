import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { judge } from './budgets.ts';
import { Cleanups } from './cleanups.ts';
import type { Contender } from './contender.ts';
import { expressPeer } from './contenders/express.ts';
import { fastapiPeer } from './contenders/fastapi.ts';
import { heard } from './contenders/heard.ts';
import { USAGE, readOptions } from './options.ts';
import type { BenchOptions } from './options.ts';
import { clearProfiles, describeProfiles } from './profile.ts';
import { commit, machine, markdown } from './report.ts';
import type { Report } from './report.ts';
import { runRound } from './round.ts';
import type { Measured } from './round.ts';

/** `npm run bench`: this server and its peers under the same load, one after the other, round by round. */

type Entry = { contender: Contender; isPeer: boolean; full: boolean; tuned: boolean };

const ALL: readonly Entry[] = [
  { contender: expressPeer('article'), isPeer: true, full: true, tuned: false },
  { contender: expressPeer('tuned'), isPeer: true, full: true, tuned: true },
  { contender: fastapiPeer('article'), isPeer: true, full: true, tuned: false },
  { contender: fastapiPeer('tuned'), isPeer: true, full: true, tuned: true },
  { contender: heard(true), isPeer: false, full: true, tuned: false },
  { contender: heard(false), isPeer: false, full: false, tuned: false },
];

async function bench(options: BenchOptions): Promise<number> {
  const began = performance.now();
  const here = machine();
  if (options.profile) clearProfiles();
  const all = options.profile
    ? [{ contender: heard(true, true), isPeer: false, full: false, tuned: false }]
    : ALL;
  const chosen = all.filter(
    ({ contender }) =>
      options.only.length === 0 || options.only.some((name) => contender.name.startsWith(name)),
  );
  const skipped: Report['skipped'] = [];
  const entries = chosen.filter(({ contender }) => {
    const why = contender.missing();
    if (why === undefined) return true;
    console.log(`SKIPPED ${contender.name}: ${why}`);
    skipped.push({ name: contender.name, why });
    return false;
  });
  const measured: Measured[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    console.log(`round ${round} of ${options.rounds}`);
    measured.push(...(await runRound(round, entries, options, (line) => console.log(`  ${line}`))));
  }
  if (options.profile) for (const line of describeProfiles()) console.log(line);
  const peers = entries
    .filter(({ isPeer }) => isPeer)
    .map(({ contender, tuned }) => ({ name: contender.name, tuned }));
  const report: Report = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: here,
    options,
    versions: Object.fromEntries(entries.map(({ contender }) => [contender.name, contender.versions()])),
    skipped,
    measured,
    budgets: judge(measured, peers),
  };
  for (const { promise, wanted, got, met } of report.budgets)
    console.log(`${met ? 'met   ' : 'MISSED'} ${promise}: ${got.toFixed(2)} (wanted ${wanted})`);
  if (options.out !== null) {
    const folder = resolve(import.meta.dirname, '..', options.out);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'report.md'),
      markdown(
        report,
        entries.map(({ contender }) => contender),
      ),
    );
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    console.log(`wrote ${join(options.out, 'report.md')} and report.json`);
  }
  console.log(`took ${((performance.now() - began) / 60_000).toFixed(1)} min`);
  return unclean(measured) ? 1 : 0;
}

/** Heard itself lost, doubled or failed something: then its speed means nothing. */
function unclean(measured: readonly Measured[]): boolean {
  const bad = measured.filter(
    ({ contender, verdict: { lost, doubled, strange, failed, stored, acknowledged } }) =>
      contender.startsWith('heard') && (lost + doubled + strange + failed > 0 || stored !== acknowledged),
  );
  for (const { contender, load, round } of bad)
    console.error(`${contender}, ${load}, round ${round}: not clean`);
  return bad.length > 0;
}

const args = process.argv.slice(2);
if (args.includes('--help')) console.log(USAGE);
else {
  let options: BenchOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void Cleanups.runAll().then(() => process.exit(130)));
  process.exit(await bench(options));
}
