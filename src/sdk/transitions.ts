import type { Down } from '../protocol/down.ts';
import { mintId } from './ids.ts';
import type { Event, State } from './machineState.ts';
import type { Via } from './ladder.ts';
import type { Repair } from './shapes.ts';

/**
 * What this screen's line did, in its own words: every state of the connection with its cause, how long the one before
 * had lasted, what was missed and made up for. Kept on the device, since a line that is down cannot tell of itself, and
 * handed to the server once there is one.
 */
export type Transition = {
  readonly id: string;
  /** By the server's clock, RFC 3339. */
  readonly at: string;
  readonly screen: string;
  readonly topic?: string;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly durationMs: number;
  /** Positions that were missing. */
  readonly gap?: number;
  /** Changes that were told to make up for it. */
  readonly replayed?: number;
  readonly transport?: string;
  readonly code?: number;
};

/** What the connection tells of itself as it goes. */
export type Watch = {
  moved(from: State, event: Event, to: State, via: Via | null): void;
  frame(frame: Down): void;
  /** The word of the bar, with the topics as they stand. */
  word(word: string, topics: readonly { topic: string; pos: number }[]): void;
  repaired(repair: Repair): void;
};

/** A line that fails all night is the same news again and again. */
const LOOPS_TOLD = 5;
const LOOPS_STEP = 20;

const BYES: Readonly<Record<number, string>> = {
  4001: 'token',
  4003: 'revoked',
  4004: 'no_such_place',
  4005: 'version',
  4010: 'bad_frames',
  4100: 'overloaded',
  4101: 'slow',
  4104: 'not_ready',
  4108: 'heartbeat',
  4200: 'drain',
  4201: 'expired',
  4202: 'resync',
  4203: 'age',
};

/** Why the machine moved, in one word. */
export function causeOf(from: State, event: Event): string {
  switch (event.type) {
    case 'bye':
    case 'gone':
      return BYES[event.code] ?? (event.type === 'bye' ? 'bye' : 'cut');
    case 'timer':
      return from.name === 'live' || from.name === 'suspect'
        ? 'silent'
        : from.name === 'waiting' || from.name === 'offline'
          ? 'retry'
          : 'timeout';
    case 'visible':
    case 'jump':
      return 'sleep';
    case 'untrusted':
      return event.reason;
    case 'start':
    case 'stop':
    case 'online':
    case 'offline':
    case 'answered':
    case 'role':
    case 'calling':
    case 'opened':
    case 'ready':
    case 'frame':
      return event.type;
    default:
      event satisfies never;
      return 'unknown';
  }
}

export function createWatch(options: {
  screen: string;
  serverNow(): number;
  now(): number;
  add(line: Transition): void;
}): Watch {
  const { serverNow, now } = options;
  let since = now();
  let loops = 0;
  let word = 'connecting';
  let lostAt: number | null = null;
  let left = new Map<string, number>();
  let replayed = new Map<string, number>();

  function add(line: Omit<Transition, 'id' | 'at' | 'screen'>): void {
    const at = new Date(serverNow()).toISOString();
    options.add({ id: mintId(now()), at, screen: options.screen, ...line });
  }

  return {
    moved(from, event, to, via) {
      if (from.name === to.name) return;
      const durationMs = Math.max(0, now() - since);
      since = now();
      if (from.name === 'waiting' && to.name === 'connecting') loops += 1;
      if (to.name === 'live') loops = 0;
      if (loops > LOOPS_TOLD && loops % LOOPS_STEP !== 0) return;
      add({
        from: from.name,
        to: to.name,
        cause: causeOf(from, event),
        durationMs,
        ...(via !== null && { transport: via }),
        ...('code' in event && { code: event.code }),
      });
    },
    frame(frame) {
      if (lostAt === null || frame.t !== 'chg') return;
      replayed.set(frame.topic, (replayed.get(frame.topic) ?? 0) + frame.events.length);
    },
    word(next, topics) {
      if (next === word) return;
      const before = word;
      word = next;
      if (before === 'live' || before === 'polling') {
        if (next === 'live' || next === 'polling') return;
        lostAt = now();
        left = new Map(topics.map(({ topic, pos }) => [topic, pos]));
        replayed = new Map();
        return;
      }
      if ((next !== 'live' && next !== 'polling') || lostAt === null) return;
      for (const { topic, pos } of topics) {
        const known = left.get(topic);
        if (known === undefined || known < 0) continue;
        add({
          topic,
          from: 'stale',
          to: next,
          cause: pos < known ? 'fork' : 'caught_up',
          durationMs: Math.max(0, now() - lostAt),
          gap: Math.max(0, pos - known),
          replayed: replayed.get(topic) ?? 0,
        });
      }
      lostAt = null;
    },
    repaired({ topic, cause, missing, extra }) {
      add({
        topic,
        from: 'differs',
        to: 'repaired',
        cause: `repair ${cause}`,
        durationMs: 0,
        replayed: missing.length + extra.length,
      });
    },
  };
}
