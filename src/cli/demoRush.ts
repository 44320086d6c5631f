import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CommandRequest } from '../domain/commands.ts';
import type { GroupConfig, LocationConfig, MenuItemConfig } from '../domain/config.ts';
import type { LocationState } from '../domain/state.ts';
import { isSoldOut, leftOf } from '../domain/stock/left.ts';
import { mintToken } from '../accounts/tokens.ts';
import { ConfigError } from '../config.ts';
import { UsageError, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { uuid7 } from '../ops/uuid7.ts';
import { mustExist, withWorkshop } from './workshop.ts';

type Order = CommandRequest<'order.place'>['order'];
type Line = Extract<Order['items'][number], { menuItem: string }>;

/** `heard demo`: sends orders to a running server as a waiter would: three at once, or a rush of one each 8 s for 10 min. */
export const demo: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    rush: { type: 'boolean', default: false },
    location: { type: 'string', default: 'brasa' },
    url: { type: 'string' },
    every: { type: 'string' },
    minutes: { type: 'string' },
  });
  const every = readNumber('--every', values.every, 8);
  const minutes = readNumber('--minutes', values.minutes, 10);
  const count = values.rush ? Math.max(1, Math.round((minutes * 60) / every)) : 3;
  const { location } = values;
  const { token, config, url } = await withWorkshop(terminal, async (shop) => {
    const { organization } = await mustExist(shop, location);
    const hot = await shop.locations.open(location);
    if (hot?.state.config?.menu.items.length === undefined || hot.state.config.menu.items.length === 0)
      throw new ConfigError(`location "${location}" has no menu`);
    const ttl = Math.ceil(count * every) + 3_600;
    return {
      token: await mintToken(
        shop.secret,
        { sub: 'cli:demo', org: organization, loc: location, role: 'waiter', name: 'Maya' },
        ttl,
      ),
      config: onSale(hot.state.config, hot.state),
      url: values.url ?? `http://127.0.0.1:${shop.config.port}`,
    };
  });
  for (let sent = 0; sent < count; sent += 1) {
    if (sent > 0) await sleep(values.rush ? every * 1000 : 300);
    terminal.out(await send(url, location, token, makeOrder(config)));
  }
  return 0;
};

/** Of an answer or a problem, what is worth a line. */
const placed = z.object({
  result: z.object({ order: z.object({ number: z.int() }) }).optional(),
  detail: z.string().optional(),
});

function readNumber(flag: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 86_400)
    throw new UsageError(`${flag} must be a number above 0`);
  return value;
}

/** Sends one order until it is answered, always under the same key. */
async function send(url: string, location: string, token: string, order: Order): Promise<string> {
  const key = uuid7();
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(`${url}/v1/locations/${location}/commands/order.place`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': key,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ order }),
      signal: AbortSignal.timeout(15_000),
    }).catch((error: Error) => error);
    if (!(response instanceof Error) && response.status < 500 && response.status !== 429) {
      const answer = placed.parse(await response.json());
      const lines = order.items.length === 1 ? '1 line' : `${order.items.length} lines`;
      return response.ok
        ? `#${answer.result?.order.number ?? '?'} ${order.table ?? order.guest?.name ?? order.type}, ${lines}`
        : `refused (${response.status}): ${answer.detail ?? ''}`;
    }
    if (tries === 20)
      throw new ConfigError(`${url} does not answer: is the server running there? (heard start, or --url)`);
    await sleep(Math.min(250 * 2 ** tries, 4_000));
  }
}

/** The menu without what is sold out, or of which fewer are left than a rush may want. */
function onSale(config: LocationConfig, state: LocationState): LocationConfig {
  const { menu } = config;
  return {
    ...config,
    menu: {
      ...menu,
      items: menu.items.filter(({ id }) => !isSoldOut(state, id) && leftOf(state, id) === null),
      groups: menu.groups.map((group) => ({
        ...group,
        options: group.options.filter(({ id }) => !Object.hasOwn(state.soldOut.options, id)),
      })),
    },
  };
}

/** An order as a guest would have it: one to four lines of what is on the menu, required choices made. */
export function makeOrder(config: LocationConfig, random: () => number = Math.random): Order {
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new RangeError('nothing to choose from');
    return one;
  };
  const groups = new Map(config.menu.groups.map((group) => [group.id, group]));
  const line = (item: MenuItemConfig): Line => ({
    id: uuid7(),
    menuItem: item.id,
    qty: random() < 0.2 ? 2 : 1,
    modifiers: item.groups.flatMap((id) => {
      const group = groups.get(id);
      return group === undefined ? [] : choose(group, random, pick);
    }),
    ...(random() < 0.1 && { notes: pick(NOTES) }),
    ...(random() < 0.06 && { allergies: [pick(ALLERGIES)] }),
  });
  const dineIn = config.tables.length > 0 && random() < 0.75;
  const items = Array.from({ length: 1 + Math.floor(random() * 4) }, () => line(pick(config.menu.items)));
  return dineIn
    ? {
        id: uuid7(),
        type: 'dine_in',
        table: pick(config.tables).id,
        covers: 1 + Math.floor(random() * 4),
        items,
      }
    : { id: uuid7(), type: pick(['takeout', 'counter'] as const), guest: { name: pick(GUESTS) }, items };
}

function choose(
  group: GroupConfig,
  random: () => number,
  pick: <T>(list: readonly T[]) => T,
): { group: string; option: string; qty: number }[] {
  const wanted = group.min > 0 ? group.min : random() < 0.35 ? 1 : 0;
  const counts = new Map<string, number>();
  // A dozen of eight kinds repeats some; two flavours of four should not.
  const repeats = wanted > group.options.length;
  while ([...counts.values()].reduce((sum, qty) => sum + qty, 0) < wanted) {
    const option = pick(group.options).id;
    if (!counts.has(option) || repeats) counts.set(option, (counts.get(option) ?? 0) + 1);
  }
  return [...counts].map(([option, qty]) => ({ group: group.id, option, qty }));
}

const NOTES = ['on the side, please', 'extra napkins', 'cut in half', 'birthday table', 'no rush'];
const ALLERGIES = ['nuts', 'gluten', 'dairy', 'egg', 'sesame'];
const GUESTS = ['Nadia', 'Ben', 'Carla', 'Yusuf', 'Mei', 'Jonas', 'Lucía', 'Priya'];
