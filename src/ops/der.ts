/** As much of ASN.1's DER as a certificate is written in. */

function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const head = length < 128 ? [tag, length] : [tag, 0x80 | size.length, ...size];
  return Buffer.concat([Buffer.from(head), body]);
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => tagged(0x31, ...parts);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const octets = (bytes: Uint8Array): Buffer => tagged(0x04, bytes);
export const truth = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));

/** A number that is not negative, big-endian. */
export function integer(bytes: Uint8Array | number): Buffer {
  const given = typeof bytes === 'number' ? Buffer.from([bytes]) : Buffer.from(bytes);
  const first = given.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : given.subarray(first);
  // The highest bit is the sign.
  return (short[0] ?? 0) >= 0x80 ? tagged(0x02, Buffer.from([0]), short) : tagged(0x02, short);
}

/** Bits in whole bytes, or with some unused at the end. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), bytes);

/** `1.2.840.10045.4.3.2` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part % 128];
    for (let more = Math.floor(part / 128); more > 0; more = Math.floor(more / 128))
      groups.unshift(0x80 | (more % 128));
    return groups;
  });
  return tagged(0x06, Buffer.from(bytes));
}

/** Years of before 2050 are written with two digits, later ones with four: the standard asks for it. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]/g, '').replace(/\.\d+/, '');
  return at.getUTCFullYear() < 2050 ? tagged(0x17, ascii(digits.slice(2))) : tagged(0x18, ascii(digits));
}

/** A context's own tag around what is inside, as a whole. */
export const explicit = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  tagged(0xa0 | number, ...parts);
/** A context's own tag in place of the usual one, for a value that holds no others. */
export const implicit = (number: number, bytes: Uint8Array | string): Buffer =>
  tagged(0x80 | number, typeof bytes === 'string' ? ascii(bytes) : bytes);
