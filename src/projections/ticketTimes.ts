import type pg from 'pg';
import { reading } from './scoped.ts';

/** Where in time a ticket is to be found. */
export type TicketTimes = {
  find(
    location: string,
    ticket: string,
  ): Promise<{
    readonly order: string;
    readonly number: number;
    readonly station: string;
    readonly firedAt: string;
    /** The last that is known of it. */
    readonly lastAt: string;
    readonly late: number | null;
  } | null>;
};

/** `pool` as role heard_app. `settle`: lets what is known of the location reach the table first. */
export function createTicketTimes(pool: pg.Pool, settle: (location: string) => Promise<void>): TicketTimes {
  return {
    async find(location, ticket) {
      await settle(location);
      return reading(pool, location, async (client) => {
        const { rows } = await client.query<{
          order: string;
          number: number;
          station: string;
          firedAt: string;
          lastAt: string;
          late: number | null;
        }>(
          `select order_id as "order", number, station, fired_at as "firedAt", late,
             greatest(fired_at, heard_at, started_at, ready_at, recalled_at, passed_at) as "lastAt"
           from fired_tickets where location_id = $1 and ticket_id = $2`,
          [location, ticket],
        );
        return rows[0] ?? null;
      });
    },
  };
}
