import { setTimeout as sleep } from 'node:timers/promises';
import { mintToken } from '../src/accounts/tokens.ts';
import { viewHash } from '../src/domain/viewHash.ts';
import { createHeard } from '../src/sdk/client.ts';
import type { SocketConstructor } from '../src/sdk/client.ts';
import type { Heard, View } from '../src/sdk/shapes.ts';
import { TEST_ORGANIZATION } from '../src/testkit/server.ts';
import type { CrewAsked, CrewReport, CrewScreen, Post, Standing, Transport } from './hire.ts';

/**
 * People at screens, in a process of their own (and perhaps a network of their own): each screen is the SDK as a page uses
 * it, on a transport of its own; station screens paint what they get, cooks bump it. Everything that a screen may never do
 * is counted as it happens.
 */

type Seat = {
  readonly post: Post;
  readonly heard: Heard;
  readonly arrivals: [at: number, ms: number][];
  lastSeq: number;
  faults: CrewReport['faults'];
  resets: Record<string, number>;
  bumped: number;
  refused: Record<string, number>;
  /** Since the mark: it was not live for a moment, and when it was again. */
  left: boolean;
  backAt: number | null;
};

const seats: Seat[] = [];
/** What each screen had to repair, in words. */
const repaired = new Map<string, string[]>();
let cooking = true;
let markedAt = 0;
let letters = 0;

process.on('message', (message: CrewAsked) => {
  if (message.ask === 'sit') void sitDown(message);
  else if (message.ask === 'rest') cooking = false;
  else if (message.ask === 'mark') mark();
  else if (message.ask === 'standing') process.send?.({ answer: standing() });
  else if (message.ask === 'report') process.send?.({ answer: report(message.arrivals) });
  else {
    for (const { heard } of seats) heard.close();
    process.disconnect();
  }
});
process.on('disconnect', () => process.exit(0));

/** One after the other, as people come to work: only a storm brings all at once. */
async function sitDown(order: Extract<CrewAsked, { ask: 'sit' }>): Promise<void> {
  for (const [n, post] of order.posts.entries()) {
    if (n % SEATS_AT_ONCE === SEATS_AT_ONCE - 1) await sleep(PAUSE_MS);
    seats.push(sit(order, post));
  }
}

const SEATS_AT_ONCE = 50;
const PAUSE_MS = 1_500;

function sit(order: Extract<CrewAsked, { ask: 'sit' }>, post: Post): Seat {
  const { url, secret } = order;
  const { location, topic, role, client, cooks } = post;
  const heard = createHeard({
    baseUrl: url,
    location,
    token: () =>
      mintToken(secret, { sub: `screen:${client}`, org: TEST_ORGANIZATION, role, loc: location }, 3600),
    client: { id: client, app: 'crew', screen: client },
    views: null,
    ...behind(post.transport),
  });
  const seat: Seat = {
    post,
    heard,
    arrivals: [],
    lastSeq: 0,
    faults: { outOfOrder: 0, doubled: 0, fellBack: 0 },
    resets: {},
    bumped: 0,
    refused: {},
    left: false,
    backAt: null,
  };
  watchChanges(seat);
  heard.onRepaired(({ cause, missing, extra, at }) => {
    const words = `${cause} at ${new Date(at).toISOString()}: missing ${missing.slice(0, 3).join(' ')}, extra ${extra.slice(0, 3).join(' ')}`;
    repaired.set(client, [...(repaired.get(client) ?? []), words]);
  });
  heard.connection.subscribe(() => {
    const isLive = isInStep(heard);
    if (!isLive) [seat.left, seat.backAt] = [true, null];
    else if (seat.left) seat.backAt ??= Date.now();
  });
  heard.view(topic).subscribe(() => {
    const view = heard.view(topic).get();
    if (role === 'kitchen' && view.cursor !== null)
      heard.painted(topic, view.cursor, { visible: true, audio: 'running' });
  });
  if (cooks) cook(seat);
  return seat;
}

/** Each event of a topic may come once, in the log's order; no entity may ever fall behind what was shown. */
function watchChanges(seat: Seat): void {
  const { heard, post } = seat;
  const versions = new Map<string, number>();
  let pos = -1;
  heard.onChange(post.topic, (change) => {
    if (change.reset !== null) {
      seat.resets[change.reset] = (seat.resets[change.reset] ?? 0) + 1;
    } else {
      if (change.pos < pos) seat.faults.outOfOrder += 1;
      for (const { seq } of change.events) {
        if (seq === seat.lastSeq) seat.faults.doubled += 1;
        else if (seq < seat.lastSeq) seat.faults.outOfOrder += 1;
        seat.lastSeq = Math.max(seat.lastSeq, seq);
      }
    }
    pos = change.pos;
    for (const entity of change.put) {
      const key = `${entity.kind}|${entity.id}`;
      if (entity.version < (versions.get(key) ?? 0)) seat.faults.fellBack += 1;
      versions.set(key, entity.version);
      if (entity.kind !== 'order' || entity.status === 'completed') continue;
      const placed = change.events.some(({ type, seq }) => type === 'order.placed' && seq <= entity.version);
      if (placed && entity.version <= change.pos && change.reset === null)
        note(seat, entity.id, Date.parse(entity.placedAt));
    }
  });
}

