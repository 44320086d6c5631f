/**
 * The words of the log.
 *
 * - *log*: the append-only list of events of one location, numbered 1, 2, 3 … without a gap.
 * - *head*: the number of a location's last event; 0 for an empty log.
 * - *proposal*: what one location wants to append on top of the head it saw. It commits whole or not at all.
 * - *miss*: the head had moved (or another node held the row): read the tail, decide again.
 * - *result*: the stored answer of a command, found again by the command's id for seven days.
 * - *epoch*: changes when a location's history was replaced (restore); cursors of another epoch are void.
 * - *tag*: a few letters that depend on the event at a position; a cursor carries them as proof.
 *
 * The log knows no rules: `by`, `data`, `result` and snapshot states are plain JSON to it.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One event as it is stored. */
export type StoredEvent = {
  readonly seq: number;
  /** RFC 3339, UTC, milliseconds: `2026-11-22T04:24:35.123Z`. Never falls within one location. */
  readonly at: string;
  /** Who did it. */
  readonly by: Json;
  /** The id (a UUID) of the command that caused it. */
  readonly command: string;
  readonly type: string;
  /** Version of the event type, 1 to 32,767. */
  readonly v: number;
  readonly data: Json;
};

/** The answer of a command, stored in the same statement as its events. */
export type StoredResult = {
  /** The command's id, a UUID. */
  readonly id: string;
  readonly name: string;
  readonly actor: string;
  /** Digest of name and input: the same id with another hash is a reused key. */
  readonly hash: string;
  /** The location's head after the command; for a command without events the head it was decided at. */
  readonly seq: number;
  readonly result: Json;
  readonly at: string;
};

/** What one location wants to append. `events` must be numbered `expected + 1 … head`, or be empty with `head === expected`. */
export type Proposal = {
  readonly location: string;
  readonly expected: number;
  readonly head: number;
  /** When the location must next be woken, RFC 3339; null for never. Replaces the stored one. */
  readonly deadline: string | null;
  /** What the place is called from now on, where these events rename it. */
  readonly name?: string;
  readonly events: readonly StoredEvent[];
  readonly results: readonly StoredResult[];
};

export type LocationRow = {
  readonly id: string;
  readonly organization: string;
  readonly name: string;
  /** True when the organization is a demo tenant. */
  readonly demo: boolean;
  readonly head: number;
  readonly epoch: string;
  readonly deadline: string | null;
  readonly createdAt: string;
};

export type OrganizationRow = {
  readonly id: string;
  readonly name: string;
  readonly demo: boolean;
  readonly createdAt: string;
};

export type Snapshot = {
  readonly seq: number;
  readonly stateVersion: number;
  /** Time of the event at `seq`. */
  readonly at: string;
  readonly state: Json;
};

/** What is overwritten so that somebody is forgotten. */
export type Redaction = {
  /** The event that says so: later snapshots are free of the words. */
  readonly seq: number;
  /** The first event that is overwritten: snapshots from it up to `seq` hold the words. */
  readonly first: number;
  readonly events: readonly { readonly seq: number; readonly data: Json }[];
  readonly results: readonly { readonly id: string; readonly result: Json }[];
};

export type EventsPage = { readonly events: readonly StoredEvent[]; readonly head: number };

/** PostgreSQL's clock as this process knows it. */
export interface Clock {
  /** Milliseconds since 1970 by PostgreSQL's clock. */
  now(): number;
  /** PostgreSQL's clock minus ours at the last measurement, in ms. */
  readonly offset: number;
  /** False when ours is more than 2 s off or the last good measurement is over 60 s old. */
  readonly healthy: boolean;
}

/**
 * Everything the server may ask of the log. Every method may throw the error of `pg`; `classify` in `failures.ts`
 * says what is known about the outcome. Reads are safe to repeat.
 */
export interface Log {
  readonly clock: Clock;

  /**
   * Appends proposals of several locations in one statement and answers the locations that committed.
   * A location that is missing from the answer changed nothing: read its tail from the old head and decide again.
   * Throws before sending when a location appears twice or the events are not numbered densely.
   */
  append(proposals: readonly Proposal[]): Promise<Set<string>>;

  /**
   * Events with seq > after, in order, at most `limit` (default 10,000; call again from the last one when that many
   * came back). Throws LogCorrupt on a gap.
   */
  readTail(location: string, after: number, limit?: number): Promise<StoredEvent[]>;
  /** Heads of the locations that exist. */
  readHeads(locations: readonly string[]): Promise<Map<string, number>>;
  /**
   * Stored results by command id. Call it *after* readTail, never before: what the tail up to the expected head does
   * not show and this does not find was not committed below that head.
   */
  findResults(location: string, ids: readonly string[]): Promise<Map<string, StoredResult>>;
  readLocation(location: string): Promise<LocationRow | null>;
  /** All locations, or those of one organization, by id. */
  listLocations(organization?: string): Promise<LocationRow[]>;
  /** The tag of the event at `seq` (`tagOf` in `tag.ts` makes it from an event); null when there is none. `seq` 0 has the tag "0". */
  tagAt(location: string, seq: number): Promise<string | null>;
  /** A page of the raw log for `GET /log`; null when the location does not exist. */
  readEventsPage(location: string, after: number, limit: number): Promise<EventsPage | null>;
  /** The last seq with at ≤ time (RFC 3339); 0 when the log began later. */
  seqAt(location: string, time: string): Promise<number>;

  /** Keeps a snapshot; an equal (stateVersion, seq) is left as it is. Prunes to the last two and one a day. */
  saveSnapshot(location: string, snapshot: Snapshot): Promise<void>;
  /** The newest snapshot of that state version (at or below `upTo` when given). */
  loadSnapshot(location: string, stateVersions: readonly number[], upTo?: number): Promise<Snapshot | null>;

  /** Deletes up to `batch` results older than `before` (RFC 3339); answers how many went. Call until it answers 0. */
  deleteOldResults(before: string, batch: number): Promise<number>;

  /**
   * Overwrites the data of events and the answers of commands in place, and drops the snapshots between `first` and `seq`
   * for good, also those that somebody saves later. Numbers, order, kinds, times and who did it stay. Safe to repeat.
   */
  redact(location: string, redaction: Redaction): Promise<void>;

  /**
   * Claims up to `limit` locations whose deadline has passed, moving it `holdMs` ahead so that no other node wakes
   * the same ones; who claimed sets the real next deadline by an append or by setDeadline.
   */
  claimDue(now: string, limit: number, holdMs: number): Promise<string[]>;
  /** Sets the deadline if the head is still `head`; false when it moved. */
  setDeadline(location: string, head: number, deadline: string | null): Promise<boolean>;

  /** Idempotent: an existing organization keeps its name and flag. Answers the stored row. */
  createOrganization(id: string, name: string, options?: { demo?: boolean }): Promise<OrganizationRow>;
  /** Idempotent for the same organization; throws LocationTaken when another organization has the slug. */
  createLocation(organization: string, id: string, name: string): Promise<LocationRow>;

  /** Ends the pools. */
  close(): Promise<void>;
}

/** The log of a location is not dense, or not what it was. Nothing repairs itself from here: a person must look. */
export class LogCorrupt extends Error {
  override readonly name = 'LogCorrupt';
  readonly location: string;
  constructor(location: string, detail: string) {
    super(`The log of location "${location}" is corrupt: ${detail}`);
    this.location = location;
  }
}

/** Location slugs are unique over all organizations. */
export class LocationTaken extends Error {
  override readonly name = 'LocationTaken';
  constructor(location: string) {
    super(`The location slug "${location}" belongs to another organization; choose another slug`);
  }
}
