// What the tarball needs: dist/screens, and dist/ with plain JavaScript and declarations, since
// Node strips no types below node_modules. Runs on Node 24.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureScreens } from './screens.mjs';
import { run, say } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

let code = await ensureScreens(root, process.execPath);
if (code === 0) {
  say('building the server and the SDK');
  if (existsSync(dist)) {
    for (const name of readdirSync(dist)) {
      if (name !== 'screens' && name !== '.screens')
        rmSync(join(dist, name), { recursive: true, force: true });
    }
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  code = await run(process.execPath, [tsc, '-p', 'tsconfig.dist.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (code === 0) pointDeclarationsAtScripts();
}
process.exit(code);

/** tsc rewrites `./x.ts` in scripts but not in declarations, where older compilers stumble over it. */
function pointDeclarationsAtScripts() {
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts') || path.startsWith('screens')) continue;
    const text = readFileSync(join(dist, path), 'utf8');
    const rewritten = text.replace(/((?:from|import\()\s*['"]\.[^'"]*)\.tsx?(?=['"])/g, '$1.js');
    if (rewritten !== text) writeFileSync(join(dist, path), rewritten);
  }
}
