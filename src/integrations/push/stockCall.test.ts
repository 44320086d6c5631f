import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { effectsOf } from '../../jobs/effects.ts';
import { Kitchen, id, lemonade, maya } from '../../testkit/kitchen.ts';
import { larder, settle } from '../../testkit/larder.ts';
import { type PushService, startPushService } from '../../testkit/pushService.ts';
import { PUSH_KEYS, pushToOne } from '../testing/pushToOne.ts';
import type { StockCall } from './stockCall.ts';

let service: PushService;
let kitchen: Kitchen;

beforeEach(async () => {
  service = await startPushService(PUSH_KEYS.publicKey);
  kitchen = new Kitchen(larder);
  kitchen.do('stock.count', { ingredient: 'lemon', onHand: 5 });
});
afterEach(() => service.close());

function sell(order: number): void {
  kitchen.do(
    'order.place',
    {
      order: {
        id: id('order', order),
        type: 'takeout',
        guest: { name: 'Zebedee' },
        items: [lemonade(order)],
      },
    },
    maya,
  );
  settle(kitchen);
}

/** What the log's last notice asks of the world outside. */
function calls(): StockCall[] {
  const noticed = kitchen.log.findLast(({ type }) => type === 'stock.noticed');
  return noticed === undefined
    ? []
    : effectsOf('small-place', noticed).map(({ kind, data }) => {
        expect(kind).toBe('push');
        return data as StockCall;
      });
}

describe('a push about what ran out', () => {
  it('[ST23] says what is left and what cannot be made, once a level, and nothing of guests', async () => {
    const job = pushToOne(service, kitchen);
    sell(1);
    for (const call of calls()) await job('small-place', call);
    sell(2);
    const late = calls();
    for (const call of late) await job('small-place', call);
    expect(service.refused).toEqual([]);
    expect(service.delivered.map(({ body, urgency }) => [urgency, body])).toMatchObject([
      ['normal', { kind: 'stock', name: 'Lemons', level: 'low', onHand: 3, unit: 'piece', dishes: [] }],
      ['high', { kind: 'stock', name: 'Lemons', level: 'out', onHand: 1, dishes: ['Lemonade'] }],
    ]);
    // One not yet delivered is replaced by the next about the same thing.
    expect(new Set(service.delivered.map(({ topic }) => topic)).size).toBe(1);
    expect(service.delivered[0]?.topic).toMatch(/^[\w-]{1,32}$/);
    expect(JSON.stringify(service.delivered)).not.toContain('Zebedee');
    kitchen.do('stock.receive', { ingredient: 'lemon', amount: 30 });
    settle(kitchen);
    expect(calls()).toEqual([]);
    // A job that waited until there was more calls nobody.
    for (const call of late) await job('small-place', call);
    expect(service.delivered).toHaveLength(2);
  });
});
