import { afterEach, describe, expect, it } from 'vitest';
import { TryLater } from '../provider.ts';
import { MARKETPLACE } from '../testing/doordashUnderFire.ts';
import { type SimServer, refusal, startSimServer } from '../testing/simServer.ts';
import { doordash } from './doordash.ts';
import { doordashSim } from './sim.ts';

const OURS = '0190f2f0-0000-7000-8000-000000000001';

let open: SimServer | null = null;
afterEach(async () => {
  await open?.stop();
  open = null;
});

async function start(
  options: Partial<Parameters<typeof startSimServer>[2]> = {},
): Promise<
  SimServer & { order(): Promise<string>; told(id: string): { acts: readonly string[]; state: string } }
> {
  const server = await startSimServer(doordash, doordashSim, {
    secrets: MARKETPLACE,
    store: 'loc_pearl',
    ...options,
  });
  open = server;
  return {
    ...server,
    order: async () => (await server.sim.stories['order']?.())?.id ?? '',
    told: (id) => {
      const told = server.sim.told().find((one) => one.id === id);
      return { acts: told?.acts ?? [], state: told?.state ?? 'unknown' };
    },
  };
}

const accept = (externalId: string) => ({
  act: 'accept',
  order: OURS,
  externalId,
  readyAt: '2026-11-20T21:05:00.000Z',
  minutes: 20,
});
const deny = (externalId: string, more: Record<string, unknown> = {}) => ({
  act: 'deny',
  order: OURS,
  externalId,
  reason: 'kitchen_busy',
  items: [],
  ...more,
});
const cancel = (externalId: string) => ({
  act: 'cancel',
  order: OURS,
  externalId,
  reason: 'The oven broke',
  kind: 'closed',
});

