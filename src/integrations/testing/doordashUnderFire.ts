import { type FuzzReport, fuzzHook } from '../../testkit/hookFuzz.ts';
import type { PlatformHouse } from './platformHouse.ts';
import { sampleBytes, samplesOf } from './samples.ts';

/** Accounts at DoorDash's two products, and their samples changed where it hurts. */

const KEY = {
  developerId: 'dev-1',
  keyId: 'key-1',
  signingSecret: Buffer.from('a secret of thirty-two letters!!').toString('base64url'),
};
export const MARKETPLACE = { webhookToken: 'Bearer dd-7f3a', ...KEY, providerType: 'heard' };
export const DRIVE = { webhookToken: 'Basic aGVhcmQ6MQ==', ...KEY };

type Samples = Parameters<typeof fuzzHook>[0]['samples'];
type How = Parameters<typeof fuzzHook>[1];

/** What DoorDash sends beside a body. */
export function headersOf(authorization: string) {
  return { 'content-type': 'application/json', authorization };
}

export function fuzzMarketplace(at: PlatformHouse, how: How): Promise<FuzzReport> {
  const samples = samplesOf('doordash-marketplace')
    .filter((name) => !name.startsWith('request'))
    .map((name) => ({ name, raw: sampleBytes(`doordash-marketplace/${name}`) }));
  return fuzz(at, samples, [MARKETPLACE.webhookToken, 'Bearer dd-7f3b'], how);
}

/** All samples are news of one order's delivery. */
export function fuzzDrive(at: PlatformHouse, order: string, how: How): Promise<FuzzReport> {
  const samples = samplesOf('doordash-drive')
    .filter((name) => name.startsWith('webhook'))
    .map((name) => {
      const text = sampleBytes(`doordash-drive/${name}`).toString();
      return { name, raw: Buffer.from(text.replaceAll(/ord_[0-9A-Z]+-d1/g, order)) };
    });
  return fuzz(at, samples, [DRIVE.webhookToken, 'Basic aGVhcmQ6Mg=='], how);
}

function fuzz(
  { house, link }: PlatformHouse,
  samples: Samples,
  [token, forged]: readonly [string, string],
  how: How,
): Promise<FuzzReport> {
  return fuzzHook(
    {
      house,
      location: 'brasa',
      link,
      samples,
      sign: () => headersOf(token),
      forge: () => headersOf(forged),
    },
    how,
  );
}
