import type { Acknowledgement } from '../protocol/up.ts';
import { CLOSE } from '../protocol/down.ts';
import { decodeCursor } from './cursor.ts';
import type { Frame } from './encodings.ts';
import type { Place, SharedView } from './place.ts';
import { mayCount } from './receipts.ts';
import { type Reader, type Sink, isOwn } from './source.ts';

/** Bytes that may wait for a reader; above that it is skipped, and caught up when it has read them. */
export const MOST_BUFFERED = 64 * 1024;
/**
 * A change that is longer than this is told as a snapshot in parts. It cannot be cut: a `chg` claims to be everything up to
 * its `to`, and what changed before a cut and again after it is known only as it is now.
 */
const MOST_FRAME = 128 * 1024;
/** A reader that takes nothing for so long is let go. */
const STUCK_MS = 10_000;

/** How far behind a reader was that came back with a cursor, in positions, and how many entities brought it up to date. */
export type Resumed = { readonly gap: number; readonly replayed: number };

/**
 * One reader of one view: a position, and nothing queued. What it misses while its socket is full is made from state
 * when it reads again, so it costs the others nothing, and this process no memory.
 */
export class Subscription {
  readonly topic: string;
  readonly shared: SharedView;
  readonly sink: Sink;
  readonly #place: Place;
  reader: Reader;
  #pos: number;
  /** Snapshot frames that are still to go, and the position they bring. */
  #parts: string[] = [];
  #partsPos = 0;
  #partsCursor = '';
  /** A reader that resumes at the head is told so: an empty frame is its proof that it missed nothing. */
  #owesWord = false;
  /** The furthest position that was ever told: an acknowledgement beyond it is a lie. */
  #told = -1;
  #painted = -1;
  #said: Pick<Acknowledgement, 'visible' | 'audio'> | null = null;
  #closed = false;
  #stuckAt = 0;
  #stuckBytes = 0;
  /** Where the log stood when this reader came, and what it was told of the time before. */
  readonly #cameAt: number;
  readonly #gap: number | null;
  #replayed = 0;
  /** Live data went by while the socket was full. */
  missedLive = true;

  constructor(place: Place, shared: SharedView, reader: Reader, topic: string, sink: Sink, pos: number) {
    this.#place = place;
    this.shared = shared;
    this.reader = reader;
    this.topic = topic;
    this.sink = sink;
    this.#pos = pos;
    if (pos >= 0) this.#told = pos;
    this.#owesWord = pos >= 0;
    this.#cameAt = shared.view.synced;
    this.#gap = pos >= 0 ? Math.max(0, this.#cameAt - pos) : null;
  }

  /** What it took to bring the reader up to date; null for one that began with a snapshot. */
  get resumed(): Resumed | null {
    return this.#gap === null ? null : { gap: this.#gap, replayed: this.#replayed };
  }

  get position(): number {
    return this.#parts.length > 0 ? -1 : this.#pos;
  }

  /** The furthest position that the reader says it has painted, in front; -1 for none. */
  get painted(): number {
    return this.#painted;
  }

  /** What the screen last said about itself. */
  get said(): Pick<Acknowledgement, 'visible' | 'audio'> | null {
    return this.#said;
  }

