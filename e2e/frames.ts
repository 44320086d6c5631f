import type { Page, Response, WebSocket } from 'playwright-core';
import type { Entity } from '../src/domain/entities.ts';
import { viewHash } from '../src/domain/viewHash.ts';
import type { Down } from '../src/protocol/down.ts';
import { snapshotAnswer } from '../src/protocol/http.ts';

/**
 * What a page was told about one topic, read off its own sockets, over all its reconnects: the copy that an honest
 * screen has, each ticket once in the order it first came, and everything that broke the interval rule.
 */
export class Told {
  readonly topic: string;
  readonly entities = new Map<string, Entity>();
  /** Ids of tickets in the order in which they first came. */
  readonly tickets: string[] = [];
  readonly broken: string[] = [];
  pos = -1;
  sockets = 0;
  #parts: Entity[] = [];
  /** What came after the snapshot that the page was last told to fetch, until it has one as young as that. */
  #behind: { readonly pos: number; readonly frames: Down[] } | null = null;
  readonly #seen = new Set<string>();
  /** The last things that came, for whoever has to understand a break. */
  readonly #trail: string[] = [];

  constructor(page: Page, topic: string) {
    this.topic = topic;
    page.on('websocket', (socket: WebSocket) => {
      this.sockets += 1;
      this.#note(`socket ${this.sockets} opens`);
      // A new line goes on from what the page has, not from what it was about to fetch.
      this.#behind = null;
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload !== 'string') return;
        const frame: Down = JSON.parse(payload);
        this.#hear(frame);
      });
    });
    page.on('response', (response) => {
      const { pathname, searchParams } = new URL(response.url());
      if (pathname.endsWith('/snapshot') && searchParams.get('topic') === topic && response.ok())
        void this.#fetched(response);
    });
  }

  hash(): number {
    return viewHash(this.entities.values());
  }

  /** A page that fell behind by much fetches the whole, as `snap` told it to, and goes on from there. */
  async #fetched(response: Response): Promise<void> {
    // The page may have left meanwhile, or have come further by another way.
    const body: unknown = await response.json().catch((error: unknown) => {
      this.#note(`a snapshot could not be read: ${String(error).slice(0, 100)}`);
      return null;
    });
    if (body === null) return;
    const { entities, pos } = snapshotAnswer.parse(body);
    const behind = this.#behind;
    this.#note(`a snapshot at ${pos} was fetched, ${behind?.frames.length ?? 'no'} frames wait`);
    // Told to fetch twice, it drops the first answer: what waits goes on from the second.
    if (behind !== null && pos < behind.pos) return;
    this.#behind = null;
    if (pos >= this.pos) this.#replace(entities, pos);
    for (const frame of behind?.frames ?? []) this.#take(frame);
  }

  #hear(frame: Down): void {
    if (this.#behind === null || frame.t === 'snap') this.#take(frame);
    else this.#behind.frames.push(frame);
  }

  #take(frame: Down): void {
    if ((frame.t !== 'snap' && frame.t !== 'chg') || frame.topic !== this.topic) return;
    this.#note(
      frame.t === 'chg'
        ? `chg (${frame.from}, ${frame.to}]`
        : `snap ${frame.part}${frame.last ? ', the last' : ''} at ${frame.pos}${frame.href === undefined ? '' : ', to be fetched'}`,
    );
    if (frame.t === 'snap') {
      this.#parts = frame.part === 0 ? [...frame.entities] : [...this.#parts, ...frame.entities];
      if (!frame.last) return;
      if (frame.href !== undefined) {
        this.#behind = { pos: frame.pos, frames: [] };
        return;
      }
      this.#replace(this.#parts, frame.pos);
      this.#behind = null;
      return;
    }
    if (frame.to <= this.pos) return;
    if (frame.from > this.pos)
      this.broken.push(
        `a gap: at ${this.pos}, got (${frame.from}, ${frame.to}] after ${this.#trail.join('; ')}`,
      );
    for (const entity of frame.put) {
      const known = this.entities.get(`${entity.kind}:${entity.id}`);
      if (known && known.version >= entity.version && frame.from >= this.pos)
        this.broken.push(`${entity.kind} ${entity.id} came twice as version ${entity.version}`);
      this.#put(entity);
    }
    for (const { kind, id } of frame.gone) this.entities.delete(`${kind}:${id}`);
    this.pos = frame.to;
  }

  #note(what: string): void {
    this.#trail.push(what);
    if (this.#trail.length > 12) this.#trail.shift();
  }

  #replace(entities: readonly Entity[], pos: number): void {
    this.entities.clear();
    for (const entity of entities) this.#put(entity);
    this.pos = pos;
  }

  #put(entity: Entity): void {
    const key = `${entity.kind}:${entity.id}`;
    if ((this.entities.get(key)?.version ?? -1) >= entity.version) return;
    this.entities.set(key, entity);
    if (entity.kind !== 'ticket' || this.#seen.has(entity.id)) return;
    this.#seen.add(entity.id);
    this.tickets.push(entity.id);
  }
}
