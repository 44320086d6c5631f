import type { LocationConfig } from '../config.ts';
import { nameId } from '../ids.ts';
import type { Upcoming } from '../ladder.ts';
import { type Order, isOpen } from '../order.ts';
import type { LocationState } from '../state.ts';
import { toMillis } from '../text.ts';
import { owedOf } from './follow.ts';
import { acceptByMs, isAwaiting } from './platform.ts';

/**
 * The clock of a platform that waits for our yes, in parts of its own limit: a quarter warns the pass, a half calls the
 * manager, and before it says no for us we say it ourselves, with a reason.
 */

const WARN = { 1: 0.25, 2: 0.5 } as const;
const DENY = 0.85;
/** Whoever was away, or heard of it late, has this long before it is refused... */
const LEAST_MS = 45_000;
/** ...but we never say no later than this before the platform would. */
const MARGIN_MS = 5_000;

/** `settledAt` (ms since 1970): when screens had found their way back to the server that looks. */
export function* upcomingOfPlatform(
  order: Order,
  config: LocationConfig | null,
  settledAt: number,
): Generator<Upcoming> {
  const { id, platform } = order;
  const received = toMillis(platform?.receivedAt ?? order.placedAt) ?? 0;
  const owed = owedOf(order, config);
  if (owed !== null)
    yield {
      at: received,
      command: () => ({
        id: nameId('follow', id, owed, owed === 'serve' || owed === 'courier' ? String(order.version) : ''),
        name: 'channel.follow',
        input: { order: id },
      }),
    };
  if (platform === undefined) return;
  const acceptBy = acceptByMs(platform);
  if (acceptBy === null || !isAwaiting(platform) || !isOpen(order)) return;
  const since = toMillis(platform.since) ?? 0;
  const limit = acceptBy - since;
  for (const level of [1, 2] as const)
    if (platform.level < level)
      yield {
        at: since + limit * WARN[level],
        command: () => ({
          id: nameId('warn', id, String(level)),
          name: 'channel.warn',
          input: { order: id, level },
        }),
      };
  const chance = Math.min(Math.max(received, settledAt) + LEAST_MS, acceptBy - MARGIN_MS);
  yield {
    at: Math.max(since + limit * DENY, chance),
    command: () => ({ id: nameId('lapse', id), name: 'channel.lapse', input: { order: id } }),
  };
}

export function* upcomingOfDoors({ channels }: LocationState): Generator<Upcoming> {
  for (const id in channels.doors) {
    const until = channels.doors[id]?.paused?.until;
    if (until === undefined) continue;
    yield {
      at: toMillis(until) ?? 0,
      command: () => ({ id: nameId('reopen', id, until), name: 'channel.reopen', input: { channel: id } }),
    };
  }
}
