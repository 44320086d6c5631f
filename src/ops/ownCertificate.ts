import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TlsError } from './localCa.ts';

/**
 * Looks at the certificate of `HEARD_TLS=CERT,KEY` before anything is started. Throws TlsError with one line that names the
 * variable, and the file that is wrong.
 */
export async function checkCertificate(files: {
  readonly cert: string;
  readonly key: string;
}): Promise<void> {
  const [cert, key] = await Promise.all([pem(files.cert), pem(files.key)]);
  const certificate = parse(files.cert, 'certificate', () => new X509Certificate(cert));
  const secret = parse(files.key, 'private key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(secret))
    throw wrong(`the key in "${files.key}" is not the one of the certificate in "${files.cert}"`);
}

async function pem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw wrong(`"${path}" cannot be read (${code})`);
  }
}

function parse<T>(path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw wrong(`"${path}" has no ${what} in it`);
  }
}

function wrong(words: string): TlsError {
  return new TlsError(`HEARD_TLS must be off, auto, or the paths CERT,KEY in PEM: ${words}`);
}
