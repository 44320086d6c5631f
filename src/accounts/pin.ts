import { createHmac, randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * A PIN has so few values that any fast digest is a lookup table. scrypt makes each guess cost 15 ms and 8 MB (a PIN is compared with everybody of the house), the salt
 * makes each person a case of its own, and the pepper (from the server's secret) makes a stolen table worth nothing alone.
 */
const COST = 8_192;
const BYTES = 32;

export const PIN = /^\d{4,12}$/;
/** Who holds more rights has to type more, outside the demo. */
export const LONG_PIN = 6;

function derive(pin: string, salt: Buffer, pepper: Buffer): Promise<Buffer> {
  const peppered = createHmac('sha256', pepper).update(pin).digest();
  return new Promise((resolve, reject) => {
    scrypt(peppered, salt, BYTES, { N: COST, r: 8, p: 1 }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** `scrypt$<cost>$<salt>$<key>`. */
export async function hashPin(pin: string, pepper: Buffer): Promise<string> {
  const salt = randomBytes(16);
  return [
    'scrypt',
    COST,
    salt.toString('base64url'),
    (await derive(pin, salt, pepper)).toString('base64url'),
  ].join('$');
}

export async function checkPin(pin: string, stored: string, pepper: Buffer): Promise<boolean> {
  const [kind, cost, salt, key] = stored.split('$');
  if (kind !== 'scrypt' || cost !== String(COST) || salt === undefined || key === undefined) return false;
  const wanted = Buffer.from(key, 'base64url');
  const found = await derive(pin, Buffer.from(salt, 'base64url'), pepper);
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

/** A PIN of `digits` at random, not starting with 0. */
export function randomPin(digits: number): string {
  return String(randomInt(10 ** (digits - 1), 10 ** digits));
}
