import { toInstant, toMillis } from '../../domain/text.ts';
import type { Turn } from '../../domain/call/commands.ts';
import type { Delivery } from '../provider.ts';
import { field, listAt, numberAt, textAt } from '../wire.ts';
import type { CanonicalCall, CanonicalCallEvent, Heard, SpokenLine } from '../voice/canonical.ts';
import { argsOf, given, momentAt, recordingAt } from '../voice/read.ts';

/** What Retell's webhooks and custom functions say, in the words of all telephone agents. */

export function hearRetell({ body, receivedAt }: Pick<Delivery, 'body' | 'receivedAt'>): Heard | null {
  const call = field(body, 'call');
  const externalId = textAt(call, 'call_id');
  if (externalId === null) return null;
  const events = eventsOf(body, call, receivedAt);
  if (events === null) return null;
  return {
    call: { ...callOf(call), externalId: externalId.slice(0, 128) },
    events,
    saidAt: spokenAt(call),
    language:
      textAt(call, 'retell_llm_dynamic_variables', 'language') ?? textAt(call, 'metadata', 'language'),
  };
}

function callOf(call: unknown): Omit<CanonicalCall, 'externalId'> {
  return {
    direction: textAt(call, 'direction') === 'outbound' ? 'outbound' : 'inbound',
    from: numberOf(call, 'from_number'),
    to: numberOf(call, 'to_number'),
    startedAt: momentAt(call, 'start_timestamp'),
  };
}

function numberOf(call: unknown, name: string): string | null {
  return textAt(call, name)?.slice(0, 40) ?? null;
}

/** Null: of a kind that says nothing that the house writes down. */
function eventsOf(body: unknown, call: unknown, receivedAt: string): CanonicalCallEvent[] | null {
  const name = textAt(body, 'name');
  const event = textAt(body, 'event');
  const said = spokenAt(call);
  const at = said === null ? receivedAt : toInstant(said);
  switch (event) {
    case null:
      return name === null
        ? null
        : [
            {
              event: 'call.tool',
              tool: { id: textAt(body, 'tool_call_id'), name, args: argsOf(field(body, 'args')) },
            },
          ];
    case 'call_started':
      return [
        {
          event: 'call.started',
          at: momentAt(call, 'start_timestamp') ?? receivedAt,
          answered: textAt(call, 'call_status') !== 'registered',
        },
      ];
    case 'transcript_updated': {
      const lines = linesOf(call);
      return [{ event: 'call.transcript', lines, whole: true, order: lengthOf(lines) }];
    }
    case 'transfer_started':
      return [{ event: 'call.transfer', step: 'started', at, ...given('to', transferTo(body)) }];
    case 'transfer_bridged':
      return [{ event: 'call.transfer', step: 'bridged', at }];
    case 'transfer_cancelled':
      return [{ event: 'call.transfer', step: 'cancelled', at }];
    case 'call_ended':
      return [endOf(call, receivedAt)];
    case 'call_analyzed':
      // What is analysed is over, whether or not we were told.
      return [
        endOf(call, receivedAt),
        {
          event: 'call.completed',
          ...given('summary', textAt(call, 'call_analysis', 'call_summary')?.slice(0, 2_000) ?? null),
          ...given('sentiment', textAt(call, 'call_analysis', 'user_sentiment')?.slice(0, 40) ?? null),
          ...given('turns', turnsOf(call)),
          ...given('recording', recordingAt(call, 'recording_url')),
        },
      ];
    default:
      return null;
  }
}

/** Never put through: nobody heard it ring out, or nobody was there. */
const MISSED =
  /^(?:dial_|voicemail_reached|user_declined|registered_call_timeout|ivr_reached|marked_as_spam)/;

function endOf(call: unknown, receivedAt: string): CanonicalCallEvent {
  const reason = textAt(call, 'disconnection_reason')?.slice(0, 80) ?? null;
  const ended = {
    at: momentAt(call, 'end_timestamp') ?? receivedAt,
    ...given('reason', reason),
    ...given('turns', turnsOf(call)),
    ...given('recording', recordingAt(call, 'recording_url')),
  };
  const isConnected = momentAt(call, 'start_timestamp') !== null;
  const status = textAt(call, 'call_status');
  if (status === 'not_connected' || (!isConnected && reason !== null && MISSED.test(reason)))
    return { event: 'call.failed', as: 'missed', ...ended };
  if (status === 'error' || (reason !== null && reason.startsWith('error')))
    return { event: 'call.failed', as: isConnected ? 'dropped' : 'failed', ...ended };
  return { event: 'call.ended', ...ended };
}

function transferTo(body: unknown): string | null {
  const to = textAt(body, 'transfer_destination', 'number') ?? textAt(body, 'transfer_destination');
  return to?.slice(0, 40) ?? null;
}

const WHO: Readonly<Record<string, Turn['who']>> = {
  agent: 'agent',
  user: 'caller',
  transfer_target: 'staff',
};

function linesOf(call: unknown): SpokenLine[] {
  return listAt(call, 'transcript_object').flatMap((turn) => {
    const who = WHO[textAt(turn, 'role') ?? ''];
    const text = textAt(turn, 'content');
    return who === undefined || text === null
      ? []
      : [{ who, text, at: numberAt(turn, 'words', 0, 'start'), final: true }];
  });
}

function turnsOf(call: unknown): Turn[] | null {
  const lines = linesOf(call);
  return lines.length === 0
    ? null
    : lines.map(({ who, text, at }) => ({ who, text, ...(at !== null && { at }) }));
}

/** A snapshot with more words is the later one. */
function lengthOf(lines: readonly SpokenLine[]): number {
  return lines.reduce((sum, { text }) => sum + text.length + 1, 0);
}

/** When the last word was spoken that the delivery knows of. */
function spokenAt(call: unknown): number | null {
  const start = toMillis(momentAt(call, 'start_timestamp') ?? '');
  if (start === null) return null;
  const last = listAt(call, 'transcript_object').at(-1);
  const seconds = numberAt(listAt(last, 'words').at(-1), 'end') ?? 0;
  return seconds >= 0 && seconds < 86_400 ? start + Math.round(seconds * 1_000) : start;
}
