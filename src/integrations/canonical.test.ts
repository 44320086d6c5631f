import { describe, expect, it } from 'vitest';
import type { CanonicalOrder } from '../domain/channel/canonical.ts';
import { deliverectOrder } from './deliverect/order.ts';
import { deliverooOrder } from './deliveroo/order.ts';
import { dasherOf, doordashOrder } from './doordash/order.ts';
import { grubhubOrder } from './grubhub/order.ts';
import { justEatOrder } from './just-eat/order.ts';
import { sample, samplesOf } from './testing/samples.ts';
import { uberOrder } from './uber-eats/order.ts';

const RECEIVED = '2026-11-20T18:45:00Z';
/** Expected file -> what is mapped. */
const MAPPED: Record<string, () => CanonicalOrder | null> = {
  'uber-eats-01-simple': () => uberOrder(sample('uber-eats/order-01-simple.v1-delivery.json'), RECEIVED),
  'uber-eats-02-nested': () =>
    uberOrder(sample('uber-eats/order-02-nested-removed-instructions.v1-delivery.json'), RECEIVED),
  'uber-eats-03-cancelled': () =>
    uberOrder(sample('uber-eats/order-03-cancelled.v1-delivery.json'), RECEIVED),
  'doordash-01-simple': () => doordash('01-order-simple'),
  'doordash-02-nested': () => doordash('02-order-nested-removed-instructions'),
  'deliveroo-01-simple': () => deliverooOrder(sample('deliveroo/01-order.new-simple.json'), RECEIVED),
  'deliveroo-03-canceled': () =>
    deliverooOrder(sample('deliveroo/03-order.status_update-canceled.json'), RECEIVED),
  'just-eat-01-simple': () =>
    justEatOrder(sample('just-eat-jet-connect/01-order-simple.json'), RECEIVED, 'GBP'),
  'deliverect-01-simple': () => deliverectOrder(sample('deliverect/01-order-simple.json'), RECEIVED, 'USD'),
  'deliverect-03-cancelled': () =>
    deliverectOrder(sample('deliverect/03-order-cancelled.json'), RECEIVED, 'USD'),
  'grubhub-01-simple.INFERRED': () =>
    grubhubOrder(sample('grubhub/01-order-simple.INFERRED.json'), RECEIVED, 'USD'),
  'grubhub-02-nested.INFERRED': () =>
    grubhubOrder(sample('grubhub/02-order-nested.INFERRED.json'), RECEIVED, 'USD'),
};

function doordash(name: string): CanonicalOrder | null {
  return doordashOrder(sample(`doordash-marketplace/${name}.json`), RECEIVED, 'USD');
}

/** The expected documents keep neither what a guessed removal was made of, nor names of single lines, nor addresses. */
function withoutSaid(order: CanonicalOrder | null): unknown {
  const isOurs = (key: string) => ['said', 'lineId', 'dropoff'].includes(key);
  return JSON.parse(JSON.stringify(order, (key, value: unknown) => (isOurs(key) ? undefined : value)));
}

