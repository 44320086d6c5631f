import { type Json as FrozenState, answer } from '../domain/answer.ts';
import { decide } from '../domain/decide.ts';
import { readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { due, nextDeadline } from '../domain/policies.ts';
import { READABLE_VERSIONS, STATE_VERSION, freeze, thaw } from '../domain/snapshot.ts';
import { emptyLocation } from '../domain/state.ts';
import type { Rules } from './rules.ts';

/** The rules of the house, as the server runs them. */
export const houseRules: Rules = {
  stateVersion: STATE_VERSION,
  readableVersions: READABLE_VERSIONS,
  empty: emptyLocation,
  decide,
  evolve,
  answer,
  readEvent,
  due,
  nextDeadline,
  freeze,
  // The log hands out what it read as read-only JSON; `thaw` only reads it.
  thaw: (frozen) => thaw(frozen as FrozenState),
};
