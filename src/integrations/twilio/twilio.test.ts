import { describe, expect, it } from 'vitest';
import { type Delivery, ProviderRefused } from '../provider.ts';
import { hmac } from '../signatures.ts';
import { sample, sampleBytes } from '../testing/samples.ts';
import { VoiceHouse } from '../testing/voiceHouse.ts';
import { type Sent, endOf } from '../testing/voiceProof.ts';
import { field, listAt } from '../wire.ts';
import { hearTwilio } from './calls.ts';
import { twilio } from './twilio.ts';

const NOW = '2026-11-20T19:20:00.000Z';
const CALL = 'CA00000000000000000000000000000042';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function form(fields: Record<string, string> | Buffer, query: Record<string, string> = {}): Sent {
  const raw = Buffer.isBuffer(fields)
    ? fields
    : Buffer.from(new URLSearchParams({ CallSid: CALL, ...fields }).toString());
  const step = query['step'];
  const url = `https://house.example/hooks/twilio/address${step === undefined ? '' : `?step=${step}`}`;
  return { raw, more: { headers: FORM, query, url } };
}

const voice = form(sampleBytes('twilio/01-voice-webhook.form.txt'));
const frames = sample('twilio/02-conversationrelay-frames.json');
const relay: Sent = { raw: Buffer.from(JSON.stringify({ callSid: CALL, frames })) };
const tool: Sent = {
  raw: Buffer.from(
    JSON.stringify({
      callSid: CALL,
      tool: {
        id: 'tool_1',
        name: 'create_reservation',
        args: { guest_name: 'Lena Ortiz', party_size: 4, date: '2026-11-21', time: '19:30' },
      },
    }),
  ),
};
const ended = form(sampleBytes('twilio/04-call-status-callback.form.txt'));
const recorded = form(sampleBytes('twilio/05-recording-status-callback.form.txt'));

const take = (house: VoiceHouse, { raw, more }: Sent) => house.take(house.delivery(raw, more));
const call = (house: VoiceHouse) => Object.values(house.state.calls.calls)[0];
const tasks = (house: VoiceHouse) => Object.values(house.state.calls.tasks).map(({ what }) => what);

