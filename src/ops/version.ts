import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The version in package.json, from the sources as from the tarball. */
export async function packageVersion(): Promise<string> {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const path = join(at, 'package.json');
    if (!existsSync(path)) continue;
    const read: { version?: string } = JSON.parse(await readFile(path, 'utf8'));
    if (read.version !== undefined) return read.version;
  }
  return 'unknown';
}
