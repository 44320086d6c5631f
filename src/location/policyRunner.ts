import { nextCanary } from '../domain/canary.ts';
import type { Actor, Command } from '../domain/commands.ts';
import { nameId } from '../domain/ids.ts';
import { type House, nextTry } from '../domain/policies.ts';
import { toInstant } from '../domain/text.ts';
import type { HotLocation } from './hotLocation.ts';
import type { Outcome } from './outcome.ts';
import type { Rules } from './rules.ts';

/** While something waits for what no event tells (a station losing its screens), this node looks so often. */
const LOOK_EVERY_MS = 1_000;
/** Between two wakings for what cannot be done yet, at least and at most. */
const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 3_600_000;
/** What has waited for so long keeps no location in memory. */
const ABANDONED_MS = 3_600_000;
/** A rush of commits must not be spent on looking. */
const LEAST_PAUSE_MS = 100;

export type PoliciesOptions = {
  readonly hot: HotLocation;
  readonly rules: Rules;
  /** The log's time in ms since 1970. */
  readonly now: () => number;
  /** What is known of the location's screens; null: nothing. */
  readonly house: House | null;
  readonly submit: (command: Command, actor: Actor) => Promise<Outcome>;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
};

/**
 * Runs, for one location, what time alone asks for. Ids are derived, so two nodes that do it at once do it once; what
 * comes to nothing is noted in the log with its next try, so no node asks for it again and again.
 */
export class Policies {
  readonly #options: PoliciesOptions;
  #deadline: string | null = null;
  /** When this node looks next, in ms since 1970. */
  #next = Number.POSITIVE_INFINITY;
  #ranAt = Number.NEGATIVE_INFINITY;
  #canaryAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | null = null;

  constructor(options: PoliciesOptions) {
    this.#options = options;
    this.#waitForCanary();
    this.changed();
  }

  /**
   * When the location must next be woken by whoever does not have it in memory (RFC 3339). What is due and cannot be
   * done yet is looked at again after a tenth of the time for which it has waited.
   */
  get wakeAt(): string | null {
    const { hot, rules, now } = this.#options;
    const time = now();
    if (this.#deadline === null || Date.parse(this.#deadline) > time) return this.#deadline;
    const waited = time - Date.parse(this.#deadline);
    const again = toInstant(time + Math.min(LAST_LOOK_MS, Math.max(FIRST_LOOK_MS, waited / 10)));
    const ahead = rules.nextDeadline(hot.state, toInstant(time));
    return ahead !== null && ahead < again ? ahead : again;
  }

  /** Is there something to look at now? */
  get isDue(): boolean {
    return this.#next <= this.#options.now();
  }

  /** Does the location have a deadline within `ms`, or one that has not waited for very long? */
  isNear(ms: number): boolean {
    if (this.#deadline === null) return false;
    const { hot, rules, now } = this.#options;
    const time = now();
    if (Date.parse(this.#deadline) > time - ABANDONED_MS) return Date.parse(this.#deadline) <= time + ms;
    const ahead = rules.nextDeadline(hot.state, toInstant(time));
    return ahead !== null && Date.parse(ahead) <= time + ms;
  }

  /** The state has changed: reads the deadline anew, and runs what is due. */
  changed(): void {
    this.#plan(this.#ranAt + LEAST_PAUSE_MS);
    if (this.isDue && this.#running === null) setImmediate(() => void this.run());
  }

  /** Runs what is due; calls that overlap share one run. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #plan(notBefore: number): void {
    const { hot, rules } = this.#options;
    this.#deadline = rules.nextDeadline(hot.state);
    const deadline = this.#deadline === null ? Number.POSITIVE_INFINITY : Date.parse(this.#deadline);
    this.#next = Math.max(notBefore, Math.min(deadline, this.#canaryAt));
  }

  async #run(): Promise<void> {
    const { now } = this.#options;
    const due = this.#due();
    const answered = await Promise.all(due.map((command) => this.#submit(command)));
    const finished = new Map(answered.flatMap((one) => (one === null ? [] : [one])));
    // What had its answer and is due all the same was refused, or came to nothing.
    await Promise.all(
      this.#due().flatMap((command) =>
        finished.has(command.id) ? [this.#refuse(command, finished.get(command.id))] : [],
      ),
    );
    this.#ranAt = now();
    this.#waitForCanary();
    this.#plan(this.#ranAt + LOOK_EVERY_MS);
  }

  /** Each look asks for the canaries as well; the next look for their sake is at the next minute of the location. */
  #waitForCanary(): void {
    const { hot, house, now } = this.#options;
    if (house !== null) this.#canaryAt = Date.parse(nextCanary(hot.state, toInstant(now())));
  }

  #due(): Command[] {
    const { hot, rules, now, house } = this.#options;
    return rules.due(hot.state, toInstant(now()), house);
  }

  /** What the command came to; null when that is not known yet. */
  async #submit(command: Command): Promise<[id: string, outcome: unknown] | null> {
    const { hot, submit, report } = this.#options;
    try {
      const outcome = await submit(command, { id: `policy:${command.name}`, role: 'policy' });
      if (!outcome.ok && 'unavailable' in outcome) return null;
      // Another node was quicker, and this one has not read it yet.
      if (outcome.ok && outcome.seq > hot.head) return null;
      return [command.id, outcome];
    } catch (error) {
      report('a policy failed', { location: hot.id, command: command.name, error: String(error) });
      return [command.id, String(error)];
    }
  }

  async #refuse(command: Command, outcome: unknown): Promise<void> {
    const { hot, now, report } = this.#options;
    const before = hot.state.refused[command.id]?.next ?? '';
    const next = nextTry(hot.state, command.id, toInstant(now()));
    report('a policy came to nothing', {
      location: hot.id,
      command: command.name,
      next,
      outcome: JSON.stringify(outcome),
    });
    await this.#submit({
      id: nameId('refuse', command.id, before),
      name: 'policy.refuse',
      input: { policy: command.id, next },
    });
  }
}
