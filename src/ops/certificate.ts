import { createHash, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, explicit, implicit, integer, octets, oid, sequence, set, time, truth, utf8 } from './der.ts';

/**
 * X.509 certificates of a restaurant's own authority. `node:crypto` makes keys and signatures and reads certificates,
 * but writes none.
 */
export type CertificateRequest = {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
} & (
  | {
      /** An authority that may vouch for these names and networks only. */
      readonly authority: { readonly domains: readonly string[]; readonly networks: readonly Network[] };
    }
  | {
      /** A server that is called by these names and addresses. */
      readonly names: readonly string[];
    }
);

/** An address and how many of its bits count: `{ address: '192.168.0.0', prefix: 16 }`. */
export type Network = { readonly address: string; readonly prefix: number };

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const KEY_USAGE = '2.5.29.15';

/** The certificate, signed, in PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const { issuer } = request;
  const body = sequence(
    explicit(0, integer(2)),
    integer(randomBytes(16)),
    ECDSA_SHA256,
    nameOf(issuer.name),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.name),
    spki(request.publicKey),
    explicit(3, sequence(...extensionsOf(request))),
  );
  const whole = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, issuer.privateKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf(request: CertificateRequest): Buffer[] {
  const ids = [
    extension('2.5.29.14', false, octets(keyId(request.publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyId(request.issuer.publicKey)))),
  ];
  if ('authority' in request) {
    const { domains, networks } = request.authority;
    const permitted = [...domains.map((name) => implicit(2, name)), ...networks.map(networkName)];
    return [
      extension('2.5.29.19', true, sequence(truth(true), integer(0))),
      // keyCertSign and cRLSign
      extension(KEY_USAGE, true, bits(Buffer.from([0x06]), 1)),
      extension('2.5.29.30', true, sequence(explicit(0, ...permitted.map((name) => sequence(name))))),
      ...ids,
    ];
  }
  const names = request.names.map((name) =>
    isIP(name) ? implicit(7, addressBytes(name)) : implicit(2, name),
  );
  return [
    extension('2.5.29.19', true, sequence()),
    // digitalSignature
    extension(KEY_USAGE, true, bits(Buffer.from([0x80]), 7)),
    // serverAuth
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...names)),
    ...ids,
  ];
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [truth(true)] : []), octets(value));
}

function nameOf(text: string): Buffer {
  const part = (id: string, value: string): Buffer => set(sequence(oid(id), utf8(value)));
  return sequence(part('2.5.4.10', 'Heard'), part('2.5.4.3', text));
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

function networkName({ address, prefix }: Network): Buffer {
  const bytes = addressBytes(address);
  const mask = Buffer.from(
    bytes.map((_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8)))),
  );
  return implicit(7, Buffer.concat([bytes, mask]));
}

/** 4 bytes of an IPv4 address, 16 of an IPv6 address. */
export function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // `::ffff:1.2.3.4` ends in the other notation.
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [before = '', after] = plain.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16));
  const [left, right] = [groups(before), after === undefined ? [] : groups(after)];
  const all = [...left, ...Array.from<number>({ length: 8 - left.length - right.length }).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
