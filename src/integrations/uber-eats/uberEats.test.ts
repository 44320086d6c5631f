import { describe, expect, it } from 'vitest';
import { readBody } from '../body.ts';
import type { HookRequest } from '../provider.ts';
import { sampleBytes, samplesOf } from '../testing/samples.ts';
import { signUber } from './sim.ts';
import { uberEats } from './uberEats.ts';

const SECRETS = { clientId: 'id', clientSecret: 'secret', signingKey: 'signing', secondaryKey: 'second' };

function requestOf(raw: Buffer, headers: Readonly<Record<string, string>>): HookRequest {
  return { method: 'POST', url: 'https://heard.example/hooks/uber-eats/x', query: {}, headers, raw };
}

describe('a delivery of Uber Eats', () => {
  const raw = sampleBytes('uber-eats/webhook-01-orders.notification.json');

  it('[PL50] is believed with the signature of any of the channel’s keys, and of no other', () => {
    for (const key of Object.values(SECRETS).slice(1))
      expect(uberEats.verify(requestOf(raw, signUber(raw, key)), SECRETS, 0), key).toEqual({ ok: true });
    for (const key of ['id', 'other', ''])
      expect(uberEats.verify(requestOf(raw, signUber(raw, key)), SECRETS, 0).ok, key).toBe(false);
    const tampered = Buffer.concat([raw, Buffer.from(' ')]);
    expect(uberEats.verify(requestOf(tampered, signUber(raw, 'secret')), SECRETS, 0).ok).toBe(false);
    // A key that was not entered opens nothing.
    const { clientId, clientSecret } = SECRETS;
    const without = uberEats.verify(requestOf(raw, signUber(raw, '')), { clientId, clientSecret }, 0);
    expect(without.ok).toBe(false);
  });

  it('[PL50] of the other environment is refused; with a simulator in its place there is but one', () => {
    const headers = signUber(raw, 'secret');
    const verify = (more: Readonly<Record<string, string>>, environment?: string) =>
      uberEats.verify(requestOf(raw, { ...headers, ...more }), SECRETS, 0, environment);
    expect(verify({}, 'sandbox')).toEqual({ ok: true });
    expect(verify({}, 'production')).toEqual({
      ok: false,
      why: 'x-environment is sandbox, and the channel is production',
    });
    expect(verify({ 'x-environment': 'Production' }, 'production')).toEqual({ ok: true });
    expect(verify({}).ok).toBe(true);
  });

  it('[PL51] says which kind it is, which repeat, which order and which store; each sample does', () => {
    const readings = samplesOf('uber-eats')
      .filter((name) => name.startsWith('webhook'))
      .map((name) => {
        const bytes = sampleBytes(`uber-eats/${name}`);
        return uberEats.read({ ...requestOf(bytes, {}), body: readBody('application/json', bytes) });
      });
    expect(readings.map(({ event }) => event)).toEqual([
      'orders.notification',
      'orders.failure',
      'orders.cancel',
      'orders.release',
      'delivery.state_changed',
      'eats.store.status.notification',
      'store.provisioned',
    ]);
    expect(readings.every(({ ignore }) => ignore === false)).toBe(true);
    expect(readings[0]).toEqual({
      event: 'orders.notification',
      key: '4c1f0d7e-6f35-4a8b-9f6d-0a1b2c3d4e01',
      queue: '0f4d2c3e-8a61-4f7c-b0f2-6f1f4b9d3a10',
      store: '5b1f6a52-0b1c-4f1e-9d3b-7c2a51e60a11',
      ignore: false,
    });
  });

  it('[PL51] of a kind that nobody knows is kept and left alone, as is one without anything in it', () => {
    const read = (body: unknown) => uberEats.read({ ...requestOf(raw, {}), body });
    expect(read({ event_type: 'eats.weather', event_id: '1' })).toEqual({
      event: 'eats.weather',
      key: '1',
      ignore: true,
    });
    for (const body of [undefined, null, [], 'text', { event_type: {} }, { event_type: 'constructor' }])
      expect(read(body).ignore).toBe(true);
  });

  it('[PL51] is answered with an empty 200, the first time and every other', () => {
    const delivery = {
      ...requestOf(raw, {}),
      body: {},
      id: '1',
      event: 'orders.notification',
      key: '1',
      receivedAt: '2026-11-20T18:35:00Z',
      attempt: 0,
    };
    for (const why of ['stored', 'repeated', 'late'] as const)
      expect(uberEats.answer(delivery, why)).toEqual({ status: 200 });
  });
});
