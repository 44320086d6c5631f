import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import type { Network } from './certificate.ts';

/**
 * The restaurant's own certificate authority, in the data directory: what `HEARD_TLS=auto` stands on. It may vouch for
 * private addresses and local names only, so that a tablet which trusts it trusts it for nothing else, even if its key
 * is stolen. Its key never leaves the machine.
 */
export type LocalCa = {
  /** What a device installs, in PEM and in DER. */
  readonly pem: string;
  readonly der: Buffer;
  /** SHA-256 in pairs, as devices show it. */
  readonly fingerprint: string;
  readonly validTo: Date;
  /** A certificate for these names: the one at hand while it is good, else a new one. Names that it may not vouch for are left out. */
  leaf(names: readonly string[]): Promise<Leaf>;
};

export type Leaf = {
  readonly cert: string;
  readonly key: string;
  readonly names: readonly string[];
  readonly leftOut: readonly string[];
  readonly validTo: Date;
};

/** One line for the person at the terminal. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** Browsers refuse a server's certificate of more than 398 days, some of more than 397. */
const LEAF_DAYS = 396;
const RENEW_BEFORE_DAYS = 30;
/** A tablet whose clock is a little slow must not find it too new. */
const EARLIER_MS = DAY_MS;

const DOMAINS = ['localhost', 'local', 'lan', 'home', 'internal', 'home.arpa'];
const NETWORKS: readonly Network[] = [
  { address: '127.0.0.0', prefix: 8 },
  { address: '10.0.0.0', prefix: 8 },
  { address: '172.16.0.0', prefix: 12 },
  { address: '192.168.0.0', prefix: 16 },
  { address: '100.64.0.0', prefix: 10 },
  { address: '::1', prefix: 128 },
  { address: 'fc00::', prefix: 7 },
];

/**
 * Opens the authority of a data directory, made at the first call. `extra` are names beyond the private ones that it may
 * vouch for; they are written into it when it is made. Throws TlsError when what is kept does not belong together.
 */