const noted = new WeakMap<Seat, Set<string>>();

function note(seat: Seat, order: string, placedAt: number): void {
  const known = noted.get(seat) ?? new Set();
  noted.set(seat, known);
  if (known.has(order)) return;
  known.add(order);
  const now = Date.now();
  if (now - placedAt < 120_000) seat.arrivals.push([now, now - placedAt]);
}

/** Bumps what has been on the board for a moment, so that boards stay as full as real ones. */
function cook(seat: Seat): void {
  const { heard, post } = seat;
  const taken = new Set<string>();
  setInterval(() => {
    if (!cooking || heard.outbox.get().pending.length > 20) return;
    const tickets = [...heard.view(post.topic).get().entities.ticket.values()]
      .filter((ticket) => (ticket.status === 'new' || ticket.status === 'cooking') && !taken.has(ticket.id))
      .sort((a, b) => ((a.firedAt ?? '') < (b.firedAt ?? '') ? -1 : 1));
    for (const ticket of tickets.slice(0, Math.max(0, tickets.length - 6)).slice(0, 10)) {
      taken.add(ticket.id);
      void heard.command('ticket.bump', { ticket: ticket.id }).then((answer) => {
        if (answer.ok) seat.bumped += 1;
        else seat.refused[answer.problem.code] = (seat.refused[answer.problem.code] ?? 0) + 1;
      });
    }
  }, 500).unref();
}

/** It has everything, by whatever transport: a busy machine sends some a rung down. */
function isInStep(heard: Heard): boolean {
  const { word } = heard.connection.get();
  return word === 'live' || word === 'polling';
}

function mark(): void {
  markedAt = Date.now();
  letters = 0;
  for (const seat of seats) [seat.left, seat.backAt] = [false, null];
}

function standing(): Standing {
  const left = seats.filter((seat) => seat.left);
  const back = left.flatMap(({ backAt }) => backAt ?? []);
  return {
    live: seats.filter(({ heard }) => isInStep(heard)).length,
    left: left.length,
    lastBackAt: Math.max(0, ...back),
    backAfter: back.map((at) => at - markedAt),
    letters,
  };
}

function report(arrivals: boolean): CrewReport {
  const screens: CrewScreen[] = seats.map(({ post, heard, resets, refused, bumped }) => {
    const view = heard.view(post.topic).get();
    const { word, via, repairs, reconnects, since, nextTryAt } = heard.connection.get();
    const pending = heard.outbox.get().pending.length;
    return {
      ...post,
      pos: view.pos,
      hash: hashOf(view),
      word,
      via,
      forMs: heard.serverNow() - since,
      nextTryInMs: nextTryAt === null ? null : nextTryAt - Date.now(),
      repaired: repaired.get(post.client) ?? [],
      repairs,
      reconnects,
      pending,
      resets,
      refused,
      bumped,
    };
  });
  const faults = { outOfOrder: 0, doubled: 0, fellBack: 0 };
  for (const seat of seats)
    for (const kind of ['outOfOrder', 'doubled', 'fellBack'] as const) faults[kind] += seat.faults[kind];
  return {
    screens,
    faults,
    arrivals: arrivals
      ? seats.flatMap((seat) => seat.arrivals.map(([at, ms]) => ({ at, ms, via: seat.post.transport })))
      : [],
  };
}

function hashOf(view: View): number {
  return viewHash(Object.values(view.entities).flatMap((kind) => [...kind.values()]));
}

/** What is in the way of everything better than the transport, as a proxy would be. */
function behind(transport: Transport): { WebSocket?: SocketConstructor; fetch?: typeof fetch } {
  if (transport === 'websocket') return { WebSocket: CountingSocket };
  return {
    WebSocket: NoUpgrade,
    fetch(input, init) {
      const url = String(input instanceof Request ? input.url : input);
      if (transport !== 'sse' && url.includes('/stream?'))
        return Promise.reject(new TypeError('the stream was cut'));
      // Somebody in between cuts every question that stays open.
      if (transport === 'poll' && /[?&]wait=[1-9]/.test(url))
        return sleep(700).then(() => Promise.reject(new TypeError('the answer was cut')));
      return fetch(input, init);
    },
  };
}

/** Node's own, whose letters are counted. */
class CountingSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    this.addEventListener('message', ({ data }) => {
      letters += typeof data === 'string' ? data.length : 0;
    });
  }
}

class NoUpgrade {
  readonly readyState = 3;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;

  constructor() {
    setTimeout(() => this.onclose?.({ code: 1006, reason: 'no upgrade here' } as never), 5);
  }

  send(): void {}
  close(): void {}
}
