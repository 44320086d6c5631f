import type { Provider } from '../provider.ts';
import { uberIsGood } from '../schemes.ts';
import { textAt } from '../wire.ts';
import { lookAtUber } from './look.ts';
import { sendToUber } from './send.ts';
import { isKnown, workUber } from './work.ts';

/**
 * Uber Eats Marketplace. Its webhooks are thin: they say that something happened to an order, and the order itself is
 * asked for by the job. `docs/integrations/uber-eats.md` says how an owner connects it and what was never tried live.
 */
export const uberEats: Provider = {
  id: 'uber-eats',
  kind: 'orders',
  name: 'Uber Eats',
  secrets: [
    { id: 'clientId', label: 'Client ID', hint: 'Uber developer dashboard, your application, Setup' },
    {
      id: 'clientSecret',
      label: 'Client secret',
      hint: 'The same page; shown once, when it is made. Webhooks are signed with it',
    },
    {
      id: 'signingKey',
      label: 'Webhook signing key',
      optional: true,
      hint: 'Only if the dashboard shows one under Webhooks',
    },
    {
      id: 'secondaryKey',
      label: 'Secondary signing key',
      optional: true,
      hint: 'Only while signing keys are changed',
    },
  ],
  environments: {
    production: { api: 'https://api.uber.com', auth: 'https://auth.uber.com' },
    sandbox: { api: 'https://test-api.uber.com', auth: 'https://sandbox-auth.uber.com' },
  },

  verify(request, secrets, _now, environment) {
    const keys = ['clientSecret', 'signingKey', 'secondaryKey'].map((id) => secrets[id] ?? '');
    if (
      !uberIsGood(
        request,
        keys.filter((key) => key !== ''),
      )
    )
      return { ok: false, why: 'x-uber-signature is that of no key of this channel' };
    const from = request.headers['x-environment'];
    // One address of the dashboard may serve both; a test order must not reach a kitchen that cooks.
    if (from !== undefined && environment !== undefined && from.toLowerCase() !== environment)
      return { ok: false, why: `x-environment is ${from.slice(0, 20)}, and the channel is ${environment}` };
    return { ok: true };
  },

  read({ body }) {
    const event = textAt(body, 'event_type') ?? 'unknown';
    const key = textAt(body, 'event_id');
    const order = textAt(body, 'meta', 'resource_id');
    const store = textAt(body, 'meta', 'user_id');
    return {
      event,
      ...(key !== null && { key }),
      ...(order !== null && { queue: order }),
      ...(store !== null && { store }),
      ignore: !isKnown(event),
    };
  },

  // Anything else in it, and Uber delivers again.
  answer: () => ({ status: 200 }),
  work: workUber,
  send: (request, tools) => sendToUber(request, tools),
  look: { everyMs: 60_000, run: lookAtUber },
};
