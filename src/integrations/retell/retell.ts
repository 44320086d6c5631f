import type { Delivery, HookAnswer } from '../provider.ts';
import { retellIsGood } from '../schemes.ts';
import { field, textAt } from '../wire.ts';
import { telephoneAgent } from '../voice/agent.ts';
import { callOfRequest, checkHandOver, isHandOver } from '../voice/handOver.ts';
import { toolNamed } from '../voice/tools.ts';
import { welcomeVariables } from '../voice/welcome.ts';
import { hearRetell } from './calls.ts';

/** Retell AI: webhooks of a call, custom functions, and the question before a call is taken. `docs/integrations/retell.md`. */

/** Of these there is one a call, whatever else stands in them. */
const ONCE = new Set(['call_started', 'call_ended', 'call_analyzed']);
const KNOWN = new Set([
  ...ONCE,
  'transcript_updated',
  'transfer_started',
  'transfer_bridged',
  'transfer_cancelled',
  'call_inbound',
]);

export const retell = telephoneAgent({
  id: 'retell',
  name: 'Retell AI',
  secrets: [
    {
      id: 'apiKey',
      label: 'API key with the webhook badge',
      hint: 'Retell dashboard, Settings, API keys',
    },
  ],
  environments: { production: { api: 'https://api.retellai.com' } },

  verify: (request, secrets, now) =>
    retellIsGood(request, secrets['apiKey'] ?? '', now)
      ? { ok: true }
      : { ok: false, why: 'x-retell-signature is wrong, or older than five minutes' },

  read({ body, headers }) {
    const event = textAt(body, 'event');
    const name = textAt(body, 'name');
    const call = textAt(body, 'call', 'call_id');
    const number = textAt(body, 'call_inbound', 'to_number') ?? houseNumber(field(body, 'call'));
    const isTool = event === null && name !== null && call !== null;
    return {
      event: event ?? (isTool ? (toolNamed(name) ?? 'function') : 'unknown'),
      // A function that is asked for again is another asking, unless it is the same to the byte.
      ...(call !== null && event !== null && ONCE.has(event) && { key: `${call} ${event}` }),
      // It names no call, and the next one of the same caller is the same to the byte: the signature has its time.
      ...(event === 'call_inbound' && { key: `call_inbound ${headers['x-retell-signature'] ?? ''}` }),
      ...(call !== null && { queue: call }),
      ...(number !== null && { store: number }),
      ignore: !isTool && !(event !== null && KNOWN.has(event)),
    };
  },

  hear: hearRetell,

  plain: (delivery) => (isInbound(delivery) ? { status: 200, body: { call_inbound: {} } } : { status: 200 }),

  // One function a request.
  answerTools: ([result]): HookAnswer => ({
    status: 200,
    body: result === undefined ? {} : { ...result.answer },
  }),

  greet: {
    wanted: isInbound,
    async answer({ body }, tools) {
      const variables = await welcomeVariables(tools, textAt(body, 'call_inbound', 'from_number'));
      return {
        status: 200,
        body: {
          call_inbound: { dynamic_variables: variables, metadata: { location_id: tools.location } },
        },
      };
    },
  },

  // Nothing there moves a call from outside: the agent is told to use its own transfer tool, now.
  async send(request, tools) {
    const call = callOfRequest(request);
    if (!isHandOver(request) || call === null) return;
    const answer = await tools.call({
      method: 'PATCH',
      path: `/v2/update-live-call/${encodeURIComponent(call)}`,
      headers: { authorization: `Bearer ${tools.secrets['apiKey'] ?? ''}` },
      body: { call_control: { additional_context: HAND_OVER, trigger_response: true } },
    });
    checkHandOver(answer, 'Retell');
  },
});

/** Read by a model, which speaks the caller's language by itself. */
const HAND_OVER =
  'A member of the restaurant staff wants to speak to this caller now. Say so in one short sentence and use the transfer_call tool at once. Do not ask anything else first.';

function isInbound({ event }: Pick<Delivery, 'event'>): boolean {
  return event === 'call_inbound';
}

/** The number that is the restaurant's own. */
function houseNumber(call: unknown): string | null {
  return textAt(call, textAt(call, 'direction') === 'outbound' ? 'from_number' : 'to_number');
}
