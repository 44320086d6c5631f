import { createECDH, hkdfSync } from 'node:crypto';

/** The server's identity towards push services (VAPID, RFC 8292), in base64url. */
export type PushKeys = { readonly publicKey: string; readonly privateKey: string };

/**
 * Derived from the server's secret: all nodes have the same keys and nothing more has to be kept. A new secret is a new
 * identity, and browsers subscribe anew.
 */
export function pushKeys(secret: string): PushKeys {
  for (let attempt = 0; ; attempt += 1) {
    const key = Buffer.from(hkdfSync('sha256', secret, 'heard', `vapid ${attempt}`, 32));
    const curve = createECDH('prime256v1');
    try {
      curve.setPrivateKey(key);
    } catch {
      // Not a number below the order of the curve: one in four billion.
      continue;
    }
    return { publicKey: curve.getPublicKey('base64url'), privateKey: key.toString('base64url') };
  }
}
