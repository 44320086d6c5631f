import type { Page, WebSocket } from 'playwright-core';
import type { Entity } from '../src/domain/entities.ts';
import { viewHash } from '../src/domain/viewHash.ts';
import type { Down } from '../src/protocol/down.ts';

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
  readonly #seen = new Set<string>();

  constructor(page: Page, topic: string) {
    this.topic = topic;
    page.on('websocket', (socket: WebSocket) => {
      this.sockets += 1;
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload === 'string') this.#take(payload);
      });
    });
  }

  hash(): number {
    return viewHash(this.entities.values());
  }

  #take(text: string): void {
    const frame: Down = JSON.parse(text);
    if ((frame.t !== 'snap' && frame.t !== 'chg') || frame.topic !== this.topic) return;
    if (frame.t === 'snap') {
      this.#parts = frame.part === 0 ? [...frame.entities] : [...this.#parts, ...frame.entities];
      if (!frame.last) return;
      if (frame.href !== undefined) this.broken.push('a snapshot by reference');
      this.entities.clear();
      for (const entity of this.#parts) this.#put(entity);
      this.pos = frame.pos;
      return;
    }
    if (frame.to <= this.pos) return;
    if (frame.from > this.pos) this.broken.push(`a gap: at ${this.pos}, got (${frame.from}, ${frame.to}]`);
    for (const entity of frame.put) {
      const known = this.entities.get(`${entity.kind}:${entity.id}`);
      if (known && known.version >= entity.version && frame.from >= this.pos)
        this.broken.push(`${entity.kind} ${entity.id} came twice as version ${entity.version}`);
      this.#put(entity);
    }
    for (const { kind, id } of frame.gone) this.entities.delete(`${kind}:${id}`);
    this.pos = frame.to;
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
