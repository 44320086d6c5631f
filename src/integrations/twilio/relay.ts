import type { Turn } from '../../domain/call/commands.ts';
import { field, flagAt, listAt, textAt } from '../wire.ts';
import type { CanonicalCallEvent, SpokenLine } from '../voice/canonical.ts';
import { argsOf, given } from '../voice/read.ts';

/**
 * ConversationRelay leaves the talking to a program of the owner's, over a WebSocket that is theirs. What that program
 * passes on comes here as JSON, signed as Twilio signs JSON:
 *
 *     { callSid, frames: [{ dir: 'in' | 'out', frame }] }           what was said since it last told
 *     { callSid, tool: { id, name, args } }                         something the house is asked for
 *     { callSid, complete: true, frames: [...], summary? }          all of it, at the end
 */

export function relayEvents(body: unknown, at: string): CanonicalCallEvent[] {
  const frames = listAt(body, 'frames');
  const tool = field(body, 'tool');
  const name = textAt(tool, 'name');
  if (name !== null)
    return [
      {
        event: 'call.tool',
        tool: { id: textAt(tool, 'id')?.slice(0, 128) ?? null, name, args: argsOf(field(tool, 'args')) },
      },
    ];
  const lines = linesOf(frames);
  if (flagAt(body, 'complete') === true) {
    const turns = lines.map(({ who, text }): Turn => ({ who, text }));
    return [
      {
        event: 'call.completed',
        ...(turns.length > 0 && { turns }),
        ...given('summary', textAt(body, 'summary')?.slice(0, 2_000) ?? null),
      },
    ];
  }
  const isSetUp = frames.some((one) => textAt(one, 'frame', 'type') === 'setup');
  return [
    ...(isSetUp ? [{ event: 'call.started', at, answered: true } as const] : []),
    ...(lines.length > 0 ? [{ event: 'call.transcript', lines, whole: false } as const] : []),
  ];
}

/** Tokens become turns; what was cut short ends where the caller broke in. */
function linesOf(frames: readonly unknown[]): SpokenLine[] {
  const lines: SpokenLine[] = [];
  let spoken = '';
  for (const one of frames) {
    const frame = field(one, 'frame');
    switch (textAt(frame, 'type')) {
      case 'prompt': {
        const text = textAt(frame, 'voicePrompt');
        if (text !== null)
          put(lines, { who: 'caller', text, at: null, final: flagAt(frame, 'last') !== false });
        break;
      }
      case 'text': {
        const token = field(frame, 'token');
        spoken += typeof token === 'string' ? token : '';
        const text = spoken.replaceAll('\u0000', '').toWellFormed().trim();
        const final = flagAt(frame, 'last') === true;
        if (text !== '') put(lines, { who: 'agent', text, at: null, final });
        if (final) spoken = '';
        break;
      }
      case 'interrupt': {
        const text = textAt(frame, 'utteranceUntilInterrupt');
        const last = lines.findLastIndex(({ who }) => who === 'agent');
        const cut = lines[last];
        if (text !== null && cut !== undefined) lines[last] = { ...cut, text, final: true };
        spoken = '';
        break;
      }
      default:
    }
  }
  return lines;
}

function put(lines: SpokenLine[], line: SpokenLine): void {
  const last = lines.at(-1);
  if (last !== undefined && !last.final && last.who === line.who) lines.pop();
  lines.push(line);
}
