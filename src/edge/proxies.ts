import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Whom to believe about where a request comes from: nobody, unless the operator names the proxies. */
export type IsTrusted = (address: string) => boolean;

/** `ranges` as CIDR: `10.0.0.0/8`, `::1/128`. */
export function createTrust(ranges: readonly string[]): IsTrusted {
  if (ranges.length === 0) return () => false;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (said) => {
    const address = plain(said);
    if (isIPv4(address)) return list.check(address, 'ipv4');
    return isIPv6(address) && list.check(address, 'ipv6');
  };
}

/** The address nearest to us that is no proxy of ours: from the right of X-Forwarded-For, which a stranger writes from the left. */
export function addressOf(request: IncomingMessage, isTrusted: IsTrusted): string {
  let address = plain(request.socket.remoteAddress ?? '');
  const header = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((hop) => hop.trim());
  while (isTrusted(address)) {
    const next = hops.pop();
    if (next === undefined || next === '') break;
    address = plain(next);
  }
  return address;
}

/** IPv4 in the clothes of IPv6 is IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}
