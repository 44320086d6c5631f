import { Webhook } from 'standardwebhooks';
import type { LocationState } from '../../domain/state.ts';
import { type PushCall, payloadOf } from '../push/pushJob.ts';

/**
 * The last rung: a call or a text message. Which provider makes it is the operator's: Heard posts a signed webhook
 * (standardwebhooks.com), and whatever stands behind it dials.
 */
export type MessageJobOptions = {
  readonly open: (location: string) => Promise<{ readonly state: LocationState } | null>;
  /** Where to post; undefined: nobody is called, and the log line says so. */
  readonly url: string | undefined;
  /** `whsec_…` or any text of 16 characters and more. */
  readonly secret: string | undefined;
  readonly fetch?: typeof fetch;
  readonly now: () => number;
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

const TIMEOUT_MS = 10_000;

/** The handler of message jobs; `effect` names the message over all tries. Rejects when it was not taken. */
export function createMessageJob(options: MessageJobOptions) {
  const { open, url, now } = options;
  const report = options.report ?? (() => undefined);
  const webhook =
    options.secret === undefined
      ? undefined
      : new Webhook(
          options.secret.startsWith('whsec_')
            ? options.secret
            : Buffer.from(options.secret).toString('base64'),
        );

  return async (location: string, call: PushCall, effect: string): Promise<void> => {
    const hot = await open(location);
    const payload = hot === null ? null : payloadOf(location, hot.state, call, now());
    if (payload === null) return;
    if (url === undefined) {
      report('a ticket was not heard for three minutes and there is nobody to call (HEARD_MESSAGE_URL)', {
        location,
        ticket: call.ticket,
        station: call.station,
      });
      return;
    }
    const id = `${location}/${effect}`;
    const at = new Date(now());
    const body = JSON.stringify({ type: 'ticket.unheard', timestamp: at.toISOString(), data: payload });
    const response = await (options.fetch ?? fetch)(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        ...(webhook !== undefined && { 'webhook-signature': webhook.sign(id, at, body) }),
      },
      body,
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  };
}
