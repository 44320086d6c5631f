import { toInstant } from '../../domain/text.ts';
import type { ProviderSim, SimAnswer, SimRequest, SimWorld } from '../simulation.ts';
import { hmac } from '../signatures.ts';
import {
  type SimCall,
  type SimDialect,
  nameOf,
  insist,
  jsonOf,
  resultOf,
  talking,
} from '../voice/simTalk.ts';
import { textAt } from '../wire.ts';

/** Vapi with one assistant: its server messages, and the control address by which a house can interfere. */
export const vapiSim: ProviderSim = {
  provider: 'vapi',
  create(world) {
    const { calls, stories, told } = talking(world, dialectOf(world), () => uuid(world));
    return { stories, told, answer: (request) => answerAs(world, calls, request) };
  },
};

/** The headers of Vapi's HMAC credential over these bytes. */
export function signVapi(raw: Buffer, secret: string, now: number): Record<string, string> {
  const at = String(Math.round(now));
  return {
    'content-type': 'application/json',
    'x-timestamp': at,
    'x-signature': hmac('sha256', secret, [at, '.', raw], 'hex'),
  };
}

function dialectOf(world: SimWorld): SimDialect {
  const send = (
    type: string,
    call: SimCall,
    more: object = {},
  ): Promise<{ status: number; body: string }> => {
    const raw = Buffer.from(
      JSON.stringify({
        message: {
          type,
          timestamp: world.now(),
          ...more,
          call: callOf(call),
          customer: { number: call.from },
          phoneNumber: { provider: 'twilio', number: call.to },
        },
      }),
    );
    const secret = world.secrets['secret'] ?? '';
    return insist(world, () => world.deliver({ headers: signVapi(raw, secret, world.now()), body: raw }));
  };

  return {
    async ring(call) {
      await send('assistant-request', call);
      await send('status-update', call, { status: 'ringing' });
    },
    async answered(call) {
      await send('status-update', call, { status: 'in-progress' });
    },
    async spoken(call) {
      const turn = call.turns.at(-1);
      if (turn === undefined) return;
      await send('transcript', call, {
        role: turn.who === 'agent' ? 'assistant' : 'user',
        transcriptType: turn.done ? 'final' : 'partial',
        transcript: turn.text,
      });
    },
    async tool(call, { id, name, args }) {
      const toolCallList = [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }];
      const { status, body } = await send('tool-calls', call, { toolCallList });
      return status === 200 ? resultOf(jsonOf(body)) : null;
    },
    async transfer(call, step) {
      if (step === 'started')
        await send('status-update', call, {
          status: 'forwarding',
          destination: { type: 'number', number: '+12025550199' },
        });
    },
    async end(call, how) {
      await send('status-update', call, { status: 'ended', endedReason: REASONS[how] });
    },
    async analysed(call, summary) {
      await send('end-of-call-report', call, {
        // What had broken off is not whole again in the report.
        endedReason: call.acts.includes('broken') ? REASONS.broken : 'customer-ended-call',
        startedAt: toInstant(call.startedAt),
        endedAt: toInstant(call.endedAt ?? call.startedAt),
        artifact: {
          recordingUrl: `https://recordings.example.com/vapi/${call.id}.wav`,
          messages: call.turns.map(({ who, text, at }) => ({
            role: who === 'agent' ? 'bot' : 'user',
            message: text,
            secondsFromStart: at,
          })),
        },
        analysis: { summary, successEvaluation: 'true' },
      });
    },
  };
}

const REASONS = {
  hangup: 'customer-ended-call',
  broken: 'phone-call-provider-closed-websocket',
  missed: 'customer-did-not-answer',
  transferred: 'assistant-forwarded-call',
} as const;

function callOf(call: SimCall): object {
  const isConnected = call.state !== 'ringing' && call.state !== 'missed';
  return {
    id: call.id,
    type: 'inboundPhoneCall',
    status: call.endedAt === null ? (isConnected ? 'in-progress' : 'ringing') : 'ended',
    customer: { number: call.from },
    createdAt: toInstant(call.startedAt),
    ...(isConnected && { startedAt: toInstant(call.startedAt) }),
    ...(call.endedAt !== null && { endedAt: toInstant(call.endedAt) }),
  };
}

function answerAs(world: SimWorld, calls: ReadonlyMap<string, SimCall>, request: SimRequest): SimAnswer {
  const { method, path, headers, body } = request;
  const control = /^\/control\/([\w-]+)$/.exec(path)?.[1];
  if (method === 'POST' && control !== undefined) {
    const call = calls.get(control);
    if (call === undefined || call.state !== 'ongoing')
      return { status: 404, body: { message: 'Call not found' } };
    const told = jsonOf(body.toString('utf8'));
    if (textAt(told, 'type') !== 'transfer' || textAt(told, 'destination', 'number') === null)
      return { status: 400, body: { message: 'type must be transfer, with a destination' } };
    call.wanted = true;
    call.acts.push('transfer');
    return { status: 200, body: {} };
  }
  if (headers['authorization'] !== `Bearer ${world.secrets['apiKey'] ?? ''}`)
    return { status: 401, body: { message: 'Unauthorized' } };
  const call = calls.get(/^\/call\/([\w-]+)$/.exec(path)?.[1] ?? '');
  if (method !== 'GET' || call === undefined) return { status: 404, body: { message: 'Not found' } };
  return {
    status: 200,
    body: { ...callOf(call), monitor: { controlUrl: `${world.self}/control/${call.id}` } },
  };
}

function uuid(world: SimWorld): string {
  const hex = nameOf(world);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
}
