import { describe, expect, it } from 'vitest';
import { ProviderRefused } from '../provider.ts';
import { sample, sampleBytes } from '../testing/samples.ts';
import { VoiceHouse } from '../testing/voiceHouse.ts';
import { endOf, meaningsOf, sayingOf } from '../testing/voiceProof.ts';
import { field, listAt } from '../wire.ts';
import { hearVapi, toolsIn } from './calls.ts';
import { vapi } from './vapi.ts';

const NOW = '2026-11-20T19:20:00.000Z';
const SEQUENCE = [
  '01-status-update-in-progress.json',
  '02-transcript-final.json',
  '02b-conversation-update.json',
  '03-tool-calls.docs-events-page-shape.json',
  '04-status-update-ended.json',
  '05-end-of-call-report.json',
];
const sent = SEQUENCE.map((name) => ({ raw: sampleBytes(`vapi/${name}`) }));

type Message = Record<string, unknown> & { call: Record<string, unknown> };
function changed(name: string, edit: (message: Message) => void): Buffer {
  const body = sample(`vapi/${name}`) as { message: Message };
  edit(body.message);
  return Buffer.from(JSON.stringify(body));
}

function resultsOf(body: unknown): { id: unknown; say: string }[] {
  return listAt(body, 'results').map((one) => ({
    id: field(one, 'toolCallId'),
    say: sayingOf(JSON.parse(String(field(one, 'result')))),
  }));
}

