import { SignJWT } from 'jose';
import type { NewToken, Secrets } from '../provider.ts';
import { ProviderRefused } from '../provider.ts';

/** DoorDash gives out no tokens: who holds the key signs them himself (`DD-JWT-V1`). The same for both of its products. */

/** It takes none that are good for more than 30 minutes. */
const GOOD_FOR_S = 25 * 60;

export const KEY_FIELDS = [
  { id: 'developerId', label: 'Developer ID', hint: 'DoorDash Developer Portal, Credentials' },
  { id: 'keyId', label: 'Key ID', hint: 'DoorDash Developer Portal, Credentials' },
  {
    id: 'signingSecret',
    label: 'Signing secret',
    hint: 'DoorDash Developer Portal, Credentials; shown once, when the key is made',
  },
] as const;

/** `now` in ms since 1970. */
export async function doordashToken(secrets: Secrets, now: number): Promise<NewToken> {
  const { developerId = '', keyId = '', signingSecret = '' } = secrets;
  const key = signingKey(signingSecret);
  const issuedAt = Math.floor(now / 1_000);
  const expiresAt = issuedAt + GOOD_FOR_S;
  const value = await new SignJWT({ kid: keyId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', 'dd-ver': 'DD-JWT-V1' })
    .setIssuer(developerId)
    .setAudience('doordash')
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
  return { value, expiresAt: expiresAt * 1_000 };
}

/** What is signed with is what the secret encodes, not its letters. Either alphabet of base64 is read. */
function signingKey(secret: string): Buffer {
  const key = Buffer.from(secret, 'base64url');
  if (key.length === 0)
    throw new ProviderRefused('The signing secret is no base64: copy it from the portal again.', 'no_key');
  return key;
}
