import { TAG_OF_NOTHING, tagOf } from '../log/tag.ts';
import { LocationTaken, LogCorrupt } from '../log/types.ts';
import type {
  Clock,
  EventsPage,
  Json,
  LocationRow,
  Log,
  OrganizationRow,
  Proposal,
  Redaction,
  Snapshot,
  StoredEvent,
  StoredResult,
} from '../log/types.ts';
import { checkProposals, refuseText, uniqueViolation } from './memoryLogRules.ts';

/**
 * The log in memory, for simulations: what PostgreSQL keeps, and what its one statement does with it. `logContract.ts`
 * holds both to the same suite, so that a schedule which is green over this one says something about the other.
 *
 * Everything is kept as text and parsed for each reader, as a database would: two nodes never share an object.
 */

type Row = {
  readonly id: string;
  readonly organization: string;
  name: string;
  readonly createdAt: string;
  head: number;
  epoch: string;
  deadline: string | null;
  /** Somebody's open transaction holds it. */
  held: boolean;
  events: string[];
  results: Map<string, string>;
  snapshots: Map<number, Map<number, { at: string; state: string }>>;
  redactions: { seq: number; first: number }[];
};

/** A statement whose rows are locked and whose outcome nobody sees yet. */
export type OpenAppend = { commit(): Set<string>; rollback(): void };

export type MemoryDatabase = ReturnType<typeof createMemoryDatabase>;