describe('Vapi', () => {
  it('[CA28] every sample of a call means what it should', () => {
    const { expected, seen } = meaningsOf('vapi', (body) => hearVapi({ body, receivedAt: NOW }));
    expect(seen).toEqual(expected);
    expect(seen.length).toBe(6);
  });

  it('[CA28] a call is followed from its beginning to its report; its words grow while they are spoken', async () => {
    const house = new VoiceHouse(vapi, NOW);
    const statuses: string[] = [];
    for (const { raw } of sent) {
      expect((await house.take(house.delivery(raw))).status).toBe(200);
      statuses.push(Object.values(house.state.calls.calls)[0]?.status ?? '');
    }
    expect(statuses).toEqual(['ai_active', 'ai_active', 'ai_active', 'ai_active', 'wrap_up', 'completed']);
    const [call] = Object.values(house.state.calls.calls);
    expect(call).toMatchObject({
      from: '+12025550163',
      to: '+12025550110',
      startedAt: '2026-11-20T19:20:00.000Z',
      endedAt: '2026-11-20T19:20:47.210Z',
      recording: 'https://example.com/vapi/9c2f7d10-mono.wav',
      summary: expect.stringMatching(/^Lena Ortiz booked/),
    });
    expect(call?.turns).toHaveLength(6);
    expect(house.lives.map(({ data }) => listAt(data, 'lines').length)).toEqual([1, 2, 0, 0]);
  });

  it('[CA28] what is heard so far of a sentence gives way to the rest of it', async () => {
    const house = new VoiceHouse(vapi, NOW);
    let time = 1_795_202_407_200;
    const say = (transcriptType: string, transcript: string, role = 'user') =>
      house.take(
        house.delivery(
          changed('02-transcript-final.json', (message) =>
            Object.assign(message, { transcriptType, transcript, role, timestamp: (time += 400) }),
          ),
        ),
      );
    await say('partial', 'Hi, table');
    await say('partial', 'Hi, table for four');
    await say('final', 'Hi, table for four tomorrow.');
    await say('final', 'Sure.', 'assistant');
    await say('final', 'What name?', 'assistant');
    const lines = listAt(house.lives.at(-1)?.data, 'lines');
    expect(lines.map((line) => field(line, 'text'))).toEqual([
      'Hi, table for four tomorrow.',
      'Sure.',
      'What name?',
    ]);
    expect(house.lives.map(({ order }) => order)).toEqual(
      house.lives.map(({ order }) => order ?? 0).toSorted((a, b) => a - b),
    );
  });

  it('[CA31] a tool call is read in each of its documented shapes, and always answered with 200 and one line', async () => {
    const args = { guest_name: 'Lena Ortiz', party_size: 4, date: '2026-11-21', time: '19:30' };
    const shapes: Record<string, unknown>[] = [
      { toolCallList: [{ id: 'a', name: 'create_reservation', parameters: args }] },
      { toolCallList: [{ id: 'a', name: 'create_reservation', arguments: args }] },
      {
        toolCallList: [
          {
            id: 'a',
            type: 'function',
            function: { name: 'create_reservation', arguments: JSON.stringify(args) },
          },
        ],
      },
      {
        toolCalls: [{ id: 'a', type: 'function', function: { name: 'create_reservation', arguments: args } }],
      },
      { toolWithToolCallList: [{ name: 'create_reservation', toolCall: { id: 'a', parameters: args } }] },
      { functionCall: { name: 'create_reservation', parameters: args } },
    ];
    for (const shape of shapes) expect(toolsIn(shape)).toMatchObject([{ name: 'create_reservation', args }]);
    const house = new VoiceHouse(vapi, NOW);
    const answer = await house.take(
      house.delivery(
        changed('03-tool-calls.docs-events-page-shape.json', (message) => {
          message['toolCallList'] = [
            { id: 'one', name: 'create_reservation', parameters: args },
            // A model that asks twice in one breath means one table.
            { id: 'two', name: 'create_reservation', parameters: args },
            { id: 'three', name: 'fly', parameters: {} },
          ];
        }),
      ),
    );
    expect(answer.status).toBe(200);
    const results = resultsOf(answer.body);
    expect(results).toMatchObject([{ id: 'one' }, { id: 'two', say: results[0]?.say }, { id: 'three' }]);
    expect(JSON.stringify(answer.body)).not.toMatch(/\\n[^"]*Booked/);
    expect(Object.values(house.state.bookings.reservations)).toHaveLength(1);
    const late = vapi.answer(
      house.delivery(sampleBytes('vapi/03-tool-calls.docs-events-page-shape.json')),
      'late',
    );
    expect(late.status).toBe(200);
    expect(resultsOf(late.body)).toEqual([
      { id: 'toolu_01BrasaResv', say: expect.stringMatching(/could not finish/) },
    ]);
  });

  it('[CA29] five hundred ways for the deliveries to come end in one call and one reservation', async () => {
    const plain = await endOf(vapi, sent, NOW, null);
    expect(plain.call).toMatchObject({ status: 'completed', analysis: 'ready' });
    expect(plain.reservations).toMatchObject([
      { when: '2026-11-22T00:30:00.000Z', party: 4, status: 'booked' },
    ]);
    for (let seed = 1; seed <= 500; seed += 1)
      expect([seed, await endOf(vapi, sent, NOW, seed)]).toEqual([seed, plain]);
  }, 60_000);

  it('[CA28] how a call ended is told from hundreds of reasons by how they begin', async () => {
    const end = async (reason: string, connected = true) => {
      const house = new VoiceHouse(vapi, NOW);
      await house.take(
        house.delivery(
          changed('04-status-update-ended.json', (message) => {
            message['endedReason'] = reason;
            if (!connected) delete message.call['startedAt'];
          }),
        ),
      );
      return Object.values(house.state.calls.calls)[0]?.status;
    };
    expect(await end('customer-did-not-answer', false)).toBe('missed');
    expect(await end('customer-busy', false)).toBe('missed');
    expect(await end('call.in-progress.error-vapifault-openai-llm-failed')).toBe('dropped');
    expect(await end('pipeline-error-custom-llm-500-server-error')).toBe('dropped');
    expect(await end('assistant-not-found', false)).toBe('failed');
    expect(await end('customer-ended-call')).toBe('wrap_up');
    expect(await end('silence-timed-out')).toBe('wrap_up');
    expect(await end('something-new-of-next-year')).toBe('wrap_up');
  });

  it('[CA28] a call that was forwarded was taken by a person', async () => {
    const house = new VoiceHouse(vapi, NOW);
    const status = (edit: (message: Message) => void) =>
      house.take(house.delivery(changed('01-status-update-in-progress.json', edit)));
    await status((message) =>
      Object.assign(message, {
        status: 'forwarding',
        timestamp: 1_795_202_420_000,
        destination: { type: 'number', number: '+12025550199' },
      }),
    );
    expect(Object.values(house.state.calls.calls)[0]).toMatchObject({
      status: 'transferring',
      transferTo: '+12025550199',
    });
    await status((message) =>
      Object.assign(message, {
        status: 'ended',
        endedReason: 'assistant-forwarded-call',
        timestamp: 1_795_202_430_000,
      }),
    );
    expect(Object.values(house.state.calls.calls)[0]).toMatchObject({ status: 'wrap_up', staffed: true });
  });

  it('[CA30] a number that asks who answers is told the assistant and what it should know; one that asks where to, the stand', async () => {
    const secrets = { secret: 's', assistantId: 'assistant-1', transferTo: '+1 202 555 0199' };
    const house = new VoiceHouse(vapi, NOW, secrets);
    const request = sampleBytes('vapi/00-assistant-request.json');
    expect((await house.take(house.delivery(request))).body).toMatchObject({
      assistantId: 'assistant-1',
      assistantOverrides: {
        variableValues: { location_name: 'Pearl St', today: '2026-11-20', language: 'en' },
      },
    });
    expect((await new VoiceHouse(vapi, NOW).take(house.delivery(request))).body).toMatchObject({
      error: expect.any(String),
    });
    expect(vapi.answer(house.delivery(request), 'late').body).toMatchObject({ error: expect.any(String) });
    const to = house.delivery(
      changed(
        '01-status-update-in-progress.json',
        (message) => (message['type'] = 'transfer-destination-request'),
      ),
    );
    expect((await house.take(to)).body).toEqual({ destination: { type: 'number', number: '+12025550199' } });
    expect(Object.keys(house.state.calls.calls)).toEqual([]);
  });

  it('[CA32] asked to hand a call over, it is told where to put the caller through', async () => {
    const secrets = { secret: 's', apiKey: 'private', transferTo: '+12025550199' };
    const house = new VoiceHouse(vapi, NOW, secrets);
    const control = 'https://phone-call-websocket.vapi.example/9c2f/control';
    house.answerCalls = () => ({ status: 200, json: { monitor: { controlUrl: control } } });
    const request = { channel: 'phone', act: 'call.transfer', externalId: '9c2f' };
    await vapi.send?.(request, house.tools());
    expect(house.calls).toMatchObject([
      { method: 'GET', url: 'https://api.vapi.ai/call/9c2f', headers: { authorization: 'Bearer private' } },
      {
        method: 'POST',
        url: control,
        body: { type: 'transfer', destination: { type: 'number', number: '+12025550199' } },
      },
    ]);
    // The key goes to Vapi's own API and nowhere else.
    expect(JSON.stringify(house.calls[1])).not.toContain('private');
    house.answerCalls = () => ({ status: 503, json: undefined });
    await expect(vapi.send?.(request, house.tools())).rejects.toThrow('503');
    const bare = new VoiceHouse(vapi, NOW, { secret: 's' });
    await expect(vapi.send?.(request, bare.tools())).rejects.toThrow(ProviderRefused);
    expect(bare.calls).toEqual([]);
  });

  it('[CA31] each of its credentials is taken, and none that is wrong', () => {
    const raw = Buffer.from('{}');
    const of = (headers: Record<string, string>, secrets: Record<string, string> = { secret: 'mine' }) =>
      vapi.verify({ method: 'POST', url: 'https://x.example', query: {}, headers, raw }, secrets, 0).ok;
    expect(of({ 'x-vapi-secret': 'mine' })).toBe(true);
    expect(of({ authorization: 'Bearer mine' })).toBe(true);
    expect(of({ 'x-vapi-secret': 'mine2' })).toBe(false);
    expect(of({ authorization: 'mine' })).toBe(false);
    expect(of({})).toBe(false);
    expect(of({ 'x-vapi-secret': '', authorization: 'Bearer ' }, { secret: '' })).toBe(false);
  });
});
