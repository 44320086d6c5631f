import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

/** The board and the alarms in docs/grafana, held against what the server exports. */

const DIR = join(import.meta.dirname, '..', '..', 'docs', 'grafana');
/** Gauges that the wiring adds when their services run. */
const WIRED = ['heard_hot_locations', 'heard_subscriptions', 'heard_sockets', 'heard_clock_offset_seconds'];

function named(text: string): string[] {
  const names = [...text.matchAll(/\bheard_[a-z0-9_]+\b/g)].map(([name]) => name);
  return [...new Set(names)].sort();
}

/** Every series of a metrics page, histograms with their parts, counters and gauges also before their first sample. */
async function exported(): Promise<Set<string>> {
  const metrics = createMetrics();
  metrics.orderToHeard(1);
  metrics.canary(1);
  const text = await metrics.render(null);
  const types = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

describe('the Grafana board', () => {
  it('[V35] draws series that the server exports, and the alarms ask for such', async () => {
    const known = await exported();
    const main = readFileSync(join(import.meta.dirname, '..', 'main.ts'), 'utf8');
    const edge = readFileSync(join(import.meta.dirname, '..', 'edge', 'edge.ts'), 'utf8');
    for (const name of WIRED) expect(`${main}${edge}`, name).toContain(`'${name}'`);
    for (const file of ['heard.json', 'heard-alerts.yml']) {
      const asked = named(readFileSync(join(DIR, file), 'utf8'));
      expect(asked.length, file).toBeGreaterThan(4);
      expect(
        asked.filter((name) => !known.has(name) && !WIRED.includes(name)),
        file,
      ).toEqual([]);
    }
  });

  it('[V35] draws the five socket metrics, and asks no histogram for a location', () => {
    const board = JSON.parse(readFileSync(join(DIR, 'heard.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const asked = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    for (const metric of [
      'heard_connections',
      'heard_reconnects_total',
      'heard_commit_to_sent_seconds_bucket',
      'heard_commit_to_painted_seconds_bucket',
      'heard_outbox_depth',
      'heard_heartbeat_failures_total',
    ])
      expect(
        asked.some((expr) => expr.includes(metric)),
        metric,
      ).toBe(true);
    expect(asked.filter((expr) => /_bucket\{[^}]*location/.test(expr))).toEqual([]);
  });
});
