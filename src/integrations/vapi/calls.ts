import { toMillis } from '../../domain/text.ts';
import type { Turn } from '../../domain/call/commands.ts';
import type { Delivery } from '../provider.ts';
import { field, listAt, numberAt, textAt } from '../wire.ts';
import type { CanonicalCall, CanonicalCallEvent, Heard, SpokenLine, ToolCall } from '../voice/canonical.ts';
import { argsOf, given, instantAt, momentAt, recordingAt } from '../voice/read.ts';

/** What Vapi's server messages say, in the words of all telephone agents. */

export function hearVapi({ body, receivedAt }: Pick<Delivery, 'body' | 'receivedAt'>): Heard | null {
  const message = field(body, 'message');
  const call = field(message, 'call');
  const externalId = textAt(call, 'id');
  if (externalId === null) return null;
  const said = momentAt(message, 'timestamp');
  const events = eventsOf(message, call, said ?? receivedAt);
  if (events === null) return null;
  const variables = ['assistantOverrides', 'variableValues', 'language'] as const;
  return {
    call: { ...callOf(message, call), externalId: externalId.slice(0, 128) },
    events,
    saidAt: said === null ? null : toMillis(said),
    language: textAt(call, ...variables) ?? textAt(message, 'assistant', 'variableValues', 'language'),
  };
}

function callOf(message: unknown, call: unknown): Omit<CanonicalCall, 'externalId'> {
  const customer = textAt(call, 'customer', 'number') ?? textAt(message, 'customer', 'number');
  const house = houseNumber(message);
  const isOutbound = /^outbound/i.test(textAt(call, 'type') ?? '');
  return {
    direction: isOutbound ? 'outbound' : 'inbound',
    from: (isOutbound ? house : customer)?.slice(0, 40) ?? null,
    to: (isOutbound ? customer : house)?.slice(0, 40) ?? null,
    startedAt:
      instantAt(call, 'startedAt') ?? instantAt(message, 'startedAt') ?? instantAt(call, 'createdAt'),
  };
}

/** The number that is the restaurant's own. */
export function houseNumber(message: unknown): string | null {
  return textAt(message, 'phoneNumber', 'number') ?? textAt(message, 'call', 'phoneNumber', 'number');
}

