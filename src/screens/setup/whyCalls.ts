import { field, textAt, wholeAt } from '../pos/reading.ts';
import { call, list, type Reply } from './calls.ts';

/** Why the tickets of an order are where they are. */

export type Fact = {
  readonly what: string;
  readonly at: string | null;
  readonly values: Readonly<Record<string, string | number>>;
  /** The server's own sentence, for what this page has no words for. */
  readonly say: string;
};
export type WhyTicket = {
  readonly ticket: string;
  readonly name: string;
  readonly status: string;
  readonly facts: readonly Fact[];
};
export type WhyOrder = {
  readonly order: string;
  readonly number: number;
  readonly displayId: string | null;
  readonly table: string | null;
  readonly status: string;
  readonly placedAt: string;
  readonly facts: readonly Fact[];
  readonly tickets: readonly WhyTicket[];
};

export function askWhy(token: string, location: string, q: string): Promise<Reply<WhyOrder[]>> {
  return call(
    `/v1/locations/${location}/why?q=${encodeURIComponent(q)}`,
    (body) => list(field(body, 'orders'), readOrder),
    { token },
  );
}

function readOrder(value: unknown): WhyOrder | null {
  const [order, status, placedAt] = ['order', 'status', 'placedAt'].map((key) => textAt(value, key));
  const number = wholeAt(value, 'number');
  if (order === undefined || status === undefined || placedAt === undefined || number === undefined)
    return null;
  return {
    order,
    number,
    status,
    placedAt,
    displayId: textAt(value, 'displayId') ?? null,
    table: textAt(value, 'table') ?? null,
    facts: list(field(value, 'facts'), readFact) ?? [],
    tickets: list(field(value, 'tickets'), readTicket) ?? [],
  };
}

function readTicket(value: unknown): WhyTicket | null {
  const [ticket, name, status] = ['ticket', 'name', 'status'].map((key) => textAt(value, key));
  if (ticket === undefined || name === undefined || status === undefined) return null;
  return { ticket, name, status, facts: list(field(value, 'facts'), readFact) ?? [] };
}

function readFact(value: unknown): Fact | null {
  const what = textAt(value, 'what');
  if (what === undefined) return null;
  const values = Object.entries(field(value, 'values') ?? {}).filter(
    (one): one is [string, string | number] => typeof one[1] === 'string' || typeof one[1] === 'number',
  );
  return {
    what,
    at: textAt(value, 'at') ?? null,
    values: Object.fromEntries(values),
    say: textAt(value, 'say') ?? what,
  };
}
