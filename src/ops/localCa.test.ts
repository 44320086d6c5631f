import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressBytes, makeCertificate } from './certificate.ts';
import { lanNames } from './lanNames.ts';
import { TlsError, mayVouchFor, openLocalCa, readValidity } from './localCa.ts';
import type { Leaf } from './localCa.ts';

const NAMES = ['192.168.1.20', 'fd00::20', 'till.local', 'till', 'localhost', '127.0.0.1', '::1'];
const DAY = 86_400_000;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heard-ca-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What a device that trusts this authority gets from a server that shows this certificate. */
async function visit(ca: string, leaf: Pick<Leaf, 'cert' | 'key'>, servername: string): Promise<string> {
  const server = createServer({ cert: leaf.cert, key: leaf.key }, (_, response) => response.end('well'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, ca, servername, agent: false }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
  } finally {
    server.close();
  }
}

describe('the local authority', () => {
  it('[HS20] makes a certificate that a device which trusts it accepts, and no other device', async () => {
    const ca = await openLocalCa(dir, { extra: ['till'] });
    const leaf = await ca.leaf(NAMES);
    expect(await visit(ca.pem, leaf, 'till.local')).toBe('well');
    await expect(visit(ca.pem, leaf, 'other.local')).rejects.toThrow(/altnames/);
    const stranger = await openLocalCa(await mkdtemp(join(dir, 'other-')));
    await expect(visit(stranger.pem, leaf, 'till.local')).rejects.toThrow();
    const shown = new X509Certificate(leaf.cert);
    for (const name of ['192.168.1.20', 'fd00::20', '127.0.0.1', '::1'])
      expect(shown.checkIP(name), name).toBeDefined();
    for (const name of ['till', 'till.local', 'localhost']) expect(shown.checkHost(name), name).toBe(name);
    const days = (Date.parse(shown.validTo) - Date.parse(shown.validFrom)) / DAY;
    expect(days).toBeLessThanOrEqual(397);
    expect(new X509Certificate(ca.pem)).toMatchObject({ ca: true, fingerprint256: ca.fingerprint });
    expect(shown.ca).toBe(false);
  });

  it('[HS21] vouches for private names only: a certificate for another one is refused by whoever trusts it', async () => {
    expect(mayVouchFor('shop.example.com', [])).toBe(false);
    expect(mayVouchFor('8.8.8.8', [])).toBe(false);
    expect(mayVouchFor('172.31.0.1', [])).toBe(true);
    expect(mayVouchFor('172.32.0.1', [])).toBe(false);
    expect(mayVouchFor('heard.lan', [])).toBe(true);
    expect(mayVouchFor('evil-lan', [])).toBe(false);
    expect(mayVouchFor('orders.example.com', ['orders.example.com'])).toBe(true);
    const ca = await openLocalCa(dir);
    const leaf = await ca.leaf(['8.8.8.8', 'shop.example.com', 'localhost']);
    expect([leaf.names, leaf.leftOut]).toEqual([['localhost'], ['8.8.8.8', 'shop.example.com']]);

    // Whoever stole the key could write this; the constraint inside the authority makes it worthless.
    const { createPrivateKey, createPublicKey, generateKeyPairSync } = await import('node:crypto');
    const caKey = createPrivateKey(await readFile(join(dir, 'tls', 'ca.key'), 'utf8'));
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = (name: string): Leaf => ({
      ...leaf,
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      cert:
        makeCertificate({
          name,
          publicKey: pair.publicKey,
          notBefore: new Date(Date.now() - DAY),
          notAfter: new Date(Date.now() + DAY),
          issuer: {
            name: /CN=(.*)/.exec(new X509Certificate(ca.pem).subject)?.[1] ?? '',
            privateKey: caKey,
            publicKey: createPublicKey(caKey),
          },
          names: [name],
        }) + ca.pem,
    });
    await expect(visit(ca.pem, forged('shop.example.com'), 'shop.example.com')).rejects.toThrow(
      /permitted subtree/,
    );
    expect(await visit(ca.pem, forged('bar.lan'), 'bar.lan')).toBe('well');
  });

  it('[HS22] keeps its keys to its owner, and its certificates over a restart', async () => {
    const first = await openLocalCa(dir);
    const leaf = await first.leaf(NAMES);
    for (const file of ['ca.key', 'server.key'])
      expect((await stat(join(dir, 'tls', file))).mode & 0o777, file).toBe(0o600);
    expect((await stat(join(dir, 'tls'))).mode & 0o777).toBe(0o700);
    const again = await openLocalCa(dir);
    expect(again.fingerprint).toBe(first.fingerprint);
    expect((await again.leaf(NAMES)).cert).toBe(leaf.cert);
  });

  it('[HS23] renews the certificate when names change, and 30 days before it ends', async () => {
    let at = Date.now();
    const ca = await openLocalCa(dir, { now: () => at });
    const first = await ca.leaf(NAMES);
    const moved = await ca.leaf(['192.168.1.99', ...NAMES.slice(1)]);
    expect(moved.cert).not.toBe(first.cert);
    at += 360 * DAY;
    expect((await ca.leaf(NAMES)).cert).not.toBe(moved.cert);
    const later = await ca.leaf(NAMES);
    at += 300 * DAY;
    expect((await ca.leaf(NAMES)).cert).toBe(later.cert);
    at += 80 * DAY;
    expect((await ca.leaf(NAMES)).validTo.getTime()).toBeGreaterThan(at + 300 * DAY);
    expect((await readValidity(dir))?.leaf?.getTime()).toBeGreaterThan(at);
  });

  it('[HS24] makes a spoiled certificate again, and says which file is wrong where it cannot', async () => {
    const ca = await openLocalCa(dir);
    await ca.leaf(NAMES);
    await writeFile(join(dir, 'tls', 'server.crt'), 'half of it');
    expect((await ca.leaf(NAMES)).cert).toContain('BEGIN CERTIFICATE');
    const other = await mkdtemp(join(dir, 'other-'));
    await openLocalCa(other);
    await writeFile(join(dir, 'tls', 'ca.key'), await readFile(join(other, 'tls', 'ca.key')));
    await expect(openLocalCa(dir)).rejects.toThrow(/do not belong together/);
    await rm(join(dir, 'tls', 'ca.key'));
    await expect(openLocalCa(dir)).rejects.toBeInstanceOf(TlsError);
    expect(await readValidity(await mkdtemp(join(dir, 'empty-')))).toBeNull();
  });
});

