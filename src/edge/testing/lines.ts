import { setTimeout as sleep } from 'node:timers/promises';
import { Replica } from '../../feed/testing/kitchenFeed.ts';
import { SocketReader } from '../../feed/testing/socketReader.ts';
import type { Down, Snap } from '../../protocol/down.ts';
import type { SnapshotAnswer, changesAnswer } from '../../protocol/http.ts';
import type { z } from 'zod';

/**
 * A reader on each of the four transports, so that one suite can ask the same of all: it keeps a replica by the interval
 * rule, says what it painted, can be cut without a word and come back with its cursor.
 */
export type Line = {
  readonly frames: Down[];
  readonly replica: Replica;
  /** How it ended: the code of the stream, or the status of the answer. */
  readonly ended: number | null;
  /** Resolves when the first frame or answer is in. */
  readonly up: Promise<void>;
  acknowledge(more?: Record<string, unknown>): Promise<void>;
  cut(): void;
};

export type LineOptions = {
  readonly base: string;
  readonly token: string;
  readonly topic: string;
  readonly location?: string;
  /** Of a line that was cut: goes on from its cursor. */
  readonly replica?: Replica;
  readonly pollMs?: number;
  /** The so manyeth change is lost between the server and this reader. */
  readonly losing?: number;
};

export const TRANSPORTS = ['websocket', 'sse', 'long-poll', 'poll'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export function openLine(transport: TransportName, options: LineOptions): Line {
  if (transport === 'websocket') return socketLine(options);
  if (transport === 'sse') return eventLine(options);
  return pollLine(options, transport === 'poll' ? 0 : 25);
}

function urlOf({ base, location = 'small-place' }: LineOptions): string {
  return `${base}/v1/locations/${location}`;
}

function socketLine(options: LineOptions): Line {
  const replicas = new Map(options.replica === undefined ? [] : [[options.topic, options.replica]]);
  const reader = new SocketReader(`${urlOf(options).replace('http', 'ws')}/stream`, {
    replicas,
    ...(options.losing !== undefined && { losing: options.losing }),
  });
  const up = reader.open().then(async () => {
    reader.hello(options.token, [options.topic]);
    await reader.ready().catch(() => undefined);
  });
  return {
    frames: reader.frames,
    get replica() {
      return reader.replica(options.topic);
    },
    get ended() {
      return reader.closed;
    },
    up,
    acknowledge: async (more) =>
      reader.say({ t: 'ack', ...painted(options, reader.replica(options.topic), more) }),
    cut: () => reader.ws.terminate(),
  };
}

/** The frames of an event stream, one after the other, with the id of each event. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ id: string | null; frame: Down }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length === 0) continue;
      const id = lines.find((line) => line.startsWith('id: '))?.slice(4) ?? null;
      yield { id, frame: JSON.parse(data.join('\n')) };
    }
  }
}

function eventLine(options: LineOptions): Line {
  const controller = new AbortController();
  const replica = options.replica ?? new Replica();
  const frames: Down[] = [];
  const loses = losing(options.losing);
  const first = Promise.withResolvers<void>();
  const line = { frames, replica, ended: null as number | null, up: first.promise, acknowledge, cut };
  void (async () => {
    try {
      const query = new URLSearchParams({ topic: options.topic, screen: 'grill-1' });
      const response = await fetch(`${urlOf(options)}/stream?${query.toString()}`, {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${options.token}`,
          ...(replica.cursor !== null && { 'last-event-id': replica.cursor }),
        },
        signal: controller.signal,
      });
      if (response.status !== 200 || response.body === null) {
        line.ended = response.status;
        return;
      }
      let bye: number | null = null;
      for await (const { frame } of readEvents(response.body)) {
        if (loses(frame)) continue;
        frames.push(frame);
        replica.apply(frame);
        first.resolve();
        if (frame.t === 'bye') bye = frame.code;
      }
      line.ended = bye ?? 1006;
    } catch {
      line.ended = 1006;
    } finally {
      first.resolve();
    }
  })();
  function acknowledge(more?: Record<string, unknown>): Promise<void> {
    return postAck(options, replica, more);
  }
  function cut(): void {
    controller.abort();
  }
  return line;
}

function pollLine(options: LineOptions, wait: number): Line {
  const controller = new AbortController();
  const replica = options.replica ?? new Replica();
  const frames: Down[] = [];
  const first = Promise.withResolvers<void>();
  const ask = async (path: string): Promise<Response> =>
    await fetch(`${urlOf(options)}${path}`, {
      headers: { authorization: `Bearer ${options.token}` },
      signal: controller.signal,
    });
  const line = {
    frames,
    replica,
    ended: null as number | null,
    up: first.promise,
    acknowledge: (more?: Record<string, unknown>) => postAck(options, replica, more),
    cut: () => controller.abort(),
  };
  const loses = losing(options.losing);
  const take = (frame: Down): void => {
    frames.push(frame);
    replica.apply(frame);
  };
  const snapshot = async (reason: string | null): Promise<boolean> => {
    const response = await ask(`/snapshot?topic=${options.topic}`);
    if (response.status !== 200) {
      line.ended = response.status;
      return false;
    }
    const body: SnapshotAnswer = (await response.json()) as SnapshotAnswer;
    const reset = reason === null ? {} : { reset: true, reason };
    take({ t: 'snap', ...body, part: 0, last: true, ...reset } satisfies Snap);
    return true;
  };
  void (async () => {
    try {
      if (replica.cursor === null && !(await snapshot(null))) return;
      first.resolve();
      while (!controller.signal.aborted) {
        const response = await ask(
          `/changes?topic=${options.topic}&after=${replica.cursor ?? ''}&wait=${wait}`,
        );
        if (response.status !== 200) {
          line.ended = response.status;
          return;
        }
        const answer = (await response.json()) as z.infer<typeof changesAnswer>;
        if ('reset' in answer) {
          if (!(await snapshot(answer.reason))) return;
        } else {
          // An answer is lost whole or not at all.
          if (answer.frames.some((frame) => loses(frame))) continue;
          for (const frame of answer.frames) take(frame);
          replica.pos = Math.max(replica.pos, answer.pos);
          replica.cursor = answer.cursor;
        }
        if (wait === 0) await sleep(options.pollMs ?? 100, undefined, { signal: controller.signal });
      }
    } catch {
      line.ended = 1006;
    } finally {
      first.resolve();
    }
  })();
  return line;
}

function painted(
  { topic }: LineOptions,
  replica: Replica,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { topic, cursor: replica.cursor, painted: true, visible: true, audio: 'running', ...more };
}

async function postAck(
  options: LineOptions,
  replica: Replica,
  more?: Record<string, unknown>,
): Promise<void> {
  const response = await fetch(`${urlOf(options)}/acks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
    body: JSON.stringify([painted(options, replica, more)]),
  });
  if (response.status !== 204) throw new Error(`acks: ${response.status} ${await response.text()}`);
}

/** True for the change that is to be lost. */
function losing(which: number | undefined): (frame: Down) => boolean {
  let seen = 0;
  return (frame) => frame.t === 'chg' && (seen += 1) === which;
}
