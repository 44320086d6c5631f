import type { CallInfo, CallNews } from '../../domain/call/commands.ts';
import { isLive } from '../../domain/call/state.ts';
import { toMillis } from '../../domain/text.ts';
import { type ProviderTools, TryLater } from '../provider.ts';
import type { CanonicalCall, CanonicalCallEvent, Heard } from './canonical.ts';
import { type LiveLines, linesKey } from './liveLines.ts';

/** From what an agent says of a call to what the house writes down of it, and to what its screens show meanwhile. */

export function infoOf(tools: ProviderTools, call: CanonicalCall, receivedAt: string): CallInfo {
  const { externalId, direction, from, to, startedAt, quiet } = call;
  return {
    id: tools.idOf('call', externalId),
    channel: tools.channel.id,
    provider: tools.channel.provider,
    externalId,
    direction,
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    startedAt: startedAt ?? receivedAt,
    ...(quiet === true && { quiet }),
  };
}

/** The house's own words for it; nothing for what is only shown, and for tools. */
export function newsOf(event: CanonicalCallEvent): CallNews[] {
  switch (event.event) {
    case 'call.started':
      return [{ news: 'started' }, ...(event.answered ? [{ news: 'answered', at: event.at } as const] : [])];
    case 'call.transcript':
      return [{ news: 'heard' }];
    case 'call.tool':
      return [];
    case 'call.transfer': {
      const { step, at, to } = event;
      return [{ news: 'transfer', step, at, ...(to !== undefined && { to }) }];
    }
    case 'call.ended': {
      const { at, reason } = event;
      return [{ news: 'ended', at, ...(reason !== undefined && { reason }) }, ...recordOf(event)];
    }
    case 'call.failed': {
      const { as, at, reason } = event;
      return [{ news: 'failed', as, at, ...(reason !== undefined && { reason }) }, ...recordOf(event)];
    }
    case 'call.completed': {
      const { summary, sentiment } = event;
      return [
        ...recordOf(event),
        {
          news: 'completed',
          ...(summary !== undefined && { summary }),
          ...(sentiment !== undefined && { sentiment }),
        },
      ];
    }
    default:
      return event satisfies never;
  }
}

function recordOf({
  turns,
  recording,
}: Extract<CanonicalCallEvent, { event: 'call.ended' | 'call.failed' | 'call.completed' }>): CallNews[] {
  if (turns === undefined && recording === undefined) return [];
  return [
    {
      news: 'record',
      ...(turns !== undefined && { turns }),
      ...(recording !== undefined && { recording }),
    },
  ];
}

/** Writes down what a delivery says, once. `key`: the same for all repeats of it. */
export async function report(
  tools: ProviderTools,
  { call, events }: Pick<Heard, 'call' | 'events'>,
  key: string,
  receivedAt: string,
): Promise<void> {
  const news = events.filter(({ event }) => event !== 'call.transcript').flatMap(newsOf);
  if (news.length === 0) return;
  const info = infoOf(tools, call, receivedAt);
  await mustBeKnown(tools, call, info.id);
  await tools.submitInner(tools.idOf('report', key), 'call.report', { call: info, news });
}

/** What says too little of a call comes again until another delivery made it known. */
export async function mustBeKnown(
  tools: ProviderTools,
  { slight }: CanonicalCall,
  id: string,
): Promise<void> {
  const { calls, over } = (await tools.state()).calls;
  if (slight === true && calls[id] === undefined && !over.includes(id))
    throw new TryLater('the call is not here yet');
}

/** How often it is worth saying that a call goes on. */
const HEARD_MS = 20_000;

/** Shows what is spoken, and now and then writes down that the call goes on. */
export async function show(
  tools: ProviderTools,
  { call, events }: Pick<Heard, 'call' | 'events'>,
  lines: LiveLines,
  key: string,
  receivedAt: string,
): Promise<void> {
  const info = infoOf(tools, call, receivedAt);
  const known = (await tools.state()).calls.calls[info.id];
  if (known !== undefined && !isLive(known)) return hush(tools, call, lines);
  await mustBeKnown(tools, call, info.id);
  for (const event of events) {
    if (event.event !== 'call.transcript') continue;
    const shown = lines.add(linesKey(tools, info.id), event.lines, event.whole);
    tools.live('host', {
      kind: 'transcript',
      id: info.id,
      data: { call: info.id, lines: shown },
      ...(event.order !== undefined && { order: event.order }),
    });
  }
  const quietFor = known === undefined ? HEARD_MS : tools.now() - (toMillis(known.heardAt) ?? 0);
  const waits = known === undefined || known.status === 'ringing' || known.status === 'stale';
  if (waits || quietFor >= HEARD_MS)
    await tools.submitInner(tools.idOf('heard', key), 'call.report', {
      call: info,
      news: [{ news: 'heard' }],
    });
}

/** Nothing is spoken any more: above every order that a word could have. */
export function hush(tools: ProviderTools, call: CanonicalCall, lines: LiveLines): void {
  const id = tools.idOf('call', call.externalId);
  lines.drop(linesKey(tools, id));
  tools.live('host', { kind: 'transcript', id, data: null, order: Number.MAX_SAFE_INTEGER });
}
