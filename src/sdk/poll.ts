import type { Chg } from '../protocol/down.ts';
import type { Problem } from '../protocol/problems.ts';
import type { Carrier, Wanted } from './carrier.ts';
import { asFrame, isChanges, isSnapshot } from './frames.ts';
import type { Changes } from './frames.ts';
import { openHttpLine } from './httpLine.ts';
import type { HttpLine, HttpPlace } from './httpLine.ts';
import { isSetBack } from './replica.ts';

/**
 * Frames by asking: `GET /changes`, whose answers are whole bodies that no proxy can half hold back. A long poll leaves the
 * question open until something happens; a plain poll asks every few seconds. The first question of a topic is never left
 * open: its answer proves that the transport works and that the copy is in step.
 */
export type PollOptions = HttpPlace & {
  random(): number;
  /** Seconds that a question may stay open; 0: a plain poll. */
  wait: number;
  /** Milliseconds between questions that are not left open. */
  every: number;
};

/** A browser has six connections for an old server; commands and snapshots need theirs too. */
const MOST_OPEN = 3;
const PATIENCE_MS = 10_000;
/** An answer to an open question that came at once and says nothing: somebody in between cuts it short. */
const HASTE_MS = 1_000;

type Poll = Wanted & { stop: AbortController; wake: () => void };

export function pollCarrier(options: PollOptions): Carrier {
  return {
    open(opening, events) {
      const line = openHttpLine(options, opening, events);
      const polls = new Map<string, Poll>();

      function start(wanted: Wanted): void {
        stop(wanted.topic);
        const poll: Poll = { ...wanted, stop: new AbortController(), wake: () => undefined };
        polls.set(wanted.topic, poll);
        void run(poll);
      }

      function stop(topic: string): void {
        const poll = polls.get(topic);
        polls.delete(topic);
        poll?.wake();
        poll?.stop.abort();
      }

      const isWanted = (poll: Poll) => !line.isDone() && polls.get(poll.topic) === poll;

      async function run(poll: Poll): Promise<void> {
        let wait = 0;
        let resets = 0;
        while (isWanted(poll)) {
          const began = options.now();
          const topic = encodeURIComponent(poll.topic);
          const after = poll.after === null ? '' : `&after=${encodeURIComponent(poll.after)}`;
          const got = await line.get(
            `/changes?topic=${topic}${after}&wait=${wait}&${line.naming}`,
            isChanges,
            wait * 1_000 + PATIENCE_MS,
            poll.stop,
          );
          if (got === null || !isWanted(poll)) return;
          if ('refused' in got) return refuse(poll, got.refused);
          const answer = got.ok;
          line.ready({
            ...(answer.now !== undefined && { now: answer.now }),
            ...(answer.rules !== undefined && { rules: answer.rules }),
          });
          let news = true;
          if ('reset' in answer) {
            resets += 1;
            if (!(await takeWhole(poll, answer.reason))) return;
          } else {
            resets = 0;
            news = take(line, poll, answer);
          }
          if (answer.now !== undefined) {
            const known: Record<string, [number, number]> = {};
            if ('hash' in answer && answer.hash !== undefined) known[poll.topic] = [answer.pos, answer.hash];
            line.frame({ t: 'ping', n: 0, now: answer.now, topics: known });
          }
          const isOpen = options.wait > 0 && [...polls.keys()].indexOf(poll.topic) < MOST_OPEN;
          const hasty = wait > 0 && !news && options.now() - began < HASTE_MS;
          wait = isOpen ? options.wait : 0;
          const pause = isOpen ? (hasty ? HASTE_MS : 0) : options.every * (0.9 + options.random() * 0.2);
          // A server that resets again and again is not asked in a loop.
          await sleep(poll, Math.max(pause, resets > 1 ? Math.min(30_000, 2_500 * resets) : 0));
        }
      }

      function refuse(poll: Poll, problem: Problem): void {
        polls.delete(poll.topic);
        // The transport works: it is the topic that is not there.
        line.ready({});
        line.frame({ ...problem, t: 'problem', topic: poll.topic });
        void line.idle(() => polls.size === 0);
      }

      async function takeWhole(poll: Poll, reason: string): Promise<boolean> {
        const got = await line.get(
          `/snapshot?topic=${encodeURIComponent(poll.topic)}&${line.naming}`,
          isSnapshot,
          PATIENCE_MS * 2,
          poll.stop,
        );
        if (got === null || !isWanted(poll)) return false;
        if ('refused' in got) {
          refuse(poll, got.refused);
          return false;
        }
        // Asked again with the next answer, of another node or of one that has read the log by then.
        if (isSetBack(got.ok.pos, poll.pos, reason)) return true;
        const insists = poll.after !== null;
        poll.after = got.ok.cursor;
        poll.pos = got.ok.pos;
        line.frame({
          t: 'snap',
          ...got.ok,
          part: 0,
          last: true,
          ...(insists && { reset: true, reason }),
        });
        return true;
      }

      function sleep(poll: Poll, millis: number): Promise<void> {
        if (millis <= 0) return Promise.resolve();
        return new Promise((resolve) => {
          const timer = setTimeout(resolve, millis);
          poll.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }

      function close(): void {
        line.stop();
        for (const topic of [...polls.keys()]) stop(topic);
      }

      for (const wanted of opening.subs) start(wanted);
      void line.idle(() => polls.size === 0);
      return {
        say(frame) {
          if (line.isOver()) return false;
          if (line.said(frame)) return true;
          if (frame.t === 'sub') start(frame);
          if (frame.t === 'unsub') {
            stop(frame.topic);
            void line.idle(() => polls.size === 0);
          }
          if (frame.t === 'look') for (const poll of polls.values()) poll.wake();
          return true;
        },
        close,
      };
    },
  };
}

/**
 * What one answer says, as frames without a gap: it covers everything after its cursor, but leaves out the intervals in which
 * nothing happened. Answers whether anything did.
 */
function take(line: HttpLine, poll: Poll, answer: Changes): boolean {
  const frames: Chg[] = [];
  for (const one of answer.frames) {
    const frame = asFrame(one);
    if (frame === 'broken') {
      line.end(1006, 'a frame that cannot be read');
      return true;
    }
    if (frame !== 'unknown' && frame.t === 'chg') frames.push(frame);
  }
  for (const frame of frames) {
    line.frame(poll.pos < 0 ? frame : { ...frame, from: Math.min(frame.from, poll.pos) });
    poll.pos = frame.to;
    poll.after = frame.cursor;
  }
  const nothing = frames.length === 0;
  if (answer.pos > poll.pos || nothing)
    line.frame({
      t: 'chg',
      topic: poll.topic,
      from: Math.max(0, Math.min(poll.pos, answer.pos)),
      to: answer.pos,
      cursor: answer.cursor,
      at: answer.now ?? new Date(0).toISOString(),
      events: [],
      put: [],
      gone: [],
    });
  poll.pos = Math.max(poll.pos, answer.pos);
  poll.after = answer.cursor;
  return !nothing;
}
