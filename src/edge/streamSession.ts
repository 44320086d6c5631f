import { randomUUID } from 'node:crypto';
import type { Claims } from '../accounts/tokens.ts';
import { topicKind } from '../domain/rights.ts';
import { toInstant } from '../domain/text.ts';
import { FeedRefusal } from '../feed/source.ts';
import type { Reader, Sink, Transport } from '../feed/source.ts';
import { MOST_BUFFERED, type Subscription } from '../feed/subscription.ts';
import type { StreamFacts } from '../ops/streamFacts.ts';
import { CLOSE } from '../protocol/down.ts';
import { makeProblem } from '../protocol/problems.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import { Crowded } from './admission.ts';
import type { Admission } from './admission.ts';
import { mayReadTopic } from './door.ts';
import type { Caller } from './door.ts';
import { HttpProblem } from './problem.ts';
import { readerOf } from './reader.ts';
import type { StreamLimits, StreamOptions } from './streams.ts';

/** What carries a stream's frames: a socket, or the answer to a request for an event stream. */
export type Wire = {
  readonly transport: Transport;
  /** The other side has a way up: it answers pings, so its silence means that it is gone. */
  readonly answers: boolean;
  readonly maxAgeMs: number;
  /** Called when something that was sent has left this process. */
  onSent: () => void;
  bufferedBytes(): number;
  send(frame: string, cursor?: string): void;
  /** Ends it after what was sent. */
  end(code: number, reason: string): void;
  terminate(): void;
};

export type SessionOptions = StreamOptions & {
  readonly limits: StreamLimits;
  readonly admission: Admission;
  readonly ended: (code: number) => void;
};

/** A close that the other side does not answer is ended after this. */
const LINGER_MS = 2_000;
const ABNORMAL = 1006;

/** One stream from its beginning to its end, whatever carries it: who reads, what it listens to, and whether it lives. */
export class Session implements Sink {
  readonly id = randomUUID();
  readonly location: string;
  readonly transport: Transport;
  readonly #wire: Wire;
  readonly #options: SessionOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Topics that it listened to before: an acknowledgement may cross an `unsub`. */
  readonly #former = new Set<string>();
  readonly #openedAt = Date.now();
  readonly #maxAge: number;
  #caller: Caller | null = null;
  #facts: StreamFacts | null = null;
  /** By which the feed counts the screen once. */
  #name: string = this.id;
  #screen: string | undefined;
  #heardAt = Date.now();
  #pings = 0;
  #pingAt = Number.POSITIVE_INFINITY;
  #noticed = false;
  #checkedAt = 0;
  #closedAt: number | null = null;
  #code = ABNORMAL;
  #full = false;

