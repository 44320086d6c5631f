import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

/** By what this machine can be reached on the restaurant's own network. */
export type LanNames = {
  /** Addresses of its network cards, IPv4 first; none of this machine alone. */
  readonly addresses: readonly string[];
  /** Its name as other machines may say it: `till`, `till.local`. */
  readonly hosts: readonly string[];
};

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Looks at the machine anew: cards come and go, and routers hand out other addresses. `more`: a name from the settings. */
export function lanNames(
  more: readonly string[] = [],
  machine: { cards: ReturnType<typeof networkInterfaces>; name: string } = {
    cards: networkInterfaces(),
    name: hostname(),
  },
): LanNames {
  const cards = Object.values(machine.cards).flatMap((card) => card ?? []);
  const addresses = cards
    // A link-local address means nothing without the name of the card, which no certificate can hold.
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address.toLowerCase())
    .sort((a, b) => isIP(a) - isIP(b) || a.localeCompare(b));
  const name = machine.name.toLowerCase();
  const [first = ''] = name.split('.');
  const hosts = [
    ...more.filter((one) => !isIP(one)),
    ...(LABEL.test(first) && first !== 'localhost' ? [`${first}.local`, first] : []),
    ...(name.split('.').every((label) => LABEL.test(label)) && name.includes('.') ? [name] : []),
  ].filter((host) => !/^localhost(?:\.|$)/.test(host));
  return {
    addresses: [...new Set([...addresses, ...more.filter((one) => isIP(one) > 0)])],
    hosts: [...new Set(hosts.map((host) => host.toLowerCase()))],
  };
}
