import type { LoggedEvent } from '../domain/events.ts';
import type { LocationState } from '../domain/state.ts';

/**
 * What a projection is: some tables, and a pure function that says which of their rows one event makes or changes. The
 * follower (`follower.ts`) does the rest: rows and checkpoint in one transaction, each event once, in the log's order.
 */

/** One event with the state on both sides of it. */
export type Step = {
  readonly before: LocationState;
  readonly event: LoggedEvent;
  readonly after: LocationState;
};

export type Value = string | number | boolean | null | object;
export type Row = Readonly<Record<string, Value>>;

export type Table = {
  readonly name: string;
  /** Beside `location_id`, which every table has first. */
  readonly key: readonly string[];
  /** All columns but `location_id`, with their SQL types. */
  readonly columns: Readonly<Record<string, string>>;
  /** What is written once: the first value that is not null stays, whatever comes later. */
  readonly once: readonly string[];
};

/** A whole row, over the one with the same key; `null`: there is none any more. A function is asked only for what is written. */
export type Change = {
  readonly table: Table;
  readonly key: string;
  readonly row: Row | (() => Row) | null;
};

export type Projection = {
  /** Its checkpoint's name, and what `heard rebuild --projection` calls it. */
  readonly name: string;
  readonly tables: readonly Table[];
  readonly changesOf: (step: Step) => Iterable<Change>;
};

type Kept = { row: Row | (() => Row) | null; readonly isReplaced: boolean };

/** The changes of several steps in one: what a table gets of them. */
export class Changes {
  readonly #tables = new Map<Table, Map<string, Kept>>();

  add({ table, key, row }: Change): void {
    let rows = this.#tables.get(table);
    if (rows === undefined) {
      rows = new Map();
      this.#tables.set(table, rows);
    }
    const before = rows.get(key);
    const isReplaced = row === null || (before?.isReplaced ?? false);
    // A row that had gone and is here again knows nothing of its first life.
    const older = before?.row ?? null;
    rows.set(key, {
      isReplaced,
      row: older === null || row === null || table.once.length === 0 ? row : laidOver(table, older, row),
    });
  }

  take(projection: Projection, steps: Iterable<Step>): void {
    for (const step of steps) for (const change of projection.changesOf(step)) this.add(change);
  }

  /** Per table, the rows to write over what is there, and the keys whose rows go before that. */
  *of(tables: readonly Table[]): Generator<{ table: Table; rows: Row[]; gone: string[] }> {
    for (const table of tables) {
      const entries = [...(this.#tables.get(table) ?? [])];
      if (entries.length === 0) continue;
      yield {
        table,
        rows: entries.flatMap(([, { row }]) => (row === null ? [] : [read(row)])),
        gone: entries.flatMap(([key, { isReplaced }]) => (isReplaced ? [key] : [])),
      };
    }
  }
}

function read(row: Row | (() => Row)): Row {
  return typeof row === 'function' ? row() : row;
}

/** The newer row with what the older one had of the columns that are written once. It is the projection's own, made for this. */
function laidOver(table: Table, older: Row | (() => Row), newer: Row | (() => Row)): Row {
  const was = read(older);
  const row: Record<string, Value> = { ...read(newer) };
  for (const column of table.once) {
    const first = was[column];
    if (first !== null && first !== undefined) row[column] = first;
  }
  return row;
}
