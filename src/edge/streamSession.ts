import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Claims } from '../accounts/tokens.ts';
import { FeedRefusal } from '../feed/source.ts';
import type { Reader, Sink } from '../feed/source.ts';
import { MOST_BUFFERED, type Subscription } from '../feed/subscription.ts';
import { topicKind } from '../domain/rights.ts';
import { toInstant } from '../domain/text.ts';
import { CLOSE } from '../protocol/down.ts';
import { makeProblem } from '../protocol/problems.ts';
import { type Hello, type Up, up } from '../protocol/up.ts';
import { WIRE_VERSION } from '../protocol/version.ts';
import { mayReadTopic } from './door.ts';
import type { Caller } from './door.ts';
import { readerOf } from './feedRoutes.ts';
import { HttpProblem } from './problem.ts';
import type { StreamLimits, StreamOptions } from './ws.ts';

export type SessionOptions = StreamOptions & {
  readonly limits: StreamLimits;
  readonly ended: (code: number) => void;
};

/** Frames that may wait while one before them asks the database; an honest screen has two or three. */
const MOST_PENDING = 64;
/** A close that the other side does not answer is ended after this. */
const LINGER_MS = 2_000;
const RETRY = { min: 1_000, max: 8_000 };
const ABNORMAL = 1006;

/** One socket from its upgrade to its end: who it is, what it listens to, and whether it lives. */
export class Session implements Sink {
  readonly id = randomUUID();
  readonly location: string;
  readonly #ws: WebSocket;
  readonly #options: SessionOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Topics that it listened to before: an acknowledgement may cross an `unsub`. */
  readonly #former = new Set<string>();
  readonly #openedAt = Date.now();
  readonly #maxAge: number;
  #caller: Caller | null = null;
  #screen: string | undefined;
  #pending = 0;
  #work: Promise<void> = Promise.resolve();
  #heardAt = Date.now();
  #tokens: number;
  #tokensAt = performance.now();
  #pings = 0;
  #pingAt = Number.POSITIVE_INFINITY;
  #noticed = false;
  #checkedAt = 0;
  #closedAt: number | null = null;
  #code = ABNORMAL;
  #full = false;

