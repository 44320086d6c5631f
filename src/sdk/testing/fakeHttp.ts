import type { Entity } from '../../domain/entities.ts';
import { RULES } from '../../domain/rulesHash.ts';
import { viewHash } from '../../domain/viewHash.ts';
import type { Down } from '../../protocol/down.ts';
import { makeProblem } from '../../protocol/problems.ts';
import { acks } from '../../protocol/up.ts';
import type { Acknowledgement } from '../../protocol/up.ts';
import type { Peer, Session } from './fakeServer.ts';

/** The fake server's doors for whoever has no socket: an event stream, long polls and polls, and their acknowledgements. */
export type FakeHttp = {
  accept(peer: Peer): Session;
  /** Entities a topic shows; null: there is no such topic. */
  listed(topic: string): Entity[] | null;
  head(): number;
  cursorOf(topic: string, pos: number): string;
  posOf(topic: string, cursor: string): number | null;
  frame(topic: string, from: number, to: number): Down;
  now(): string;
  isBad(token: string): boolean;
  heard(ack: Acknowledgement, told: boolean): void;
  /** How many positions one frame covers. */
  step(): number;
};

export type Blocked = 'sse' | 'sse_buffered' | 'changes' | 'held_changes' | 'http';

export function createFakeHttp(fake: FakeHttp) {
  const blocked = new Set<Blocked>();
  const waiters = new Set<() => void>();
  const asked: { path: string; token: string; query: URLSearchParams }[] = [];
  const streams = new Set<() => void>();
  const state = {
    /** Seconds that everybody is asked to stay away; 0: nobody. */
    busy: 0,
    /** Open questions are answered at once, with nothing. */
    shortcut: false,
  };

  async function answer(
    path: string,
    query: URLSearchParams,
    token: string,
    init: RequestInit,
  ): Promise<Response | null> {
    if (!['/healthz', '/changes', '/stream', '/acks'].includes(path)) return null;
    if (blocked.has('http')) throw new TypeError('no network');
    asked.push({ path, token, query });
    if (path === '/healthz') return Response.json({ ok: true });
    if (state.busy > 0)
      return problem(makeProblem('unavailable', 'Too busy', { retryAfter: state.busy }), state.busy);
    if (fake.isBad(token)) return problem(makeProblem('unauthenticated', 'The token has expired'));
    if (path === '/acks') {
      const list = acks.parse(JSON.parse(typeof init.body === 'string' ? init.body : '[]'));
      for (const [index, ack] of list.entries()) {
        const told = fake.posOf(ack.topic, ack.cursor) !== null;
        fake.heard(ack, told);
        if (!told)
          return problem(
            makeProblem('invalid_input', 'not a cursor of this topic', {
              errors: [{ path: `${index}.cursor`, message: 'is not a cursor of this topic' }],
            }),
          );
      }
      return new Response(null, { status: 204 });
    }
    return path === '/stream' ? stream(query, token, init) : changes(query, init);
  }

  async function changes(query: URLSearchParams, init: RequestInit): Promise<Response> {
    if (blocked.has('changes')) throw new TypeError('no network');
    const topic = query.get('topic') ?? '';
    const after = query.get('after');
    const told = { now: fake.now(), rules: RULES };
    if (fake.listed(topic) === null) return problem(makeProblem('not_found', `There is no topic "${topic}"`));
    const from = after === null ? null : fake.posOf(topic, after);
    if (from === null)
      return Response.json({ reset: true, reason: after === null ? 'none' : 'fork', ...told });
    const wait = Number(query.get('wait') ?? 0);
    if (wait > 0 && fake.head() === from) {
      if (blocked.has('held_changes')) throw new TypeError('cut while it waited');
      if (!state.shortcut) await changed(wait * 1000, init.signal);
    }
    const to = fake.head();
    const frames: Down[] = [];
    for (let at = from; at < to; at += fake.step()) {
      const frame = fake.frame(topic, at, Math.min(to, at + fake.step()));
      // Intervals in which nothing happened are left out, as the server does.
      if (frame.t === 'chg' && frame.put.length + frame.gone.length + frame.events.length > 0)
        frames.push(frame);
    }
    return Response.json({
      pos: to,
      cursor: fake.cursorOf(topic, to),
      hash: viewHash(fake.listed(topic) ?? []),
      ...told,
      now: fake.now(),
      frames,
    });
  }

  function changed(millis: number, signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, millis);
      waiters.add(done);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        waiters.delete(done);
        reject(new DOMException('aborted', 'AbortError'));
      });
    });
  }

  function stream(query: URLSearchParams, token: string, init: RequestInit): Response {
    if (blocked.has('sse')) return new Response('<h1>Bad Gateway</h1>', { status: 502 });
    const topics = query.getAll('topic');
    const missing = topics.find((topic) => fake.listed(topic) === null);
    if (missing !== undefined) return problem(makeProblem('not_found', `There is no topic "${missing}"`));
    const cursors = query.getAll('after');
    const text = new TextEncoder();
    const held: string[] = [];
    let session: Session | null = null;
    let over = false;
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        over = true;
        session?.gone();
      },
      start(controller) {
        const write = (data: string) => {
          if (over) return;
          if (blocked.has('sse_buffered')) held.push(data);
          else controller.enqueue(text.encode(data));
        };
        const end = () => {
          if (over) return;
          over = true;
          streams.delete(end);
          session?.gone();
          try {
            controller.close();
          } catch {
            // It was cancelled by whoever read it.
          }
        };
        streams.add(end);
        session = fake.accept({ send: (frame) => write(`data: ${frame}\n\n`), close: end });
        write(': padding\nretry: 1000\n\n');
        session.text(
          JSON.stringify({
            t: 'hello',
            v: 1,
            token,
            client: { id: query.get('client') ?? 'c' },
            subs: topics.map((topic) => ({
              topic,
              after: cursors.find((cursor) => cursor.includes(`.${topic}.`)) ?? null,
            })),
          }),
        );
        init.signal?.addEventListener('abort', () => {
          if (over) return;
          over = true;
          streams.delete(end);
          session?.gone();
          controller.error(new DOMException('aborted', 'AbortError'));
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  return Object.assign(state, {
    blocked,
    asked,
    answer,
    /** Something happened: open questions are answered. */
    wake(): void {
      for (const done of [...waiters]) done();
    },
    /** Ends every event stream without a word. */
    cut(): number {
      const all = [...streams];
      for (const end of all) end();
      return all.length;
    },
  });
}

function problem(body: { status: number }, retryAfter?: number): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  });
}
