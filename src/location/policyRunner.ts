import type { Actor, Command } from '../domain/commands.ts';
import { toInstant } from '../domain/text.ts';
import type { HotLocation } from './hotLocation.ts';
import type { Outcome } from './outcome.ts';
import type { Rules } from './rules.ts';

/** How long a policy that a rule refused is left alone; it would be due again at once, for ever. */
const REFUSED_FOR_MS = 30_000;
const MOST_REFUSED = 1_000;

/** Runs, for one location, what time alone asks for. Ids are derived, so two nodes that do it at once do it once. */
export class Policies {
  readonly #hot: HotLocation;
  readonly #rules: Rules;
  readonly #now: () => number;
  readonly #submit: (command: Command, actor: Actor) => Promise<Outcome>;
  readonly #report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly #notBefore = new Map<string, number>();
  #deadline: string | null;
  /** `deadline` in ms since 1970, or the later time at which a refused one is tried again. */
  #next = 0;
  #running: Promise<void> | null = null;

  constructor(
    hot: HotLocation,
    rules: Rules,
    now: () => number,
    submit: (command: Command, actor: Actor) => Promise<Outcome>,
    report: (message: string, detail?: Readonly<Record<string, unknown>>) => void,
  ) {
    this.#hot = hot;
    this.#rules = rules;
    this.#now = now;
    this.#submit = submit;
    this.#report = report;
    this.#deadline = null;
    this.changed();
  }

  /** When the location must next be woken (RFC 3339). */
  get deadline(): string | null {
    return this.#deadline;
  }

  /** Is something to be done within `ms`? */
  isNear(ms: number): boolean {
    return this.#next <= this.#now() + ms;
  }

  /** The state has changed: reads the deadline anew, and runs what is due. */
  changed(): void {
    this.#deadline = this.#rules.nextDeadline(this.#hot.state);
    this.#next = this.#deadline === null ? Number.POSITIVE_INFINITY : Date.parse(this.#deadline);
    if (this.isNear(0) && this.#running === null) setImmediate(() => void this.run());
  }

  /** Runs what is due; calls that overlap share one run. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const now = this.#now();
    const commands = this.#rules
      .due(this.#hot.state, toInstant(now))
      .filter(({ id }) => (this.#notBefore.get(id) ?? 0) <= now);
    await Promise.all(commands.map((command) => this.#runOne(command)));
    // What is still due was refused (or is running elsewhere): later.
    if (this.isNear(0)) this.#next = this.#now() + (commands.length === 0 ? REFUSED_FOR_MS : 1_000);
  }

  async #runOne(command: Command): Promise<void> {
    const actor: Actor = { id: `policy:${command.name}`, role: 'policy' };
    const outcome = await this.#submit(command, actor).catch((error: unknown) => String(error));
    if (
      typeof outcome === 'string' ||
      (!outcome.ok && !('unavailable' in outcome)) ||
      (typeof outcome !== 'string' && outcome.ok && outcome.replayed)
    ) {
      if (this.#notBefore.size >= MOST_REFUSED) this.#notBefore.clear();
      this.#notBefore.set(command.id, this.#now() + REFUSED_FOR_MS);
      this.#report('a policy came to nothing', {
        location: this.#hot.id,
        command: command.name,
        outcome: JSON.stringify(outcome),
      });
    }
  }
}
