import { afterEach, beforeEach, expect, it } from 'vitest';
import { effectsOf } from '../../jobs/effects.ts';
import { PlatformKitchen } from '../../testkit/platformKitchen.ts';
import { type PushService, startPushService } from '../../testkit/pushService.ts';
import { PUSH_KEYS, pushToOne } from '../testing/pushToOne.ts';
import type { OfferCall } from './offerCall.ts';

let service: PushService;
beforeEach(async () => {
  service = await startPushService(PUSH_KEYS.publicKey);
});
afterEach(() => service.close());

it('[PL26] at half of a platform’s time a manager is called, once, unless somebody has answered meanwhile', async () => {
  const kitchen = new PlatformKitchen();
  const id = await kitchen.take({ displayId: 'C4D21' }, 180_000);
  const calls = (): OfferCall[] =>
    kitchen.log.flatMap((event) =>
      event.type === 'channel.warned'
        ? effectsOf('small-place', event).map(({ data }) => data as OfferCall)
        : [],
    );
  const job = pushToOne(service, kitchen);
  kitchen.wait(45_000);
  expect(calls()).toEqual([]);
  kitchen.wait(45_000);
  const [call] = calls();
  if (!call) throw new Error('nobody is called');
  await job('small-place', call);
  expect(service.delivered.map(({ urgency, body }) => [urgency, body])).toEqual([
    [
      'high',
      expect.objectContaining({
        kind: 'offer',
        order: id,
        number: 'C4D21',
        platform: 'Uber Eats',
        leftS: 90,
      }),
    ],
  ]);
  expect(JSON.stringify(service.delivered)).not.toContain('Theo');
  kitchen.do('channel.accept', { order: id });
  await job('small-place', call);
  expect(service.delivered).toHaveLength(1);
});
