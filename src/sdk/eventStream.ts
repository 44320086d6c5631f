import type { Problem } from '../protocol/problems.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import type { Carrier, Wanted } from './carrier.ts';
import { readFrame } from './frames.ts';
import { openHttpLine } from './httpLine.ts';
import type { HttpPlace } from './httpLine.ts';

/**
 * Frames over one event stream of all topics, read with `fetch`: an EventSource could not say who asks. What is asked for
 * changes by a new stream from the newest cursors; the old one goes when the new one's first frame is here.
 */
const MAX_BROKEN = 3;
/** Longer than any event: what never ends is not from a Heard server. */
const MOST_LETTERS = 8_000_000;

type Stream = { stop: AbortController; isCurrent: boolean };

export function eventStreamCarrier(options: HttpPlace): Carrier {
  return {
    open(opening, events) {
      const line = openHttpLine(options, opening, events);
      const topics = new Map<string, Wanted>(opening.subs.map((one) => [one.topic, { ...one }]));
      const streams = new Set<Stream>();
      /** What was last said to be painted, by topic. */
      const painted = new Map<string, Acknowledgement>();
      let asked = false;
      let broken = 0;

      /** Many topics asked for at one moment are one stream. */
      function again(): void {
        if (asked) return;
        asked = true;
        queueMicrotask(() => {
          asked = false;
          if (line.isDone()) return;
          if (topics.size === 0) leave(null);
          else void run();
        });
      }

      function leave(except: Stream | null): void {
        for (const one of streams) {
          if (one === except) continue;
          one.isCurrent = false;
          streams.delete(one);
          one.stop.abort();
        }
        if (topics.size === 0) void line.idle(() => topics.size === 0);
      }

      async function run(): Promise<void> {
        // Only the newest of those that are still on their way is waited for.
        const stream: Stream = { stop: new AbortController(), isCurrent: true };
        for (const one of streams) one.isCurrent = false;
        streams.add(stream);
        try {
          const { response, done } = await line.call(`/stream?${query()}`, {
            accept: 'text/event-stream, application/problem+json',
            patience: 60_000,
            stop: stream.stop,
          });
          try {
            const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
            if (!response.ok || !isStream || !response.body) {
              const got = await line.judge(response);
              if (got && 'refused' in got) refuse(got.refused);
              return;
            }
            done();
            if (stream.isCurrent && !line.isUp()) events.opened();
            await read(stream, response.body);
          } finally {
            done();
          }
          if (stream.isCurrent) line.end(1006, 'the stream ended');
        } catch (error) {
          if (stream.isCurrent) line.end(1006, String(error));
        } finally {
          streams.delete(stream);
        }
      }

      async function read(stream: Stream, body: ReadableStream<Uint8Array>): Promise<void> {
        const reader = body.getReader();
        // The line's own end has to reach a stream whose call is over.
        const letGo = () => void reader.cancel().catch(() => undefined);
        stream.stop.signal.addEventListener('abort', letGo);
        const decoder = new TextDecoder();
        let rest = '';
        try {
          for (;;) {
            const { value, done } = await reader.read();
            if (done || line.isOver()) break;
            rest += decoder.decode(value, { stream: true });
            const blocks = rest.split(/\r?\n\r?\n/);
            rest = blocks.pop() ?? '';
            if (rest.length > MOST_LETTERS) throw new Error('an event without an end');
            for (const block of blocks) {
              const data = dataOf(block);
              if (data !== null) take(stream, data);
            }
          }
        } finally {
          // A stream that nobody reads would hold its place on the server for ever.
          letGo();
        }
      }

      function take(stream: Stream, data: string): void {
        if (!streams.has(stream)) return;
        const frame = readFrame(data);
        if (frame === 'unknown') return;
        if (frame === 'broken') {
          broken += 1;
          if (broken >= MAX_BROKEN) line.end(1006, 'unreadable frames');
          return;
        }
        if (stream.isCurrent && streams.size > 1) leave(stream);
        if (stream.isCurrent && (frame.t === 'chg' || (frame.t === 'snap' && frame.last))) {
          const wanted = topics.get(frame.topic);
          if (wanted) wanted.after = frame.cursor;
        }
        if (frame.t === 'ready') line.ready(frame);
        // Only the newest stream may speak for the line; the one before it is on its way out. After its goodbye it still
        // shows what comes, until it ends.
        else if (frame.t !== 'bye' || stream.isCurrent) line.frame(frame);
      }

      /** Whatever is refused refuses the whole request: the topic that is named goes, the others are asked for again. */
      function refuse(problem: Problem): void {
        const named = [...topics.keys()].filter((topic) => problem.detail.includes(topic));
        const out = named.length > 0 ? named : [...topics.keys()];
        line.ready({});
        for (const topic of out) {
          topics.delete(topic);
          line.frame({ ...problem, t: 'problem', topic });
        }
        again();
      }

      function query(): string {
        const parts = [...topics.values()].flatMap(({ topic, after }) => [
          `topic=${encodeURIComponent(topic)}`,
          ...(after === null ? [] : [`after=${encodeURIComponent(after)}`]),
        ]);
        return [...parts, line.naming].join('&');
      }

      if (topics.size > 0) void run();
      else leave(null);
      return {
        say(frame) {
          if (line.isOver()) return false;
          if (frame.t === 'ack') painted.set(frame.topic, frame);
          if (frame.t === 'unsub') painted.delete(frame.topic);
          // A stream without a way up could be that of a tablet without power: what is shown is said again with each pong.
          if (frame.t === 'pong') for (const ack of painted.values()) line.said({ ...ack, t: 'ack' });
          if (line.said(frame)) return true;
          if (frame.t === 'sub') {
            topics.set(frame.topic, { topic: frame.topic, after: frame.after, pos: frame.pos });
            again();
          }
          if (frame.t === 'unsub' && topics.delete(frame.topic)) again();
          // A stream cannot be told: the next one carries the new token, beside the one that still runs.
          if (frame.t === 'auth' && topics.size > 0) again();
          return true;
        },
        close() {
          line.stop();
          for (const one of streams) {
            one.isCurrent = false;
            one.stop.abort();
          }
          streams.clear();
        },
      };
    },
  };
}

/** The lines of one event that are data, joined as the standard says; null for a comment or a pace. */
function dataOf(block: string): string | null {
  const lines = block
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(line.startsWith('data: ') ? 6 : 5));
  return lines.length > 0 ? lines.join('\n') : null;
}
