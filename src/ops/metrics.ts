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
  /** From the commit to a screen's word that it has painted it, in ms. */
  commitToPainted(ms: number): void;
  /** From a ticket's fire (or its new episode) to the screen that painted it, in ms. */
  orderToHeard(ms: number): void;
  command(name: string, outcome: string): void;
  /** Screens connected to a location now, by what carries them. */
  connections(location: string, count: number, transport?: string): void;
  /** A reader came back with a cursor; `cause`: why it had gone. */
  reconnect(cause?: string): void;
  heartbeatFailure(): void;
  /** A reader's cursor could not be honoured and it took a snapshot. */
  reset(reason: string): void;
  /** A reader that takes nothing was let go. */
  slowReaderClosed(): void;
  /** Somebody was asked to come back later; `kind`: what there was too much of (`handshake`, `catch_up`, `snapshot`, `rate`). */
  admissionRefused(kind: string): void;
  /** Commands that wait on the screens of a location, as they say themselves; null when nobody says anything. */
  outbox(location: string, waiting: { readonly depth: number; readonly oldestMs: number } | null): void;
  /** From the commit of a canary to the first screen of its station that had painted it, in ms; null: none within 10 s. */
  canary(ms: number | null): void;
  /** A ticket went, or did not go, to a printer. */
  print(outcome: string): void;
  /** A rung of the unheard ladder was taken. */
  rung(rung: number): void;
  /** What became of a delivery from outside; `event` is not counted: a stranger could make names without end. */
  hook(provider: string, outcome: string): void;
  /** Lines that the connection log had no room for. */
  connectionLinesDropped(count: number): void;
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
  const commitToPainted = histogram(
    'heard_commit_to_painted_seconds',
    'From a commit to the word of a screen that it has painted it',
  );
  const canaries = histogram(
    'heard_canary_seconds',
    "From a canary's commit to the first screen of its station that painted it",
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
    labelNames: ['location', 'transport'],
    registers,
  });
  const reconnects = new Counter({
    name: 'heard_reconnects_total',
    help: 'Readers that came back with a cursor, by why they had gone',
    labelNames: ['cause'],
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
  const count = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const slowReaders = count('heard_slow_readers_closed_total', 'Readers that took nothing for 10 s');
  const admission = count('heard_admission_refusals_total', 'Callers that were asked to come later', [
    'kind',
  ]);
  const canariesLost = count('heard_canaries_lost_total', 'Canaries that no screen painted within 10 s');
  const prints = count('heard_prints_total', 'Tickets for the printers, by what came of them', ['outcome']);
  const rungs = count('heard_rungs_total', 'Rungs of the unheard ladder that were taken', ['rung']);
  const hooks = count('heard_deliveries_total', 'Deliveries from outside, by what became of them', [
    'provider',
    'outcome',
  ]);
  const dropped = count('heard_connection_lines_dropped_total', 'Lines the connection log had no room for');
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['location'], registers });
  const outboxDepth = gauge('heard_outbox_depth', 'Commands that wait on the screens of a location');
  const outboxOldest = gauge(
    'heard_outbox_oldest_seconds',
    'Age of the oldest command that waits on a screen',
  );

  return {
    orderToCommit: (ms) => orderToCommit.observe(ms / 1000),
    commitToSent: (ms) => commitToSent.observe(ms / 1000),
    commitToPainted: (ms) => commitToPainted.observe(ms / 1000),
    orderToHeard: (ms) => orderToHeard.observe(ms / 1000),
    command: (name, outcome) => commands.inc({ name, outcome }),
    connections(location, screens, transport = 'websocket') {
      if (screens > 0) connections.set({ location, transport }, screens);
      else connections.remove({ location, transport });
    },
    reconnect: (cause = 'unknown') => reconnects.inc({ cause }),
    heartbeatFailure: () => heartbeats.inc(),
    reset: (reason) => resets.inc({ reason }),
    slowReaderClosed: () => slowReaders.inc(),
    admissionRefused: (kind) => admission.inc({ kind }),
    outbox(location, waiting) {
      if (waiting === null) {
        outboxDepth.remove({ location });
        outboxOldest.remove({ location });
        return;
      }
      outboxDepth.set({ location }, waiting.depth);
      outboxOldest.set({ location }, waiting.oldestMs / 1000);
    },
    canary: (ms) => (ms === null ? canariesLost.inc() : canaries.observe(ms / 1000)),
    print: (outcome) => prints.inc({ outcome }),
    rung: (rung) => rungs.inc({ rung }),
    hook: (provider, outcome) => hooks.inc({ provider, outcome }),
    connectionLinesDropped: (lines) => dropped.inc(lines),
    gauge(name, help, read) {
      const asked: Gauge = new Gauge({ name, help, registers, collect: () => asked.set(read()) });
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