  constructor(ws: WebSocket, location: string, options: SessionOptions) {
    this.#ws = ws;
    this.location = location;
    this.#options = options;
    this.#tokens = options.limits.framesPerSecond;
    this.#maxAge = options.limits.maxAgeMs * (0.8 + Math.random() * 0.4);
    ws.on('message', (data, isBinary) => this.#arrived(data, isBinary));
    ws.on('error', () => undefined);
    ws.on('close', (code) => this.#ended(code));
  }

  /** Whose socket it is; null before its hello. */
  get claims(): Claims | null {
    return this.#caller?.claims ?? null;
  }

  bufferedBytes(): number {
    const bytes = this.#ws.bufferedAmount;
    if (bytes > MOST_BUFFERED) this.#full = true;
    return bytes;
  }

  send(frame: string): void {
    this.#ws.send(frame, this.#sent);
  }

  /** Says `bye` and closes. `retryAfter` in seconds. */
  close(code: number, reason: string, retryAfter?: number): void {
    if (this.#closedAt !== null) return;
    this.#closedAt = Date.now();
    this.#code = code;
    this.#detachAll();
    this.#say({ t: 'bye', code, reason, ...(retryAfter !== undefined && { retryAfter }) });
    // A close frame has room for 123 bytes, and the reason may name what the other side sent.
    this.#ws.close(code, reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120));
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Everything that time does to a socket; `now` in ms since 1970. */
  tick(now: number): void {
    const { limits, isRevoked, observe } = this.#options;
    if (this.#closedAt !== null) {
      if (now - this.#closedAt > LINGER_MS) this.#ws.terminate();
      return;
    }
    if (this.#caller === null) {
      if (now - this.#openedAt > limits.helloMs) this.close(CLOSE.heartbeat, 'no hello in time');
      return;
    }
    const { claims } = this.#caller;
    const left = claims.exp * 1000 - now;
    if (left <= 0) return this.close(CLOSE.tokenExpired, 'the token has expired');
    if (now - this.#heardAt > limits.deadMs) {
      observe?.heartbeatFailed?.();
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

  #arrived(data: RawData, isBinary: boolean): void {
    if (this.#closedAt !== null) return;
    this.#heardAt = Date.now();
    if (!this.#mayGoOn())
      return this.close(CLOSE.badFrames, `more than ${this.#options.limits.framesPerSecond} frames a second`);
    // The library hands over one Buffer unless it is asked for fragments.
    const frame = isBinary || !Buffer.isBuffer(data) ? null : parse(data.toString('utf8'));
    if (frame === null)
      return this.close(
        CLOSE.badFrames,
        isBinary ? 'frames are text' : 'this is not a frame of the protocol',
      );
    if (typeof frame === 'string') return this.close(CLOSE.badFrames, frame);
    this.#pending += 1;
    if (this.#pending > MOST_PENDING) return this.close(CLOSE.badFrames, 'too many frames at once');
    // One after the other: what a frame means depends on the ones before it.
    this.#work = this.#work.then(async () => {
      try {
        if (this.#closedAt === null) await this.#handle(frame);
      } catch (error) {
        this.#failed(error);
      } finally {
        this.#pending -= 1;
      }
    });
  }

  async #handle(frame: Up): Promise<void> {
    if (this.#caller === null) {
      if (frame.t !== 'hello') return this.close(CLOSE.badFrames, 'the first frame is hello');
      return this.#hello(frame);
    }
    switch (frame.t) {
      case 'hello':
        return this.close(CLOSE.badFrames, 'hello was said before');
      case 'sub':
        return this.#subscribe(this.#caller, frame.topic, frame.after);
      case 'unsub':
        this.#subscriptions.get(frame.topic)?.detach();
        if (this.#subscriptions.delete(frame.topic)) this.#former.add(frame.topic);
        return;
      case 'ack':
        return this.#acknowledge(frame);
      case 'auth':
        return this.#renew(this.#caller, frame.token);
      case 'pong':
        if (frame.n > this.#pings) this.close(CLOSE.badFrames, 'a pong without a ping');
        return;
      default:
        return frame satisfies never;
    }
  }

  async #hello(hello: Hello): Promise<void> {
    const { door, rules, limits } = this.#options;
    if (hello.v !== WIRE_VERSION)
      return this.close(CLOSE.version, `this server speaks version ${WIRE_VERSION}`);
    const reading = await door.read(hello.token);
    if (!reading.ok)
      return this.close(
        reading.why === 'revoked' ? CLOSE.revoked : CLOSE.tokenRefused,
        `the token is ${reading.why}`,
      );
    await door.enter(reading.caller, this.location);
    if (this.#closedAt !== null) return;
    this.#caller = reading.caller;
    this.#screen = hello.client.screen ?? hello.client.id;
    // At a random point, so that screens that came back together do not answer together for ever.
    this.#pingAt = Date.now() + Math.random() * limits.pingMs;
    const expiresIn = Math.floor((reading.caller.claims.exp * 1000 - Date.now()) / 1000);
    this.#say({
      t: 'ready',
      session: this.id,
      now: this.#time(),
      rules,
      ping: limits.pingMs,
      retry: RETRY,
      expiresIn,
    });
    this.#options.observe?.joined?.(
      this.location,
      hello.subs.some(({ after }) => after !== null),
    );
    for (const { topic, after } of hello.subs) {
      if (this.#closedAt !== null) return;
      await this.#subscribe(reading.caller, topic, after);
    }
  }

  async #subscribe(caller: Caller, topic: string, after: string | null): Promise<void> {
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
      const subscription = await this.#options.feed.attach(this.#reader(caller), topic, after, this);
      if (this.#closedAt === null) this.#subscriptions.set(topic, subscription);
      else subscription.detach();
    } catch (error) {
      if (error instanceof FeedRefusal && error.why !== 'not_ready') {
        const code = error.why === 'forbidden' ? 'forbidden' : 'not_found';
        this.#say({ t: 'problem', ...makeProblem(code, error.message), topic });
      }
      throw error;
    }
  }

  #acknowledge(ack: Extract<Up, { t: 'ack' }>): void {
    const { t: _t, ...acknowledgement } = ack;
    const subscription = this.#subscriptions.get(ack.topic);
    if (subscription === undefined) {
      if (!this.#former.has(ack.topic))
        this.close(CLOSE.badFrames, 'an acknowledgement of a topic that was not asked for');
      return;
    }
    const outcome = subscription.acknowledge(acknowledgement);
    if (outcome !== 'noted')
      this.close(
        CLOSE.badFrames,
        outcome === 'beyond'
          ? 'an acknowledgement of what was never sent'
          : 'this is not a cursor of the topic',
      );
  }

  async #renew(caller: Caller, token: string): Promise<void> {
    const reading = await this.#options.door.read(token);
    if (!reading.ok)
      return this.close(
        reading.why === 'revoked' ? CLOSE.revoked : CLOSE.tokenRefused,
        `the token is ${reading.why}`,
      );
    const { claims } = reading.caller;
    const isSame =
      claims.sub === caller.claims.sub &&
      claims.org === caller.claims.org &&
      claims.dev === caller.claims.dev;
    if (!isSame || (claims.loc !== undefined && claims.loc !== this.location))
      return this.close(CLOSE.tokenRefused, 'the token is of somebody else');
    // Another role sees other views: those are begun anew.
    if (claims.role !== caller.claims.role) return this.close(CLOSE.resync, 'the role has changed');
    this.#caller = reading.caller;
    this.#noticed = false;
    for (const subscription of this.#subscriptions.values())
      subscription.reader = this.#reader(reading.caller);
  }

  #failed(error: unknown): void {
    if (error instanceof FeedRefusal) {
      if (error.why === 'not_ready')
        this.close(CLOSE.notReady, 'the location cannot be read at the moment', 2);
      else this.close(CLOSE.noSuchTopic, error.message);
    } else if (error instanceof HttpProblem) {
      this.close(CLOSE.noSuchTopic, 'there is no such location');
    } else {
      this.#options.report?.('a socket had to be closed', {
        location: this.location,
        error: error instanceof Error ? error.message : String(error),
      });
      this.close(CLOSE.notReady, 'this node cannot answer at the moment', 2);
    }
  }

  #reader(caller: Caller): Reader {
    return readerOf(caller, this.location, this.id, this.#screen);
  }

  /** The wall of 50 frames a second: a bucket that fills again evenly. */
  #mayGoOn(): boolean {
    const { framesPerSecond } = this.#options.limits;
    const now = performance.now();
    this.#tokens = Math.min(
      framesPerSecond,
      this.#tokens + ((now - this.#tokensAt) / 1000) * framesPerSecond,
    );
    this.#tokensAt = now;
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }

  /** After a send has left: a socket that was full is told the rest at once, not at the next look. */
  readonly #sent = (): void => {
    if (!this.#full || this.#ws.bufferedAmount > MOST_BUFFERED / 2) return;
    this.#full = false;
    for (const subscription of this.#subscriptions.values()) subscription.pump();
  };

  #say(frame: Readonly<Record<string, unknown>>): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(JSON.stringify(frame));
  }

  #time(): string {
    return toInstant(this.#options.now());
  }

  #detachAll(): void {
    for (const subscription of this.#subscriptions.values()) subscription.detach();
    this.#subscriptions.clear();
  }

  #ended(code: number): void {
    this.#detachAll();
    const ours = this.#closedAt !== null;
    this.#closedAt ??= Date.now();
    this.#options.ended(ours ? this.#code : code);
  }
}

/** A frame, or why it is none; null for what is not JSON. */
function parse(text: string): Up | string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const read = up.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not a frame'}`.trim().slice(0, 100);
}
