import type { Entity } from '../../domain/entities.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { evolve } from '../../domain/evolve.ts';
import { type LocationState, emptyLocation } from '../../domain/state.ts';
import { addHash, entityHash, removeHash } from '../../domain/viewHash.ts';
import { listTopic, project } from '../../domain/views.ts';
import type { Proposal } from '../../log/types.ts';
import type { Chg, Snap } from '../../protocol/down.ts';
import type { MemoryDatabase } from '../memoryLog.ts';

/**
 * What is true: the log, folded once more by nobody's node. It knows what each topic showed at every position, and
 * holds every frame, every proposal and every screen to it.
 */

type Change = { readonly seq: number; readonly key: string; readonly version: number | null };
type TopicHistory = {
  /** What the topic shows at the last state. */
  readonly shown: Map<string, number>;
  readonly changes: Change[];
  /** Hash of the topic at each position, as the wire has it. */
  readonly hashes: number[];
  /** The same, but of a sum that keeps any two boards apart. */
  readonly prints: number[];
};

const COMPARE_ONE_IN = 8;

export class Truth {
  readonly location: string;
  readonly states: LocationState[];
  readonly events: LoggedEvent[] = [];
  /** Command -> positions of its events. */
  readonly effects = new Map<string, number[]>();
  readonly #database: MemoryDatabase;
  readonly #topics = new Map<string, TopicHistory>();
  readonly #checked = new Set<string>();
  #compared = 0;
  readonly #blame: (what: string) => void;

  constructor(location: string, database: MemoryDatabase, blame: (what: string) => void) {
    this.location = location;
    this.#database = database;
    this.#blame = blame;
    this.states = [emptyLocation(location)];
  }

  get head(): number {
    return this.states.length - 1;
  }

  get state(): LocationState {
    return this.states[this.head] ?? emptyLocation(this.location);
  }

