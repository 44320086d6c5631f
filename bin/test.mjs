// npm test and npm run test:long: brings what the tests need, runs vitest, and ends with one plain
// line that a script can read. Runs on Node 24.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { haveChromium, haveNginx, haveRedis } from '../src/testkit/have.ts';
import { ensureScreens } from './screens.mjs';
import { run, say } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [length, ...args] = process.argv.slice(2);

const wanted = [
  { package: 'redis-server', found: haveRedis, without: 'the tests of several nodes' },
  { package: 'chromium', found: haveChromium, without: 'the tests in a browser' },
  { package: 'nginx', found: haveNginx, without: 'the tests behind a proxy' },
];

bringPackages();
const built = await ensureScreens(root, process.execPath);
const outcome = await runVitest();
const missing = wanted.filter((one) => !one.found());
for (const one of missing) say(`skipped ${one.without}: ${one.package} is not installed`);
if (missing.length > 0) say(`to run them: ${installLine(missing)}`);
if (built !== 0) say('the screens could not be built, which counts as one failure');
const failed = outcome.failed + (built === 0 ? 0 : 1);
for (const { title, why } of outcome.again) say(`passed only at the second try: ${title} (${why})`);
process.stdout.write(`${outcome.skipped} skipped\n${outcome.passed} passed, ${failed} failed\n`);
process.exit(outcome.code !== 0 ? outcome.code : failed > 0 ? 1 : 0);

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

/** Counts by vitest's own report. A file that could not be loaded is a failure, and so is no test at all. */
async function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'heard-report-'));
  const report = join(folder, 'report.json');
  const named = args.some((arg) => arg.startsWith('--project'));
  const projects = named ? [] : [length === 'long' ? '--project=long' : '--project=!long'];
  try {
    const code = await run(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        ...projects,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
      { cwd: root },
    );
    return { code, ...count(report, code) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, skipped: 0, failed: 1, again: [] };
  }
  const unloadable = result.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = result.numFailedTests + unloadable.length;
  // The report keeps the faults of a test that passed in the end.
  const again = result.testResults.flatMap((file) =>
    file.assertionResults.filter((one) => one.status === 'passed' && one.failureMessages.length > 0),
  );
  const nothingRan = result.numPassedTests === 0 || code !== 0;
  return {
    passed: result.numPassedTests,
    skipped: result.numPendingTests + result.numTodoTests,
    failed: failed === 0 && nothingRan ? 1 : failed,
    again: again.map(({ title, failureMessages: [first = ''] }) => ({
      title,
      why: first.split('\n', 1)[0].slice(0, 300),
    })),
  };
}
