import type { Actor, Command } from '../domain/commands.ts';
import type { LoggedEvent } from '../domain/events.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { LocationState } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import type { Json, Proposal, StoredEvent, StoredResult } from '../log/types.ts';
import type { BusinessDay } from './businessDay.ts';
import type { Advance, HotLocation } from './hotLocation.ts';
import type { Outcome } from './outcome.ts';
import type { Rules } from './rules.ts';

/** A command in line, and whom to tell. */
export type Waiting = {
  readonly command: Command;
  readonly actor: Actor;
  /** Digest of name and input. */
  readonly hash: string;
  /** From the house itself: its id needs no look-up, and when it changes nothing, no record. */
  readonly inner: boolean;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (error: Error) => void;
  /** performance.now() at its arrival. */
  readonly since: number;
  mustLookUp: boolean;
};

/** What deciding everything that waits comes to, before anybody else has heard of it. */
export type Draft = {
  /** Null when there is nothing to append. */
  readonly proposal: Proposal | null;
  readonly advance: Advance;
  readonly accepted: readonly { waiting: Waiting; seq: number; result: Record<string, Json> }[];
  readonly refused: readonly { waiting: Waiting; refusal: Refusal }[];
  /** A rule threw: our own mistake, told to the one whose command it was. */
  readonly failed: readonly { waiting: Waiting; error: Error }[];
  /** The same id a second time: answered from what the first one leaves. */
  readonly again: Waiting[];
};

type Step = {
  state: LocationState;
  logged: LoggedEvent[];
  /** After each of them. */
  states: LocationState[];
  result: Record<string, Json>;
};

/** Decides all that waits, in order, each over the state that the ones before it would leave. Changes nothing. */
export function draft(
  rules: Rules,
  hot: HotLocation,
  waiting: readonly Waiting[],
  now: number,
  day: BusinessDay,
): Draft {
  const before = hot.state;
  let state = before;
  const events: LoggedEvent[] = [];
  const states: LocationState[] = [];
  const results: StoredResult[] = [];
  const accepted: { waiting: Waiting; seq: number; result: Record<string, Json> }[] = [];
  const refused: { waiting: Waiting; refusal: Refusal }[] = [];
  const failed: { waiting: Waiting; error: Error }[] = [];
  const again: Waiting[] = [];
  const ids = new Set<string>();
  // Time never falls within a location, whichever node decides.
  const at = toInstant(Math.max(now, before.at === null ? 0 : Date.parse(before.at)));

  for (const one of waiting) {
    if (ids.has(one.command.id)) {
      again.push(Object.assign(one, { mustLookUp: true }));
      continue;
    }
    let decided: Step | Refusal;
    try {
      decided = step(rules, state, one, at, day.at(state.config, now));
    } catch (error) {
      failed.push({ waiting: one, error: error instanceof Error ? error : new Error(String(error)) });
      continue;
    }
    if ('code' in decided) {
      refused.push({ waiting: one, refusal: decided });
      continue;
    }
    ids.add(one.command.id);
    state = decided.state;
    events.push(...decided.logged);
    states.push(...decided.states);
    accepted.push({ waiting: one, seq: state.head, result: decided.result });
    // "It is so already" is stored too: asked again after somebody undid it, it must not do it again.
    if (decided.logged.length > 0 || !one.inner) {
      const { command, actor, hash } = one;
      results.push({
        id: command.id,
        name: command.name,
        actor: actor.id,
        hash,
        seq: state.head,
        result: decided.result,
        at,
      });
    }
  }

  const name = state.config?.name;
  const proposal: Proposal | null =
    results.length === 0
      ? null
      : {
          location: hot.id,
          expected: before.head,
          head: state.head,
          deadline: rules.nextDeadline(state),
          ...(name !== undefined && name !== before.config?.name && { name }),
          events: events.map(toStored),
          results,
        };
  const touched = states.map((one) => one.touched);
  const advance = { before, after: state, events, touched, states };
  return { proposal, advance, accepted, refused, failed, again };
}

function step(
  rules: Rules,
  before: LocationState,
  one: Waiting,
  at: string,
  day: { readonly day: string; readonly dayEnds: string },
): Step | Refusal {
  const decision = rules.decide(before, one.command, { at, by: one.actor, ...day });
  if (!decision.ok) return decision.refusal;
  let state = before;
  const logged: LoggedEvent[] = [];
  const states: LocationState[] = [];
  for (const body of decision.events) {
    const event: LoggedEvent = { ...body, seq: state.head + 1, at, by: one.actor, command: one.command.id };
    state = rules.evolve(state, event);
    if (state.head !== event.seq)
      throw new RangeError(`${event.type} left the state at ${state.head} where ${event.seq} belongs`);
    logged.push(event);
    states.push(state);
  }
  return { state, logged, states, result: rules.answer(state, one.command) };
}

function toStored({ seq, at, by, command, type, v, data }: LoggedEvent): StoredEvent {
  return { seq, at, by: asJson(by), command, type, v, data: asJson(data) };
}

/** Events are plain data without functions, dates or cycles; only optional fields may be undefined, and JSON drops these. */
function asJson(value: object): Json {
  return value as Json;
}
