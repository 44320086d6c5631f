// npm run dev: the screens are rebuilt and the server restarted on each save. Runs on Node 24.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, run } from './spawning.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const options = { cwd: root, env: environment(process.execPath, root) };
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const screens = [
  'build',
  '--watch',
  '--manifest',
  '--outDir',
  join(root, 'dist', 'screens'),
  '--emptyOutDir',
];
const server = ['--watch', '--watch-preserve-output', join(root, 'src', 'cli', 'heard.ts'), 'start'];

const codes = await Promise.all([
  run(process.execPath, [...server, ...process.argv.slice(2)], options),
  existsSync(join(root, 'vite.config.ts')) ? run(process.execPath, [vite, ...screens], options) : 0,
]);
process.exit(Math.max(...codes));