export function createMemoryDatabase(options: { now: () => number; newEpoch: () => string }) {
  const organizations = new Map<string, OrganizationRow>();
  const rows = new Map<string, Row>();
  const instant = (): string => new Date(options.now()).toISOString();

  function begin(proposals: readonly Proposal[]): OpenAppend {
    checkProposals(proposals);
    for (const proposal of proposals) refuseText(proposal);
    const locked: { row: Row; proposal: Proposal }[] = [];
    for (const proposal of proposals) {
      const row = rows.get(proposal.location);
      // The expected head; then `skip locked`.
      if (row === undefined || row.head !== proposal.expected || row.held) continue;
      locked.push({ row, proposal });
    }
    // The primary keys, before anything is written: a statement is refused whole.
    for (const { row, proposal } of locked) {
      const twice = proposal.results.find(({ id }) => row.results.has(id));
      if (twice !== undefined) throw uniqueViolation('commands', twice.id);
    }
    for (const { row } of locked) row.held = true;
    let open = true;
    const end = (): void => {
      open = false;
      for (const { row } of locked) row.held = false;
    };
    return {
      commit() {
        if (!open) throw new Error('This statement has ended');
        end();
        for (const { row, proposal } of locked) {
          row.head = proposal.head;
          row.deadline = proposal.deadline;
          row.name = proposal.name ?? row.name;
          for (const event of proposal.events) row.events.push(JSON.stringify(event));
          for (const result of proposal.results) row.results.set(result.id, JSON.stringify(result));
        }
        return new Set(locked.map(({ row }) => row.id));
      },
      rollback: () => {
        if (open) end();
      },
    };
  }

  function readTail(location: string, after: number, limit = 10_000): StoredEvent[] {
    const tail = (rows.get(location)?.events ?? []).map(parseEvent).filter(({ seq }) => seq > after);
    return dense(location, after, tail.slice(0, limit));
  }

  /** The same for a log without a hole, where place and number agree: what a simulation reads thousands of times. */
  function readDense(location: string, after: number, limit = 10_000): StoredEvent[] {
    const { events } = rows.get(location) ?? { events: [] };
    const last = events.at(-1);
    if (last !== undefined && parseEvent(last).seq !== events.length) return readTail(location, after, limit);
    return dense(location, after, events.slice(after, after + limit).map(parseEvent));
  }

  const database = {
    begin,
    readTail: readDense,
    readHeads(locations: readonly string[]): Map<string, number> {
      return new Map(
        locations.flatMap((id) => (rows.has(id) ? [[id, rows.get(id)?.head ?? 0] as const] : [])),
      );
    },
    findResults(location: string, ids: readonly string[]): Map<string, StoredResult> {
      const stored = rows.get(location)?.results;
      return new Map(
        ids.flatMap((id) => {
          const text = stored?.get(id);
          return text === undefined ? [] : [[id, parseResult(text)] as const];
        }),
      );
    },
    readLocation(location: string): LocationRow | null {
      const row = rows.get(location);
      return row === undefined ? null : rowOf(row, organizations);
    },
    listLocations(organization?: string): LocationRow[] {
      return [...rows.values()]
        .filter((row) => organization === undefined || row.organization === organization)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((row) => rowOf(row, organizations));
    },
    tagAt(location: string, seq: number): string | null {
      if (seq === 0) return TAG_OF_NOTHING;
      const found = database.readTail(location, seq - 1, 1)[0];
      return found === undefined ? null : tagOf(found);
    },
    readEventsPage(location: string, after: number, limit: number): EventsPage | null {
      const row = rows.get(location);
      return row === undefined ? null : { events: readDense(location, after, limit), head: row.head };
    },
    seqAt(location: string, time: string): number {
      const at = Date.parse(time);
      const { events } = rows.get(location) ?? { events: [] };
      return events.map(parseEvent).findLast((event) => Date.parse(event.at) <= at)?.seq ?? 0;
    },
    saveSnapshot(location: string, { seq, stateVersion, at, state }: Snapshot): void {
      const { snapshots, redactions } = existing(location);
      if (redactions.some((one) => seq >= one.first && seq < one.seq)) return;
      const ofVersion = snapshots.get(stateVersion) ?? new Map<number, { at: string; state: string }>();
      snapshots.set(stateVersion, ofVersion);
      if (!ofVersion.has(seq)) ofVersion.set(seq, { at, state: JSON.stringify(state) });
      prune(ofVersion);
    },
    loadSnapshot(
      location: string,
      stateVersions: readonly number[],
      upTo = Number.MAX_SAFE_INTEGER,
    ): Snapshot | null {
      const kept = rows.get(location)?.snapshots;
      const found = stateVersions
        .flatMap((stateVersion) =>
          [...(kept?.get(stateVersion) ?? [])].map(([seq, one]) => ({ stateVersion, seq, ...one })),
        )
        .filter(({ seq }) => seq <= upTo)
        .sort((a, b) => b.seq - a.seq || b.stateVersion - a.stateVersion)[0];
      return found === undefined ? null : { ...found, state: parseJson(found.state) };
    },
    redact(location: string, { seq, first, events, results }: Redaction): void {
      const row = existing(location);
      row.redactions.push({ seq, first });
      const data = new Map(events.map((one) => [one.seq, one.data]));
      row.events = row.events.map((text) => {
        const event = parseEvent(text);
        return data.has(event.seq) ? JSON.stringify({ ...event, data: data.get(event.seq) }) : text;
      });
      for (const { id, result } of results) {
        const stored = row.results.get(id);
        if (stored !== undefined) row.results.set(id, JSON.stringify({ ...parseResult(stored), result }));
      }
      for (const ofVersion of row.snapshots.values())
        for (const at of [...ofVersion.keys()]) if (at >= first && at < seq) ofVersion.delete(at);
    },
    deleteOldResults(before: string, batch: number): number {
      let left = batch;
      for (const row of rows.values())
        for (const [id, text] of row.results) {
          if (left === 0) return batch;
          if (Date.parse(parseResult(text).at) >= Date.parse(before)) continue;
          row.results.delete(id);
          left -= 1;
        }
      return batch - left;
    },
    claimDue(now: string, limit: number, holdMs: number): string[] {
      const until = new Date(Date.parse(now) + holdMs).toISOString();
      const due = [...rows.values()]
        .filter(({ deadline, held }) => !held && deadline !== null && Date.parse(deadline) <= Date.parse(now))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
      for (const row of due) row.deadline = until;
      return due.map(({ id }) => id);
    },
    setDeadline(location: string, head: number, deadline: string | null): boolean {
      const row = rows.get(location);
      if (row === undefined || row.head !== head) return false;
      row.deadline = deadline;
      return true;
    },
    createOrganization(id: string, name: string, demo = false): OrganizationRow {
      const there = organizations.get(id);
      if (there !== undefined) return { ...there };
      const row = { id, name, demo, createdAt: instant() };
      organizations.set(id, row);
      return { ...row };
    },
    createLocation(organization: string, id: string, name: string): LocationRow {
      const there = rows.get(id);
      if (there !== undefined && there.organization !== organization) throw new LocationTaken(id);
      const row = there ?? {
        id,
        organization,
        name,
        createdAt: instant(),
        head: 0,
        epoch: options.newEpoch(),
        deadline: null,
        held: false,
        events: [],
        results: new Map(),
        snapshots: new Map(),
        redactions: [],
      };
      rows.set(id, row);
      return rowOf(row, organizations);
    },
    /** Holds the row of a location, as somebody's open transaction would; the answer lets it go. */
    hold(location: string): () => void {
      const row = existing(location);
      row.held = true;
      return () => {
        row.held = false;
      };
    },
    /** Takes an event away behind everybody's back. */
    loseEvent(location: string, seq: number): void {
      const row = existing(location);
      row.events = row.events.filter((text) => parseEvent(text).seq !== seq);
    },
    /** Where the head stands, and how many events there are: equal, or the log is broken. */
    sizeOf(location: string): { head: number; events: number } {
      const { head, events } = existing(location);
      return { head, events: events.length };
    },
    snapshotsOf(location: string, stateVersion: number): number[] {
      return [...(rows.get(location)?.snapshots.get(stateVersion)?.keys() ?? [])].sort((a, b) => a - b);
    },
    /** The stored results of a location. */
    resultsOf: (location: string): StoredResult[] =>
      [...existing(location).results.values()].map(parseResult),
    /** A copy of everything, as a backup holds it. */
    backup(): () => void {
      const copy = [...rows.values()].map((row) => ({
        ...row,
        held: false,
        events: [...row.events],
        results: new Map(row.results),
        redactions: [...row.redactions],
        snapshots: new Map([...row.snapshots].map(([version, all]) => [version, new Map(all)])),
      }));
      return () => {
        rows.clear();
        for (const row of copy) rows.set(row.id, row);
      };
    },
    /** What a restore does: everybody's cursor is void. */
    newEpochs(): void {
      for (const row of rows.values()) row.epoch = options.newEpoch();
    },
  };

  function existing(location: string): Row {
    const row = rows.get(location);
    if (row === undefined) throw new Error(`There is no location "${location}"`);
    return row;
  }

  return database;
}

