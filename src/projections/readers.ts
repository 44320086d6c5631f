import type pg from 'pg';
import { type OrderSearch, createOrderSearch } from './orderSearch.ts';
import { type Reports, createReports } from './reports/ask.ts';
import { type TicketTimes, createTicketTimes } from './ticketTimes.ts';

/** Whoever asks the tables something. */
export type Readers = {
  readonly orders: OrderSearch;
  readonly reports: Reports;
  readonly tickets: TicketTimes;
};

/** `pool` as role heard_app. `settle`: lets what is known of a location reach the tables before they are asked. */
export function createReaders(pool: pg.Pool, settle: (location: string) => Promise<void>): Readers {
  return {
    orders: createOrderSearch(pool, settle),
    reports: createReports(pool, settle),
    tickets: createTicketTimes(pool, settle),
  };
}
