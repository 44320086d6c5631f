import { DOORDASH_API } from '../doordash/api.ts';
import { KEY_FIELDS } from '../doordash/token.ts';
import type { Provider } from '../provider.ts';
import { tokenIsGood } from '../schemes.ts';
import { readDrive } from './delivery.ts';
import { askDrive } from './send.ts';
import { lookAtDrive, workDrive } from './work.ts';

/** DoorDash Drive: couriers for our own orders. `docs/integrations/doordash-drive.md` says how an owner connects it. */
export const doordashDrive: Provider = {
  id: 'doordash-drive',
  kind: 'courier',
  name: 'DoorDash Drive',
  secrets: [
    {
      id: 'webhookToken',
      label: 'Webhook authorization',
      hint: 'All of what DoorDash sends in the header, the word before the blank as well',
    },
    {
      id: 'webhookHeader',
      label: 'Header of the webhook authorization',
      optional: true,
      hint: 'Where another than Authorization was chosen in the portal',
    },
    ...KEY_FIELDS,
    {
      id: 'mostFee',
      label: 'Highest fee',
      optional: true,
      hint: 'Such as 9.50: the price is asked first, and dearer couriers are not called',
    },
    {
      id: 'pickupAddress',
      label: 'Address for couriers',
      optional: true,
      hint: 'Where it is not the one of the location',
    },
    {
      id: 'pickupPhone',
      label: 'Telephone for couriers',
      optional: true,
      hint: 'Where it is not the one of the location; with the country, such as +1 212 555 0199',
    },
    {
      id: 'pickupInstructions',
      label: 'Instructions for couriers',
      optional: true,
      hint: 'Such as: side door',
    },
    {
      id: 'businessId',
      label: 'Business ID',
      optional: true,
      hint: 'Where the stores are under a business of their own in the portal',
    },
  ],
  // Both are reached at the same address: the key says which it is.
  environments: { production: { api: DOORDASH_API }, sandbox: { api: DOORDASH_API } },

  verify: (request, { webhookToken = '', webhookHeader = '' }) =>
    tokenIsGood(request, webhookToken, webhookHeader.trim().toLowerCase() || 'authorization')
      ? { ok: true }
      : { ok: false, why: 'the header of the authorization is not what was agreed on' },

  read: ({ body }) => readDrive(body),
  answer: () => ({ status: 200 }),
  work: workDrive,
  send: askDrive,
  look: { everyMs: 60_000, run: lookAtDrive },
};
