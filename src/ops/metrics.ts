import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * What the server counts of itself. Histograms carry no location: a thousand locations times twenty buckets would be
 * read by nobody and list the tenants to whoever can read them.
 */
export type Metrics = {
  /** From a command's arrival in the mailbox to its commit, in ms. */
  orderToCommit(ms: number): void;
  /** From the commit to the last socket it was written to, in ms. */
  commitToSent(ms: number): void;
  /** From a ticket's fire (or its new episode) to the screen that painted it, in ms. */
  orderToHeard(ms: number): void;
  command(name: string, outcome: string): void;
  /** Screens connected to a location now. */
  connections(location: string, count: number): void;
  /** A reader came back with a cursor. */
  reconnect(): void;
  heartbeatFailure(): void;
  /** A reader's cursor could not be honoured and it took a snapshot. */
  reset(reason: string): void;
  /** A number that is asked for when somebody looks. */
  gauge(name: string, help: string, read: () => number): void;
  readonly contentType: string;
  /** The text form; `locations` keeps the series of these only (null: all). */
  render(locations: ReadonlySet<string> | null): Promise<string>;
};

/** Seconds; dense where the budgets are (10 ms to 1 s). */
const BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60,
];

export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process !== false) collectDefaultMetrics({ register: registry, prefix: 'heard_' });
  const registers = [registry];
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, buckets: BUCKETS, registers });
  const orderToCommit = histogram('heard_order_to_commit_seconds', 'From a command in hand to its commit');
  const commitToSent = histogram(
    'heard_commit_to_sent_seconds',
    'From a commit to the screens it was sent to',
  );
  const orderToHeard = histogram(
    'heard_order_to_heard_seconds',
    'From a fired ticket to the first screen that painted it',
  );
  const commands = new Counter({
    name: 'heard_commands_total',
    help: 'Commands by name and outcome',
    labelNames: ['name', 'outcome'],
    registers,
  });
  const connections = new Gauge({
    name: 'heard_connections',
    help: 'Screens connected',
    labelNames: ['location'],
    registers,
  });
  const reconnects = new Counter({
    name: 'heard_reconnects_total',
    help: 'Readers that came back with a cursor',
    registers,
  });
  const heartbeats = new Counter({
    name: 'heard_heartbeat_failures_total',
    help: 'Sockets closed because nothing was heard from them',
    registers,
  });

  const resets = new Counter({
    name: 'heard_resets_total',
    help: 'Cursors that could not be honoured',
    labelNames: ['reason'],
    registers,
  });

  return {
    orderToCommit: (ms) => orderToCommit.observe(ms / 1000),
    commitToSent: (ms) => commitToSent.observe(ms / 1000),
    orderToHeard: (ms) => orderToHeard.observe(ms / 1000),
    command: (name, outcome) => commands.inc({ name, outcome }),
    connections(location, count) {
      if (count > 0) connections.set({ location }, count);
      else connections.remove({ location });
    },
    reconnect: () => reconnects.inc(),
    heartbeatFailure: () => heartbeats.inc(),
    reset: (reason) => resets.inc({ reason }),
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
    },
    contentType: registry.contentType,
    async render(locations) {
      const text = await registry.metrics();
      if (locations === null) return text;
      return text
        .split('\n')
        .filter((line) => {
          const location = /\{(?:[^}]*,)?location="([^"]*)"/.exec(line)?.[1];
          return location === undefined || locations.has(location);
        })
        .join('\n');
    },
  };
}
