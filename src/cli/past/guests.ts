import type { Actor, NewOrder } from '../../domain/commands.ts';
import type { LocationConfig } from '../../domain/config.ts';
import { isOpen } from '../../domain/order.ts';
import { readLocalTime } from '../../ops/localTime.ts';
import type { Brigade } from './brigade.ts';
import { chooseDessert, chooseParty } from './choice.ts';
import type { PastHouse } from './pastHouse.ts';

/** Who comes on a day, when, and what they do: lunch from twelve to two, dinner from seven to ten, weekends fuller. */

const MAYA: Actor = { id: 'staff:maya', role: 'waiter', name: 'Maya' };
const WAITERS: readonly Actor[] = [
  MAYA,
  { id: 'staff:tom', role: 'waiter', name: 'Tom' },
  { id: 'staff:sara', role: 'waiter', name: 'Sara' },
];
const PARTNERS = ['uber-eats', 'doordash'] as const;
const NAMES = ['Alex', 'Priya', 'Jonas', 'Lucía', 'Omar', 'Wei', 'Grace', 'Mateo', 'Hana', 'Leila'];

/** How busy each hour is, beside the others. */
const HOURS: readonly (readonly [hour: number, weight: number])[] = [
  [11, 0.35],
  [12, 1.5],
  [13, 1.6],
  [14, 0.6],
  [15, 0.25],
  [16, 0.15],
  [17, 0.25],
  [18, 0.55],
  [19, 1.6],
  [20, 2],
  [21, 1.55],
  [22, 0.3],
];
const WEEKEND = 1.6;

/** Orders of a weekday, before the weekend and chance have their say. */
export type Crowd = { readonly orders: number; readonly dineIn: number };

export function inviteGuests(
  house: PastHouse,
  brigade: Brigade,
  config: LocationConfig,
  crowd: Crowd,
  day: string,
  /** Nobody comes after this, ms. */
  until: number,
): void {
  const { chance } = house;
  const weekday = new Date(`${day}T12:00:00.000Z`).getUTCDay();
  const full = weekday === 0 || weekday === 6 ? WEEKEND : 1;
  const orders = Math.round(crowd.orders * full * chance.between(0.88, 1.12));
  const all = HOURS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [hour, weight] of HOURS) {
    const begin = readLocalTime(`${day}T${String(hour).padStart(2, '0')}:00`, config.timezone, house.now);
    const count = Math.floor((orders * weight) / all + chance.next());
    for (let guest = 0; begin !== null && guest < count; guest += 1) {
      const at = begin + chance.below(3_600_000);
      if (at <= until) house.later(at, () => arrive(house, brigade, config, crowd));
    }
  }
}

/** So many more, all between two moments. */
export function inviteMore(
  house: PastHouse,
  brigade: Brigade,
  config: LocationConfig,
  count: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let guest = 0; guest < count; guest += 1)
    house.later(house.chance.between(from, to), () =>
      arrive(house, brigade, config, { orders: count, dineIn: 0 }),
    );
}

function arrive(house: PastHouse, brigade: Brigade, config: LocationConfig, crowd: Crowd): void {
  const { chance } = house;
  const by = chance.pick(WAITERS);
  if (chance.is(crowd.dineIn)) {
    const covers = chance.pick([1, 2, 2, 2, 3, 4, 4, 5, 6]);
    const table = freeTable(house, config, covers);
    if (table !== null && house.perform('table.seat', { table, covers }, by)) {
      house.later(house.now + chance.between(90, 360) * 1000, () =>
        order(house, brigade, config, { type: 'dine_in', table, covers }, covers, by),
      );
      return;
    }
  }
  const kind = chance.next();
  const covers = chance.pick([1, 1, 2, 2, 3]);
  if (kind < 0.45) order(house, brigade, config, { type: 'counter' }, covers, by);
  else if (kind < 0.7) {
    const guest = { name: chance.pick(NAMES) };
    order(
      house,
      brigade,
      config,
      { type: 'takeout', source: chance.is(0.4) ? 'phone' : 'pos', guest },
      covers,
      by,
    );
  } else {
    const source = chance.pick(PARTNERS);
    const code = chance
      .below(36 ** 5)
      .toString(36)
      .toUpperCase()
      .padStart(5, '0');
    const partner: Actor = { id: `partner:${source}`, role: 'partner' };
    order(
      house,
      brigade,
      config,
      { type: 'delivery', source, displayId: code, externalId: code },
      covers,
      partner,
    );
  }
}

function freeTable(house: PastHouse, config: LocationConfig, covers: number): string | null {
  const free = config.tables.filter(
    ({ id, seats }) => seats >= covers && house.state.tables.get(id)?.status === 'free',
  );
  const least = Math.min(...free.map(({ seats }) => seats));
  const fitting = free.filter(({ seats }) => seats === least);
  return fitting.length === 0 ? null : house.chance.pick(fitting).id;
}

type Kind = Pick<NewOrder, 'type' | 'table' | 'covers' | 'source' | 'guest' | 'displayId' | 'externalId'>;

function order(
  house: PastHouse,
  brigade: Brigade,
  config: LocationConfig,
  kind: Kind,
  covers: number,
  by: Actor,
): void {
  const { chance } = house;
  const id = house.id();
  const items = chooseParty(chance, config, covers, () => house.id());
  if (!house.perform('order.place', { order: { id, ...kind, allergies: [], items } }, by)) return;
  if (chance.is(0.03)) house.later(house.now + chance.between(30, 240) * 1000, () => brigade.void(id));
  if (chance.is(0.008))
    house.later(house.now + chance.between(20, 90) * 1000, () =>
      house.perform('order.cancel', { order: id, reason: chance.pick(['guest left', 'ordered twice']) }, by),
    );
  const { table } = kind;
  if (table === undefined) return;
  if (chance.is(0.22))
    house.later(house.now + chance.between(1_500, 2_400) * 1000, () => {
      const now = house.state.orders.get(id);
      if (now !== undefined && isOpen(now))
        house.perform('order.add', { order: id, items: chooseDessert(chance, config, () => house.id()) }, by);
    });
  leave(house, table, house.now + chance.between(2_400, 4_500) * 1000, by);
}

/** They go when they have eaten; the table is wiped and free again. */
function leave(house: PastHouse, table: string, at: number, by: Actor): void {
  house.later(at, () => {
    if (!house.perform('table.clear', { table }, by)) return leave(house, table, house.now + 300_000, by);
    house.later(house.now + house.chance.between(60, 200) * 1000, () =>
      house.perform('table.clear', { table }, by),
    );
  });
}

/** Nobody stays over night, and not into the present. */
export function closeHouse(house: PastHouse, config: LocationConfig): void {
  for (let times = 0; times < 2; times += 1)
    for (const { id } of config.tables) house.perform('table.clear', { table: id }, MAYA);
}
