import type { Ledger } from './load/ledger.ts';

/** CPU seconds used so far. */
export type Cpu = { server: number; database: number; rest: number };

/** A started contender: its server, its fresh database, whatever else it needs. */
export type Running = {
  readonly port: number;
  /** The HTTP request, as text, that places an order. */
  request(location: string, body: string): string;
  /**
   * Opens a screen of one station that tells the ledger what it gets and acknowledges it to the server by an Acker.
   * Resolves when it is subscribed.
   */
  openScreen(location: string, station: string, ledger: Ledger): Promise<{ close(): void }>;
  /** Orders stored for these locations, by the database's own count. */
  storedOrders(locations: readonly string[]): Promise<number>;
  cpu(): Promise<Cpu>;
  stop(): Promise<void>;
};

export type Contender = {
  readonly name: string;
  readonly title: string;
  /** Undefined when it can run here, else the reason why not. */
  missing(): string | undefined;
  /** Name → version of the parts it is made of. */
  versions(): Record<string, string>;
  /** Starts everything fresh; `locations` are all that will be used. */
  start(locations: readonly string[]): Promise<Running>;
};