describe('an order of DoorDash', () => {
  it('[PL74] is confirmed with our id and the promised time, once', async () => {
    const dd = await start();
    const id = await dd.order();
    expect(dd.told(id)).toEqual({ acts: [], state: 'new' });
    await dd.send(accept(id));
    expect(dd.calls).toEqual([
      `PATCH /marketplace/api/v1/orders/${id} {"merchant_supplied_id":"${OURS}","order_status":"success","prep_time":"2026-11-20T21:05:00.000Z"}`,
    ]);
    expect(dd.told(id)).toEqual({ acts: ['accept'], state: 'confirmed' });
    // The answer of the first was lost: the second hears that it is so already.
    await dd.send(accept(id));
    expect(dd.told(id).acts).toEqual(['accept']);
  });

  it('[PL74] is refused with the items that are out, as DoorDash words it', async () => {
    const dd = await start();
    const id = await dd.order();
    await dd.send(deny(id, { reason: 'item_out_of_stock', items: ['empanada', 'X-9'] }));
    expect(dd.told(id)).toEqual({ acts: ['deny'], state: 'failed' });
    expect(JSON.parse(dd.calls[0]?.replace(/^\S+ \S+ /, '') ?? '')).toEqual({
      merchant_supplied_id: OURS,
      order_status: 'fail',
      failure_reason: 'Item Unavailable - Empanada - empanada - Out of stock',
      errors: [
        { code: 'ITEM_OUT_OF_STOCK', merchant_supplied_id: 'empanada', message: 'Empanada is sold out' },
        { code: 'ITEM_OUT_OF_STOCK', merchant_supplied_id: 'X-9', message: 'X-9 is sold out' },
      ],
    });
  });

  it.each([
    ['kitchen_busy', 'CAPACITY_THROTTLING', 'La cocina no da abasto'],
    ['closed', 'STORE_CLOSED', 'El restaurante está cerrado'],
    ['address', 'INVALID_ADDRESS', 'No se reparte en esa dirección'],
    ['other', 'OTHER', 'El restaurante no puede aceptarlo'],
  ])(
    '[PL96] is refused for %s by DoorDash’s code %s, and in the language of the place',
    async (reason, code, words) => {
      const dd = await start({ config: { language: 'es' } });
      const id = await dd.order();
      await dd.send(deny(id, { reason }));
      expect(JSON.parse(dd.calls[0]?.replace(/^\S+ \S+ /, '') ?? '')).toEqual({
        merchant_supplied_id: OURS,
        order_status: 'fail',
        failure_reason: words,
        errors: [{ code, merchant_supplied_id: OURS, message: words }],
      });
      // It was confirmed meanwhile: what is said of the cancellation is said in the same words.
      const second = await dd.order();
      await dd.send(accept(second));
      await dd.send(deny(second, { reason }));
      expect(dd.calls.at(-1)).toContain(`"cancel_details":"${words}"`);
    },
  );

  it('[PL75] that expired before our yes is a refusal in words', async () => {
    const dd = await start();
    const id = await dd.order();
    dd.skip(9 * 60_000);
    const no = await refusal(dd.send(accept(id)));
    expect(no.message).toBe('DoorDash refused: Order has expired.');
    expect(no.code).toBe('bad_request');
    expect(dd.sim.told()[0]).toMatchObject({ state: 'expired', inTime: false });
    // Nobody can say which of the two it means: rather an alert than food for nobody.
    dd.instead({ status: 400, body: { message: 'Order has already been processed or order has expired' } });
    await refusal(dd.send(accept(id)));
  });

  it('[PL75] is told again later after 429, 5xx and a connection that broke', async () => {
    const dd = await start();
    const id = await dd.order();
    for (const trouble of [{ status: 429 }, { status: 500 }, { status: 503 }, { status: 302 }, null]) {
      dd.instead(trouble);
      await expect(dd.send(accept(id))).rejects.toBeInstanceOf(TryLater);
    }
    expect(dd.told(id).state).toBe('new');
    await dd.send(accept(id));
    expect(dd.told(id).state).toBe('confirmed');
  });

  it('[PL76] that was confirmed meanwhile is cancelled where we meant to refuse it', async () => {
    const dd = await start();
    const id = await dd.order();
    await dd.send(accept(id));
    await dd.send(deny(id));
    expect(dd.told(id)).toEqual({ acts: ['accept', 'cancel'], state: 'cancelled' });
    // Again, its answer was lost: it is over, which is what was wanted.
    await dd.send(deny(id));
    expect(dd.told(id).acts).toEqual(['accept', 'cancel']);
  });

  it('[PL76] that was not confirmed yet is refused where we meant to cancel it, and the store stays on', async () => {
    const dd = await start();
    const id = await dd.order();
    await dd.send(cancel(id));
    expect(dd.told(id)).toEqual({ acts: ['deny'], state: 'failed' });
    const second = await dd.order();
    await dd.send(accept(second));
    await dd.send(cancel(second));
    await dd.send(cancel(second));
    expect(dd.told(second)).toEqual({ acts: ['accept', 'cancel'], state: 'cancelled' });
    const bodies = dd.calls
      .filter((call) => call.includes('/cancellation'))
      .map((call) => call.split(' {')[1]);
    expect(new Set(bodies)).toEqual(new Set(['"cancel_reason":"OTHER","cancel_details":"The oven broke"}']));
  });

  it('[PL77] is announced as ready, and nobody is bothered when it is over at DoorDash', async () => {
    const dd = await start();
    const id = await dd.order();
    await dd.send(accept(id));
    const ready = { act: 'ready', order: OURS, externalId: id };
    await dd.send(ready);
    await dd.send(ready);
    expect(dd.told(id)).toEqual({ acts: ['accept', 'ready', 'ready'], state: 'ready' });
    await dd.send(cancel(id));
    await dd.send(ready);
    expect(dd.reports).toEqual(['DoorDash takes no more news of an order']);
    dd.instead({ status: 403, body: { message: 'Not granted' } });
    expect((await refusal(dd.send(ready))).message).toMatch(/has not given this account the right/);
  });

  it('[PL77] has lines taken out, by DoorDash’s own ids', async () => {
    const dd = await start();
    const id = await dd.order();
    const adjust = (line: string, quantity: number) => ({
      act: 'adjust',
      order: OURS,
      externalId: id,
      items: [{ line, quantity }],
    });
    expect((await refusal(dd.send(adjust(`${id}-0`, 0)))).message).toMatch(/not confirmed/);
    await dd.send(accept(id));
    await dd.send(adjust(`${id}-0`, 0));
    await dd.send(adjust(`${id}-0`, 1));
    expect(dd.told(id).acts).toEqual(['accept', `adjust 0 of ${id}-0`, `adjust 1 of ${id}-0`]);
    expect(dd.calls.at(-2)).toContain('"adjustment_type":"ITEM_REMOVE"');
    expect(dd.calls.at(-1)).toContain('"adjustment_type":"ITEM_UPDATE"');
    expect((await refusal(dd.send(adjust('li-9', 0)))).code).toBe('not_found');
  });

  it('[PL75] whose id leads to another path is refused before anything is called', async () => {
    const dd = await start();
    for (const id of ['..', '.', '']) expect((await refusal(dd.send(accept(id)))).code).toBe('no_id');
    expect((await refusal(dd.send(accept('../stores/loc_pearl/status')))).message).toMatch(/does not exist/);
    expect(dd.calls).toHaveLength(1);
    expect(dd.calls[0]).toContain('/orders/..%2Fstores%2Floc_pearl%2Fstatus ');
  });
});