  /** Position and hash for a ping; null while the reader is behind. */
  get standing(): [pos: number, hash: number] | null {
    const { view } = this.shared;
    return this.#parts.length === 0 && this.#pos >= view.framed && this.#pos <= view.synced
      ? [this.#pos, view.hash]
      : null;
  }

  /** Queues the whole view; `reset` says why the reader must forget what it has. */
  sendSnapshot(reset: string | null): void {
    const { frames, pos, cursor } = this.#place.snapshotFrames(this.shared, reset);
    this.#parts = frames;
    this.#partsPos = pos;
    this.#partsCursor = cursor;
    this.#owesWord = false;
    this.missedLive = true;
  }

  /** Sends as much as the socket takes. Call whenever there may be something new or more room. */
  pump(): void {
    const { view } = this.shared;
    while (!this.#closed) {
      const done = this.#parts.length === 0 && this.#pos >= view.framed && !this.#owesWord;
      if (done && !this.missedLive) return this.#unblock();
      // Live data asks for more room than frames do, and says so by missing some: it waits for that room here.
      if (this.sink.bufferedBytes() > (done ? MOST_BUFFERED / 2 : MOST_BUFFERED)) return this.#block();
      if (done) {
        this.missedLive = false;
        this.#place.welcome(this);
      } else if (this.#parts.length > 0) {
        this.#sendPart();
      } else {
        // A frame made from state must not know more than the view's position says.
        this.#place.settle();
        const frame = view.frameAfter(this.#pos);
        if (frame === null) this.sendSnapshot('too_old');
        else if (frame.text.length > MOST_FRAME) this.sendSnapshot(null);
        else this.#sendFrame(frame);
      }
    }
  }

  /** A datum that is out of date as soon as the next one comes: never waits. */
  sendLive(text: string): void {
    if (this.#closed) return;
    if (
      this.#parts.length > 0 ||
      this.#pos < this.shared.view.framed ||
      this.sink.bufferedBytes() > MOST_BUFFERED / 2
    )
      this.missedLive = true;
    else if (this.#isAllowed(this.shared.view.location)) this.sink.send(text);
  }

  /** The reader painted up to a cursor. `beyond`: it was never told that; `malformed`: that is no cursor of this topic. */
  acknowledge(ack: Acknowledgement): 'noted' | 'beyond' | 'malformed' {
    const cursor = decodeCursor(ack.cursor);
    if (cursor === null || cursor.topic !== this.topic) return 'malformed';
    if (cursor.seq > this.#told) return 'beyond';
    this.#said = { visible: ack.visible, audio: ack.audio };
    if (!ack.painted || !ack.visible) return 'noted';
    this.#painted = Math.max(this.#painted, cursor.seq);
    if (mayCount(this.reader, this.topic, this.shared.view.location.state.config))
      this.#place.painted(this.shared, this.reader, cursor.seq, ack);
    return 'noted';
  }

  /** Looks at a full socket: caught up when it drains, closed when it does not. */
  watch(now: number): void {
    const bytes = this.sink.bufferedBytes();
    if (bytes < this.#stuckBytes) this.#stuckAt = now;
    this.#stuckBytes = bytes;
    if (bytes > MOST_BUFFERED && now - this.#stuckAt >= STUCK_MS)
      this.close(CLOSE.tooSlow, 'this reader does not read');
    else this.pump();
  }

  /** Ends the subscription and the connection that carries it. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.detach();
    this.sink.close(code, reason);
  }

  /** Ends the subscription alone. */
  detach(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#place.detach(this);
  }

  #sendPart(): void {
    if (!this.#isAllowed(this.shared.view.location)) return;
    const part = this.#parts.shift() ?? '';
    if (this.#parts.length > 0) return this.sink.send(part);
    // Only the last part completes the copy: a reader that breaks off before it has nothing of it.
    this.sink.send(part, this.#partsCursor);
    this.#pos = this.#partsPos;
    this.#told = Math.max(this.#told, this.#pos);
  }

  #sendFrame(frame: Frame): void {
    if (!this.#isAllowed({ id: frame.location, organization: frame.organization })) return;
    this.sink.send(frame.text, frame.cursor);
    this.#owesWord = false;
    if (frame.from < this.#cameAt) this.#replayed += frame.changes;
    this.#pos = frame.to;
    this.#told = Math.max(this.#told, frame.to);
  }

  /** The last line before a send: nothing of one location or tenant goes to another, whatever went wrong before. */
  #isAllowed(from: { id: string; organization: string }): boolean {
    const { location, organization } = this.reader;
    if (from.id === location && from.organization === organization && isOwn(this.reader, this.topic))
      return true;
    this.#place.leaked(this, from);
    this.close(CLOSE.revoked, 'this is not yours to read');
    return false;
  }

  #block(): void {
    if (this.#place.block(this)) {
      this.#stuckAt = performance.now();
      this.#stuckBytes = this.sink.bufferedBytes();
    }
  }

  #unblock(): void {
    this.#place.unblock(this);
  }
}