/** The log of one node over a database in memory; every call is done at once. */
export function openMemoryLog(database: MemoryDatabase, clock: Clock): Log {
  return {
    clock,
    append: async (proposals) => database.begin(proposals).commit(),
    readTail: async (...args) => database.readTail(...args),
    readHeads: async (...args) => database.readHeads(...args),
    findResults: async (...args) => database.findResults(...args),
    readLocation: async (...args) => database.readLocation(...args),
    listLocations: async (...args) => database.listLocations(...args),
    tagAt: async (...args) => database.tagAt(...args),
    readEventsPage: async (...args) => database.readEventsPage(...args),
    seqAt: async (...args) => database.seqAt(...args),
    saveSnapshot: async (...args) => database.saveSnapshot(...args),
    loadSnapshot: async (...args) => database.loadSnapshot(...args),
    redact: async (...args) => database.redact(...args),
    deleteOldResults: async (...args) => database.deleteOldResults(...args),
    claimDue: async (...args) => database.claimDue(...args),
    setDeadline: async (...args) => database.setDeadline(...args),
    createOrganization: async (id, name, more) => database.createOrganization(id, name, more?.demo),
    createLocation: async (...args) => database.createLocation(...args),
    close: async () => undefined,
  };
}

function dense(location: string, after: number, tail: StoredEvent[]): StoredEvent[] {
  for (const [index, { seq }] of tail.entries())
    if (seq !== after + index + 1)
      throw new LogCorrupt(location, `event ${seq} stands where ${after + index + 1} belongs`);
  return tail;
}

/** The newest two stay, and the newest of each UTC day. */
function prune(snapshots: Map<number, { at: string }>): void {
  const days = new Set<string>();
  for (const [age, [seq, { at }]] of [...snapshots].sort(([a], [b]) => b - a).entries()) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (age >= 2 && days.has(day)) snapshots.delete(seq);
    days.add(day);
  }
}

function rowOf(row: Row, organizations: ReadonlyMap<string, OrganizationRow>): LocationRow {
  const { id, organization, name, head, epoch, deadline, createdAt } = row;
  const demo = organizations.get(organization)?.demo ?? false;
  return { id, organization, name, demo, head, epoch, deadline, createdAt };
}

function parseEvent(text: string): StoredEvent {
  const event: StoredEvent = JSON.parse(text);
  return event;
}

function parseResult(text: string): StoredResult {
  const result: StoredResult = JSON.parse(text);
  return result;
}

function parseJson(text: string): Json {
  const json: Json = JSON.parse(text);
  return json;
}