describe("a platform's order in our words", () => {
  it('[PL1] is mapped for every sample that there is an expectation for', () => {
    const names = samplesOf('expected').map((name) => name.replace('.canonical.json', ''));
    expect(names).toEqual(Object.keys(MAPPED).toSorted());
    for (const name of names)
      expect(withoutSaid(MAPPED[name]?.() ?? null), name).toEqual(sample(`expected/${name}.canonical.json`));
  });

  it('[PL1] keeps what was said where a removal was only guessed from words', () => {
    const said = MAPPED['doordash-02-nested']?.()?.items[0]?.modifiers.map((one) => one.said ?? null);
    expect(said).toEqual([null, null, null, 'No Red Onion', 'No Cilantro']);
    const uber = MAPPED['uber-eats-02-nested']?.()?.items[0]?.modifiers.some(({ said: words }) => words);
    expect(uber).toBe(false);
  });

  it('[PL1] names who brings it, where a webhook does', () => {
    expect(dasherOf(sample('doordash-marketplace/06-dasher-status.json'))).toEqual({
      name: 'Mateo',
      phone: '+12025550177',
      status: 'arrived_at_store',
      location: { lat: 40.7097, lng: -74.0059 },
      vehicle: 'Green Vespa Primavera',
    });
    expect(dasherOf(sample('doordash-marketplace/04-order-cancelled.json'))).toBeNull();
  });

  it('[PL2] reads the other generation of the same document, and the misspelt key', () => {
    const old = JSON.parse(
      JSON.stringify(sample('uber-eats/order-02-nested-removed-instructions.v1-delivery.json'))
        .replaceAll('"customer_request"', '"customer_requests"')
        .replaceAll('"value":"loc_pearl"', '"id":"loc_pearl"')
        .replaceAll('"name":{"display_name":"Mateo R."}', '"name":"Mateo R."'),
    );
    const details = old.order.payment.payment_detail.item_charges;
    details.price_breakdown = Object.fromEntries(
      details.price_breakdown.map(({ cart_item_id: id, ...rest }: { cart_item_id: string }) => [id, rest]),
    );
    expect(uberOrder(old, RECEIVED)).toEqual(MAPPED['uber-eats-02-nested']?.());

    const misspelt = JSON.parse(
      JSON.stringify(sample('doordash-marketplace/02-order-nested-removed-instructions.json')).replaceAll(
        '"extras"',
        '"extra"',
      ),
    );
    expect(doordashOrder(misspelt, RECEIVED, 'USD')).toEqual(MAPPED['doordash-02-nested']?.());
  });

  it('[PL2] reads the older API of Uber Eats to the same lines', () => {
    const legacy = uberOrder(LEGACY, RECEIVED);
    const current = MAPPED['uber-eats-02-nested']?.();
    expect(legacy?.items[0]).toEqual(current?.items[0]);
    expect(legacy).toMatchObject({
      externalId: 'a7c91e64-53d2-4b38-9d0e-2f5b8e7c4d21',
      displayId: 'C4D21',
      type: 'delivery',
      fulfilment: 'platform_courier',
      platformState: 'CREATED',
      customer: { name: 'Theo M', phone: '+1 202-555-0142', phoneCode: '734 11 209' },
      placedAt: '2026-11-20T18:40:02Z',
      readyBy: '2026-11-20T19:05:00Z',
      total: { amount: 4001, currency: 'USD' },
    });
  });

  it('[PL3] is null or an order for whatever is in the document, and never an error', () => {
    const mappers = [uberOrder, doordashOrder, deliverooOrder, justEatOrder, deliverectOrder, grubhubOrder];
    for (const body of [
      undefined,
      null,
      1,
      'x',
      [],
      {},
      { order: null },
      { order: [] },
      { body: { order: 1 } },
    ])
      for (const map of mappers) expect(map(body, RECEIVED, 'USD')).toBeNull();
    const odd = {
      id: 'a\u0000b',
      categories: [{ items: [{ quantity: -3, price: 'x', extras: 'none' }] }, null],
    };
    expect(doordashOrder({ order: odd }, RECEIVED, 'USD')).toMatchObject({
      externalId: 'ab',
      items: [{ name: '?', qty: 1, price: 0, modifiers: [] }],
    });
  });
});

const money = (amount: number) => ({ amount, currency_code: 'USD', formatted_amount: '' });
const option = (title: string, id: string, quantity: number, price: number, groups: unknown[] = []) => ({
  title,
  external_data: id,
  quantity,
  price: { unit_price: money(price), base_unit_price: money(price) },
  selected_modifier_groups: groups,
});
const LEGACY = {
  id: 'a7c91e64-53d2-4b38-9d0e-2f5b8e7c4d21',
  display_id: 'C4D21',
  current_state: 'CREATED',
  type: 'DELIVERY_BY_UBER',
  store: { id: '5b1f6a52-0b1c-4f1e-9d3b-7c2a51e60a11' },
  eater: { first_name: 'Theo', last_name: 'M', phone: '+1 202-555-0142', phone_code: '734 11 209' },
  placed_at: '2026-11-20T18:40:02Z',
  estimated_ready_for_pickup_at: '2026-11-20T19:05:00Z',
  payment: { charges: { total: money(4001) } },
  cart: {
    items: [
      {
        title: 'Parrillada Bowl',
        external_data: 'BOWL-PARR',
        quantity: 2,
        price: { unit_price: money(1350), base_unit_price: money(1100) },
        special_instructions: 'Sauce on the side',
        special_requests: {
          allergy: {
            allergens_to_exclude: [{ type: 'PEANUTS', freeform_text: '' }],
            allergy_instructions: 'Severe - clean board please',
          },
        },
        selected_modifier_groups: [
          {
            selected_items: [
              option('Skirt Steak', 'PROT-SKIRT', 1, 150, [
                { selected_items: [option('Medium Rare', 'DONE-MR', 1, 0)] },
              ]),
            ],
          },
          { selected_items: [option('Extra Chimichurri', 'X-CHIMI', 2, 50)] },
          {
            removed_items: [
              { title: 'Red Onion', external_data: 'W-ONION', quantity: 1 },
              { title: 'Cilantro', external_data: 'W-CIL', quantity: 1 },
            ],
          },
        ],
      },
    ],
  },
};