describe('the token of a call', () => {
  it('[PL73] is shared until shortly before its end', async () => {
    const dd = await start();
    const tokens = () => dd.tools.tokens.get('jwt', () => Promise.reject(new Error('not signed yet')));
    const first = await dd.order();
    await dd.send(accept(first));
    const token = await tokens();
    dd.skip(20 * 60_000);
    await dd.send(accept(await dd.order()));
    expect(await tokens()).toBe(token);
    dd.skip(5 * 60_000);
    await dd.send(accept(await dd.order()));
    expect(await tokens()).not.toBe(token);
    expect(dd.sim.told().map(({ state }) => state)).toEqual(['confirmed', 'confirmed', 'confirmed']);
  });

  it('[PL73] that DoorDash takes no more is replaced at once', async () => {
    const dd = await start();
    const id = await dd.order();
    dd.instead({ status: 401, body: { message: 'The token expired' } });
    await dd.send(accept(id));
    expect(dd.told(id).acts).toEqual(['accept']);
    expect(dd.calls).toHaveLength(2);
  });

  it.each([
    ['another secret', { signingSecret: Buffer.from('another').toString('base64url') }, /key/],
    ['another developer', { developerId: 'dev-2' }, /key/],
    ['another key', { keyId: 'key-2' }, /key/],
    ['another provider', { providerType: 'heart' }, /the right/],
  ])('[PL73] with %s is refused, and the words say where to look', async (_what, wrong, words) => {
    const dd = await start({ simSecrets: { ...MARKETPLACE, ...wrong } });
    const no = await refusal(dd.send({ act: 'resume' }));
    expect(no.message).toMatch(words);
    expect(['authentication_error', 'authorization_error']).toContain(no.code);
  });
});

describe('the store at DoorDash', () => {
  it('[PL78] sells no item that ran out, whatever else was named with it', async () => {
    const dd = await start();
    await dd.send({ act: 'itemOut', item: 'empanada', externalIds: ['empanada', 'limonada'] });
    expect(dd.calls.at(-1)).toBe(
      'PUT /marketplace/api/v1/stores/loc_pearl/items/status [{"merchant_supplied_id":"empanada","is_active":false},{"merchant_supplied_id":"limonada","is_active":false}]',
    );
    await dd.send({ act: 'itemBack', item: 'empanada', externalIds: ['empanada', 'nothing-of-theirs'] });
    expect(dd.calls.slice(-3).map((call) => call.replace(/^.* /, ''))).toEqual([
      '[{"merchant_supplied_id":"empanada","is_active":true},{"merchant_supplied_id":"nothing-of-theirs","is_active":true}]',
      '[{"merchant_supplied_id":"empanada","is_active":true}]',
      '[{"merchant_supplied_id":"nothing-of-theirs","is_active":true}]',
    ]);
    // By our own id where there is no other.
    await dd.send({ act: 'itemOut', item: 'limonada', externalIds: [] });
    expect(dd.calls.at(-1)).toContain('[{"merchant_supplied_id":"limonada","is_active":false}]');
    await dd.send({ act: 'itemOut', item: 'aji', externalIds: ['aji'], isOption: true });
    expect(dd.calls.at(-1)).toContain('/item_options/status ');
  });

  it('[SI19] has no orders for what it was told is sold out', async () => {
    const bodies: string[] = [];
    const dd = await start({
      deliver: async ({ body }) => {
        bodies.push(body.toString());
        return { status: 202, body: '' };
      },
    });
    await dd.send({ act: 'itemOut', item: 'empanada', externalIds: ['empanada'] });
    for (let count = 0; count < 12; count += 1) await dd.order();
    expect(bodies.filter((body) => body.includes('Empanada'))).toEqual([]);
    await dd.send({ act: 'itemBack', item: 'empanada', externalIds: ['empanada'] });
    for (let count = 0; count < 12; count += 1) await dd.order();
    expect(bodies.filter((body) => body.includes('Empanada'))).not.toEqual([]);
  });

  it('[PL79] pauses until a time and comes back, and says what it cannot be told', async () => {
    const dd = await start();
    await dd.send({ act: 'pause', until: '2026-11-20T21:00:00.000Z', reason: 'Hood fan broken' });
    await dd.send({ act: 'pause' });
    await dd.send({ act: 'resume' });
    expect(
      dd.calls.map((call) => call.replace('PUT /marketplace/api/v1/stores/loc_pearl/status ', '')),
    ).toEqual([
      '{"is_active":false,"reason":"operational_issues","notes":"Hood fan broken","end_time":"2026-11-20T21:00:00+00:00"}',
      '{"is_active":false,"reason":"operational_issues"}',
      '{"is_active":true}',
    ]);
    await dd.send({ act: 'busy', minutes: 10 });
    expect(dd.calls).toHaveLength(3);
    expect((await refusal(dd.send({ act: 'delay', externalId: 'x' }))).code).toBe('no_delay');
    expect((await refusal(dd.send({ act: 'sing' }))).code).toBe('no_act');
  });

  it('[PL79] without an id of the store is a refusal that says what to set', async () => {
    const server = await startSimServer(doordash, doordashSim, { secrets: MARKETPLACE });
    open = server;
    expect((await refusal(server.send({ act: 'resume' }))).message).toMatch(/set `store`/);
    expect(server.calls).toEqual([]);
  });
});
