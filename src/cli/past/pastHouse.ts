import type {
  Actor,
  Command,
  CommandInput,
  CommandName,
  InnerInputs,
  InnerName,
} from '../../domain/commands.ts';
import { decide } from '../../domain/decide.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { evolve } from '../../domain/evolve.ts';
import { due, nextDeadline } from '../../domain/policies.ts';
import { type LocationState, emptyLocation } from '../../domain/state.ts';
import { toInstant } from '../../domain/text.ts';
import { businessDay, businessDayEnd } from '../../location/businessDay.ts';
import type { Step } from '../../projections/projection.ts';
import type { Chance } from '../../simulators/chance.ts';

/**
 * A location in the past: the rules of the house under a clock of its own. Whoever acts in it says when (`later`), the time
 * between passes at once, and what time alone does is done as it was due. What comes of it are real events, each decided.
 */
export class PastHouse {
  state: LocationState;
  /** ms since 1970. */
  now = 0;
  /** Since when a station has no screen (RFC 3339); null: it has one. */
  goneSince: (station: string) => string | null = () => null;
  /** Told of every event when it has happened. */
  onEvent: (event: LoggedEvent) => void = () => undefined;
  readonly chance: Chance;
  #steps: Step[] = [];
  #agenda: { at: number; act: () => void }[] = [];
  #deadline: { of: LocationState; at: number } | null = null;
  readonly #readyAt: string;

  constructor(location: string, start: number, chance: Chance) {
    this.state = emptyLocation(location);
    this.now = start;
    this.chance = chance;
    this.#readyAt = toInstant(start);
  }

  /** Does something at a time that is not past. */
  later(at: number, act: () => void): void {
    const time = Math.max(at, this.now);
    let [low, high] = [0, this.#agenda.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#agenda[middle]?.at ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    // The latest first, so that the next is at the end.
    this.#agenda.splice(low, 0, { at: time, act });
  }

  /** A UUID of this moment, version 7 in form. */
  id(): string {
    const time = Math.floor(this.now).toString(16).padStart(12, '0');
    const hex = (digits: number): string =>
      this.chance
        .below(16 ** digits)
        .toString(16)
        .padStart(digits, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
  }

  /** Asks as somebody; false where the rules refuse, which changes nothing. */
  perform<N extends CommandName | InnerName>(
    name: N,
    input: N extends CommandName ? CommandInput<N> : N extends InnerName ? InnerInputs[N] : never,
    by: Actor,
  ): boolean {
    // Name and input belong together by the signature; the union cannot be told so.
    return this.#run({ id: this.id(), name, input } as Command, by);
  }

  /** Lets the time pass until then. */
  runUntil(end: number): void {
    for (;;) {
      const next = this.#agenda.at(-1);
      const until = Math.min(next?.at ?? end, end);
      this.#passTime(until);
      if (next === undefined || next.at > end) break;
      this.#agenda.pop();
      this.now = next.at;
      next.act();
    }
    this.now = Math.max(this.now, end);
  }

  /** What has happened since this was last asked. */
  takeSteps(): Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** What is due before `until`, each at its time. */
  #passTime(until: number): void {
    for (;;) {
      const at = Math.max(this.now, this.#nextDeadline());
      if (at > until) return;
      this.now = at;
      const head = this.state.head;
      const house = { readyAt: this.#readyAt, goneSince: this.goneSince };
      for (const command of due(this.state, toInstant(at), house))
        // The canaries of a month would be most of its log.
        if (command.name !== 'station.prove')
          this.#run(command, { id: `policy:${command.name}`, role: 'policy' });
      // Reckoned with the earliest it could be: it is looked at again with what happens next.
      if (this.state.head === head) return;
    }
  }

  #nextDeadline(): number {
    if (this.#deadline?.of !== this.state) {
      const at = nextDeadline(this.state);
      this.#deadline = { of: this.state, at: at === null ? Number.POSITIVE_INFINITY : Date.parse(at) };
    }
    return this.#deadline.at;
  }

  #run(command: Command, by: Actor): boolean {
    const at = toInstant(Math.max(this.now, this.state.at === null ? 0 : Date.parse(this.state.at)));
    const { config } = this.state;
    const decision = decide(this.state, command, {
      at,
      by,
      // Few commands ask for these, and they cost more than most of them.
      get day() {
        return businessDay(config, Date.parse(at));
      },
      get dayEnds() {
        return toInstant(businessDayEnd(config, Date.parse(at)));
      },
    });
    if (!decision.ok) return false;
    for (const body of decision.events) {
      const before = this.state;
      const event: LoggedEvent = { ...body, seq: before.head + 1, at, by, command: command.id };
      this.state = evolve(before, event);
      this.#steps.push({ before, event, after: this.state });
      this.onEvent(event);
    }
    return true;
  }
}
