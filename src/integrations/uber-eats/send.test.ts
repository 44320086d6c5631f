import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderRefused, TryLater } from '../provider.ts';
import { sample } from '../testing/samples.ts';
import { type SimServer, startSimServer } from '../testing/simServer.ts';
import { uberEatsSim } from './sim.ts';
import { uberEats } from './uberEats.ts';

const STORE = '5b1f6a52-0b1c-4f1e-9d3b-7c2a51e60a11';
const SECRETS = { clientId: 'id', clientSecret: 'secret' };
const READY = '2036-11-20T19:05:00Z';
let server: SimServer;

const startUber = (config: Readonly<Record<string, unknown>> = {}): Promise<SimServer> =>
  startSimServer(uberEats, uberEatsSim, {
    secrets: SECRETS,
    store: STORE,
    deliver: async () => ({ status: 200, body: '' }),
    config,
  });

beforeEach(async () => {
  server = await startUber();
});
afterEach(() => server.stop());

async function order(story = 'order'): Promise<string> {
  return (await server.sim.stories[story]?.({ lines: '2' }))?.id ?? '';
}
/** What Uber thinks of the order. */
function stateOf(id: string): { acts: readonly string[]; state: string } | undefined {
  const told = server.sim.told().find((one) => one.id === id);
  return told && { acts: told.acts, state: told.state };
}
/** Requests without those for tokens. */
function calls(): string[] {
  return server.calls.filter((one) => !one.includes('/oauth/')).map((one) => one.replace(/ \{.*/s, ''));
}
function bodyOf(path: RegExp): unknown {
  const call = server.calls.find((one) => path.test(one)) ?? '';
  return JSON.parse(call.slice(call.indexOf('{')));
}

describe('what Uber Eats is told of an order', () => {
  it('[PL54] accepted, ready and later, in the documented words', async () => {
    const id = await order();
    await server.send({ act: 'accept', externalId: id, order: 'ord_01JD9W4B2M', readyAt: READY });
    await server.send({ act: 'delay', externalId: id, readyAt: '2036-11-20T19:12:00Z' });
    await server.send({ act: 'ready', externalId: id });
    expect(stateOf(id)).toEqual({ acts: ['accept', 'update-ready-time', 'ready'], state: 'ACCEPTED' });
    const documented = sample('uber-eats/request-accept.v1-delivery.json') as object;
    expect(Object.keys(documented)).toEqual(
      expect.arrayContaining(Object.keys(bodyOf(/\/accept /) as object)),
    );
    expect(bodyOf(/\/accept /)).toEqual({
      ready_for_pickup_time: READY,
      external_reference_id: 'ord_01JD9W4B2M',
      accepted_by: 'Heard',
    });
    expect(bodyOf(/update-ready-time/)).toEqual({ ready_for_pickup_time: '2036-11-20T19:12:00Z' });
  });

  it('[PL54] denied, with the reason and Uber’s own ids of what is sold out', async () => {
    const id = await order();
    await server.send({
      act: 'deny',
      externalId: id,
      reason: 'item_out_of_stock',
      items: ['empanada', 'not-in-it'],
    });
    expect(stateOf(id)).toEqual({ acts: ['deny'], state: 'FAILED' });
    expect(bodyOf(/\/deny /)).toEqual({
      deny_reason: {
        type: 'ITEM_ISSUE',
        info: 'An item is sold out',
        client_error_code: 'item_out_of_stock',
        item_metadata: {
          invalid_item: ['empanada', 'not-in-it'].map((name) => ({
            id: name,
            type: 'OUT_OF_ITEM',
            client_error_code: 'item_out_of_stock',
            info: 'An item is sold out',
            external_id: name,
          })),
        },
      },
    });
  });

  it.each([
    ['kitchen_busy', 'RESTAURANT_TOO_BUSY'],
    ['closed', 'STORE_CLOSED'],
    ['cannot_read', 'ORDER_VALIDATION'],
    ['address', 'ADDRESS'],
    ['technical', 'TECHNICAL_FAILURE'],
    ['other', 'OTHER'],
    ['constructor', 'OTHER'],
  ])('[PL54] a denial for %s is Uber’s %s', async (reason, type) => {
    const id = await order();
    await server.send({ act: 'deny', externalId: id, reason, note: 'Sorry' });
    expect(bodyOf(/\/deny /)).toEqual({
      deny_reason: { type, info: 'Sorry', client_error_code: reason },
    });
  });

  it.each([
    ['es', 'La cocina no da abasto', 'Un plato se agotó', 'Agotado'],
    ['ar', 'المطبخ مزدحم جدًا', 'نفد أحد الأصناف', 'نفد'],
  ])('[PL96] is told in the language of the place, %s', async (language, busy, out, soldOut) => {
    await server.stop();
    server = await startUber({ language });
    const id = await order();
    await server.send({ act: 'deny', externalId: id, reason: 'kitchen_busy' });
    expect(bodyOf(/\/deny /)).toEqual({
      deny_reason: { type: 'RESTAURANT_TOO_BUSY', info: busy, client_error_code: 'kitchen_busy' },
    });
    const older = await order('legacy');
    await server.send({ act: 'deny', externalId: older, reason: 'item_out_of_stock', items: ['empanada'] });
    expect(bodyOf(/deny_pos_order/)).toMatchObject({ reason: { explanation: out } });
    await server.send({ act: 'itemOut', item: 'empanada', externalIds: ['empanada'] });
    expect(bodyOf(/menus\/items/)).toMatchObject({
      suspension_info: { suspension: { reason: soldOut } },
    });
  });

  it('[PL54] cancelled after it was accepted', async () => {
    const id = await order();
    await server.send({ act: 'accept', externalId: id, readyAt: READY });
    await server.send({ act: 'cancel', externalId: id, reason: 'Gas leak', kind: 'closed' });
    expect(stateOf(id)).toEqual({ acts: ['accept', 'cancel'], state: 'FAILED' });
    expect(bodyOf(/\/cancel /)).toEqual({
      type: 'KITCHEN_CLOSED',
      info: 'Gas leak',
      client_error_code: 'closed',
    });
  });

  it('[PL55] goes through the older API for an order that came by it', async () => {
    const id = await order('legacy');
    await server.send({ act: 'accept', externalId: id, order: 'ord_1', readyAt: '2036-11-20T19:05:00Z' });
    expect(bodyOf(/accept_pos_order/)).toEqual({
      reason: 'accepted',
      pickup_time: Date.parse('2036-11-20T19:05:00Z') / 1_000,
      external_reference_id: 'ord_1',
      fields_relayed: {
        order_special_instructions: true,
        item_special_instructions: true,
        item_special_requests: true,
        promotions: false,
      },
    });
    // It has no way to say these, and needs none.
    await server.send({ act: 'ready', externalId: id });
    await server.send({ act: 'delay', externalId: id, readyAt: READY });
    await server.send({ act: 'cancel', externalId: id, reason: 'Gas leak', kind: 'other' });
    expect(stateOf(id)).toEqual({ acts: ['accept', 'cancel'], state: 'FAILED' });

    const second = await order('legacy');
    await server.send({ act: 'deny', externalId: second, reason: 'item_out_of_stock', items: ['empanada'] });
    expect(bodyOf(/deny_pos_order/)).toEqual({
      reason: {
        explanation: 'An item is sold out',
        code: 'ITEM_AVAILABILITY',
        out_of_stock_items: ['empanada'],
      },
    });
    expect(stateOf(second)?.acts).toEqual(['deny']);
  });

  it('[PL56] counts as told when the order is already so', async () => {
    const id = await order();
    const twice = async (request: { act: string } & Record<string, unknown>) => {
      await server.send({ ...request, externalId: id });
      await server.send({ ...request, externalId: id });
    };
    await twice({ act: 'accept', readyAt: READY });
    await twice({ act: 'ready' });
    await server.send({ act: 'delay', externalId: id, readyAt: READY });
    await twice({ act: 'cancel', reason: 'Gas leak' });
    await server.send({ act: 'deny', externalId: id, reason: 'other' });
    expect(stateOf(id)?.acts).toEqual(['accept', 'ready', 'cancel']);
  });

  it('[PL56] is refused with Uber’s words when it cannot be any more, and for an order that Uber does not know', async () => {
    const id = await order();
    await server.send({ act: 'deny', externalId: id, reason: 'other' });
    const refused = await server.send({ act: 'accept', externalId: id }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProviderRefused);
    expect(refused).toMatchObject({
      code: 'INVALID_ORDER_STATE',
      message: 'Uber Eats refused "accept": order is no longer active',
    });
    for (const act of ['accept', 'ready', 'cancel', 'delay', 'deny'])
      await expect(server.send({ act, externalId: 'nobody', readyAt: READY })).rejects.toMatchObject({
        name: 'ProviderRefused',
        code: 'NOT_FOUND',
      });
    for (const externalId of ['..', '', 'a/b', undefined])
      await expect(server.send({ act: 'accept', externalId })).rejects.toMatchObject({ code: 'no_order' });
  });
});

describe('what Uber Eats is told of the store', () => {
  it('[PL54] closed for a while, open again', async () => {
    await server.send({ act: 'pause', until: '2036-11-20T20:00:00Z', reason: 'Kitchen overloaded' });
    expect(bodyOf(/update-store-status/)).toEqual({
      ...(sample('uber-eats/request-pause-store.v1-delivery.json') as object),
      is_offline_until: '2036-11-20T20:00:00Z',
    });
    await server.send({ act: 'resume' });
    expect(server.calls.at(-1)).toContain('{"status":"ONLINE"}');
  });

  it('[PL54] closed without an end has one all the same, which Uber insists on', async () => {
    await server.send({ act: 'pause' });
    const { is_offline_until: until } = bodyOf(/update-store-status/) as { is_offline_until: string };
    expect(Date.parse(until) - server.tools.now()).toBeGreaterThan(6 * 86_400_000);
  });

  it('[PL55] through the older API where the store is unknown to the new one', async () => {
    server.instead(await token());
    server.instead({ status: 404, body: { code: 'NOT_FOUND', message: 'not found' } });
    server.instead({ status: 204 });
    await server.send({ act: 'pause', until: '2026-11-20T20:00:00Z', reason: 'Kitchen overloaded' });
    expect(server.calls.at(-1)).toBe(
      `POST /v1/eats/store/${STORE}/status ${JSON.stringify(sample('uber-eats/request-pause-store.legacy.json'))}`,
    );
  });

  it('[PL54] slower: the channel’s own time and what the rush adds', async () => {
    await server.send({ act: 'busy', minutes: 15 });
    expect(bodyOf(/prep-time/)).toEqual({ default_prep_time: (20 + 15) * 60 });
    await server.send({ act: 'busy', minutes: 0 });
    expect(server.calls.at(-1)).toContain('{"default_prep_time":1200}');
  });

  it('[PL54] a dish taken off the menu and put back, also by another name than Uber’s', async () => {
    const until = new Date(1_795_237_200_000).toISOString();
    await server.send({ act: 'itemOut', item: 'empanada', externalIds: ['empanada'], until });
    expect(bodyOf(/menus\/items\/empanada/)).toEqual(sample('uber-eats/request-suspend-item.v2.json'));
    await server.send({ act: 'itemOut', item: 'empanada', externalIds: ['empanada'] });
    await server.send({ act: 'itemBack', item: 'empanada', externalIds: ['empanada'] });
    expect(server.calls.at(-1)).toContain('"suspend_until":0');

    server.instead({ status: 404, body: {} });
    server.instead({ status: 200, body: { items: [{ id: 'limonada', external_data: 'DRINK-1' }] } });
    await server.send({ act: 'itemOut', item: 'limonada', externalIds: ['DRINK-1'] });
    expect(calls().slice(-3)).toEqual([
      `POST /v2/eats/stores/${STORE}/menus/items/DRINK-1`,
      `GET /v2/eats/stores/${STORE}/menus`,
      `POST /v2/eats/stores/${STORE}/menus/items/limonada`,
    ]);
  });

  it('[PL54] one dish that Uber refuses keeps no other on sale', async () => {
    await server.send({ act: 'itemOut', item: 'x', externalIds: ['limonada'] });
    const externalIds = ['..', 'empanada', 'limonada'];
    server.instead({ status: 400, body: { code: 'INVALID_ARGUMENT', message: 'no' } });
    await expect(server.send({ act: 'itemOut', item: 'x', externalIds })).rejects.toMatchObject({
      name: 'ProviderRefused',
      message: 'Uber Eats refused "empanada": no',
    });
    expect(calls().at(-1)).toBe(`POST /v2/eats/stores/${STORE}/menus/items/limonada`);
  });

  it('[PL54] a dish that Uber’s menu does not have is not for sale there, and nothing is owed', async () => {
    await server.send({ act: 'itemOut', item: 'x', externalIds: ['ghost', 'limonada'] });
    expect(calls().at(-1)).toBe(`POST /v2/eats/stores/${STORE}/menus/items/limonada`);
    // It does have it, or does not say: then a refusal is one.
    for (const menu of [
      { status: 200, body: { items: [{ id: 'ghost' }] } },
      { status: 404, body: {} },
    ]) {
      server.instead({ status: 404, body: {} });
      server.instead(menu);
      await expect(server.send({ act: 'itemOut', item: 'x', externalIds: ['ghost'] })).rejects.toBeInstanceOf(
        ProviderRefused,
      );
    }
  });

  it('[PL56] nothing, when the channel names no store: that is said', async () => {
    const { store: _store, ...channel } = server.tools.channel;
    await expect(
      uberEats.send?.({ channel: 'it', act: 'resume' }, { ...server.tools, channel }),
    ).rejects.toMatchObject({ name: 'ProviderRefused', code: 'no_store' });
  });
});

describe('calls to Uber Eats', () => {
  const tokens = () => server.calls.filter((one) => one.includes('/oauth/')).length;

  it('[PL52] share one token of a scope, and ask for another one when it is near its end', async () => {
    const id = await order();
    await server.send({ act: 'accept', externalId: id, readyAt: READY });
    await server.send({ act: 'ready', externalId: id });
    expect(tokens()).toBe(1);
    expect(server.calls[0]).toContain(
      'client_id=id&client_secret=secret&grant_type=client_credentials&scope=eats.order',
    );
    await server.send({ act: 'resume' });
    expect(tokens()).toBe(2);
    server.skip(2_592_000_000);
    await server.send({ act: 'resume' });
    expect(tokens()).toBe(3);
  });

  it('[PL52] are made once more with a new token when Uber takes the old one no longer', async () => {
    await server.send({ act: 'resume' });
    server.instead({ status: 401, body: { code: 'unauthorized', message: 'expired' } });
    await server.send({ act: 'resume' });
    expect(tokens()).toBe(2);
    expect(calls()).toHaveLength(3);
    for (let count = 0; count < 2; count += 1) {
      server.instead({ status: 401, body: {} });
      if (count === 0) server.instead(await token());
    }
    await expect(server.send({ act: 'resume' })).rejects.toBeInstanceOf(TryLater);
  });

  it('[PL52] without a good client secret are refused in words that name the scope', async () => {
    const tools = { ...server.tools, secrets: { clientId: 'id', clientSecret: 'wrong' } };
    await expect(uberEats.send?.({ channel: 'it', act: 'resume' }, tools)).rejects.toMatchObject({
      name: 'ProviderRefused',
      code: 'invalid_client',
      message: 'Uber Eats gives no token for eats.store.status.write: unknown client',
    });
  });

  it.each([
    ['nothing at all', null],
    ['a 500', { status: 500, body: '<html>' }],
    ['a 503', { status: 503 }],
    ['a 400 that passes', { status: 400, body: { code: 'X', metadata: { should_retry: true } } }],
  ])('[PL53] that meet %s are made again later', async (_what, answer) => {
    await server.send({ act: 'resume' });
    server.instead(answer);
    await expect(server.send({ act: 'resume' })).rejects.toBeInstanceOf(TryLater);
    await server.send({ act: 'resume' });
  });

  it('[PL53] wait for as long as a 429 asks, for everything of the channel', async () => {
    await server.send({ act: 'resume' });
    server.instead({ status: 429, headers: { 'retry-after': '30' }, body: {} });
    await expect(server.send({ act: 'resume' })).rejects.toBeInstanceOf(TryLater);
    const before = server.calls.length;
    await expect(server.send({ act: 'busy', minutes: 5 })).rejects.toBeInstanceOf(TryLater);
    expect(server.calls).toHaveLength(before);
    server.skip(31_000);
    await server.send({ act: 'busy', minutes: 5 });
    expect(server.calls.length).toBeGreaterThan(before);
  });
});

/** What the sign-in would say, for tests that put their own answers in line after it. */
async function token(): Promise<{ status: number; body: object }> {
  const answer = await server.sim.answer({
    method: 'POST',
    path: '/oauth/v2/token',
    query: {},
    headers: {},
    body: Buffer.from(
      'client_id=id&client_secret=secret&grant_type=client_credentials&scope=eats.store.status.write',
    ),
  });
  return { status: answer.status, body: answer.body as object };
}
