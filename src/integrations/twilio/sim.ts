import { createHash } from 'node:crypto';
import type { ProviderSim, SimAnswer, SimRequest, SimWorld } from '../simulation.ts';
import { hmac } from '../signatures.ts';
import { type SimCall, type SimDialect, nameOf, insist, jsonOf, talking } from '../voice/simTalk.ts';

/** Twilio with one number, and an agent of the owner's behind ConversationRelay: webhooks, callbacks, and calls that are changed. */
export const twilioSim: ProviderSim = {
  provider: 'twilio',
  create(world) {
    const { calls, stories, told } = talking(world, dialectOf(world), () => `CA${nameOf(world)}`);
    return { stories, told, answer: (request) => answerAs(world, calls, request) };
  },
};

/** The headers of Twilio over a form that goes to this address. */
export function signTwilio(raw: Buffer, url: string, token: string): Record<string, string> {
  const fields = [...new URLSearchParams(raw.toString('utf8'))].toSorted(([a], [b]) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': hmac('sha1', token, [url, ...fields.flat()], 'base64'),
  };
}

function dialectOf(world: SimWorld): SimDialect {
  const token = world.secrets['authToken'] ?? '';
  const post = (fields: Record<string, string>, step?: string): Promise<{ status: number; body: string }> => {
    const body = Buffer.from(new URLSearchParams(fields).toString());
    const query = step === undefined ? '' : `step=${step}`;
    const url = query === '' ? world.hook : `${world.hook}?${query}`;
    return insist(world, () =>
      world.deliver({ headers: signTwilio(body, url, token), body, ...(query !== '' && { query }) }),
    );
  };
  /** What the owner's agent passes on: JSON, whose digest is signed with the address. */
  const relay = (value: object): Promise<{ status: number; body: string }> => {
    const body = Buffer.from(JSON.stringify(value));
    const query = `bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const signature = hmac('sha1', token, [`${world.hook}?${query}`], 'base64');
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
    return insist(world, () => world.deliver({ headers, body, query }));
  };
  const base = (call: SimCall): Record<string, string> => ({
    CallSid: call.id,
    AccountSid: world.secrets['accountSid'] ?? 'AC00000000000000000000000000000001',
    From: call.from,
    To: call.to,
    ApiVersion: '2010-04-01',
    Direction: 'inbound',
  });
  const status = async (call: SimCall, CallStatus: string): Promise<void> => {
    const end = call.endedAt ?? call.startedAt;
    await post({
      ...base(call),
      CallStatus,
      CallDuration: String(
        CallStatus === 'completed' ? Math.max(1, Math.round((end - call.startedAt) / 1_000)) : 0,
      ),
      Timestamp: new Date(end).toUTCString().replace('GMT', '+0000'),
      SequenceNumber: '0',
      CallbackSource: 'call-progress-events',
    });
  };
  const framesOf = (turns: SimCall['turns']): object[] =>
    turns.map(({ who, text, done }) =>
      who === 'caller'
        ? { dir: 'in', frame: { type: 'prompt', voicePrompt: text, lang: 'en-US', last: done } }
        : { dir: 'out', frame: { type: 'text', token: text, last: done } },
    );

  return {
    async ring(call) {
      const { body } = await post({ ...base(call), CallStatus: 'ringing' });
      world.say(`${call.from} is given ${/<(Dial|Connect|Record|Redirect)/.exec(body)?.[1] ?? 'nothing'}`);
    },
    async answered(call) {
      const setup = { type: 'setup', callSid: call.id, from: call.from, to: call.to, direction: 'inbound' };
      await relay({ callSid: call.id, frames: [{ dir: 'in', frame: setup }] });
    },
    async spoken(call) {
      await relay({ callSid: call.id, frames: framesOf(call.turns.slice(-1)) });
    },
    async tool(call, tool) {
      const answer = await relay({ callSid: call.id, tool });
      return answer.status === 200 ? jsonOf(answer.body) : null;
    },
    async transfer(call, step) {
      if (step === 'started')
        await post(
          { ...base(call), SessionId: `VX${call.id.slice(2)}`, HandoffData: '{"reason":"transfer"}' },
          'relayed',
        );
      else
        await post(
          { CallSid: `CB${call.id.slice(2)}`, ParentCallSid: call.id, CallStatus: 'in-progress' },
          'leg',
        );
    },
    async end(call, how) {
      if (how === 'transferred')
        await post(
          { ...base(call), DialCallStatus: 'completed', DialCallSid: `CB${call.id.slice(2)}` },
          'handed',
        );
      await status(call, how === 'missed' ? 'no-answer' : how === 'broken' ? 'failed' : 'completed');
    },
    async analysed(call, summary) {
      await relay({ callSid: call.id, complete: true, frames: framesOf(call.turns), summary });
      const recording = `RE${call.id.slice(2)}`;
      await post({
        CallSid: call.id,
        RecordingSid: recording,
        RecordingUrl: `https://api.twilio.com/2010-04-01/Recordings/${recording}`,
        RecordingStatus: 'completed',
        RecordingDuration: '30',
      });
    },
  };
}

function answerAs(world: SimWorld, calls: ReadonlyMap<string, SimCall>, request: SimRequest): SimAnswer {
  const { accountSid = '', authToken = '' } = world.secrets;
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  if (request.headers['authorization'] !== expected)
    return { status: 401, body: { code: 20_003, message: 'Authenticate' } };
  const id = /^\/2010-04-01\/Accounts\/[^/]+\/Calls\/([^/]+)\.json$/.exec(request.path)?.[1];
  const call = id === undefined ? undefined : calls.get(id);
  if (request.method !== 'POST' || call === undefined)
    return { status: 404, body: { code: 20_404, message: 'Not found' } };
  if (call.state !== 'ongoing')
    return { status: 400, body: { code: 21_220, message: 'Call is not in-progress' } };
  const twiml = new URLSearchParams(request.body.toString('utf8')).get('Twiml') ?? '';
  if (!twiml.includes('<Dial'))
    return { status: 400, body: { code: 12_100, message: 'Document parse failure' } };
  call.wanted = true;
  call.acts.push('transfer');
  return { status: 200, body: { sid: call.id, status: 'in-progress' } };
}
