import type { Neighbours } from './neighbours.ts';

type Gauges = { gauge(name: string, help: string, read: () => number): void };

/** What an operator sees of the other nodes: whether they can be heard, and what came of what they said. */
export function countNeighbours(metrics: Gauges, neighbours: Neighbours, behindMs: () => number): void {
  const { counts } = neighbours;
  metrics.gauge('heard_redis_up', 'Whether other nodes can be heard; 1 on a node alone', () =>
    neighbours.isUp ? 1 : 0,
  );
  metrics.gauge('heard_hints_received', 'Words of other nodes about their commits', () => counts.hints);
  metrics.gauge('heard_hints_malformed', 'Words that could not be read', () => counts.malformed);
  metrics.gauge('heard_courtesy_applied', 'Of those, taken as they came', () => counts.applied);
  metrics.gauge('heard_courtesy_refused', 'Of those, read from the log instead', () => counts.refused);
  metrics.gauge('heard_words_dropped', 'Words that Redis did not take', () => counts.dropped);
  metrics.gauge(
    'heard_behind_seconds',
    'For how long a location in memory has been behind its log',
    () => behindMs() / 1000,
  );
}
