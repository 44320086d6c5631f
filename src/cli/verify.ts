import { readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { READABLE_VERSIONS, freeze } from '../domain/snapshot.ts';
import { emptyLocation } from '../domain/state.ts';
import type { LocationState } from '../domain/state.ts';
import { instant } from '../domain/text.ts';
import { canonicalJson } from '../edge/canonical.ts';
import { houseRules } from '../location/houseRules.ts';
import type { Log } from '../log/types.ts';
import { LogCorrupt } from '../log/types.ts';
import { Audit } from './audit.ts';
import { reportAudit } from './auditReport.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { mustExist, withWorkshop } from './workshop.ts';

export type Proof = {
  readonly head: number;
  readonly audit: Audit;
  readonly state: LocationState;
};

/**
 * `heard verify`: audits a shift from the log alone. Exit 0 when the log is whole, and every ticket was heard, on paper,
 * worked on, or somebody was told that it was not; 1 with the list of those that were not.
 */
export const verify: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  });
  const location = must('--location', values.location);
  const from = readTime('--from', values.from);
  const to = readTime('--to', values.to);
  return withWorkshop(terminal, async ({ log }) => {
    await mustExist({ log }, location);
    let proof: Proof;
    try {
      proof = await proveLog(log, location, from, to);
    } catch (error) {
      if (!(error instanceof LogCorrupt)) throw error;
      terminal.out(`WRONG: ${error.message}`);
      return 1;
    }
    terminal.out(
      `log: ${proof.head} events, 1 to ${proof.head} without a gap, every one understood, and the newest snapshot agrees with them`,
    );
    const { lines, isKept } = reportAudit(proof.audit, new Date(log.clock.now()).toISOString());
    for (const line of lines) terminal.out(line);
    terminal.out(isKept ? 'KEPT: nothing was lost, and nobody was left guessing' : 'NOT KEPT: see above');
    return isKept ? 0 : 1;
  });
};

function readTime(flag: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  const parsed = instant.safeParse(value);
  if (!parsed.success) throw new UsageError(`${flag} must be an RFC 3339 time such as 2026-01-31T18:30:00Z`);
  return parsed.data;
}

const PAGE = 5_000;

/**
 * Reads the whole log of a location and evolves it from nothing: the numbers have no gap (readTail throws), time never
 * falls, every event is understood, and the newest snapshot plus its tail is the same state. Throws LogCorrupt otherwise.
 */
export async function proveLog(
  log: Pick<Log, 'readTail' | 'readHeads' | 'loadSnapshot'>,
  location: string,
  from: string | null,
  to: string | null,
): Promise<Proof> {
  const head = (await log.readHeads([location])).get(location) ?? 0;
  const snapshot = await log.loadSnapshot(location, READABLE_VERSIONS, head);
  let state = emptyLocation(location);
  let short: LocationState | null = snapshot === null ? null : houseRules.thaw(snapshot.state);
  const audit = new Audit(from, to);
  let last = '';
  while (state.head < head) {
    const page = await log.readTail(location, state.head, Math.min(PAGE, head - state.head));
    if (page.length === 0)
      throw new LogCorrupt(location, `it ends at ${state.head}, but its head is ${head}`);
    for (const stored of page) {
      const event = readEvent(stored);
      if (event === null)
        throw new LogCorrupt(
          location,
          `event ${stored.seq} (${stored.type} v${stored.v}) is not one that this version knows`,
        );
      if (event.at < last)
        throw new LogCorrupt(location, `event ${event.seq} is older than the one before it`);
      last = event.at;
      state = evolve(state, event);
      if (short !== null && event.seq > short.head) short = evolve(short, event);
      audit.add(event, state);
    }
  }
  if (short !== null && canonicalJson(freeze(short)) !== canonicalJson(freeze(state))) {
    throw new LogCorrupt(
      location,
      `the snapshot at ${snapshot?.seq ?? 0} and the events after it do not make the state that the whole log makes`,
    );
  }
  return { head, audit, state };
}
