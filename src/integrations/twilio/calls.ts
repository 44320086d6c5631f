import { toInstant } from '../../domain/text.ts';
import type { Delivery } from '../provider.ts';
import { field, listAt, numberAt, textAt } from '../wire.ts';
import type { CanonicalCall, CanonicalCallEvent, Heard } from '../voice/canonical.ts';
import { given, recordingAt } from '../voice/read.ts';
import { relayEvents } from './relay.ts';

/** What Twilio's webhooks and callbacks say, in the words of all telephone agents. */

/**
 * `voice`: a call comes in. Then, by the `step` that our own TwiML named: `dialled` and `handed` (nobody, or somebody, at
 * the stand), `leg` (the stand picked up), `relayed` (the agent is done), `left` (a message was left).
 */
export type Kind =
  | 'voice'
  | 'status'
  | 'recording'
  | 'dialled'
  | 'handed'
  | 'leg'
  | 'relayed'
  | 'left'
  | 'relay'
  | 'unknown';
type Request = Pick<Delivery, 'body' | 'query'>;

/** The fields of a form, or of the address where the owner chose GET. */
export function fieldsOf({ body, query }: Request): unknown {
  return typeof body === 'object' && body !== null ? body : query;
}

export function kindOf(request: Request): Kind {
  const fields = fieldsOf(request);
  if (textAt(fields, 'callSid') !== null) return 'relay';
  if (textAt(fields, 'CallSid') === null) return 'unknown';
  const { step } = request.query;
  if (step === 'dialled' || step === 'handed' || step === 'leg' || step === 'relayed' || step === 'left')
    return step;
  if (textAt(fields, 'RecordingSid') !== null) return 'recording';
  const isNews = ['CallbackSource', 'SequenceNumber', 'Timestamp', 'CallDuration'].some(
    (name) => textAt(fields, name) !== null,
  );
  return isNews ? 'status' : 'voice';
}

export function callSidOf(request: Request): string | null {
  const fields = fieldsOf(request);
  return textAt(fields, 'callSid') ?? textAt(fields, 'ParentCallSid') ?? textAt(fields, 'CallSid');
}

export function hearTwilio(delivery: Request & Pick<Delivery, 'receivedAt'>): Heard | null {
  const externalId = callSidOf(delivery)?.slice(0, 128) ?? null;
  const kind = kindOf(delivery);
  const fields = fieldsOf(delivery);
  if (externalId === null) return null;
  const events = eventsOf(kind, fields, delivery.receivedAt);
  if (events.length === 0) return null;
  return {
    call: { ...callOf(kind, fields), externalId },
    events,
    saidAt: null,
    language: textAt(delivery.query, 'language'),
  };
}

function callOf(kind: Kind, fields: unknown): Omit<CanonicalCall, 'externalId'> {
  if (kind === 'relay') {
    const setup = field(
      listAt(fields, 'frames').find((one) => textAt(one, 'frame', 'type') === 'setup'),
      'frame',
    );
    return lineOf(textAt(setup, 'direction'), setup, 'from', 'to', setup === undefined);
  }
  const isSlight = kind === 'leg' || (kind !== 'voice' && textAt(fields, 'From') === null);
  return { ...lineOf(textAt(fields, 'Direction'), fields, 'From', 'To', isSlight), quiet: true };
}

function lineOf(
  direction: string | null,
  fields: unknown,
  from: string,
  to: string,
  slight: boolean,
): Omit<CanonicalCall, 'externalId'> {
  return {
    direction: direction?.startsWith('outbound') === true ? 'outbound' : 'inbound',
    from: textAt(fields, from)?.slice(0, 40) ?? null,
    to: textAt(fields, to)?.slice(0, 40) ?? null,
    startedAt: null,
    ...(slight && { slight }),
  };
}

function eventsOf(kind: Kind, fields: unknown, receivedAt: string): CanonicalCallEvent[] {
  switch (kind) {
    case 'relay':
      return relayEvents(fields, receivedAt);
    case 'voice':
      return [{ event: 'call.started', at: receivedAt, answered: false }];
    case 'relayed':
    case 'left':
      return [];
    case 'status':
      return statusOf(fields, receivedAt);
    case 'dialled':
      // Nobody was there, and no agent is: whoever rang is rung back, whether they leave a message or not.
      return isTaken(fields)
        ? [{ event: 'call.transfer', step: 'bridged', at: receivedAt }]
        : [{ event: 'call.failed', as: 'missed', at: receivedAt, reason: dialStatus(fields) }];
    case 'handed':
      return [{ event: 'call.transfer', step: isTaken(fields) ? 'bridged' : 'cancelled', at: receivedAt }];
    case 'leg':
      return textAt(fields, 'CallStatus') === 'in-progress'
        ? [{ event: 'call.transfer', step: 'bridged', at: momentOf(fields) ?? receivedAt }]
        : [];
    case 'recording': {
      const recording = recordingAt(fields, 'RecordingUrl');
      return textAt(fields, 'RecordingStatus') === 'completed' && recording !== null
        ? [{ event: 'call.completed', recording }]
        : [];
    }
    case 'unknown':
      return [];
    default:
      return kind satisfies never;
  }
}

function statusOf(fields: unknown, receivedAt: string): CanonicalCallEvent[] {
  const at = momentOf(fields) ?? receivedAt;
  const status = textAt(fields, 'CallStatus');
  switch (status) {
    case 'queued':
    case 'initiated':
    case 'ringing':
      return [{ event: 'call.started', at, answered: false }];
    case 'in-progress':
    case 'answered':
      return [{ event: 'call.started', at, answered: true }];
    case 'completed': {
      const seconds = numberAt(fields, 'CallDuration') ?? 0;
      const answeredAt = seconds > 0 && seconds < 86_400 ? toInstant(Date.parse(at) - seconds * 1_000) : null;
      return [
        // It lasted, so somebody spoke.
        ...(answeredAt === null ? [] : [{ event: 'call.started', at: answeredAt, answered: true } as const]),
        { event: 'call.ended', at, reason: status },
      ];
    }
    case 'busy':
    case 'no-answer':
    case 'canceled':
      return [{ event: 'call.failed', as: 'missed', at, reason: status }];
    case 'failed':
      return [
        {
          event: 'call.failed',
          as: 'failed',
          at,
          ...given('reason', textAt(fields, 'ErrorCode')?.slice(0, 40) ?? status),
        },
      ];
    default:
      return [];
  }
}

export function isTaken(fields: unknown): boolean {
  return ['completed', 'answered'].includes(dialStatus(fields));
}

function dialStatus(fields: unknown): string {
  return textAt(fields, 'DialCallStatus')?.slice(0, 40) ?? 'no-answer';
}

/** Written as in mails: `Fri, 20 Nov 2026 19:20:47 +0000`. */
function momentOf(fields: unknown): string | null {
  const at = Date.parse(textAt(fields, 'Timestamp')?.slice(0, 60) ?? '');
  return Number.isFinite(at) && at > 0 && at < 32_503_680_000_000 ? toInstant(at) : null;
}
