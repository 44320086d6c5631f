import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What this machine has beside Node. A test that needs one of these says
 * `describe.skipIf(!haveRedis())`, and `npm test` prints how to install what is missing.
 */

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of a program on PATH or in the usual system folders, or undefined. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of [...folders, '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/** Path of Chromium (`HEARD_CHROMIUM` names another one), or undefined. */
export function haveChromium(): string | undefined {
  return process.env['HEARD_CHROMIUM'] ?? findProgram(...CHROMIUM);
}

/** Path of redis-server (or valkey-server), or undefined. */
export function haveRedis(): string | undefined {
  return findProgram('redis-server', 'valkey-server');
}

/** Path of nginx, or undefined. */
export function haveNginx(): string | undefined {
  return findProgram('nginx');
}
