import type { ProviderSim, SimAnswer, SimRequest, SimWorld } from '../simulation.ts';
import { hmac } from '../signatures.ts';
import {
  type SimCall,
  type SimDialect,
  type SimTool,
  nameOf,
  insist,
  jsonOf,
  talking,
} from '../voice/simTalk.ts';
import { field, flagAt } from '../wire.ts';

/** Retell AI with one agent: its webhooks, its custom functions, and the one call by which a house can interfere. */
export const retellSim: ProviderSim = {
  provider: 'retell',
  create(world) {
    const { calls, stories, told } = talking(world, dialectOf(world), () => `call_${nameOf(world)}`);
    return { stories, told, answer: (request) => answerAs(world, calls, request) };
  },
};

/** The headers of Retell over these bytes. */
export function signRetell(raw: Buffer, key: string, now: number): Record<string, string> {
  const at = String(Math.round(now));
  const digest = hmac('sha256', key, [raw, at], 'hex');
  return { 'content-type': 'application/json', 'x-retell-signature': `v=${at},d=${digest}` };
}

function dialectOf(world: SimWorld): SimDialect {
  const send = (body: object): Promise<{ status: number; body: string }> => {
    const raw = Buffer.from(JSON.stringify(body));
    const key = world.secrets['apiKey'] ?? '';
    return insist(world, () => world.deliver({ headers: signRetell(raw, key, world.now()), body: raw }));
  };
  const tell = async (event: string, call: SimCall, more: object = {}): Promise<void> => {
    await send({ event, call: { ...callOf(call), ...more } });
  };
  const record = (call: SimCall): object => ({
    end_timestamp: call.endedAt,
    duration_ms: (call.endedAt ?? call.startedAt) - call.startedAt,
    recording_url: `https://recordings.example.com/retell/${call.id}/recording.wav`,
  });

  return {
    async ring({ from, to }) {
      await send({
        event: 'call_inbound',
        call_inbound: { agent_id: 'agent_host', from_number: from, to_number: to },
      });
    },
    answered: (call) => tell('call_started', call),
    spoken: (call) => tell('transcript_updated', call),
    async tool(call, { name, args }: SimTool) {
      const { status, body } = await send({ name, args, call: callOf(call) });
      return status >= 200 && status < 300 ? jsonOf(body) : null;
    },
    async transfer(call, step) {
      const destination =
        step === 'started' ? { transfer_destination: { type: 'predefined', number: '+12025550199' } } : {};
      await send({ event: `transfer_${step}`, call: callOf(call), ...destination });
    },
    async end(call, how) {
      if (how === 'missed') {
        const { start_timestamp: _never, ...never } = callOf(call);
        const call_status = 'not_connected';
        await send({
          event: 'call_ended',
          call: {
            ...never,
            call_status,
            end_timestamp: call.endedAt,
            disconnection_reason: 'dial_no_answer',
          },
        });
        return;
      }
      const reason = { hangup: 'user_hangup', broken: 'error_user_not_joined', transferred: 'call_transfer' }[
        how
      ];
      await tell('call_ended', call, {
        ...record(call),
        call_status: how === 'broken' ? 'error' : 'ended',
        disconnection_reason: reason,
      });
    },
    analysed: (call, summary) =>
      tell('call_analyzed', call, {
        ...record(call),
        call_status: 'ended',
        call_analysis: {
          call_summary: summary,
          user_sentiment: 'Positive',
          call_successful: true,
          in_voicemail: false,
        },
      }),
  };
}

function callOf(call: SimCall): Record<string, unknown> & { start_timestamp: number } {
  return {
    call_id: call.id,
    call_type: 'phone_call',
    agent_id: 'agent_host',
    agent_name: 'Host line',
    from_number: call.from,
    to_number: call.to,
    direction: 'inbound',
    call_status: call.endedAt === null ? 'ongoing' : 'ended',
    start_timestamp: call.startedAt,
    transcript: call.turns
      .map(({ who, text }) => `${who === 'agent' ? 'Agent' : 'User'}: ${text}\n`)
      .join(''),
    transcript_object: call.turns.map(({ who, text, at, until }) => {
      const spoken = text.split(/\s+/).filter((word) => word !== '');
      const each = (until - at) / Math.max(1, spoken.length);
      return {
        role: who === 'agent' ? 'agent' : 'user',
        content: text,
        words: spoken.map((word, index) => ({
          word,
          start: at + index * each,
          end: at + (index + 1) * each,
        })),
      };
    }),
  };
}

function answerAs(world: SimWorld, calls: ReadonlyMap<string, SimCall>, request: SimRequest): SimAnswer {
  const { method, path, headers, body } = request;
  if (headers['authorization'] !== `Bearer ${world.secrets['apiKey'] ?? ''}`)
    return { status: 401, body: { error_message: 'Invalid API Key' } };
  const id = /^\/v2\/update-live-call\/([^/]+)$/.exec(path)?.[1];
  if (method !== 'PATCH' || id === undefined) return { status: 404, body: { error_message: 'Not found' } };
  const call = calls.get(decodeURIComponent(id));
  if (call === undefined || call.state !== 'ongoing')
    return { status: 422, body: { error_message: 'Call is not ongoing' } };
  const control = field(jsonOf(body.toString('utf8')), 'call_control');
  if (flagAt(control, 'trigger_response') === true) {
    call.wanted = true;
    call.acts.push('transfer');
  }
  return { status: 200, body: { success: true } };
}
