import { type Delivery, type HookAnswer, ProviderRefused, type ProviderTools } from '../provider.ts';
import { twilioIsGood } from '../schemes.ts';
import { field, textAt } from '../wire.ts';
import { telephoneAgent } from '../voice/agent.ts';
import { callOfRequest, checkHandOver, isHandOver, standNumber } from '../voice/handOver.ts';
import { toolNamed } from '../voice/tools.ts';
import { welcomeVariables } from '../voice/welcome.ts';
import { wordsIn } from '../voice/words.ts';
import { type Kind, callSidOf, fieldsOf, hearTwilio, isTaken, kindOf } from './calls.ts';
import { AGAIN, HANG_UP, connect, dial, document, record, say, twiml } from './twiml.ts';

/**
 * Twilio: the house's own line. A call rings at the stand or goes to the owner's agent (ConversationRelay); nobody there,
 * it takes a message. `docs/integrations/twilio.md`.
 */

/** Twilio waits for TwiML. */
const ASKS: ReadonlySet<Kind> = new Set(['voice', 'dialled', 'handed', 'relayed', 'left']);

export const twilio = telephoneAgent({
  id: 'twilio',
  name: 'Twilio',
  secrets: [
    { id: 'authToken', label: 'Auth token', hint: 'Twilio console, Account, API keys and tokens' },
    { id: 'accountSid', label: 'Account SID', optional: true, hint: 'Only for handing a call over' },
    { id: 'transferTo', label: 'Number at the stand', optional: true, hint: 'As in +12125550199' },
    {
      id: 'relayUrl',
      label: 'Agent (ConversationRelay)',
      optional: true,
      hint: 'wss:// address of your own agent',
    },
    {
      id: 'address',
      label: 'This webhook address',
      optional: true,
      hint: 'So that Twilio says whether the stand answered',
    },
  ],
  environments: { production: { api: 'https://api.twilio.com' } },
  methods: ['GET', 'POST'],

  verify: (request, secrets) =>
    twilioIsGood(request, secrets['authToken'] ?? '')
      ? { ok: true }
      : { ok: false, why: 'x-twilio-signature is wrong: is HEARD_PUBLIC_URL what Twilio calls?' },

  read(request) {
    const kind = kindOf(request);
    const fields = fieldsOf(request);
    const call = callSidOf(request);
    const key = keyOf(kind, fields);
    const number = textAt(fields, 'Direction')?.startsWith('outbound') === true ? null : textAt(fields, 'To');
    const tool = textAt(fields, 'tool', 'name');
    return {
      event: kind === 'relay' && tool !== null ? (toolNamed(tool) ?? 'function') : kind,
      ...(key !== null && { key }),
      ...(call !== null && { queue: call }),
      ...(number !== null && kind !== 'leg' && { store: number }),
      ignore: kind === 'unknown',
    };
  },

  hear: hearTwilio,

  plain: (delivery) => (asks(delivery) ? twiml(AGAIN) : { status: 200 }),

  // Asked by the owner's agent, one a request.
  answerTools: ([result]): HookAnswer => ({
    status: 200,
    body: result === undefined ? {} : { ...result.answer },
  }),

  greet: { wanted: asks, answer: nextVerb },

  async send(request, tools) {
    if (!isHandOver(request)) return;
    const { accountSid = '', authToken = '', address = '' } = tools.secrets;
    const call = callOfRequest(request);
    const number = standNumber(tools);
    if (call === null || number === null || accountSid === '')
      throw new ProviderRefused('Twilio needs the account SID and the number at the stand');
    const answer = await tools.call({
      method: 'POST',
      path: `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Calls/${encodeURIComponent(call)}.json`,
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams({ Twiml: document(dial(number, address === '' ? null : address, 'handed')) }),
    });
    checkHandOver(answer, 'Twilio');
  },
});

function asks(delivery: Pick<Delivery, 'body' | 'query'>): boolean {
  return ASKS.has(kindOf(delivery));
}

/** The same for every repeat. The signature and the time of arrival are no part of it. */
function keyOf(kind: Kind, fields: unknown): string | null {
  const call = textAt(fields, 'CallSid');
  switch (kind) {
    case 'relay':
    case 'unknown':
      return null;
    case 'recording':
      return `${textAt(fields, 'RecordingSid') ?? ''} ${textAt(fields, 'RecordingStatus') ?? ''}`;
    case 'status':
    case 'leg':
      return `${call ?? ''} ${kind} ${textAt(fields, 'CallStatus') ?? ''} ${textAt(fields, 'SequenceNumber') ?? ''}`;
    case 'handed':
    case 'dialled':
    case 'relayed':
      return `${call ?? ''} ${kind} ${textAt(fields, 'DialCallSid') ?? textAt(fields, 'SessionId') ?? ''}`;
    case 'voice':
    case 'left':
      return `${call ?? ''} ${kind}`;
    default:
      return kind satisfies never;
  }
}

/** What is to become of the call now. */
async function nextVerb(delivery: Delivery, tools: ProviderTools): Promise<HookAnswer> {
  const fields = fieldsOf(delivery);
  const self = selfOf(delivery);
  const { config, secrets } = tools;
  const words = wordsIn(config.language);
  const number = standNumber(tools);
  const relay = /^wss:\/\/\S+$/.test(secrets['relayUrl'] ?? '') ? (secrets['relayUrl'] ?? null) : null;
  const takeMessage = [say(words.leaveMessage(config.name), config.language), record(self)];
  const toAgent = async (url: string): Promise<HookAnswer> =>
    twiml(
      connect(url, self, words.welcome(config.name), config.language, {
        location_id: tools.location,
        ...(await welcomeVariables(tools, textAt(fields, 'From'))),
      }),
    );
  switch (kindOf(delivery)) {
    case 'voice':
      if (relay !== null) return toAgent(relay);
      return number === null ? twiml(...takeMessage) : twiml(dial(number, self, 'dialled'));
    case 'dialled':
      return isTaken(fields) ? twiml(HANG_UP) : twiml(...takeMessage);
    case 'handed':
      if (isTaken(fields)) return twiml(HANG_UP);
      // Nobody came: back to the machine, if there is one.
      return relay === null ? twiml(...takeMessage) : toAgent(relay);
    case 'relayed':
      return number !== null && wantsPerson(fields) ? twiml(dial(number, self, 'handed')) : twiml(HANG_UP);
    default:
      return twiml(HANG_UP);
  }
}

/** The agent ended its part and says that a person should go on: `handoffData` with `"transfer": true` or a reason of that name. */
function wantsPerson(fields: unknown): boolean {
  const data = textAt(fields, 'HandoffData');
  if (data === null) return false;
  try {
    const said: unknown = JSON.parse(data);
    return field(said, 'transfer') === true || textAt(said, 'reason') === 'transfer';
  } catch {
    return false;
  }
}

/** This channel's own address, as Twilio just called it. */
function selfOf({ url }: Pick<Delivery, 'url'>): string {
  return url.replace(/\?.*$/, '');
}
