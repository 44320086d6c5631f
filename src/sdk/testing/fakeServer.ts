import type { Entity, Gone } from '../../domain/entities.ts';
import { RULES } from '../../domain/rulesHash.ts';
import { viewHash } from '../../domain/viewHash.ts';
import type { Cause, Down } from '../../protocol/down.ts';
import { connectionUpload } from '../../protocol/connections.ts';
import type { ConnectionUpload } from '../../protocol/connections.ts';
import { makeProblem } from '../../protocol/problems.ts';
import { up } from '../../protocol/up.ts';
import type { Up } from '../../protocol/up.ts';
import { createFakeHttp } from './fakeHttp.ts';

export { aTicket } from './aTicket.ts';

/**
 * A server of one location that speaks the protocol, kept in memory: a log of changes, topics with a filter,
 * interval frames cut as each peer asks for them, snapshots in parts, commands with idempotency.
 * It is the model against which the SDK is held; the wire's own schemas read what the SDK says.
 */
export type Peer = { send(text: string): void; close(code: number, reason?: string): void };
export type Session = { text(text: string): void; gone(): void };

type Change = {
  seq: number;
  at: string;
  type: string;
  command: string;
  put: Entity | null;
  gone: Gone | null;
};
type Sub = { pos: number; told: number };
type Conn = { peer: Peer; greeted: boolean; subs: Map<string, Sub>; former: Set<string>; token: string };

export type FakeServer = ReturnType<typeof createFakeServer>;

