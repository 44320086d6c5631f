import type { Contender } from './contender.ts';
import { runPhase } from './load/phase.ts';
import type { Load, PhaseResult } from './load/phase.ts';
import type { BenchOptions } from './options.ts';
import { locationNames } from './workload.ts';

/** One load on one contender in one round. `load`: `closed 32`, `closed 128`, `fixed 50`, `as <peer>` (that peer's saturation rate). */
export type Measured = PhaseResult & { round: number; contender: string; load: string };

export type Plan = { name: string; load: Load };

const BASIC: readonly Plan[] = [
  { name: 'closed 32', load: { kind: 'closed', clients: 32 } },
  { name: 'closed 128', load: { kind: 'closed', clients: 128 } },
];
const PACED: Plan = { name: 'fixed 50', load: { kind: 'fixed', perSecond: 50 } };

/** The rate at which a peer is full: what it answered to 128 clients that never wait. */
function saturation(peer: string, ordersPerSecond: number): Plan {
  return { name: `as ${peer}`, load: { kind: 'fixed', perSecond: Math.max(1, Math.round(ordersPerSecond)) } };
}

/**
 * One round: each contender starts fresh, one at a time. Peers come first, since Heard is also loaded at the rates at
 * which they were full in this very round. Every load has 20 locations of its own.
 */
export async function runRound(
  round: number,
  contenders: readonly { contender: Contender; isPeer: boolean; full: boolean }[],
  options: BenchOptions,
  say: (line: string) => void,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  const rates: Plan[] = [];
  for (const { contender, isPeer, full } of contenders) {
    const plans = full ? [...BASIC, PACED, ...(isPeer ? [] : rates)] : [...BASIC];
    const spaces = new Map(
      [...plans.map((plan) => plan.name), ...(isPeer ? [`as ${contender.name}`] : [])].map((name, index) => [
        name,
        locationNames(`p${index}`),
      ]),
    );
    const running = await contender.start([...spaces.values()].flat());
    try {
      const run = async ({ name, load }: Plan): Promise<Measured> => {
        const { warmUpMs, measureMs } = options;
        const result = await runPhase(running, {
          load,
          locations: spaces.get(name) ?? [],
          warmUpMs,
          measureMs,
        });
        say(`${contender.name.padEnd(22)} ${name.padEnd(20)} ${describe(result)}`);
        const one = { ...result, round, contender: contender.name, load: name };
        measured.push(one);
        return one;
      };
      for (const plan of plans) {
        const one = await run(plan);
        if (isPeer && plan.name === 'closed 128') rates.push(saturation(contender.name, one.ordersPerSecond));
      }
      const own = rates.find((rate) => rate.name === `as ${contender.name}`);
      if (own) await run(own);
    } finally {
      await running.stop();
    }
  }
  return measured;
}

function describe({ ordersPerSecond, screensMs, cpuPerOrder, verdict, problems }: PhaseResult): string {
  const { lost, doubled, strange, failed, stored, acknowledged, reconnects } = verdict;
  const clean = lost + doubled + strange + failed === 0 && stored === acknowledged;
  const words = clean
    ? `clean${reconnects > 0 ? `, ${reconnects} screens were sent back` : ''}`
    : `lost ${lost}, doubled ${doubled}, strange ${strange}, failed ${failed}, stored ${stored} of ${acknowledged} ${problems.join(' | ')}`;
  const cpu = (['server', 'database', 'load'] as const).map((part) => cpuPerOrder[part].toFixed(2)).join('+');
  return `${ordersPerSecond.toFixed(0).padStart(6)}/s  to every screen p50 ${screensMs.p50.toFixed(1)} p99 ${screensMs.p99.toFixed(1)} ms  cpu ${cpu} ms  ${words}`;
}
