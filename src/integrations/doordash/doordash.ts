import type { Provider } from '../provider.ts';
import { tokenIsGood } from '../schemes.ts';
import { DOORDASH_API } from './api.ts';
import { kindOf, readDoordash } from './read.ts';
import { tellDoordash } from './send.ts';
import { KEY_FIELDS } from './token.ts';
import { lookAtDoordash, workDoordash } from './work.ts';

/** DoorDash Marketplace: orders to us. `docs/integrations/doordash.md` says how an owner connects it. */
export const doordash: Provider = {
  id: 'doordash',
  kind: 'orders',
  name: 'DoorDash',
  secrets: [
    {
      id: 'webhookToken',
      label: 'Webhook authorization',
      hint: 'All of what DoorDash sends as Authorization, the word before the blank as well',
    },
    ...KEY_FIELDS,
    { id: 'providerType', label: 'Provider type', hint: 'The name that DoorDash gave the integration' },
  ],
  environments: { production: { api: DOORDASH_API }, sandbox: { api: DOORDASH_API } },

  verify: (request, { webhookToken = '' }) =>
    tokenIsGood(request, webhookToken)
      ? { ok: true }
      : { ok: false, why: 'Authorization is not the one that was agreed on' },

  read: ({ body }) => readDoordash(body),

  // To DoorDash a 200 is a yes that nobody in the house gave: whatever may be an order hears 202.
  answer: ({ body }) => {
    const kind = kindOf(body);
    return { status: kind === null || kind === 'OrderCreate' ? 202 : 200 };
  },

  work: workDoordash,
  send: tellDoordash,
  look: { everyMs: 120_000, run: lookAtDoordash },
};
