// npm test and npm run test:long: brings what the tests need, runs vitest, and ends with one plain
// line that a script can read. Runs on Node 24.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { haveChromium, haveNginx, haveRedis } from '../src/testkit/have.ts';
import { ensureScreens } from './screens.mjs';
import { run, say } from './spawning.mjs';
import { readReport, total } from './testReport.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [length, ...args] = process.argv.slice(2);

const wanted = [
  { package: 'redis-server', found: haveRedis, without: 'the tests of several nodes' },
  { package: 'chromium', found: haveChromium, without: 'the tests in a browser' },
  { package: 'nginx', found: haveNginx, without: 'the tests behind a proxy' },
];

/** More files than this are not a machine that was full for a moment. */
const ALONE_AT_MOST = 8;

bringPackages();
const built = await ensureScreens(root, process.execPath);
const outcome = await runAll();
const missing = wanted.filter((one) => !one.found());
for (const one of missing) say(`skipped ${one.without}: ${one.package} is not installed`);
if (missing.length > 0) say(`to run them: ${installLine(missing)}`);
if (built !== 0) say('the screens could not be built, which counts as one failure');
const failed = outcome.failed + (built === 0 ? 0 : 1);
for (const { title, why } of outcome.again) say(`passed only at the second try: ${title} (${why})`);
for (const file of outcome.alone) say(`passed only when it ran alone: ${relative(root, file)}`);
process.stdout.write(`${outcome.skipped} skipped\n${outcome.passed} passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);

/** Installs system packages only where a machine said that it is a throw-away one: root, with CI. */
function bringPackages() {
  const missing = wanted.filter((one) => !one.found());
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !process.env.CI) return;
  say(`installing ${missing.map((one) => one.package).join(', ')} from the system's packages`);
  // RUNLEVEL=1 keeps the packages from starting their services.
  const options = {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  spawnSync('apt-get', ['update', '-q'], options);
  const names = missing.map((one) => one.package);
  const answer = spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], options);
  if (answer.status !== 0) say('apt-get could not install them; the tests that need them are skipped');
}

function installLine(missing) {
  return `sudo apt-get install -y --no-install-recommends ${missing.map((one) => one.package).join(' ')}`;
}

/**
 * The run that was asked for. After a complete one, the files that failed are run once more with the machine to
 * themselves: a fault of the product fails there too, and what only wanted room is named.
 */
async function runAll() {
  const named = args.some((arg) => arg.startsWith('--project'));
  const projects = named ? [] : [length === 'long' ? '--project=long' : '--project=!long'];
  const first = await runVitest([...projects, ...args]);
  if (first.files === null) return { ...total(new Map()), failed: 1, alone: [] };
  const bad = [...first.files].filter(([, { failed }]) => failed > 0).map(([name]) => name);
  const alone = [];
  if (args.length === 0 && length !== 'long' && bad.length > 0 && bad.length <= ALONE_AT_MOST) {
    say(`${bad.length} of ${first.files.size} files failed; each runs once more, alone`);
    for (const name of bad) {
      const again = (await runVitest([...projects, relative(root, name)])).files?.get(name);
      if (again === undefined || again.failed > 0) continue;
      first.files.set(name, again);
      alone.push(name);
    }
  }
  const sum = total(first.files);
  // A fault outside of every test counts as one, and is not made good by the file beside it; so does no test at all.
  const unexplained = sum.failed === 0 && (sum.passed === 0 || (first.code !== 0 && bad.length === 0));
  if (first.strays > 0) say(`${first.strays} faults outside of every test count as one failure`);
  return { ...sum, failed: sum.failed + (first.strays > 0 || unexplained ? 1 : 0), alone };
}

/** One run of vitest: its exit code, its faults outside of tests, and its results by file, `null` where it left none. */
async function runVitest(asked) {
  const folder = mkdtempSync(join(tmpdir(), 'heard-report-'));
  const report = join(folder, 'report.json');
  const strays = join(folder, 'strays');
  try {
    const code = await run(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--reporter=${join(root, 'bin', 'strays.mjs')}`,
        `--outputFile.json=${report}`,
        ...asked,
      ],
      { cwd: root, env: { ...process.env, HEARD_STRAYS: strays } },
    );
    return {
      code,
      files: readReport(report),
      strays: existsSync(strays) ? Number(readFileSync(strays, 'utf8')) : 0,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