export async function openLocalCa(
  dataDir: string,
  options: { extra?: readonly string[]; now?: () => number } = {},
): Promise<LocalCa> {
  const now = options.now ?? Date.now;
  const dir = join(dataDir, 'tls');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { cert, key } = (await readPair(dir, 'ca')) ?? (await makeCa(dir, options.extra ?? [], now()));
  const ca = new X509Certificate(cert);
  const privateKey = createPrivateKey(key);
  if (!ca.checkPrivateKey(privateKey))
    throw new TlsError(
      `${join(dir, 'ca.crt')} and ca.key do not belong together: restore both, or remove both`,
    );
  const name = commonName(ca);
  const extra = await readExtra(dir);

  async function makeLeaf(names: readonly string[]): Promise<void> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const notBefore = new Date(now() - EARLIER_MS);
    const made = makeCertificate({
      name: names[0] ?? 'localhost',
      publicKey: pair.publicKey,
      notBefore,
      notAfter: new Date(Math.min(notBefore.getTime() + LEAF_DAYS * DAY_MS, Date.parse(ca.validTo))),
      issuer: { name, privateKey, publicKey: createPublicKey(privateKey) },
      names,
    });
    await writePair(dir, 'server', {
      cert: made,
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
  }

  return {
    pem: cert,
    der: ca.raw,
    fingerprint: ca.fingerprint256,
    validTo: new Date(ca.validTo),
    async leaf(wanted) {
      const names = [...new Set(wanted)].filter((one) => mayVouchFor(one, extra));
      const isGood = (pair: Pair): boolean => {
        const leaf = new X509Certificate(pair.cert);
        return (
          leaf.checkIssued(ca) &&
          leaf.verify(ca.publicKey) &&
          leaf.checkPrivateKey(createPrivateKey(pair.key)) &&
          Date.parse(leaf.validTo) - now() > RENEW_BEFORE_DAYS * DAY_MS &&
          Date.parse(leaf.validFrom) <= now() &&
          namesOf(leaf).join() === namesOf({ subjectAltName: sanOf(names) }).join()
        );
      };
      let pair = await readPair(dir, 'server');
      // A half-written or foreign pair is no reason not to start: it is made again.
      if (pair === null || !tryOr(() => isGood(pair as Pair), false)) {
        await makeLeaf(names);
        pair = await readPair(dir, 'server');
      }
      if (pair === null) throw new TlsError(`The certificate could not be kept in ${dir}`);
      const leaf = new X509Certificate(pair.cert);
      return {
        cert: pair.cert + cert,
        key: pair.key,
        names,
        leftOut: wanted.filter((one) => !names.includes(one)),
        validTo: new Date(leaf.validTo),
      };
    },
  };
}

/** When the authority and the server's certificate of a data directory end; null where none was made. */
export async function readValidity(dataDir: string): Promise<{ ca: Date; leaf: Date | null } | null> {
  const dir = join(dataDir, 'tls');
  const ca = await readPair(dir, 'ca');
  if (ca === null) return null;
  const leaf = await readPair(dir, 'server');
  const end = ({ cert }: Pair): Date => new Date(new X509Certificate(cert).validTo);
  return { ca: end(ca), leaf: leaf && end(leaf) };
}

type Pair = { cert: string; key: string };

async function readPair(dir: string, name: string): Promise<Pair | null> {
  const read = (file: string) =>
    readFile(join(dir, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  const [cert, key] = [await read(`${name}.crt`), await read(`${name}.key`)];
  if (cert === null && key === null) return null;
  if (cert === null || key === null) {
    // The key is written first: without its certificate nobody has trusted it yet.
    if (name === 'server' || cert === null) return null;
    throw new TlsError(
      `${join(dir, `${name}.key`)} is missing: restore it, or remove ${name}.crt and install a new one on every device`,
    );
  }
  return { cert, key };
}

async function writePair(dir: string, name: string, { cert, key }: Pair): Promise<void> {
  // Each file whole or not at all, the key first.
  for (const [file, text, mode] of [
    [`${name}.key`, key, 0o600],
    [`${name}.crt`, cert, 0o644],
  ] as const) {
    const draft = join(dir, `.${file}-${process.pid}-${randomBytes(4).toString('hex')}`);
    await writeFile(draft, text, { mode, flag: 'wx' });
    await rename(draft, join(dir, file)).catch(async (error: unknown) => {
      await rm(draft, { force: true });
      throw error;
    });
  }
}

async function makeCa(dir: string, extra: readonly string[], now: number): Promise<Pair> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = new Date(now - EARLIER_MS);
  const id = createHash('sha256')
    .update(pair.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 6);
  const name = `Heard of this restaurant ${id}`;
  const cert = makeCertificate({
    name,
    publicKey: pair.publicKey,
    notBefore,
    notAfter: new Date(notBefore.getTime() + CA_DAYS * DAY_MS),
    issuer: { name, privateKey: pair.privateKey, publicKey: pair.publicKey },
    authority: {
      domains: [...DOMAINS, ...extra.filter((one) => !isIP(one))],
      networks: [
        ...NETWORKS,
        ...extra
          .filter((one) => isIP(one))
          .map((address) => ({ address, prefix: isIP(address) === 4 ? 32 : 128 })),
      ],
    },
  });
  await writeFile(join(dir, 'ca.names'), `${extra.join('\n')}\n`, { mode: 0o644 });
  const made = { cert, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  await writePair(dir, 'ca', made);
  return made;
}

async function readExtra(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, 'ca.names'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** As browsers judge it: a name below a permitted one, an address inside a permitted network. */
export function mayVouchFor(name: string, extra: readonly string[]): boolean {
  const version = isIP(name);
  if (version === 0) {
    const below = (domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
    return [...DOMAINS, ...extra.filter((one) => !isIP(one))].some(below);
  }
  const list = new BlockList();
  const family = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
  for (const { address, prefix } of NETWORKS) list.addSubnet(address, prefix, family(address));
  for (const address of extra) if (isIP(address)) list.addAddress(address, family(address));
  return list.check(name, family(name));
}

function commonName(certificate: X509Certificate): string {
  return /(?:^|\n)CN=(.*)/.exec(certificate.subject)?.[1] ?? '';
}

const sanOf = (names: readonly string[]): string =>
  names.map((name) => (isIP(name) ? `IP Address:${name}` : `DNS:${name}`)).join(', ');

/** The names of a certificate, in an order and a notation of their own. */
function namesOf({ subjectAltName = '' }: { subjectAltName?: string | undefined }): string[] {
  return subjectAltName
    .split(', ')
    .map((part) => part.replace(/^(?:DNS|IP Address):/, ''))
    .map((name) => (isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname : name.toLowerCase()))
    .sort();
}

function tryOr<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
