import type { Heard, TokenProvider } from './shapes.ts';

export type HeardOptions = {
  /** Where the server is: `https://orders.example.com`. */
  baseUrl: string;
  /** The location's slug. */
  location: string;
  /** Asked before every connection and whenever the server wants a newer token. */
  token: TokenProvider;
  /** `id` names this device or script and stays the same over restarts. */
  client: { id: string; app?: string; screen?: string };
};

/** A client for one location: it connects as soon as something is listened to or sent. */
export function createHeard(options: HeardOptions): Heard {
  throw new Error(`not connected to ${options.baseUrl}`);
}
