import type { ProviderSim, SimInstance, SimTold } from '../simulation.ts';
import { signKite } from './kite.ts';

/** Kite's side: the example of a simulator, whole. */
export const kiteSim: ProviderSim = {
  provider: 'kite',
  create(world): SimInstance {
    const orders = new Map<string, { acts: string[]; state: string }>();

    async function tell(
      type: string,
      body: { readonly order: { readonly id: string; readonly items?: object } },
    ): Promise<number> {
      const raw = Buffer.from(JSON.stringify({ id: `${type} ${body.order.id}`, type, ...body }));
      const { status } = await world.deliver({
        headers: signKite(raw, world.secrets['signingKey'] ?? ''),
        body: raw,
      });
      return status;
    }
    async function order({ id = `K-${Math.floor(world.random() * 1e9)}` } = {}): Promise<{ id: string }> {
      const dish = world.menu[Math.floor(world.random() * world.menu.length)];
      orders.set(id, { acts: [], state: 'offered' });
      const item = { name: dish?.name ?? 'Arepa', price: dish?.price ?? 900, qty: 1 };
      const status = await tell('order.created', { order: { id, items: [item] } });
      world.say(`${id} ${item.name}: ${status}`);
      return { id };
    }

    return {
      answer({ method, path }) {
        const [, id = ''] = /^\/orders\/([^/]+)\/ready$/.exec(path) ?? [];
        const known = orders.get(decodeURIComponent(id));
        if (method === 'POST' && path === '/token')
          return { status: 200, body: { access_token: `t-${world.random()}`, expires_in: 3_600 } };
        if (method !== 'POST' || known === undefined)
          return { status: 404, body: { message: 'no such order' } };
        known.acts.push('ready');
        known.state = 'ready';
        return { status: 200, body: {} };
      },
      stories: {
        order,
        async cancel(options) {
          const { id } = await order(options);
          await world.sleep(200);
          const known = orders.get(id);
          if (known !== undefined) known.state = 'cancelled';
          await tell('order.cancelled', { order: { id } });
          return { id };
        },
      },
      told: () =>
        [...orders].map(([id, { acts, state }]): SimTold => ({ id, acts: [...acts], state, inTime: true })),
    };
  },
};
