import type { Command, Context } from '../domain/commands.ts';
import type { EventBody, LoggedEvent, StoredFact } from '../domain/events.ts';
import type { House } from '../domain/policies.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { LocationState } from '../domain/state.ts';
import type { Json } from '../log/types.ts';

export type Decision = { ok: true; events: EventBody[] } | { ok: false; refusal: Refusal };

/** The rules of the house as the mailbox uses them: all pure. Tests hand in smaller ones. */
export type Rules = {
  readonly stateVersion: number;
  /** Of snapshots that `thaw` reads. */
  readonly readableVersions: readonly number[];
  empty(location: string): LocationState;
  decide(state: LocationState, command: Command, context: Context): Decision;
  evolve(state: LocationState, event: LoggedEvent): LocationState;
  /** The command's `result`, from the state after it. */
  answer(after: LocationState, command: Command): Record<string, Json>;
  /** Null for an event that this code does not know: the location must not be served by guessing. */
  readEvent(stored: StoredFact): LoggedEvent | null;
  /** What time alone asks for at `now` (RFC 3339), with ids that every node derives alike. `house`: what is known of the screens. */
  due(state: LocationState, now: string, house: House | null): Command[];
  /** Not later than `due` would answer something, whatever the screens do; null for never. `after`: the first that is later than that. */
  nextDeadline(state: LocationState, after?: string): string | null;
  freeze(state: LocationState): Json;
  thaw(frozen: Json): LocationState;
};
