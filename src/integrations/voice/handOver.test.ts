import { expect, it } from 'vitest';
import { effectsOf } from '../../jobs/effects.ts';
import { type ChannelRequest, ProviderRefused } from '../provider.ts';
import { retell } from '../retell/retell.ts';
import { sampleBytes } from '../testing/samples.ts';
import { VoiceHouse } from '../testing/voiceHouse.ts';

const NOW = '2026-11-20T19:20:00.000Z';

async function ringing(): Promise<{ house: VoiceHouse; call: string }> {
  const house = new VoiceHouse(retell, NOW, { apiKey: 'key' });
  await house.take(house.delivery(sampleBytes('retell/01-call_started.json')));
  const [call = ''] = Object.keys(house.state.calls.calls);
  return { house, call };
}

for (const [name, act] of [
  ['call.takeOver', 'call.takeOver'],
  ['call.transfer', 'call.transfer'],
] as const)
  it(`[CA32] ${name} asks the provider once to put the caller through`, async () => {
    const { house, call } = await ringing();
    const events = house.kitchen.do(name, { call });
    const effects = events.flatMap((event) => effectsOf('pearl', event));
    expect(effects).toMatchObject([
      {
        kind: 'channel',
        until: '2026-11-20T19:20:20.000Z',
        data: {
          channel: 'phone',
          queue: call,
          ask: expect.any(Number),
          act,
          call,
          externalId: 'call_7b1c0e52f9a94d1bb0c2a6d4e8f10234',
        },
      },
    ]);
    expect(house.kitchen.do(name, { call })).toEqual([]);
    await retell.send?.(effects[0]?.data as ChannelRequest, house.tools());
    expect(house.calls).toMatchObject([
      {
        method: 'PATCH',
        url: 'https://api.retellai.com/v2/update-live-call/call_7b1c0e52f9a94d1bb0c2a6d4e8f10234',
        headers: { authorization: 'Bearer key' },
        body: { call_control: { trigger_response: true } },
      },
    ]);
    house.answerCalls = () => ({ status: 429, json: undefined });
    await expect(retell.send?.(effects[0]?.data as ChannelRequest, house.tools())).rejects.toThrow('429');
    house.answerCalls = () => ({ status: 404, json: undefined });
    await expect(retell.send?.(effects[0]?.data as ChannelRequest, house.tools())).rejects.toThrow(
      ProviderRefused,
    );
  });

it('[CA32] a transfer that the agent began by itself asks nobody', async () => {
  const { house } = await ringing();
  const [known] = Object.values(house.state.calls.calls);
  if (known === undefined) throw new Error('there is no call');
  const { id, channel, provider, externalId, direction, startedAt } = known;
  const outcome = house.kitchen.inner('call.report', {
    call: { id, channel, provider, externalId, direction, startedAt },
    news: [{ news: 'transfer', step: 'started', at: NOW }],
  });
  expect(outcome.ok && outcome.events.flatMap((event) => effectsOf('pearl', event))).toEqual([]);
});
