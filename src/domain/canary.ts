import type { Command } from './commands.ts';
import { nameId } from './ids.ts';
import type { House } from './ladder.ts';
import type { LocationState } from './state.ts';
import { toInstant, toMillis } from './text.ts';

/**
 * A synthetic change, once a minute for each station that has a live screen: what it takes from the commit to the
 * painted acknowledgement is measured while nothing else happens, so a screen that died in a quiet hour is found then.
 */

const MINUTE_MS = 60_000;

export function* canaries(state: LocationState, now: string, house: House): Generator<Command> {
  const minute = minuteOf(state.id, now);
  for (const { id } of state.config?.stations ?? [])
    if ((state.proved[id]?.minute ?? -1) < minute && house.goneSince(id) === null)
      yield {
        id: nameId('prove', id, String(minute)),
        name: 'station.prove',
        input: { station: id, minute },
      };
}

/** When the location's next minute begins (RFC 3339). */
export function nextCanary(state: LocationState, now: string): string {
  return toInstant((minuteOf(state.id, now) + 1) * MINUTE_MS - phase(state.id));
}

/** Each location has its own moment within the minute: a thousand of them must not knock at once. */
function minuteOf(location: string, now: string): number {
  return Math.floor(((toMillis(now) ?? 0) + phase(location)) / MINUTE_MS);
}

function phase(location: string): number {
  return Number.parseInt(nameId('canary', location).slice(0, 7), 16) % MINUTE_MS;
}
