import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from './rulesHash.ts';

test('[D20] the rules carry the hash of their own sources', () => {
  const folder = new URL('.', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.') && name !== 'rulesHash.ts')
    .sort();
  expect(sources.length).toBeGreaterThan(20);
  const hash = createHash('sha256');
  for (const name of sources) hash.update(`${name}\n${readFileSync(new URL(name, folder), 'utf8')}\n`);
  const now = hash.digest('hex').slice(0, 12);
  if (process.env['UPDATE_RULES'] === '1') {
    const file = new URL('rulesHash.ts', folder);
    writeFileSync(file, readFileSync(file, 'utf8').replace(RULES, now));
  }
  expect(RULES, 'the rules changed: run this test once with UPDATE_RULES=1').toBe(now);
});
