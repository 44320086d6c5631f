import pg from 'pg';

export type Item = { id: string; menuItem: string; name: string; qty: number; modifiers: unknown[] };
export type Ticket = {
  id: string;
  order: string;
  number: number;
  location: string;
  station: string;
  status: 'new';
  items: Item[];
};
export type NewOrder = {
  id: string;
  location: string;
  type: string;
  items: Item[];
  tickets: { id: string; station: string; items: Item[] }[];
};

/** Writes an order with its items and tickets; resolves with the order's number once it is committed. */
export type Store = (order: NewOrder) => Promise<number>;

/** As an article would write it: a transaction, a statement for each row. */
export function articleStore(pool: pg.Pool): Store {
  return async (order) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ number: string }>(
        'INSERT INTO orders (id, location, type) VALUES ($1, $2, $3) RETURNING number',
        [order.id, order.location, order.type],
      );
      for (const item of order.items) {
        await client.query(
          'INSERT INTO order_items (id, order_id, menu_item, name, qty, modifiers) VALUES ($1, $2, $3, $4, $5, $6)',
          [item.id, order.id, item.menuItem, item.name, item.qty, JSON.stringify(item.modifiers)],
        );
      }
      for (const ticket of order.tickets) {
        await client.query(
          'INSERT INTO tickets (id, order_id, location, station, items) VALUES ($1, $2, $3, $4, $5)',
          [ticket.id, order.id, order.location, ticket.station, JSON.stringify(ticket.items)],
        );
      }
      await client.query('COMMIT');
      return Number(rows[0]?.number);
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
}

const ONE_STATEMENT = `
  WITH o AS (INSERT INTO orders (id, location, type) VALUES ($1, $2, $3) RETURNING number),
  i AS (INSERT INTO order_items (id, order_id, menu_item, name, qty, modifiers)
        SELECT id, $1, menu_item, name, qty, modifiers
        FROM unnest($4::uuid[], $5::text[], $6::text[], $7::int[], $8::jsonb[]) AS x (id, menu_item, name, qty, modifiers)),
  t AS (INSERT INTO tickets (id, order_id, location, station, items)
        SELECT id, $1, $2, station, items FROM unnest($9::uuid[], $10::text[], $11::jsonb[]) AS x (id, station, items))
  SELECT number FROM o`;

/** Tuned: one prepared statement an order, one round trip, one commit. */
export function tunedStore(pool: pg.Pool): Store {
  return async ({ id, location, type, items, tickets }) => {
    const { rows } = await pool.query<{ number: string }>({
      name: 'place-order',
      text: ONE_STATEMENT,
      values: [
        id,
        location,
        type,
        items.map((item) => item.id),
        items.map((item) => item.menuItem),
        items.map((item) => item.name),
        items.map((item) => item.qty),
        items.map((item) => JSON.stringify(item.modifiers)),
        tickets.map((ticket) => ticket.id),
        tickets.map((ticket) => ticket.station),
        tickets.map((ticket) => JSON.stringify(ticket.items)),
      ],
    });
    return Number(rows[0]?.number);
  };
}

/** Stores when tickets were first shown; resolves with those that were not heard before. */
export async function storeHeard(pool: pg.Pool, tickets: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'hear',
    text: 'UPDATE tickets SET heard_at = now() WHERE id = ANY($1::uuid[]) AND heard_at IS NULL RETURNING id',
    values: [tickets],
  });
  return rows.map((row) => row.id);
}