/** `transcript[transcriptType="final"]` is how its makers write the filtered kind. */
export function typeOf(message: unknown): string {
  return (textAt(message, 'type') ?? '').replace(/\[.*$/, '');
}

/** Null: of a kind that says nothing that the house writes down or shows. */
function eventsOf(message: unknown, call: unknown, at: string): CanonicalCallEvent[] | null {
  switch (typeOf(message)) {
    case 'status-update':
      return statusOf(message, call, at);
    case 'transcript': {
      const who = WHO[textAt(message, 'role') ?? ''];
      const text = textAt(message, 'transcript');
      if (who === undefined || text === null) return null;
      const line: SpokenLine = {
        who,
        text,
        at: secondsFrom(call, at),
        final: textAt(message, 'transcriptType') !== 'partial',
      };
      return [{ event: 'call.transcript', lines: [line], whole: false, ...orderOf(at) }];
    }
    case 'conversation-update':
      return [{ event: 'call.transcript', lines: linesOf(message), whole: true, ...orderOf(at) }];
    case 'tool-calls':
    case 'function-call':
      return toolsIn(message).map((tool) => ({ event: 'call.tool', tool }));
    case 'end-of-call-report':
      return [
        // What is reported on is over, whether or not we were told.
        ...endOf(message, call, at),
        {
          event: 'call.completed',
          ...given('summary', textAt(message, 'analysis', 'summary')?.slice(0, 2_000) ?? null),
          ...given('turns', turnsOf(field(message, 'artifact'))),
          ...given('recording', recordingOf(message)),
        },
      ];
    default:
      return null;
  }
}

function statusOf(message: unknown, call: unknown, at: string): CanonicalCallEvent[] | null {
  switch (textAt(message, 'status')) {
    case 'scheduled':
    case 'queued':
    case 'ringing':
      return [{ event: 'call.started', at, answered: false }];
    case 'in-progress':
      return [{ event: 'call.started', at: instantAt(call, 'startedAt') ?? at, answered: true }];
    case 'forwarding': {
      const to = textAt(message, 'destination', 'number')?.slice(0, 40) ?? null;
      return [{ event: 'call.transfer', step: 'started', at, ...given('to', to) }];
    }
    case 'ended':
      return endOf(message, call, at);
    default:
      return null;
  }
}

/** There are more than six hundred reasons; by how they begin they say enough. */
const FORWARDED = /^assistant-forwarded-call/;
const MISSED =
  /^(?:customer-(?:did-not-answer|busy|did-not-give-microphone-permission)|twilio-failed-to-connect-call|twilio-reported-customer-misdialed|voicemail|vonage-rejected|call-(?:forwarding-operator-busy|ringing-hook-executed))/;
const BROKEN =
  /^(?:call[.-](?:start|in-progress)[.-]error|call-start-error|pipeline-|error|assistant-(?:not-|request-|error|join-timed-out)|phone-call-provider-|worker-shutdown|vapifault|silence-timed-out-error|unknown-error|vonage-disconnected|database-error|license-check-failed|server-shutdown|sip-)/;

function endOf(message: unknown, call: unknown, at: string): CanonicalCallEvent[] {
  const reason = (textAt(message, 'endedReason') ?? textAt(call, 'endedReason'))?.slice(0, 80) ?? null;
  const ended = instantAt(message, 'endedAt') ?? instantAt(call, 'endedAt') ?? at;
  const isConnected = (instantAt(call, 'startedAt') ?? instantAt(message, 'startedAt')) !== null;
  const end = { at: ended, ...given('reason', reason) };
  if (reason !== null && FORWARDED.test(reason))
    return [
      { event: 'call.transfer', step: 'bridged', at: ended },
      { event: 'call.ended', ...end },
    ];
  if (reason !== null && MISSED.test(reason) && !isConnected)
    return [{ event: 'call.failed', as: 'missed', ...end }];
  if (reason !== null && BROKEN.test(reason))
    return [{ event: 'call.failed', as: isConnected ? 'dropped' : 'failed', ...end }];
  return [{ event: 'call.ended', ...end }];
}

/**
 * Three shapes are documented for one thing: `{id, name, parameters}`, `{id, name, arguments}` and
 * `{id, function: {name, arguments: "json"}}`; an older one has a single `functionCall`.
 */
export function toolsIn(message: unknown): ToolCall[] {
  const listed = [...listAt(message, 'toolCallList'), ...listAt(message, 'toolCalls')];
  const wrapped = listAt(message, 'toolWithToolCallList').map((one) => ({
    name: textAt(one, 'name'),
    ...argsOf(field(one, 'toolCall')),
  }));
  const single = field(message, 'functionCall');
  const all =
    listed.length > 0 ? listed : wrapped.length > 0 ? wrapped : single === undefined ? [] : [single];
  const seen = new Set<string>();
  return all.slice(0, 8).flatMap((one) => {
    const name = textAt(one, 'name') ?? textAt(one, 'function', 'name');
    const id = textAt(one, 'id')?.slice(0, 128) ?? null;
    // Some messages carry the same call in both lists.
    if (name === null || (id !== null && seen.has(id))) return [];
    if (id !== null) seen.add(id);
    const args =
      field(one, 'parameters') ??
      field(one, 'arguments') ??
      field(one, 'function', 'arguments') ??
      field(one, 'function', 'parameters');
    return [{ id, name: name.slice(0, 80), args: argsOf(args) }];
  });
}

const WHO: Readonly<Record<string, Turn['who']>> = {
  assistant: 'agent',
  bot: 'agent',
  user: 'caller',
  customer: 'caller',
};

function linesOf(holder: unknown): SpokenLine[] {
  return listAt(holder, 'messages').flatMap((turn) => {
    const who = WHO[textAt(turn, 'role') ?? ''];
    const text = textAt(turn, 'message') ?? textAt(turn, 'content');
    return who === undefined || text === null
      ? []
      : [{ who, text, at: numberAt(turn, 'secondsFromStart'), final: true }];
  });
}

function turnsOf(artifact: unknown): Turn[] | null {
  const lines = linesOf(artifact);
  if (lines.length > 0) return lines.map(({ who, text, at }) => ({ who, text, ...(at !== null && { at }) }));
  // Without its list of messages, the words are one text with a line each.
  const plain = textAt(artifact, 'transcript');
  const turns = (plain ?? '').split('\n').flatMap((line): Turn[] => {
    const [, who, text] = /^(AI|User): (.+)$/.exec(line.trim()) ?? [];
    return text === undefined ? [] : [{ who: who === 'AI' ? 'agent' : 'caller', text }];
  });
  return turns.length > 0 ? turns : null;
}

function recordingOf(message: unknown): string | null {
  return (
    recordingAt(message, 'artifact', 'recordingUrl') ??
    recordingAt(message, 'artifact', 'recording', 'mono', 'combinedUrl') ??
    recordingAt(message, 'artifact', 'stereoRecordingUrl') ??
    recordingAt(message, 'recordingUrl')
  );
}

function secondsFrom(call: unknown, at: string): number | null {
  const start = toMillis(instantAt(call, 'startedAt') ?? '');
  const now = toMillis(at);
  return start === null || now === null || now < start ? null : Math.round((now - start) / 100) / 10;
}

function orderOf(at: string): { order?: number } {
  const millis = toMillis(at);
  return millis === null ? {} : { order: millis };
}
