import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepSecret } from './secret.ts';

test('[H1] a data directory that cannot be one is refused by a line that names its variable', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'heard-secret-'));
  try {
    const file = join(dir, 'a-file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')])
      await expect(keepSecret(path)).rejects.toThrow(
        `HEARD_DATA_DIR must be a directory that this user can write, not "${path}"`,
      );
    expect((await keepSecret(join(dir, 'made', 'here'))).length).toBeGreaterThanOrEqual(32);
  } finally {
    await rm(dir, { recursive: true });
  }
});
