import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the run one temporary directory of its own (`HEARD_TEST_TMP`, and `TMPDIR` below it), so
 * that nothing is left behind, and takes away the caller's settings: a test that needs a variable
 * sets it itself. Runs once, before any worker starts.
 */
export default function setup(): () => void {
  // Every project of the configuration runs this; the first one does the work.
  if (existsSync(process.env['HEARD_TEST_TMP'] ?? '')) return () => undefined;
  const before = { ...process.env };
  for (const name of [
    'PORT',
    'HOST',
    'HEARD_TLS',
    'HEARD_DATA_DIR',
    'HEARD_SECRET',
    'HEARD_DEMO',
    'HEARD_DEMO_PAST',
    'HEARD_DEMO_LIFE',
    'HEARD_PUBLIC_URL',
    'NODE_ENV',
    'LOG_LEVEL',
  ]) {
    delete process.env[name];
  }
  // Short: the path of a PostgreSQL socket may have 107 bytes at most.
  const dir = mkdtempSync(join(tmpdir(), 'heard-t-'));
  chmodSync(dir, 0o755);
  process.env['HEARD_TEST_TMP'] = dir;
  process.env['TMPDIR'] = dir;
  return () => {
    Object.assign(process.env, before);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
}
