import type pg from 'pg';
import { withConnection } from './scoped.ts';

/** What was looked at in a location's log, (from, to], and what came of it. */
export type Looked<E extends { readonly id: string }> = {
  readonly location: string;
  readonly from: number;
  readonly to: number;
  readonly effects: readonly E[];
};

export const EFFECTS_CHECKPOINT = 'effects';

/**
 * The book of effects: how far each log was looked at, and which effects were handed over. It is never emptied, also not
 * when projections are made anew: the past must not be sent again.
 */
export class EffectLedger {
  readonly #pool: pg.Pool;
  readonly #known = new Set<string>();

  /** `pool` as role heard_app. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** How far the log of a location was looked at. */
  async checkpoint(location: string): Promise<number> {
    const { rows } = await this.#pool.query<{ seq: number }>(
      'select seq from checkpoints where name = $1 and location_id = $2',
      [EFFECTS_CHECKPOINT, location],
    );
    return rows[0]?.seq ?? 0;
  }

  /** Locations whose log is longer than what was looked at. */
  async behind(limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select l.id from locations l left join checkpoints c on c.location_id = l.id and c.name = $1
       where l.head > coalesce(c.seq, 0) order by l.id limit $2`,
      [EFFECTS_CHECKPOINT, limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Enters what was looked at, several locations in one transaction, and hands the effects that are new to `enqueue`
   * within it. Answers the locations that were entered; left out is one whose checkpoint is before `from` (something was
   * skipped), already at `to`, or held by another node.
   */
  async enter<E extends { readonly id: string }>(
    looked: readonly Looked<E>[],
    enqueue: (client: pg.ClientBase, location: string, effects: readonly E[]) => Promise<void>,
  ): Promise<Set<string>> {
    if (looked.length === 0) return new Set();
    await this.#open(looked.map(({ location }) => location));
    return withConnection(this.#pool, async (client) => {
      await client.query('begin');
      const moved = await move(client, looked);
      const sent = await send(client, looked, moved);
      for (const { location, effects } of looked) {
        const fresh = effects.filter(({ id }) => sent.has(`${location} ${id}`));
        if (fresh.length > 0) await enqueue(client, location, fresh);
      }
      await client.query('commit');
      return moved;
    });
  }

  /**
   * What `work` writes into the log of a location (up to the seq that it answers) is looked at by nobody: it happened long
   * ago. Followers find the location held meanwhile. Null: nothing was written.
   */
  async passOver(location: string, work: () => Promise<number | null>): Promise<number | null> {
    await this.#open([location]);
    return withConnection(this.#pool, async (client) => {
      await client.query('begin');
      await client.query('select from checkpoints where name = $1 and location_id = $2 for update', [
        EFFECTS_CHECKPOINT,
        location,
      ]);
      const seq = await work();
      if (seq !== null)
        await client.query(
          'update checkpoints set seq = greatest(seq, $3), updated_at = now() where name = $1 and location_id = $2',
          [EFFECTS_CHECKPOINT, location, seq],
        );
      await client.query('commit');
      return seq;
    });
  }

  async #open(locations: readonly string[]): Promise<void> {
    const unknown = locations.filter((location) => !this.#known.has(location));
    if (unknown.length === 0) return;
    await this.#pool.query(
      'insert into checkpoints (name, location_id) select $1, unnest($2::text[]) on conflict do nothing',
      [EFFECTS_CHECKPOINT, unknown],
    );
    for (const location of unknown) this.#known.add(location);
  }
}

async function move(
  client: pg.ClientBase,
  looked: readonly Looked<{ readonly id: string }>[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ location: string }>(
    `with want as materialized (select * from unnest($2::text[], $3::bigint[], $4::bigint[]) w (l, f, t)), held as materialized (
       select c.location_id, w.t from checkpoints c join want w on w.l = c.location_id
       where c.name = $1 and c.seq >= w.f and c.seq < w.t order by c.location_id for update of c skip locked
     )
     update checkpoints c set seq = held.t, updated_at = now() from held
     where c.name = $1 and c.location_id = held.location_id returning c.location_id as location`,
    [
      EFFECTS_CHECKPOINT,
      looked.map(({ location }) => location),
      looked.map(({ from }) => from),
      looked.map(({ to }) => to),
    ],
  );
  return new Set(rows.map(({ location }) => location));
}

/** Marks effects as handed over; answers those that were not before, as `location id`. */
async function send(
  client: pg.ClientBase,
  looked: readonly Looked<{ readonly id: string }>[],
  moved: ReadonlySet<string>,
): Promise<Set<string>> {
  const all = looked.flatMap(({ location, effects }) =>
    moved.has(location) ? effects.map(({ id }) => ({ location, id })) : [],
  );
  if (all.length === 0) return new Set();
  const { rows } = await client.query<{ location_id: string; effect_id: string }>(
    'insert into sent (location_id, effect_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing returning location_id, effect_id',
    [all.map(({ location }) => location), all.map(({ id }) => id)],
  );
  return new Set(rows.map((row) => `${row.location_id} ${row.effect_id}`));
}