  /** Reads what was committed since the last time. S1, S2, S11. */
  catchUp(): void {
    const size = this.#database.sizeOf(this.location);
    if (size.head !== size.events)
      this.#blame(
        `S1 ${this.location}: the head stands at ${size.head}, and there are ${size.events} events`,
      );
    for (const stored of this.#database.readTail(this.location, this.head)) {
      // Written by the rules of this very code.
      const event = stored as unknown as LoggedEvent;
      const before = this.events.at(-1);
      if (event.seq !== this.head + 1)
        this.#blame(`S1 ${this.location}: event ${event.seq} after ${this.head}`);
      if (before !== undefined && event.at < before.at)
        this.#blame(`S2 ${this.location}: time fell from ${before.at} to ${event.at} at ${event.seq}`);
      const effect = this.effects.get(event.command);
      if (effect === undefined) this.effects.set(event.command, [event.seq]);
      else if (effect.at(-1) === event.seq - 1) effect.push(event.seq);
      else
        this.#blame(
          `S11 ${this.location}: ${event.type} at ${event.seq} is command ${event.command} once more`,
        );
      const state = evolve(this.state, event);
      this.states.push(state);
      this.events.push(event);
      for (const [topic, history] of this.#topics) this.#fold(topic, history, state, event.seq);
    }
  }

  /** A node asks for this to be appended. A command that the expected head already has must not be decided again. */
  proposed({ expected, results }: Proposal): void {
    for (const { id, name } of results) {
      const first = this.effects.get(id)?.[0];
      if (first !== undefined && first <= expected)
        this.#blame(
          `S11 ${this.location}: ${name} ${id} decided on ${expected} though it stands at ${first}`,
        );
    }
  }

  /** Keys and versions that the topic showed at a position. */
  shownAt(topic: string, seq: number): Map<string, number> {
    const shown = new Map<string, number>();
    for (const { seq: at, key, version } of this.#history(topic).changes) {
      if (at > seq) break;
      if (version === null) shown.delete(key);
      else shown.set(key, version);
    }
    return shown;
  }

  hashAt(topic: string, seq: number): number | undefined {
    return this.#history(topic).hashes[seq];
  }

  /** What `printOf` must come to. */
  printAt(topic: string, seq: number): number | undefined {
    return this.#history(topic).prints[seq];
  }

  /** S3: a frame says exactly what changed in (from, to]. */
  checkChange(frame: Chg, text: string): void {
    if (this.#checked.has(text)) return;
    this.#checked.add(text);
    const { topic, from, to } = frame;
    const where = `${this.location} ${topic} (${from}, ${to}]`;
    if (to > this.head) {
      this.#blame(`S3 ${where}: beyond the log, which ends at ${this.head}`);
      return;
    }
    const { changes } = this.#history(topic);
    const last = new Map<string, number | null>();
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const change = changes[index];
      if (change === undefined || change.seq <= from) break;
      if (change.seq <= to && !last.has(change.key)) last.set(change.key, change.version);
    }
    const state = this.states[to];
    for (const entity of frame.put) {
      const key = `${entity.kind}|${entity.id}`;
      const version = last.get(key);
      if (version !== entity.version)
        this.#blame(`S3 ${where}: puts ${key}@${entity.version}, the log says ${String(version)}`);
      // Field by field for one in so many; all of them at the end, on the screens.
      else if (
        state !== undefined &&
        (this.#compared += 1) % COMPARE_ONE_IN === 0 &&
        !isSame(project(state, topic, entity.kind, entity.id, 'staff'), entity)
      )
        this.#blame(`S3 ${where}: ${key}@${entity.version} is not what the log says`);
      last.delete(key);
    }
    for (const { kind, id } of frame.gone) {
      const key = `${kind}|${id}`;
      if (last.get(key) !== null)
        this.#blame(`S3 ${where}: ${key} is said to be gone, the log says ${String(last.get(key))}`);
      last.delete(key);
    }
    for (const [key, version] of last)
      this.#blame(`S3 ${where}: silent about ${key}, ${version === null ? 'which left' : `now ${version}`}`);
  }

  /** A snapshot's hash is that of the topic at its position. */
  checkSnapshot({ topic, pos, hash }: Pick<Snap, 'topic' | 'pos' | 'hash'>): void {
    if (pos > this.head)
      this.#blame(`S9 ${this.location} ${topic}: a snapshot at ${pos}, the log ends at ${this.head}`);
    else if (hash !== this.hashAt(topic, pos))
      this.#blame(
        `S9 ${this.location} ${topic}: a snapshot at ${pos} of hash ${hash}, the log says ${String(this.hashAt(topic, pos))}`,
      );
  }

  /** The topic as it is now, field by field, made anew from the whole state. */
  list(topic: string): Entity[] {
    return listTopic(this.state, topic, 'staff');
  }

  #history(topic: string): TopicHistory {
    let history = this.#topics.get(topic);
    if (history === undefined) {
      history = { shown: new Map(), changes: [], hashes: [0], prints: [0] };
      this.#topics.set(topic, history);
      for (let seq = 1; seq < this.states.length; seq += 1) {
        const state = this.states[seq];
        if (state !== undefined) this.#fold(topic, history, state, seq);
      }
    }
    return history;
  }

  #fold(topic: string, history: TopicHistory, state: LocationState, seq: number): void {
    const { shown, changes, hashes, prints } = history;
    let hash = hashes[seq - 1] ?? 0;
    let print = prints[seq - 1] ?? 0;
    for (const { kind, id } of state.touched) {
      const key = `${kind}|${id}`;
      const known = shown.get(key);
      const entity = project(state, topic, kind, id, 'staff');
      if (entity === null && known === undefined) continue;
      if (entity?.version === known) continue;
      if (known !== undefined) {
        hash = removeHash(hash, entityHash(kind, id, known));
        print = removeHash(print, mixed(entityHash(kind, id, known)));
      }
      if (entity === null) {
        shown.delete(key);
        changes.push({ seq, key, version: null });
      } else {
        hash = addHash(hash, entityHash(kind, id, entity.version));
        print = addHash(print, mixed(entityHash(kind, id, entity.version)));
        shown.set(key, entity.version);
        changes.push({ seq, key, version: entity.version });
      }
    }
    hashes[seq] = hash;
    prints[seq] = print;
  }
}

/**
 * As the wire's hash, of which it is made, but mixed: FNV ends with a product, so of two things that go from one version to
 * the next together one often gains what the other loses, and their sum stays what it was (71 to 75: every second time).
 */
export function printOf(entities: Iterable<Pick<Entity, 'kind' | 'id' | 'version'>>): number {
  let sum = 0;
  for (const { kind, id, version } of entities) sum = addHash(sum, mixed(entityHash(kind, id, version)));
  return sum;
}

/** The last step of MurmurHash3, over both halves. */
function mixed(hash: number): number {
  let h = (hash >>> 0) ^ Math.floor(hash / 0x1_0000_0000);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with fields in one order; fields that are undefined are not there. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
    .join(',')}}`;
}
