import { BlockList, isIPv6 } from 'node:net';

/**
 * An address that a tenant or a stranger named, and that the server would connect to: it must not become a way into the
 * server's own machine or the host's network.
 */

/**
 * How far a connection may go. `public`: the internet; `lan`: private networks as well (a server in the restaurant);
 * `loopback`: this machine as well (a simulator beside it). Link-local and multicast: never.
 */
export type Reach = 'public' | 'lan' | 'loopback';

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

export function mayReach(address: string, reach: Reach): boolean {
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
