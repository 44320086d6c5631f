import type { RawData } from 'ws';
import { CLOSE } from '../protocol/down.ts';
import { type Hello, type Up, up } from '../protocol/up.ts';
import { WIRE_VERSION } from '../protocol/version.ts';
import type { Door } from './door.ts';
import { fieldErrors } from './problem.ts';
import type { Session } from './streamSession.ts';
import type { StreamLimits } from './streams.ts';

/** Frames that may wait while one before them asks the database; an honest screen has two or three. */
const MOST_PENDING = 64;

/** What a reader says on a socket, taken in one frame after the other; only sockets have a way up. */
export class SocketTalk {
  readonly #session: Session;
  readonly #door: Pick<Door, 'read' | 'enter'>;
  readonly #limits: StreamLimits;
  readonly #spoke: () => void;
  #pending = 0;
  #work: Promise<void> = Promise.resolve();
  #tokens: number;
  #tokensAt = performance.now();

  constructor(session: Session, door: Pick<Door, 'read' | 'enter'>, limits: StreamLimits, spoke: () => void) {
    this.#session = session;
    this.#door = door;
    this.#limits = limits;
    this.#spoke = spoke;
    this.#tokens = limits.framesPerSecond;
  }

  arrived(data: RawData, isBinary: boolean): void {
    const session = this.#session;
    if (session.isClosed) return;
    session.heard();
    if (!this.#mayGoOn())
      return session.close(CLOSE.badFrames, `more than ${this.#limits.framesPerSecond} frames a second`);
    // The library hands over one Buffer unless it is asked for fragments.
    const frame = isBinary || !Buffer.isBuffer(data) ? null : parse(data.toString('utf8'));
    if (frame === null)
      return session.close(
        CLOSE.badFrames,
        isBinary ? 'frames are text' : 'this is not a frame of the protocol',
      );
    if (typeof frame === 'string') return session.close(CLOSE.badFrames, frame);
    this.#pending += 1;
    if (this.#pending > MOST_PENDING) return session.close(CLOSE.badFrames, 'too many frames at once');
    // One after the other: what a frame means depends on the ones before it.
    this.#work = this.#work.then(async () => {
      try {
        if (!session.isClosed) await this.#handle(frame);
      } catch (error) {
        session.failed(error);
      } finally {
        this.#pending -= 1;
      }
    });
  }

  async #handle(frame: Up): Promise<void> {
    const session = this.#session;
    if (session.claims === null) {
      if (frame.t !== 'hello') return session.close(CLOSE.badFrames, 'the first frame is hello');
      return this.#hello(frame);
    }
    switch (frame.t) {
      case 'hello':
        return session.close(CLOSE.badFrames, 'hello was said before');
      case 'sub':
        return session.subscribe(frame.topic, frame.after);
      case 'unsub':
        return session.unsubscribe(frame.topic);
      case 'ack': {
        const { t: _t, ...acknowledgement } = frame;
        return session.acknowledge(acknowledgement);
      }
      case 'auth': {
        const reading = await this.#door.read(frame.token);
        return reading.ok ? session.renew(reading.caller) : session.refuseToken(reading.why);
      }
      case 'pong':
        return session.ponged(frame.n);
      default:
        return frame satisfies never;
    }
  }

  async #hello(hello: Hello): Promise<void> {
    const session = this.#session;
    if (hello.v !== WIRE_VERSION)
      return session.close(CLOSE.version, `this server speaks version ${WIRE_VERSION}`);
    const reading = await this.#door.read(hello.token);
    if (!reading.ok) return session.refuseToken(reading.why);
    await this.#door.enter(reading.caller, session.location);
    this.#spoke();
    const { id, app, screen = id } = hello.client;
    await session.start(reading.caller, { id, app, screen }, hello.subs);
  }

  /** The wall of 50 frames a second: a bucket that fills again evenly. */
  #mayGoOn(): boolean {
    const { framesPerSecond } = this.#limits;
    const now = performance.now();
    this.#tokens = Math.min(
      framesPerSecond,
      this.#tokens + ((now - this.#tokensAt) / 1000) * framesPerSecond,
    );
    this.#tokensAt = now;
    this.#tokens -= 1;
    return this.#tokens >= 0;
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
  const { path, message } = fieldErrors(read.error.issues)[0] ?? { path: '', message: 'is not a frame' };
  return `${path === '' ? 'the frame' : path} ${message}`.slice(0, 100).toWellFormed();
}