export function createFakeServer(options: { now?: () => number; rules?: string; partSize?: number } = {}) {
  const now = options.now ?? Date.now;
  const partSize = options.partSize ?? 50;
  const log: Change[] = [];
  const entities = new Map<string, Entity>();
  const conns = new Set<Conn>();
  const answers = new Map<string, { body: string; answer: unknown }>();
  let epoch = 1;
  let pings = 0;

  const http = createFakeHttp({
    accept: (peer) => server.accept(peer),
    listed: (topic) => (topic === 'nowhere' ? null : listed(topic)),
    head: () => log.length,
    cursorOf: (topic, pos) => cursorOf(topic, pos),
    posOf: (topic, cursor) => posOf(topic, cursor),
    frame: (topic, from, to) => frameOf(topic, from, to),
    now: () => instant(),
    isBad: (token) => server.badTokens.has(token),
    heard(ack, told) {
      // One that was on its way while a backup was restored is late, not a lie.
      if (!told && Number(ack.cursor.split('.')[1]) === epoch)
        server.wrongAcks.push(`${ack.topic} ${ack.cursor}, over HTTP`);
      server.heardAcks.push({ t: 'ack', ...ack });
    },
    step: () => 3,
  });

  const server = {
    /** What stands in the way of HTTP, and what was asked over it. */
    http,
    heardAcks: [] as Extract<Up, { t: 'ack' }>[],
    /** Acknowledgements that would end a connection: of topics not asked for, or of what it was never told. */
    wrongAcks: [] as string[],
    hellos: [] as Extract<Up, { t: 'hello' }>[],
    pongs: [] as number[],
    tokensSeen: [] as string[],
    calls: [] as { path: string; key: string | null; body: string }[],
    executed: [] as { id: string; name: string; input: unknown }[],
    /** Tokens for which a hello or call is refused. */
    badTokens: new Set<string>(),
    /** Answers instead of the ordinary ones, first in first out. */
    nextHttp: [] as (Response | Error | 'hang' | 'lost')[],
    /** Frames are sent as soon as something changes. */
    eager: true,
    /** Answer snapshots by reference to HTTP. */
    byHref: false,
    head: () => log.length,

    accept(peer: Peer): Session {
      const conn: Conn = { peer, greeted: false, subs: new Map(), former: new Set(), token: '' };
      conns.add(conn);
      return { text: (text) => hear(conn, text), gone: () => conns.delete(conn) };
    },

    /** Writes an entity, or takes one away; every topic that shows it changes. */
    put(make: (seq: number) => Entity, type = 'changed', command = 'none'): number {
      const seq = log.length + 1;
      const entity = make(seq);
      entities.set(`${entity.kind}|${entity.id}`, entity);
      log.push({ seq, at: instant(), type, command, put: entity, gone: null });
      if (server.eager) server.flush();
      return seq;
    },
    remove(kind: Entity['kind'], id: string, why: Gone['why'] = 'closed'): number {
      const seq = log.length + 1;
      entities.delete(`${kind}|${id}`);
      log.push({
        seq,
        at: instant(),
        type: 'removed',
        command: 'none',
        put: null,
        gone: { kind, id, version: seq, why },
      });
      if (server.eager) server.flush();
      return seq;
    },
    /** Puts an entity where every snapshot shows it, and tells nobody: a fault of the server's. */
    smuggle(entity: Entity): void {
      entities.set(`${entity.kind}|${entity.id}`, entity);
    },
    /** A resumed peer waits for the next flush: its node has not seen what others have. */
    lagging: false,
    /** Brings the oldest `peers` up to the head, `limit` positions at a time. */
    flush(limit = Number.POSITIVE_INFINITY, peers = conns.size): void {
      http.wake();
      for (const conn of [...conns].slice(0, peers))
        for (const [topic, sub] of conn.subs) advance(conn, topic, sub, limit);
    },
    ping(): void {
      pings += 1;
      for (const conn of conns) {
        if (!conn.greeted) continue;
        const topics: Record<string, [number, number]> = {};
        for (const [topic, { pos }] of conn.subs)
          if (pos === log.length) topics[topic] = [pos, viewHash(listed(topic))];
        say(conn, { t: 'ping', n: pings, now: instant(), topics });
      }
    },
    sayAll(frame: Down): void {
      for (const conn of conns) if (conn.greeted) say(conn, frame);
    },
    closeAll(code: number, retryAfter?: number): void {
      for (const conn of [...conns]) {
        say(conn, { t: 'bye', code, reason: 'test', ...(retryAfter !== undefined && { retryAfter }) });
        conn.peer.close(code);
        conns.delete(conn);
      }
    },
    bye(code: number, retryAfter?: number): void {
      for (const conn of conns)
        say(conn, { t: 'bye', code, reason: 'test', ...(retryAfter !== undefined && { retryAfter }) });
    },
    /** What screens told of their lines, in their own words. */
    lines: [] as ConnectionUpload,
    /** The status that answers such a story instead. */
    linesRefused: null as number | null,
    /** A backup of earlier is put back: what came after `pos` never happened, commands included. */
    rewind(pos: number): void {
      const kept = log.slice(0, pos);
      log.length = 0;
      entities.clear();
      for (const change of kept) {
        log.push(change);
        const { put, gone } = change;
        if (put) entities.set(`${put.kind}|${put.id}`, put);
        if (gone) entities.delete(`${gone.kind}|${gone.id}`);
      }
      answers.clear();
      server.executed.length = 0;
      epoch += 1;
    },
    /** A restored backup: no cursor is good any more. */
    restore(): void {
      epoch += 1;
    },
    list: (topic: string): Entity[] => listed(topic),
    peers: () => conns.size,

    /** The HTTP side: commands and snapshots. */
    async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
      const url = new URL(input instanceof Request ? input.url : input);
      const path = url.pathname.replace(/^\/v1\/locations\/[^/]+/, '');
      const headers = new Headers(init.headers);
      const bearer = headers.get('authorization')?.replace('Bearer ', '') ?? '';
      const read = await http.answer(path, url.searchParams, bearer, init);
      if (read) return read;
      const body = typeof init.body === 'string' ? init.body : '';
      if (path === '/connections') {
        if (server.linesRefused !== null) return new Response(null, { status: server.linesRefused });
        server.lines.push(...connectionUpload.parse(JSON.parse(body)));
        return new Response(null, { status: 204 });
      }
      server.calls.push({ path, key: headers.get('idempotency-key'), body });
      const special = server.nextHttp.shift();
      if (special instanceof Error) throw special;
      if (special instanceof Response) return special;
      if (special === 'hang') {
        return new Promise((_, reject) =>
          init.signal?.addEventListener('abort', () => reject(new DOMException('timed out', 'TimeoutError'))),
        );
      }
      const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
      server.tokensSeen.push(token);
      if (server.badTokens.has(token)) return problem(makeProblem('unauthenticated', 'no'));
      if (path === '/snapshot') {
        const topic = url.searchParams.get('topic') ?? '';
        return Response.json({
          topic,
          pos: log.length,
          cursor: cursorOf(topic, log.length),
          hash: viewHash(listed(topic)),
          entities: listed(topic),
        });
      }
      if (path === '/commands') {
        const batch: unknown = JSON.parse(body);
        if (!Array.isArray(batch)) return problem(makeProblem('malformed', 'not a list'));
        return Response.json(
          batch.map((one) => decide(String(one.id), String(one.name), JSON.stringify(one.input))),
        );
      }
      const answer = decide(headers.get('idempotency-key') ?? '', path.replace('/commands/', ''), body);
      // The answer to a command that did happen can be lost too.
      if (special === 'lost') throw new TypeError('connection reset');
      return 'status' in answer && typeof answer.status === 'number'
        ? problem(answer)
        : Response.json(answer);
    },
  };

  const instant = () => new Date(now()).toISOString();

  function hear(conn: Conn, text: string): void {
    const parsed = up.safeParse(JSON.parse(text));
    const frame = parsed.success ? parsed.data : null;
    if (!frame || (!conn.greeted && frame.t !== 'hello')) {
      conn.peer.close(4010, parsed.success ? 'hello first' : parsed.error.message);
      conns.delete(conn);
      return;
    }
    switch (frame.t) {
      case 'hello':
        server.hellos.push(frame);
        if (server.badTokens.has(frame.token)) {
          conn.peer.close(4001, 'token');
          conns.delete(conn);
          return;
        }
        conn.greeted = true;
        conn.token = frame.token;
        say(conn, {
          t: 'ready',
          session: 's',
          now: instant(),
          rules: options.rules ?? RULES,
          ping: 15_000,
          retry: { min: 1000, max: 8000 },
        });
        for (const { topic, after } of frame.subs) subscribe(conn, topic, after);
        return;
      case 'sub':
        subscribe(conn, frame.topic, frame.after);
        return;
      case 'unsub':
        if (conn.subs.delete(frame.topic)) conn.former.add(frame.topic);
        return;
      case 'ack': {
        const told = conn.subs.get(frame.topic)?.told;
        const pos = Number(frame.cursor.split('.')[3]);
        if (told === undefined ? !conn.former.has(frame.topic) : !(pos <= told))
          server.wrongAcks.push(`${frame.topic} ${frame.cursor}, told ${told}`);
        server.heardAcks.push(frame);
        return;
      }
      case 'auth':
        conn.token = frame.token;
        server.tokensSeen.push(frame.token);
        return;
      case 'pong':
        server.pongs.push(frame.n);
        return;
    }
  }

  function subscribe(conn: Conn, topic: string, after: string | null): void {
    if (topic === 'nowhere') {
      say(conn, { ...makeProblem('not_found', 'There is no topic nowhere.'), t: 'problem', topic });
      return;
    }
    const from = after === null ? null : posOf(topic, after);
    if (from !== null) {
      const sub = { pos: from, told: from };
      conn.subs.set(topic, sub);
      if (from === log.length || server.lagging) say(conn, frameOf(topic, from, from));
      else advance(conn, topic, sub, Number.POSITIVE_INFINITY);
      return;
    }
    conn.subs.set(topic, { pos: log.length, told: log.length });
    const all = listed(topic);
    const base = {
      t: 'snap' as const,
      topic,
      pos: log.length,
      cursor: cursorOf(topic, log.length),
      hash: viewHash(all),
      ...(after !== null && { reset: true, reason: 'fork' }),
    };
    if (server.byHref) {
      say(conn, {
        ...base,
        entities: [],
        part: 0,
        last: true,
        href: `/v1/locations/brasa/snapshot?topic=${topic}`,
      });
      return;
    }
    const parts = Math.max(1, Math.ceil(all.length / partSize));
    for (let part = 0; part < parts; part += 1)
      say(conn, {
        ...base,
        entities: all.slice(part * partSize, (part + 1) * partSize),
        part,
        last: part === parts - 1,
      });
  }

  function advance(conn: Conn, topic: string, sub: Sub, limit: number): void {
    while (sub.pos < log.length) {
      const to = Math.min(log.length, sub.pos + limit);
      say(conn, frameOf(topic, sub.pos, to));
      sub.pos = to;
      sub.told = to;
      if (limit !== Number.POSITIVE_INFINITY) return;
    }
  }

  /** All changes in (from, to], one `put` an entity, as it stands at `to`. */
  function frameOf(topic: string, from: number, to: number): Down {
    const put = new Map<string, Entity>();
    const gone = new Map<string, Gone>();
    const events: Cause[] = [];
    for (const { seq, at, type, command, put: entity, gone: left } of log.slice(from, to)) {
      if (entity && !shows(topic, entity)) continue;
      events.push({ type, seq, at, by: { id: 'test', role: 'kitchen' }, command });
      if (entity) {
        gone.delete(`${entity.kind}|${entity.id}`);
        put.set(`${entity.kind}|${entity.id}`, entity);
      }
      if (left) {
        put.delete(`${left.kind}|${left.id}`);
        gone.set(`${left.kind}|${left.id}`, left);
      }
    }
    return {
      t: 'chg',
      topic,
      from,
      to,
      cursor: cursorOf(topic, to),
      at: log[to - 1]?.at ?? instant(),
      events,
      put: [...put.values()],
      gone: [...gone.values()],
    };
  }

  function decide(id: string, name: string, body: string) {
    const before = answers.get(id);
    if (before)
      return before.body === body
        ? { ...(before.answer as Record<string, unknown>), replayed: true }
        : makeProblem('idempotency_key_reused', 'another body');
    const input: { ticket?: string; order?: { id: string } | string } = JSON.parse(body);
    const ticket = typeof input.ticket === 'string' ? entities.get(`ticket|${input.ticket}`) : undefined;
    if (input.ticket !== undefined) {
      if (ticket?.kind !== 'ticket') return makeProblem('not_found', `There is no ticket ${input.ticket}.`);
      if (name === 'ticket.bump' && ticket.status === 'voided')
        return makeProblem('conflict', 'It was voided.', { current: ticket });
      const status =
        name === 'ticket.start'
          ? ('cooking' as const)
          : name === 'ticket.bump'
            ? ('ready' as const)
            : ticket.status;
      server.put((version) => ({ ...ticket, version, status }), name, id);
    }
    server.executed.push({ id, name, input });
    const answer = { id, name, seq: log.length, replayed: false, result: {} };
    answers.set(id, { body, answer });
    return answer;
  }

  const shows = (topic: string, entity: Entity) =>
    !topic.startsWith('station:') || (entity.kind === 'ticket' && `station:${entity.station}` === topic);
  const listed = (topic: string): Entity[] => [...entities.values()].filter((entity) => shows(topic, entity));
  const say = (conn: Conn, frame: Down) => conn.peer.send(JSON.stringify(frame));
  const cursorOf = (topic: string, pos: number) => `c.${epoch}.${topic}.${pos}`;
  function posOf(topic: string, cursor: string): number | null {
    const [, at, name, pos] = cursor.split('.');
    return Number(at) === epoch && name === topic && Number(pos) <= log.length ? Number(pos) : null;
  }
  return server;
}

function problem(body: { status: number }): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
