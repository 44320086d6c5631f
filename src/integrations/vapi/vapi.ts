import {
  type Delivery,
  type HookAnswer,
  type HookRequest,
  ProviderRefused,
  type ProviderTools,
  type Secrets,
} from '../provider.ts';
import { tokenIsGood, vapiIsGood } from '../schemes.ts';
import { field, textAt } from '../wire.ts';
import { type ToolResult, telephoneAgent } from '../voice/agent.ts';
import { callOfRequest, checkHandOver, isHandOver, standNumber } from '../voice/handOver.ts';
import { toolNamed } from '../voice/tools.ts';
import { welcomeVariables } from '../voice/welcome.ts';
import { wordsIn } from '../voice/words.ts';
import { hearVapi, houseNumber, toolsIn, typeOf } from './calls.ts';

/** Vapi: one address for all server messages. `docs/integrations/vapi.md`. */

const KNOWN = new Set([
  'assistant-request',
  'status-update',
  'transcript',
  'conversation-update',
  'tool-calls',
  'function-call',
  'end-of-call-report',
  'transfer-destination-request',
]);
/** Their sender waits for the answer, and it is not about a tool. */
const ASKS = new Set(['assistant-request', 'transfer-destination-request']);

export const vapi = telephoneAgent({
  id: 'vapi',
  name: 'Vapi',
  secrets: [
    {
      id: 'secret',
      label: 'Server credential',
      hint: 'The secret of the HMAC, bearer or X-Vapi-Secret credential',
    },
    { id: 'apiKey', label: 'Private API key', optional: true, hint: 'Only for handing a call over' },
    {
      id: 'assistantId',
      label: 'Assistant',
      optional: true,
      hint: 'Only if numbers ask which assistant answers',
    },
    { id: 'transferTo', label: 'Number at the stand', optional: true, hint: 'As in +12125550199' },
    { id: 'signatureHeader', label: 'Signature header', optional: true, hint: 'Default: x-signature' },
    { id: 'timestampHeader', label: 'Timestamp header', optional: true, hint: 'Default: x-timestamp' },
  ],
  environments: { production: { api: 'https://api.vapi.ai' } },

  verify: (request, secrets, now) =>
    isVapi(request, secrets, now)
      ? { ok: true }
      : { ok: false, why: 'neither a good signature nor the secret in authorization or x-vapi-secret' },

  read({ body }) {
    const message = field(body, 'message');
    const type = typeOf(message);
    const call = textAt(message, 'call', 'id');
    const key = keyOf(message, type, call);
    const number = houseNumber(message);
    const [tool] = type === 'tool-calls' || type === 'function-call' ? toolsIn(message) : [];
    return {
      event: tool === undefined ? (type === '' ? 'unknown' : type) : (toolNamed(tool.name) ?? type),
      ...(key !== null && { key }),
      ...(call !== null && { queue: call }),
      ...(number !== null && { store: number }),
      ignore: !KNOWN.has(type),
    };
  },

  hear: hearVapi,

  // Anything but 200 is ignored there, and the caller hears nothing.
  plain: ({ body }) =>
    typeOf(field(body, 'message')) === 'assistant-request'
      ? { status: 200, body: { error: wordsIn('en').late } }
      : { status: 200, body: {} },

  answerTools: (results): HookAnswer => ({ status: 200, body: { results: results.map(resultOf) } }),

  greet: {
    wanted: asks,
    answer: ({ body }, tools) => welcome(field(body, 'message'), tools),
  },

  async send(request, tools) {
    if (!isHandOver(request)) return;
    const call = callOfRequest(request);
    const number = standNumber(tools);
    const key = tools.secrets['apiKey'] ?? '';
    if (call === null || number === null || key === '')
      throw new ProviderRefused('Vapi needs the private key and the number at the stand');
    const found = await tools.call({
      method: 'GET',
      path: `/call/${encodeURIComponent(call)}`,
      headers: { authorization: `Bearer ${key}` },
    });
    checkHandOver(found, 'Vapi');
    const control = textAt(found.json, 'monitor', 'controlUrl');
    if (control === null)
      throw new ProviderRefused('Vapi names no controlUrl: monitorPlan.controlEnabled is off');
    checkHandOver(
      await tools.call({
        method: 'POST',
        url: control,
        elsewhere: true,
        body: { type: 'transfer', destination: { type: 'number', number } },
      }),
      'Vapi',
    );
  },
});

function isVapi(request: HookRequest, secrets: Secrets, now: number): boolean {
  const secret = secrets['secret'] ?? '';
  if (secret === '') return false;
  const { signatureHeader, timestampHeader } = secrets;
  const scheme = {
    ...(signatureHeader !== undefined && signatureHeader !== '' && { header: signatureHeader.toLowerCase() }),
    ...(timestampHeader !== undefined &&
      timestampHeader !== '' && { timeHeader: timestampHeader.toLowerCase() }),
  };
  // Which credential it is is the owner's choice; each of them is this one secret.
  return [
    vapiIsGood(request, secret, now, scheme),
    tokenIsGood(request, secret, 'x-vapi-secret'),
    tokenIsGood(request, `Bearer ${secret}`),
  ].includes(true);
}

/** The same for every repeat: a tool call by its own name, everything else by its kind and its time. */
function keyOf(message: unknown, type: string, call: string | null): string | null {
  if (call === null) return null;
  const ids = type === 'tool-calls' ? toolsIn(message).map(({ id }) => id) : [];
  if (ids.length > 0 && ids.every((id) => id !== null)) return `${call} tools ${ids.join(' ')}`;
  const at = textAt(message, 'timestamp');
  const status = textAt(message, 'status') ?? textAt(message, 'role') ?? '';
  return at === null || type === '' ? null : `${call} ${type} ${status} ${at}`;
}

function asks({ body }: Pick<Delivery, 'body'>): boolean {
  return ASKS.has(typeOf(field(body, 'message')));
}

async function welcome(message: unknown, tools: ProviderTools): Promise<HookAnswer> {
  const { assistantId = '' } = tools.secrets;
  const words = wordsIn(tools.config.language);
  if (typeOf(message) === 'transfer-destination-request') {
    const number = standNumber(tools);
    return {
      status: 200,
      body: number === null ? { error: words.unknownTool } : { destination: { type: 'number', number } },
    };
  }
  if (assistantId === '') return { status: 200, body: { error: words.late } };
  const from = textAt(message, 'call', 'customer', 'number') ?? textAt(message, 'customer', 'number');
  return {
    status: 200,
    body: {
      assistantId,
      assistantOverrides: { variableValues: await welcomeVariables(tools, from) },
    },
  };
}

/** One line: a result with a line break is not read. */
function resultOf({ tool, answer }: ToolResult): Readonly<Record<string, unknown>> {
  return {
    name: tool.name,
    ...(tool.id !== null && { toolCallId: tool.id }),
    result: JSON.stringify(answer).replaceAll(/[\r\n]+/g, ' '),
  };
}
