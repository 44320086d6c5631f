import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { PrinterTrouble } from './trouble.ts';

/**
 * A printer's address is a tenant's text, and the server would connect to it: it must not become a way into the server's
 * own machine or the host's network.
 */

/**
 * Where printers may be. `lan`: private and public addresses (a server in the restaurant); `public`: no private ones (a
 * server that many share); `loopback`: this machine as well, for a simulator beside it.
 */
export type PrinterReach = 'lan' | 'public' | 'loopback';

const LOOPBACK = listOf([
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['::1', 128],
  ['::', 128],
]);
/** Link-local holds the metadata services of clouds. */
const NEVER = listOf([
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['ff00::', 8],
]);
const PRIVATE = listOf([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
]);

/** The address to connect to, resolved once so that it cannot change after the check. Throws PrinterTrouble. */
export async function addressOf(host: string, reach: PrinterReach): Promise<string> {
  const { address } = await lookup(host).catch((error: unknown) => {
    throw new PrinterTrouble('unreachable', error instanceof Error ? error.message : String(error));
  });
  if (!mayReach(address, reach))
    throw new PrinterTrouble(
      'not allowed',
      `${host} is ${address}, and printers may not be there (HEARD_PRINTERS)`,
    );
  return address;
}

export function mayReach(address: string, reach: PrinterReach): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (NEVER.check(plain, family)) return false;
  if (LOOPBACK.check(plain, family)) return reach === 'loopback';
  return reach !== 'public' || !PRIVATE.check(plain, family);
}

function listOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, isIPv6(net) ? 'ipv6' : 'ipv4');
  return list;
}
