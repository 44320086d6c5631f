import { lookup } from 'node:dns/promises';
import { type Reach, mayReach } from '../networks.ts';
import { PrinterTrouble } from './trouble.ts';

/**
 * A printer's address is a tenant's text, and the server would connect to it: it must not become a way into the server's
 * own machine or the host's network.
 */

/** Where printers may be (`HEARD_PRINTERS`). */
export type PrinterReach = Reach;

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
