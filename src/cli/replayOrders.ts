import { mintToken } from '../accounts/tokens.ts';
import { ConfigError } from '../config.ts';
import type { Command } from './arguments.ts';
import { UsageError, readFlags } from './arguments.ts';
import { applyHouse } from './init.ts';
import { configOf, readRealOrders } from './realOrders.ts';
import type { RealOrder } from './realOrders.ts';
import { replay } from './replay.ts';
import { withWorkshop } from './workshop.ts';
import type { Workshop } from './workshop.ts';

const LOCATION = 'burrito';
/** The demo's organization, so that its pages may sign themselves in; made where there is none. */
const ORGANIZATIONS = { demo: 'brasa-group', own: 'burrito-group' } as const;

/**
 * `heard replay-orders`: makes a location of the real orders (its menu, its stations) and sends the orders to a running
 * server, through the HTTP commands, at a chosen pace.
 */
export const replayOrders: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string', default: LOCATION },
    rate: { type: 'string', default: '50' },
    limit: { type: 'string', default: '917' },
    url: { type: 'string' },
  });
  const perSecond = Number(values.rate);
  if (!(perSecond > 0 && perSecond <= 10_000))
    throw new UsageError('--rate must be a number of orders a second above 0');
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number above 0');
  const all = readRealOrders();
  const { location } = values;
  const { token, url } = await withWorkshop(terminal, async (shop) => {
    const organization = await shop.turn(() => ensureLocation(shop, location, all));
    const port = shop.config.port;
    return {
      url: (values.url ?? `http://127.0.0.1:${port}`).replace(/\/+$/, ''),
      token: await mintToken(
        shop.secret,
        { sub: 'cli:replay', org: organization, loc: location, role: 'waiter', name: 'Replay' },
        86_400,
      ),
    };
  });
  const orders = Array.from({ length: limit }, (_, index) => all[index % all.length]).filter(
    (order) => order !== undefined,
  );
  terminal.say(
    `${orders.length} orders to ${url}, ${perSecond} a second; watch ${url}/kitchen/grill?location=${location}`,
  );
  const { placed, failed, seconds } = await replay({ url, location, token, orders, perSecond });
  const tickets = placed.reduce((sum, one) => sum + one.tickets.length, 0);
  terminal.out(
    `${placed.length} orders, ${tickets} tickets in ${seconds.toFixed(1)} s, ${placed.filter(({ tries }) => tries > 1).length} tried more than once, ${failed.length} failed`,
  );
  for (const { order, why } of failed.slice(0, 3)) terminal.say(`order ${order}: ${why}`);
  return failed.length === 0 ? 0 : 1;
};

/** The organization of the location; makes the location with the orders' menu when there is none. */
async function ensureLocation(
  shop: Workshop,
  location: string,
  orders: readonly RealOrder[],
): Promise<string> {
  const row = await shop.log.readLocation(location);
  const config = configOf(orders);
  if (row === null) {
    const demo = (await shop.log.listLocations(ORGANIZATIONS.demo)).length > 0;
    const organization = demo
      ? { id: ORGANIZATIONS.demo, name: 'Brasa Group', demo: true }
      : { id: ORGANIZATIONS.own, name: 'Burrito Group', demo: false };
    await applyHouse(
      { organization, managers: [], staff: [], locations: [{ id: location, staff: [], links: [], config }] },
      shop,
    );
    return organization.id;
  }
  const hot = await shop.locations.open(location);
  const served = new Set(hot?.state.config?.menu.items.map(({ id }) => id));
  if (!config.menu.items.every(({ id }) => served.has(id)))
    throw new ConfigError(
      `the menu of "${location}" does not have what the real orders ask for; leave out --location, or name one that does not exist yet`,
    );
  return row.organization;
}
