import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocalCa } from './localCa.ts';
import { checkCertificate } from './ownCertificate.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heard-own-'));
  const [one, other] = await Promise.all([openLocalCa(at('one')), openLocalCa(at('other'))]);
  const [mine, theirs] = await Promise.all([one.leaf(['till.local']), other.leaf(['till.local'])]);
  await writeFile(at('cert.pem'), mine.cert);
  await writeFile(at('key.pem'), mine.key);
  await writeFile(at('other-key.pem'), theirs.key);
  await writeFile(at('letter.txt'), 'Dear Sir or Madam');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('[H1] takes a certificate with its key', async () => {
  await expect(checkCertificate({ cert: at('cert.pem'), key: at('key.pem') })).resolves.toBeUndefined();
});

it.each([
  ['is not there', 'nowhere.pem', 'key.pem', /nowhere\.pem" cannot be read \(ENOENT\)$/],
  ['is a directory', 'cert.pem', '.', /cannot be read \(EISDIR\)$/],
  ['is no certificate', 'letter.txt', 'key.pem', /letter\.txt" has no certificate in it$/],
  ['is no key', 'cert.pem', 'cert.pem', /cert\.pem" has no private key in it$/],
  ['is of another certificate', 'cert.pem', 'other-key.pem', /is not the one of the certificate in/],
])('[H1] names HEARD_TLS and the file that %s', async (_, cert, key, words) => {
  const refused = checkCertificate({ cert: at(cert), key: at(key) });
  await expect(refused).rejects.toThrow(words);
  await expect(refused).rejects.toThrow(/^HEARD_TLS must be [^\n]+$/);
});
