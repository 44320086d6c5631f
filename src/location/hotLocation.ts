import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState, Touch } from '../domain/state.ts';
import { TAG_OF_NOTHING, tagOf } from '../log/tag.ts';
import { type Log, LogCorrupt, type StoredEvent } from '../log/types.ts';
import { CommandIds } from './commandIds.ts';
import type { Rules } from './rules.ts';

/** A location that this node cannot serve: its log holds what this code does not know, or is not a log. */
export class LocationUnavailable extends Error {
  override readonly name = 'LocationUnavailable';
  readonly location: string;

  constructor(location: string, detail: string) {
    super(`Location "${location}" cannot be served: ${detail}`);
    this.location = location;
  }
}

/** Tags kept in memory; a power of two. A cursor older than that costs one look-up. */
const TAGS = 1024;
/** Events read before the snapshot, to know their ids and tags. */
const LOOK_BACK = 500;
const PAGE = 2_000;

/** What came to the log at once. */
export type Advance = {
  readonly before: LocationState;
  readonly after: LocationState;
  readonly events: readonly LoggedEvent[];
  /** Per event, what it touched. */
  readonly touched: readonly (readonly Touch[])[];
  /** Per event, the state after it. */
  readonly states: readonly LocationState[];
};

/** One location in memory: its state, and what is known about the way there. */
export class HotLocation {
  readonly id: string;
  readonly organization: string;
  readonly epoch: string;
  readonly ids: CommandIds;
  state: LocationState;
  /** Head of the newest snapshot in the database. */
  snapshotAt: number;
  readonly #tags = new Uint32Array(TAGS);
  #tagsFrom: number;

  constructor(
    place: { id: string; organization: string; epoch: string },
    state: LocationState,
    snapshotAt: number,
    ids: CommandIds,
  ) {
    this.id = place.id;
    this.organization = place.organization;
    this.epoch = place.epoch;
    this.state = state;
    this.snapshotAt = snapshotAt;
    this.ids = ids;
    this.#tagsFrom = state.head + 1;
  }

  /** Number of the last event in `state`. */
  get head(): number {
    return this.state.head;
  }

  /** The tag of the event at `seq`; null when only the log remembers it. */
  tagAt(seq: number): string | null {
    if (seq === 0) return TAG_OF_NOTHING;
    if (seq > this.state.head || seq < this.#tagsFrom || seq <= this.state.head - TAGS) return null;
    return (this.#tags[seq % TAGS] ?? 0).toString(36);
  }

  /** Notes that an event is in the log: its tag and its command's id. Call in order of seq. */
  note(event: Pick<StoredEvent, 'seq' | 'at' | 'command' | 'type'>): void {
    if (event.seq < this.#tagsFrom) this.#tagsFrom = event.seq;
    this.#tags[event.seq % TAGS] = Number.parseInt(tagOf(event), 36);
    this.ids.note(event.command, Date.parse(event.at));
  }
}

/** Evolves stored events on top of a state. Throws LocationUnavailable at one that this code does not know. */
export function evolveAll(rules: Rules, before: LocationState, stored: readonly StoredEvent[]): Advance {
  let after = before;
  const events: LoggedEvent[] = [];
  const states: LocationState[] = [];
  for (const row of stored) {
    const event = rules.readEvent(row);
    if (event === null)
      throw new LocationUnavailable(
        before.id,
        `event ${row.seq} is a "${row.type}" version ${row.v} unknown to this version of Heard`,
      );
    after = rules.evolve(after, event);
    events.push(event);
    states.push(after);
  }
  return { before, after, events, touched: states.map((one) => one.touched), states };
}

/**
 * Brings a location into memory: newest snapshot that can be read, then the tail. Null when there is no such
 * location. Throws LocationUnavailable, LogCorrupt, or the error of `pg`.
 */
export async function hydrate(log: Log, rules: Rules, location: string): Promise<HotLocation | null> {
  const [place, snapshot] = await Promise.all([
    log.readLocation(location),
    log.loadSnapshot(location, rules.readableVersions),
  ]);
  if (place === null) return null;
  const at = snapshot?.seq ?? 0;
  if (place.head < at)
    throw new LogCorrupt(location, `the log ends at ${place.head}, before its snapshot at ${at}`);
  const start = Math.max(0, at - LOOK_BACK);
  let tail = await log.readTail(location, start, PAGE);
  const first = tail[0];
  const whole = start === 0;
  const ids = new CommandIds(
    whole ? Number.NEGATIVE_INFINITY : first === undefined ? log.clock.now() : Date.parse(first.at),
  );
  const hot = new HotLocation(
    place,
    snapshot === null ? rules.empty(location) : rules.thaw(snapshot.state),
    at,
    ids,
  );
  if (hot.state.head !== at)
    throw new LogCorrupt(location, `the snapshot at ${at} thaws to a state at ${hot.state.head}`);
  for (;;) {
    for (const event of tail) hot.note(event);
    hot.state = evolveAll(
      rules,
      hot.state,
      tail.filter((event) => event.seq > at),
    ).after;
    if (tail.length < PAGE) break;
    tail = await log.readTail(location, tail.at(-1)?.seq ?? at, PAGE);
  }
  return hot;
}