  constructor(wire: Wire, location: string, options: SessionOptions) {
    this.#wire = wire;
    this.transport = wire.transport;
    this.location = location;
    this.#options = options;
    this.#maxAge = wire.maxAgeMs * (0.8 + Math.random() * 0.4);
    // A stream that was full is told the rest at once, not at the next look.
    wire.onSent = () => {
      if (!this.#full || wire.bufferedBytes() > MOST_BUFFERED / 2) return;
      this.#full = false;
      for (const subscription of this.#subscriptions.values()) subscription.pump();
    };
  }

  /** Whose stream it is; null before its hello. */
  get claims(): Claims | null {
    return this.#caller?.claims ?? null;
  }

  /** What observers are told of it; null before its hello. */
  get facts(): StreamFacts | null {
    return this.#facts;
  }

  get isClosed(): boolean {
    return this.#closedAt !== null;
  }

  lastSeen(): number {
    return this.#heardAt;
  }

  bufferedBytes(): number {
    const bytes = this.#wire.bufferedBytes();
    if (bytes > MOST_BUFFERED) this.#full = true;
    return bytes;
  }

  send(frame: string, cursor?: string): void {
    this.#wire.send(frame, cursor);
  }

  /** The other side said something: it lives. */
  heard(): void {
    this.#heardAt = Date.now();
  }

  ponged(n: number): void {
    if (n > this.#pings) this.close(CLOSE.badFrames, 'a pong without a ping');
  }

  refuseToken(why: 'expired' | 'refused' | 'revoked'): void {
    this.close(why === 'revoked' ? CLOSE.revoked : CLOSE.tokenRefused, `the token is ${why}`);
  }

  /** The reader is known and let in: says `ready`, then everything it asks for. `name`: what it is counted by, else this stream. */
  async start(
    caller: Caller,
    client: {
      readonly name?: string;
      readonly id?: string;
      readonly app?: string | undefined;
      readonly screen?: string | undefined;
    },
    subs: readonly { readonly topic: string; readonly after: string | null }[],
  ): Promise<void> {
    if (this.#closedAt !== null) return;
    const { limits, rules, observe } = this.#options;
    this.#caller = caller;
    this.#name = client.name ?? this.id;
    this.#screen = client.screen;
    // At a random point, so that screens that came back together do not answer together for ever.
    this.#pingAt = Date.now() + Math.random() * limits.pingMs;
    this.#say({
      t: 'ready',
      session: this.id,
      now: this.#time(),
      rules,
      ping: limits.pingMs,
      retry: this.#options.admission.retry,
      expiresIn: Math.floor((caller.claims.exp * 1000 - Date.now()) / 1000),
    });
    const { claims } = caller;
    this.#facts = {
      session: this.id,
      location: this.location,
      transport: this.transport,
      client: client.id ?? this.#name,
      app: client.app,
      screen: client.screen,
      role: claims.role,
      name: claims.name,
      device: claims.dev,
      openedAt: this.#openedAt,
    };
    observe?.joined?.(
      this.#facts,
      subs.some(({ after }) => after !== null),
    );
    for (const { topic, after } of subs) {
      if (this.#closedAt !== null) return;
      await this.subscribe(topic, after);
    }
  }

  async subscribe(topic: string, after: string | null): Promise<void> {
    const caller = this.#caller;
    if (caller === null) return;
    const old = this.#subscriptions.get(topic);
    const most = this.#options.limits.subscriptions;
    if (old === undefined && this.#subscriptions.size >= most)
      return this.close(CLOSE.badFrames, `at most ${most} topics`);
    old?.detach();
    this.#subscriptions.delete(topic);
    try {
      if (topicKind(topic) === null) throw new FeedRefusal('no_topic', `There is no topic "${topic}"`);
      if (!mayReadTopic(caller.claims, topic))
        throw new FeedRefusal('forbidden', `The role ${caller.claims.role} may not read "${topic}"`);
      const subscription = await this.#attach(caller, topic, after);
      if (subscription === null) return;
      if (this.#closedAt !== null) return subscription.detach();
      this.#subscriptions.set(topic, subscription);
      if (this.#facts !== null) this.#options.observe?.subscribed?.(this.#facts, topic, subscription.resumed);
    } catch (error) {
      if (error instanceof FeedRefusal && error.why !== 'not_ready') {
        const code = error.why === 'forbidden' ? 'forbidden' : 'not_found';
        this.#say({ t: 'problem', ...makeProblem(code, error.message), topic });
      }
      throw error;
    }
  }

  /** Brings the reader up to date in its turn; null when it left meanwhile. */
  async #attach(caller: Caller, topic: string, after: string | null): Promise<Subscription | null> {
    const leave = await this.#options.admission.catchUp(caller.claims.role);
    try {
      if (this.#closedAt !== null) return null;
      return await this.#options.feed.attach(this.#reader(caller), topic, after, this);
    } finally {
      leave();
    }
  }

  unsubscribe(topic: string): void {
    this.#subscriptions.get(topic)?.detach();
    if (!this.#subscriptions.delete(topic)) return;
    this.#former.add(topic);
    if (this.#facts !== null) this.#options.observe?.unsubscribed?.(this.#facts, topic);
  }

  acknowledge(ack: Acknowledgement): void {
    const subscription = this.#subscriptions.get(ack.topic);
    if (subscription === undefined) {
      if (!this.#former.has(ack.topic))
        this.close(CLOSE.badFrames, 'an acknowledgement of a topic that was not asked for');
      return;
    }
    const outcome = subscription.acknowledge(ack);
    if (outcome !== 'noted')
      this.close(
        CLOSE.badFrames,
        outcome === 'beyond'
          ? 'an acknowledgement of what was never sent'
          : 'this is not a cursor of the topic',
      );
    else if (this.#facts !== null) this.#options.observe?.acknowledged?.(this.#facts, ack);
  }

  /** A new token of the same bearer. */
  renew(next: Caller): void {
    const [was, is] = [this.#caller?.claims, next.claims];
    const isSame = is.sub === was?.sub && is.org === was.org && is.dev === was.dev && is.ord === was.ord;
    if (!isSame || (is.loc !== undefined && is.loc !== this.location))
      return this.close(CLOSE.tokenRefused, 'the token is of somebody else');
    // Another role sees other views: those are begun anew.
    if (is.role !== was.role) return this.close(CLOSE.resync, 'the role has changed');
    this.#caller = next;
    this.#noticed = false;
    for (const subscription of this.#subscriptions.values()) subscription.reader = this.#reader(next);
  }

  /** Says `bye` and closes. `retryAfter` in seconds. */
  close(code: number, reason: string, retryAfter?: number): void {
    if (this.#closedAt !== null) return;
    this.#closedAt = Date.now();
    this.#code = code;
    this.#detachAll();
    this.#say({ t: 'bye', code, reason, ...(retryAfter !== undefined && { retryAfter }) });
    this.#wire.end(code, reason);
  }

  terminate(): void {
    this.#wire.terminate();
  }

  /** What was asked for cannot be done: the close code says why. */
  failed(error: unknown): void {
    if (error instanceof FeedRefusal) {
      if (error.why === 'not_ready')
        this.close(CLOSE.notReady, 'the location cannot be read at the moment', 2);
      else this.close(CLOSE.noSuchTopic, error.message);
    } else if (error instanceof Crowded) {
      this.close(CLOSE.overloaded, error.message, error.retryAfter);
    } else if (error instanceof HttpProblem) {
      this.close(CLOSE.noSuchTopic, 'there is no such location');
    } else {
      this.#options.report?.('a stream had to be closed', {
        location: this.location,
        error: error instanceof Error ? error.message : String(error),
      });
      this.close(CLOSE.notReady, 'this node cannot answer at the moment', 2);
    }
  }

  /** What carried it is gone; `code` as the other side gave it. */
  ended(code: number): void {
    this.#detachAll();
    const ours = this.#closedAt !== null;
    this.#closedAt ??= Date.now();
    this.#options.ended(ours ? this.#code : code);
  }

  /** Everything that time does to a stream; `now` in ms since 1970. */
  tick(now: number): void {
    const { limits, isRevoked, observe } = this.#options;
    if (this.#closedAt !== null) {
      if (now - this.#closedAt > LINGER_MS) this.#wire.terminate();
      return;
    }
    if (this.#caller === null) {
      if (now - this.#openedAt > limits.helloMs) this.close(CLOSE.heartbeat, 'no hello in time');
      return;
    }
    const { claims } = this.#caller;
    const left = claims.exp * 1000 - now;
    if (left <= 0) return this.close(CLOSE.tokenExpired, 'the token has expired');
    if (this.#wire.answers && now - this.#heardAt > limits.deadMs) {
      if (this.#facts !== null) observe?.heartbeatFailed?.(this.#facts);
      return this.close(CLOSE.heartbeat, 'nothing was heard from this screen');
    }
    if (now - this.#openedAt > this.#maxAge) return this.close(CLOSE.maxAge, 'connect anew');
    if (now - this.#checkedAt >= 1_000) {
      this.#checkedAt = now;
      if (isRevoked?.(claims) === true)
        return this.close(CLOSE.revoked, 'this screen or person was signed out by the manager');
    }
    if (left <= limits.renewMs && !this.#noticed) {
      this.#noticed = true;
      this.#say({ t: 'auth', expiresIn: Math.floor(left / 1000) });
    }
    if (now >= this.#pingAt) this.#ping(now);
  }

  #ping(now: number): void {
    this.#pingAt = now + this.#options.limits.pingMs;
    this.#pings += 1;
    const topics: Record<string, [number, number]> = {};
    for (const [topic, { standing }] of this.#subscriptions) if (standing !== null) topics[topic] = standing;
    this.#say({ t: 'ping', n: this.#pings, now: this.#time(), topics });
  }

  #reader(caller: Caller): Reader {
    return readerOf(caller, this.location, this.#name, this.#screen);
  }

  #say(frame: Readonly<Record<string, unknown>>): void {
    this.#wire.send(JSON.stringify(frame));
  }

  #time(): string {
    return toInstant(this.#options.now());
  }

  #detachAll(): void {
    for (const subscription of this.#subscriptions.values()) subscription.detach();
    this.#subscriptions.clear();
  }
}
