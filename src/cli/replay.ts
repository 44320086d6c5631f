import { setTimeout as sleep } from 'node:timers/promises';
import type { LocationConfig } from '../domain/config.ts';
import { placeInput } from './realOrders.ts';
import type { RealOrder } from './realOrders.ts';
import { uuid7 } from '../ops/uuid7.ts';

/** Sends orders at a chosen pace through the HTTP commands, as a careful client does: an order keeps its ids over every retry. */
export type ReplayOptions = {
  /** `http://localhost:8080` */
  readonly url: string;
  readonly location: string;
  /** Of a role that may place orders. */
  readonly token: string;
  readonly orders: readonly RealOrder[];
  readonly perSecond: number;
  /** How long one order is tried again while the server is away or answers 429 or 503, ms. */
  readonly patienceMs?: number;
  readonly onPlaced?: (placed: Placed) => void;
};

export type Placed = {
  order: string;
  seq: number;
  tickets: { id: string; station: string }[];
  replayed: boolean;
  tries: number;
};

export type ReplayReport = {
  /** In the order in which they were acknowledged. */
  readonly placed: Placed[];
  /** What was refused, or not answered within the patience. */
  readonly failed: { order: string; why: string }[];
  readonly seconds: number;
};

const PATIENCE_MS = 60_000;
const TRY_MS = 10_000;

/** Replays the orders; resolves when every one was answered or given up. */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { orders, perSecond, onPlaced } = options;
  const placed: Placed[] = [];
  const failed: ReplayReport['failed'] = [];
  const began = performance.now();
  await Promise.all(
    orders.map(async (order, index) => {
      await sleep(Math.max(0, began + (index * 1000) / perSecond - performance.now()));
      const outcome = await place(options, order);
      if ('why' in outcome) failed.push(outcome);
      else {
        placed.push(outcome);
        onPlaced?.(outcome);
      }
    }),
  );
  return { placed, failed, seconds: (performance.now() - began) / 1000 };
}

async function place(
  options: ReplayOptions,
  order: RealOrder,
): Promise<Placed | { order: string; why: string }> {
  const input = placeInput(order, uuid7);
  const { id } = input.order;
  const key = uuid7();
  const giveUp = performance.now() + (options.patienceMs ?? PATIENCE_MS);
  for (let tries = 1; ; tries += 1) {
    const answer = await post(options, 'order.place', key, input);
    if (answer.status === 200) return { ...readPlaced(answer.body, id), tries };
    const passing = answer.status === 0 || answer.status === 429 || answer.status >= 500;
    if (!passing || performance.now() > giveUp)
      return { order: id, why: answer.status === 0 ? answer.body : `${answer.status} ${answer.body}` };
    // Full jitter, so that a thousand waiting orders do not come back at once.
    await sleep(Math.random() * Math.min(1000, 50 * 2 ** tries));
  }
}

/** Configures the location with the menu and stations of the real orders. Throws with the server's problem. */
export async function importMenu(
  to: { url: string; location: string; token: string },
  config: LocationConfig,
): Promise<void> {
  const answer = await post(to, 'location.configure', uuid7(), { config });
  if (answer.status !== 200)
    throw new Error(`${to.url} does not take the menu: ${answer.status} ${answer.body}`);
}

/** Status 0: no answer came. */
async function post(
  to: { url: string; location: string; token: string },
  name: string,
  key: string,
  input: unknown,
): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(`${to.url}/v1/locations/${to.location}/commands/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${to.token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(TRY_MS),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { status: 0, body: `${String(error)}${cause}` };
  }
}

function readPlaced(body: string, order: string): Omit<Placed, 'tries'> {
  const {
    seq,
    replayed,
    result,
  }: { seq: number; replayed: boolean; result: { tickets?: { id: string; station: string }[] } } =
    JSON.parse(body);
  return { order, seq, replayed, tickets: result.tickets ?? [] };
}
