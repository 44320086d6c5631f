// npm run check: every check in turn, all of them even when one fails, then what failed. Runs on
// Node 24. `npm run check -- lint types` runs the named ones only.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weighScreens } from './bundle.mjs';
import { ensureScreens } from './screens.mjs';
import { environment, run, say, stop } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a script of an installed package, or of the house, on this Node. */
function script(path, ...args) {
  return () =>
    run(process.execPath, [join(root, path), ...args], {
      cwd: root,
      env: environment(process.execPath, root),
    });
}

const tsc = (project) => script('node_modules/typescript/bin/tsc', '-p', `tsconfig.${project}.json`);
const vitest = (...files) => script('node_modules/vitest/vitest.mjs', 'run', '--project=unit', ...files);
const translations = 'src/screens/i18n/words.test.ts';

const checks = {
  'types of the rules and the wire': tsc('pure'),
  'types of the server': tsc('node'),
  'types of the SDK and the screens': tsc('web'),
  'types of the tests in between': tsc('both'),
  lint: script('node_modules/oxlint/bin/oxlint', '--deny-warnings', '--report-unused-disable-directives'),
  format: script('node_modules/oxfmt/bin/oxfmt', '--check'),
  'unused code': script('node_modules/knip/bin/knip.js', '--no-progress'),
  'walls, locks and rules': vitest('src/boundaries.test.ts', 'src/locks.test.ts', 'src/rules.test.ts'),
  translations: existsSync(join(root, translations)) ? vitest(translations) : undefined,
  'bundle sizes': async () => (await ensureScreens(root, process.execPath)) || weighScreens(root),
};

const wanted = process.argv.slice(2);
const names = Object.keys(checks).filter(
  (name) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
if (names.length === 0) stop(`no check is called that; there are: ${Object.keys(checks).join(', ')}`);

const failed = [];
for (const name of names) {
  const check = checks[name];
  if (!check) {
    say(`${name}: nothing to check yet`);
    continue;
  }
  const start = performance.now();
  const code = await check();
  say(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (code !== 0) failed.push(name);
  // 130 and 143: somebody pressed Ctrl-C or ended us; the rest is not wanted.
  if (code === 130 || code === 143) process.exit(code);
}
if (failed.length > 0) stop(`failed: ${failed.join(', ')}`);
say('all checks passed');
