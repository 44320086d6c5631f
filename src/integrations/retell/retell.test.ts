import { describe, expect, it } from 'vitest';
import { sample, sampleBytes } from '../testing/samples.ts';
import { VoiceHouse } from '../testing/voiceHouse.ts';
import { endOf, meaningsOf, sayingOf } from '../testing/voiceProof.ts';
import { hearRetell } from './calls.ts';
import { retell } from './retell.ts';

/** When Lena called: Friday, 20 November 2026, twenty past two in New York. */
const NOW = '2026-11-20T19:20:00.000Z';
const SEQUENCE = [
  '01-call_started.json',
  '02-transcript_updated.json',
  '03-function-create_reservation-request.json',
  '04-call_ended.json',
  '05-call_analyzed.json',
];
const sent = SEQUENCE.map((name) => ({ raw: sampleBytes(`retell/${name}`) }));

function changed(
  name: string,
  edit: (body: { event?: string; call: Record<string, unknown> }) => void,
): Buffer {
  const body = sample(`retell/${name}`) as { event?: string; call: Record<string, unknown> };
  edit(body);
  return Buffer.from(JSON.stringify(body));
}

describe('Retell', () => {
  it('[CA28] every sample of a call means what it should', () => {
    const { expected, seen } = meaningsOf('retell', (body) => hearRetell({ body, receivedAt: NOW }));
    expect(seen).toEqual(expected);
    expect(seen.length).toBe(6);
  });

  it('[CA28] a call is followed from its beginning to its summary; its words are live, then on record', async () => {
    const house = new VoiceHouse(retell, NOW);
    const statuses: string[] = [];
    for (const { raw } of sent) {
      await house.take(house.delivery(raw));
      statuses.push(Object.values(house.state.calls.calls)[0]?.status ?? '');
    }
    expect(statuses).toEqual(['ai_active', 'ai_active', 'ai_active', 'wrap_up', 'completed']);
    const [call] = Object.values(house.state.calls.calls);
    expect(call).toMatchObject({
      channel: 'phone',
      provider: 'retell',
      externalId: 'call_7b1c0e52f9a94d1bb0c2a6d4e8f10234',
      from: '+12025550163',
      startedAt: '2026-11-20T19:20:00.000Z',
      endedAt: '2026-11-20T19:20:47.210Z',
      reason: 'user_hangup',
      sentiment: 'Positive',
      recording: 'https://example.com/retell/call_7b1c/recording.wav',
      summary: expect.stringMatching(/^Lena Ortiz booked/),
    });
    expect(call?.turns).toHaveLength(6);
    expect(call?.turns?.[1]).toEqual({
      who: 'caller',
      text: 'Hi, table for four tomorrow at seven thirty please.',
      at: 6,
    });
    expect(house.lives).toMatchObject([
      {
        topic: 'host',
        kind: 'transcript',
        id: call?.id,
        data: { call: call?.id, lines: [{ who: 'agent' }, { who: 'caller', at: 6, final: true }] },
      },
      { data: null },
      { data: null },
    ]);
    expect(JSON.stringify(house.kitchen.log.filter(({ type }) => type !== 'call.transcribed'))).not.toContain(
      'seven thirty please',
    );
  });

  it('[CA28] the caller is answered with one sentence while they wait, the same for every repeat', async () => {
    const house = new VoiceHouse(retell, NOW);
    const raw = sampleBytes('retell/03-function-create_reservation-request.json');
    const first = await house.take(house.delivery(raw));
    expect(first.status).toBe(200);
    expect(sayingOf(first.body)).toBe(
      'Booked for 4 people tomorrow, Saturday, November 21, at 7:30 PM, under Lena Ortiz.',
    );
    expect((await house.take(house.delivery(raw))).body).toEqual(first.body);
    const late = retell.answer(house.delivery(raw), 'late');
    expect(late.body).toMatchObject({ status: 'pending', say: expect.not.stringMatching(/booked/i) });
    expect(Object.values(house.state.bookings.reservations)).toHaveLength(1);
  });

  it('[CA29] five hundred ways for the deliveries to come end in one call and one reservation', async () => {
    const plain = await endOf(retell, sent, NOW, null);
    expect(plain.call).toMatchObject({ status: 'completed', analysis: 'ready' });
    expect(plain.reservations).toMatchObject([
      { when: '2026-11-22T00:30:00.000Z', party: 4, status: 'booked' },
    ]);
    for (let seed = 1; seed <= 500; seed += 1)
      expect([seed, await endOf(retell, sent, NOW, seed)]).toEqual([seed, plain]);
  }, 60_000);

  it('[CA28] a call that never connected is missed, one that broke off is dropped, one that the provider broke has failed', async () => {
    const end = async (edit: (call: Record<string, unknown>) => void) => {
      const house = new VoiceHouse(retell, NOW);
      await house.take(house.delivery(changed('04-call_ended.json', ({ call }) => edit(call))));
      const [call] = Object.values(house.state.calls.calls);
      return `${call?.status ?? ''} ${Object.values(house.state.calls.tasks)
        .map(({ what }) => what)
        .join()}`;
    };
    const never = (call: Record<string, unknown>) => {
      delete call['start_timestamp'];
      delete call['transcript_object'];
    };
    expect(
      await end(
        (call) => (
          never(call),
          (call['call_status'] = 'not_connected'),
          (call['disconnection_reason'] = 'dial_no_answer')
        ),
      ),
    ).toBe('missed ring_back');
    expect(await end((call) => (never(call), (call['disconnection_reason'] = 'user_declined')))).toBe(
      'missed ring_back',
    );
    expect(await end((call) => (call['disconnection_reason'] = 'error_llm_websocket_lost_connection'))).toBe(
      'dropped ring_back',
    );
    expect(await end((call) => (never(call), (call['call_status'] = 'error')))).toBe('failed ring_back');
    expect(await end(() => undefined)).toBe('wrap_up ');
  });

  it('[CA28] a transfer is followed to the person who took it, or back', async () => {
    const house = new VoiceHouse(retell, NOW);
    const transfer = (event: string, seconds: number) =>
      house.take(
        house.delivery(
          changed('02-transcript_updated.json', (body) => {
            body.event = event;
            Object.assign(body, { transfer_destination: { type: 'predefined', number: '+12025550199' } });
            body.call['transcript_object'] = [
              { role: 'agent', content: 'One moment.', words: [{ start: 0, end: seconds }] },
            ];
          }),
        ),
      );
    const call = () => Object.values(house.state.calls.calls)[0];
    await transfer('transfer_started', 20);
    expect(call()).toMatchObject({ status: 'transferring', transferTo: '+12025550199' });
    await transfer('transfer_cancelled', 30);
    expect(call()?.status).toBe('ai_active');
    await transfer('transfer_started', 40);
    await transfer('transfer_bridged', 50);
    // What was before and comes late moves nothing.
    await transfer('transfer_started', 41);
    expect(call()).toMatchObject({ status: 'staff_active', staffed: true });
  });

  it('[CA30] before it says a word the agent is told where it is, what day it is there and who calls', async () => {
    const house = new VoiceHouse(retell, NOW);
    await house.take(house.delivery(sampleBytes('retell/03-function-create_reservation-request.json')));
    const inbound = house.delivery(sampleBytes('retell/00-inbound-call_inbound.json'));
    expect((await house.take(inbound)).body).toEqual({
      call_inbound: {
        dynamic_variables: {
          location_name: 'Pearl St',
          language: 'en',
          timezone: 'America/New_York',
          today: '2026-11-20',
          today_spoken: 'today, Friday, November 20',
          time_now: '2:20 PM',
          business_day: '2026-11-20',
          guest_name: 'Lena Ortiz',
          guest_visits: '1',
        },
        metadata: { location_id: 'pearl' },
      },
    });
    expect(retell.answer(inbound, 'late').body).toEqual({ call_inbound: {} });
    // Whoever rings again tomorrow is not told what day it was.
    const signed = (time: number) =>
      retell.read({ ...inbound, headers: { 'x-retell-signature': `v=${time},d=00` } }).key;
    expect(signed(1)).not.toBe(signed(2));
  });

  it('[CA28] whatever stands in a delivery, it is heard or it is not: never an error', async () => {
    const house = new VoiceHouse(retell, NOW);
    for (const body of [
      'null',
      '[]',
      '{}',
      '"x"',
      '{"event":7}',
      '{"event":"call_ended","call":{"call_id":"x","end_timestamp":"soon","transcript_object":[null,{"role":7}]}}',
      '{"name":"create_reservation","args":"[1,2","call":{"call_id":"y"}}',
    ])
      expect((await house.take(house.delivery(body))).status).toBe(200);
    expect(retell.read(house.delivery('{"event":"call_started"}'))).toMatchObject({ event: 'call_started' });
    expect(retell.read(house.delivery('{"event":"alert_triggered"}'))).toMatchObject({ ignore: true });
  });
});
