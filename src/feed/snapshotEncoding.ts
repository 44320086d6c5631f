import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Entity } from '../domain/entities.ts';

const zip = promisify(gzip);

/** A part of a snapshot on a socket, in bytes of its entities. */
const PART_BYTES = 46 * 1024;
/** A snapshot above this is fetched, compressed, instead of being pushed through a socket. */
const MOST_PUSHED = 192 * 1024;

export type SnapshotHead = {
  readonly topic: string;
  readonly pos: number;
  readonly cursor: string;
  readonly hash: number;
};

/**
 * The entities of a view as text, made once and shared by everybody who arrives until the view changes. Only the
 * position in front of it moves on.
 */
export class SnapshotEncoding {
  /** Lists of entities, `a,b,c`, each at most a part long (or one entity that is longer). */
  readonly #parts: readonly string[];
  readonly bytes: number;
  #zipped: { head: string; body: Promise<Buffer> } | null = null;

  constructor(entities: readonly Entity[]) {
    const parts: string[] = [];
    let part = '';
    let bytes = 0;
    for (const entity of entities) {
      const text = JSON.stringify(entity);
      bytes += text.length + 1;
      if (part !== '' && part.length + text.length > PART_BYTES) {
        parts.push(part);
        part = '';
      }
      part += part === '' ? text : `,${text}`;
    }
    if (part !== '' || parts.length === 0) parts.push(part);
    this.#parts = parts;
    this.bytes = bytes;
  }

  /** `snap` frames in order; one with `href` when it is too large to be pushed. */
  frames(head: SnapshotHead, href: string, reset: string | null): string[] {
    const front = JSON.stringify({
      t: 'snap',
      ...head,
      ...(reset !== null && { reset: true, reason: reset }),
    }).slice(0, -1);
    if (this.bytes > MOST_PUSHED)
      return [`${front},"entities":[],"part":0,"last":true,"href":${JSON.stringify(href)}}`];
    const last = this.#parts.length - 1;
    return this.#parts.map(
      (entities, part) => `${front},"entities":[${entities}],"part":${part},"last":${part === last}}`,
    );
  }

  /** The body of `GET /snapshot`. */
  body(head: SnapshotHead): string {
    return `${JSON.stringify(head).slice(0, -1)},"entities":[${this.#parts.join(',')}]}`;
  }

  /** The same, compressed once for everybody who asks at this position. */
  zipped(head: SnapshotHead): Promise<Buffer> {
    const key = head.cursor;
    if (this.#zipped?.head !== key)
      this.#zipped = { head: key, body: zip(this.body(head), { level: constants.Z_BEST_SPEED }) };
    return this.#zipped.body;
  }
}