describe('Twilio', () => {
  it('[CA28] every sample of a call means what it should', () => {
    const expected = listAt(sample('voice-sequences.json'), 'sequences', 'twilio_relay');
    const house = new VoiceHouse(twilio, NOW);
    const seen = [voice, relay, ended, recorded].map(({ raw, more }) => {
      const heard = hearTwilio(house.delivery(raw, more));
      return heard?.events.at(-1)?.event;
    });
    expect(seen).toEqual(expected.map((row) => String(field(row, 'canonical')).split(' ')[0]));
    const words = hearTwilio(house.delivery(relay.raw))?.events.at(-1);
    expect(words?.event === 'call.transcript' && words.lines).toEqual([
      { who: 'caller', text: 'Hi, table for four tomorrow at seven thirty please.', at: null, final: true },
      // The caller broke in.
      { who: 'agent', text: 'Sure. What name', at: null, final: true },
      { who: 'caller', text: 'Lena Ortiz. And a high chair if you can.', at: null, final: true },
      {
        who: 'agent',
        text: 'You are booked for four tomorrow at seven thirty, Lena. See you then!',
        at: null,
        final: true,
      },
    ]);
  });

  it('[CA33] without an agent it rings at the stand, and takes a message where nobody is', async () => {
    const house = new VoiceHouse(twilio, NOW, { authToken: 't', transferTo: '+12025550199' });
    const answer = await take(house, voice);
    expect(answer.headers).toEqual({ 'content-type': 'text/xml; charset=utf-8' });
    expect(answer.body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Dial timeout="20" answerOnBridge="true" action="https://house.example/hooks/twilio/address?step=dialled"><Number statusCallback="https://house.example/hooks/twilio/address?step=leg" statusCallbackEvent="answered">+12025550199</Number></Dial></Response>',
    );
    expect(call(house)).toMatchObject({ status: 'ringing', from: '+12025550163', quiet: true });
    const nobody = await take(
      house,
      form({ DialCallStatus: 'no-answer', From: '+12025550163', To: '+12025550110' }, { step: 'dialled' }),
    );
    expect(nobody.body).toMatch(
      /<Say language="en-US">This is Pearl St\. Nobody can answer.*<Record .*step=left/,
    );
    expect(call(house)).toMatchObject({ status: 'missed', reason: 'no-answer' });
    expect(tasks(house)).toEqual(['ring_back']);
    expect((await take(house, form({ RecordingUrl: 'https://x.example/1' }, { step: 'left' }))).body).toMatch(
      /<Hangup\/>/,
    );
    await take(house, recorded);
    await take(house, ended);
    expect(call(house)).toMatchObject({ status: 'missed', recording: expect.stringMatching(/^https:/) });
    const alone = new VoiceHouse(twilio, NOW, { authToken: 't' });
    expect((await take(alone, voice)).body).toMatch(/<Record /);
  });

  it('[CA33] whoever picks up at the stand is on the line until the end', async () => {
    const house = new VoiceHouse(twilio, NOW, { transferTo: '+12025550199' });
    await take(house, voice);
    await take(
      house,
      form(
        {
          CallSid: 'CA43',
          ParentCallSid: CALL,
          CallStatus: 'in-progress',
          Timestamp: 'Fri, 20 Nov 2026 19:20:08 +0000',
        },
        { step: 'leg' },
      ),
    );
    expect(call(house)).toMatchObject({ status: 'staff_active', staffed: true });
    expect(
      (await take(house, form({ DialCallStatus: 'completed', From: '+12025550163' }, { step: 'dialled' })))
        .body,
    ).toMatch(/<Hangup\/>/);
    await take(house, ended);
    expect(call(house)).toMatchObject({
      status: 'wrap_up',
      endedAt: '2026-11-20T19:20:47.000Z',
      answeredAt: '2026-11-20T19:20:00.000Z',
    });
  });

  it('[CA33] the owner’s agent is put through, told what it should know, and may ask for a person', async () => {
    const secrets = { relayUrl: 'wss://agent.example/relay?a=1&b=2', transferTo: '+12025550199' };
    const house = new VoiceHouse(twilio, NOW, secrets);
    const { body } = await take(house, voice);
    expect(body).toMatch(
      /<Connect action="[^"]*\?step=relayed"><ConversationRelay url="wss:\/\/agent\.example\/relay\?a=1&amp;b=2" language="en-US" welcomeGreeting="This is Pearl St, how can I help\?">/,
    );
    expect(body).toContain('<Parameter name="today" value="2026-11-20"/>');
    await take(house, relay);
    expect(call(house)?.status).toBe('ai_active');
    expect(house.lives).toMatchObject([{ data: { lines: [{ who: 'caller' }, {}, {}, {}] } }]);
    const answer = await take(house, tool);
    expect(answer.body).toMatchObject({ status: 'confirmed', say: expect.stringMatching(/^Booked for 4/) });
    const person = await take(
      house,
      form({ HandoffData: '{"reason":"transfer"}', SessionId: 'VX1' }, { step: 'relayed' }),
    );
    expect(person.body).toMatch(/<Dial .*step=handed/);
    // Nobody comes: the agent again.
    expect(
      (await take(house, form({ DialCallStatus: 'busy', From: '+12025550163' }, { step: 'handed' }))).body,
    ).toMatch(/<ConversationRelay /);
    expect(
      (await take(house, form({ HandoffData: '{"reason":"done"}', SessionId: 'VX2' }, { step: 'relayed' })))
        .body,
    ).toMatch(/<Hangup\/>/);
    await take(house, {
      raw: Buffer.from(JSON.stringify({ callSid: CALL, complete: true, frames, summary: 'Lena booked.' })),
    });
    await take(house, ended);
    expect(call(house)).toMatchObject({
      status: 'completed',
      summary: 'Lena booked.',
      turns: [{}, {}, {}, {}],
    });
  });

  it('[CA29] five hundred ways for the deliveries to come end in one call and one reservation', async () => {
    const sent = [voice, relay, tool, ended, recorded];
    const secrets = { relayUrl: 'wss://agent.example/relay' };
    const plain = await endOf(twilio, sent, NOW, null, secrets);
    expect(plain.call).toMatchObject({
      status: 'completed',
      from: '+12025550163',
      recording: expect.any(String),
    });
    expect(plain.reservations).toMatchObject([
      { when: '2026-11-22T00:30:00.000Z', party: 4, status: 'booked' },
    ]);
    for (let seed = 1; seed <= 500; seed += 1)
      expect([seed, await endOf(twilio, sent, NOW, seed, secrets)]).toEqual([seed, plain]);
  }, 60_000);

  it('[CA33] by GET as by POST, and what comes too late is asked again', async () => {
    const house = new VoiceHouse(twilio, NOW, {});
    const query = Object.fromEntries(
      new URLSearchParams(sampleBytes('twilio/01-voice-webhook.form.txt').toString()),
    );
    const got = house.delivery('', { method: 'GET', query, headers: {} });
    expect((await house.take(got)).body).toMatch(/<Record /);
    expect(call(house)).toMatchObject({ externalId: CALL, from: '+12025550163' });
    expect(twilio.answer(got, 'late').body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/><Redirect/></Response>',
    );
    for (const [CallStatus, status] of [
      ['busy', 'missed'],
      ['no-answer', 'missed'],
      ['canceled', 'missed'],
      ['failed', 'failed'],
    ] as const) {
      const other = new VoiceHouse(twilio, NOW, {});
      await take(
        other,
        form({ CallStatus, From: '+12025550163', Timestamp: 'nonsense', SequenceNumber: '1' }),
      );
      expect(call(other)?.status).toBe(status);
    }
  });

  it('[CA32] asked to hand a call over, it rings at the stand in the middle of the call', async () => {
    const secrets = {
      authToken: 'token',
      accountSid: 'AC1',
      transferTo: '+12025550199',
      address: 'https://house.example/hooks/twilio/abc',
    };
    const house = new VoiceHouse(twilio, NOW, secrets);
    await twilio.send?.({ channel: 'phone', act: 'call.takeOver', externalId: CALL }, house.tools());
    expect(house.calls).toMatchObject([
      {
        method: 'POST',
        url: `https://api.twilio.com/2010-04-01/Accounts/AC1/Calls/${CALL}.json`,
        headers: { authorization: `Basic ${Buffer.from('AC1:token').toString('base64')}` },
        body: { Twiml: expect.stringMatching(/<Dial .*abc\?step=handed.*\+12025550199/) },
      },
    ]);
    const bare = new VoiceHouse(twilio, NOW, { authToken: 'token' });
    await expect(
      twilio.send?.({ channel: 'phone', act: 'call.transfer', externalId: CALL }, bare.tools()),
    ).rejects.toThrow(ProviderRefused);
  });

  it('[CA33] a form and a signed JSON are believed, nothing else', () => {
    const verify = (raw: Buffer, url: string, signature: string) =>
      twilio.verify(
        { method: 'POST', url, query: {}, headers: { 'x-twilio-signature': signature }, raw },
        { authToken: 'token' },
        0,
      ).ok;
    const sign = (text: string) => hmac('sha1', 'token', [text], 'base64');
    const url = 'https://house.example/hooks/twilio/abc';
    expect(verify(Buffer.from('b=2&a=1'), url, sign(`${url}a1b2`))).toBe(true);
    expect(verify(Buffer.from('b=2&a=2'), url, sign(`${url}a1b2`))).toBe(false);
    expect(verify(Buffer.from('b=2&a=1'), `${url}?step=leg`, sign(`${url}a1b2`))).toBe(false);
    expect(verify(Buffer.from('{"callSid":"x"}'), url, sign(url))).toBe(false);
  });

  it('[CA28] what says too little of a call waits until it is known; whatever else stands in a delivery is no error', async () => {
    const house = new VoiceHouse(twilio, NOW, {});
    await expect(take(house, recorded)).rejects.toThrow('not here yet');
    for (const body of [
      'null',
      '[]',
      '{"callSid":{}}',
      '{"callSid":"x","frames":[null,{"frame":7},{"frame":{"type":"text","token":9}}]}',
    ])
      expect((await house.take(house.delivery(body))).status).toBe(200);
    const odd: Record<string, string>[] = [
      { CallStatus: '' },
      { CallStatus: 'new-word', Timestamp: 'x' },
      { RecordingSid: 'RE', RecordingStatus: 'failed' },
      { MessageSid: 'SM', CallSid: '' },
    ];
    for (const fields of odd) expect((await take(house, form(fields))).status).toBe(200);
    const delivery: Delivery = house.delivery('MessageSid=SM1', { headers: FORM });
    expect(twilio.read(delivery).ignore).toBe(true);
  });
});