describe('the names of this machine', () => {
  const card = (address: string, internal = false) => ({
    address,
    internal,
    family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
    netmask: '',
    mac: '',
    cidr: null,
    scopeid: 0,
  });

  it('[HS25] are its addresses and its own name, without what means nothing to others', () => {
    const cards = {
      lo: [card('127.0.0.1', true), card('::1', true)],
      eth0: [card('fe80::1'), card('FD00::20'), card('192.168.1.20')],
      auto: [card('169.254.3.4')],
    };
    expect(lanNames([], { cards, name: 'Till' })).toEqual({
      addresses: ['192.168.1.20', 'fd00::20'],
      hosts: ['till.local', 'till'],
    });
    expect(lanNames(['heard.lan', '10.0.0.7'], { cards: {}, name: 'till.fritz.box' })).toEqual({
      addresses: ['10.0.0.7'],
      hosts: ['heard.lan', 'till.local', 'till', 'till.fritz.box'],
    });
    expect(lanNames([], { cards: {}, name: 'localhost' })).toEqual({ addresses: [], hosts: [] });
    expect(lanNames([], { cards: {}, name: 'not_a name' })).toEqual({ addresses: [], hosts: [] });
  });

  it('[HS25] have the bytes of their notation', () => {
    expect([...addressBytes('192.168.1.20')]).toEqual([192, 168, 1, 20]);
    expect(addressBytes('fd00::20').toString('hex')).toBe(`fd00${'0'.repeat(26)}20`);
    expect(addressBytes('::').toString('hex')).toBe('0'.repeat(32));
    expect(addressBytes('::ffff:1.2.3.4').toString('hex')).toBe(`${'0'.repeat(20)}ffff01020304`);
  });
});
