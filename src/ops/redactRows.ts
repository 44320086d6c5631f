import type pg from 'pg';
import { FORGOTTEN } from '../domain/forgetting.ts';
import type { Json } from '../log/types.ts';
import { inLocation } from './inLocation.ts';
import { LEAST, type Words, withoutWords } from './words.ts';

/** The tables that were made from the log, and what was kept beside it: where a person's words may stand as well. */

type Count = Record<string, number>;

/** By what these things are found elsewhere: what was said, their tickets, and how platforms call them. */
export type Traces = {
  readonly words: Words;
  readonly tickets: readonly string[];
  readonly outside: readonly string[];
};

/** Overwrites what the rows of one location say of these orders, bookings and calls. Answers how many rows, by table. */
export function forgetRows(
  pool: pg.Pool,
  location: string,
  subjects: readonly string[],
  { words, tickets, outside }: Traces,
): Promise<Count> {
  return inLocation(pool, location, async (client) => ({
    orders: await forgetOrders(client, location, subjects, words),
    corrections: await forgetCorrections(client, location, subjects),
    inbox: await forgetDeliveries(client, location, [...words, ...outside]),
    papers: await forgetPapers(client, location, words, tickets),
  }));
}

async function forgetOrders(
  client: pg.PoolClient,
  location: string,
  subjects: readonly string[],
  words: Words,
): Promise<number> {
  const { rows } = await client.query<{ id: string; body: Json; guest_name: string | null }>(
    'select id, body, guest_name from orders where location_id = $1 and id = any($2) for update',
    [location, subjects],
  );
  for (const { id, body, guest_name: name } of rows)
    await client.query('update orders set body = $3, guest_name = $4 where location_id = $1 and id = $2', [
      location,
      id,
      JSON.stringify(withoutWords(body, words)),
      name === null ? null : FORGOTTEN,
    ]);
  return rows.length;
}

/** What was given as the reason of a void or a refire. */
async function forgetCorrections(
  client: pg.PoolClient,
  location: string,
  subjects: readonly string[],
): Promise<number> {
  const { rowCount } = await client.query(
    'update corrections set reason = $3 where location_id = $1 and order_id = any($2) and reason <> $3',
    [location, subjects, FORGOTTEN],
  );
  return rowCount ?? 0;
}

/** A paper is one thing: of an order that is forgotten, it goes. Guests' slips name no ticket, but the guest perhaps. */
async function forgetPapers(
  client: pg.PoolClient,
  location: string,
  words: Words,
  tickets: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ id: number; body: Json }>(
    'select id, body from papers where location_id = $1',
    [location],
  );
  const named = rows.filter(({ body }) => {
    const text = JSON.stringify(body);
    return tickets.some((ticket) => text.includes(ticket)) || withoutWords(body, words) !== body;
  });
  await client.query('delete from papers where location_id = $1 and id = any($2)', [
    location,
    named.map(({ id }) => id),
  ]);
  return named.length;
}

/** What a platform sent, as it came: with the guest's words in it, it goes. Nobody can work on it any more. */
async function forgetDeliveries(
  client: pg.PoolClient,
  location: string,
  marks: readonly string[],
): Promise<number> {
  const long = marks.filter((mark) => mark.length >= LEAST);
  const { rowCount } = await client.query(
    `update inbox set raw = '', headers = '{}', query = '', answer = null, reason = 'forgotten',
       status = case when status = 'done' then 'done' else 'ignored' end
     where location_id = $1 and exists (
       select from unnest($2::text[]) mark where position(convert_to(mark, 'UTF8') in raw) > 0)`,
    [location, long],
  );
  return rowCount ?? 0;
}
