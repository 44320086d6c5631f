import { type EventBody, fact } from '../events.ts';
import { nameId } from '../ids.ts';
import type { LocationState } from '../state.ts';
import { toInstant, toMillis } from '../text.ts';
import type { CallInfo, CallNews, Turn } from './commands.ts';
import { type CallFact, foldCall } from './fold.ts';
import { knownAs } from './guest.ts';
import { type Call, isLive } from './state.ts';

/**
 * What a provider says of a call, in whatever order and however often: each thing becomes a fact once, and what comes
 * late adds what it knows without moving the call backwards.
 */

/** Words on record of one call; what goes beyond is left out at the end. */
const MOST_CHARS = 24_000;
const MOST_TURNS = 600;
/** How often it is written down that a call goes on. */
const HEARD_EVERY_MS = 30_000;
const RING_BACK_MS = 15 * 60_000;

type Fact = CallFact & EventBody;

export function report(
  state: LocationState,
  { call: info, news }: { call: CallInfo; news: readonly CallNews[] },
  now: string,
): EventBody[] {
  if (state.calls.over.includes(info.id)) return [];
  const facts: EventBody[] = [];
  let call: Call | null = state.calls.calls[info.id] ?? null;
  const say = (one: Fact): void => {
    facts.push(one);
    call = foldCall(call, one, now);
  };
  if (call === null) say(begin(state, info));
  for (const one of news) {
    if (call === null) break;
    for (const more of react(call, one, now)) {
      if (isOfCall(more)) say(more);
      else facts.push(more);
    }
  }
  // Nothing more is to come, and nobody of the house has it in hand.
  if (call !== null && isSettled(call)) say(fact('call.closed', { call: info.id, how: 'analysed' }));
  return facts;
}

function begin(state: LocationState, info: CallInfo): Fact {
  const { id, from, to, quiet, channel, provider, externalId, direction, startedAt } = info;
  const guest = knownAs(state, direction === 'inbound' ? from : to);
  return fact('call.started', {
    call: id,
    channel,
    provider,
    externalId,
    direction,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    startedAt,
    ...(quiet === true && { quiet: true }),
    ...(guest && { guest }),
  });
}

function react(call: Call, news: CallNews, now: string): EventBody[] {
  const { id } = call;
  switch (news.news) {
    case 'started':
      return [];
    case 'answered':
      return call.answeredAt !== undefined && call.answeredAt <= news.at
        ? []
        : [fact('call.answered', { call: id, at: news.at })];
    case 'heard': {
      const quietFor = (toMillis(now) ?? 0) - (toMillis(call.heardAt) ?? 0);
      const wakes = call.status === 'stale' || call.status === 'ringing';
      return isLive(call) && (wakes || quietFor >= HEARD_EVERY_MS) ? [fact('call.heard', { call: id })] : [];
    }
    case 'transfer':
      return transfer(call, news);
    case 'ended':
      return call.endedAt !== undefined
        ? []
        : [
            fact('call.ended', {
              call: id,
              at: news.at,
              ...(news.reason !== undefined && { reason: news.reason }),
            }),
          ];
    case 'failed':
      return call.endedAt !== undefined
        ? []
        : [
            fact('call.failed', {
              call: id,
              as: news.as,
              at: news.at,
              ...(news.reason !== undefined && { reason: news.reason }),
            }),
            ...ringBack(call, now, 'ended'),
          ];
    case 'record':
      return record(call, news.turns, news.recording);
    case 'completed': {
      const { summary, sentiment, recording } = news;
      const known =
        call.forgotten === true ||
        (call.analysis === 'ready' && (summary === undefined || call.summary !== undefined));
      return [
        ...record(call, undefined, recording),
        ...(known
          ? []
          : [
              fact('call.analysed', {
                call: id,
                ...(summary !== undefined && { summary }),
                ...(sentiment !== undefined && { sentiment }),
              }),
            ]),
      ];
    }
    default:
      return news satisfies never;
  }
}

function transfer(call: Call, { step, at, to }: Extract<CallNews, { news: 'transfer' }>): EventBody[] {
  const { id } = call;
  const isLate = (call.movedAt !== undefined && at < call.movedAt) || !isLive(call);
  switch (step) {
    case 'started':
      return isLate || (call.status === 'transferring' && call.asked !== true)
        ? []
        : [
            fact('call.transferStarted', {
              call: id,
              at,
              ...(to !== undefined && { to }),
              asked: call.status === 'transferring',
            }),
          ];
    case 'bridged':
      // That somebody of the house spoke is worth knowing however late it is said.
      return call.staffed === true && (isLate || call.status === 'staff_active')
        ? []
        : [fact('call.transferEnded', { call: id, at, with: 'staff' })];
    case 'cancelled':
      return isLate || call.status !== 'transferring'
        ? []
        : [fact('call.transferEnded', { call: id, at, with: 'ai' })];
    default:
      return step satisfies never;
  }
}

/** The fuller of two accounts counts, so that it does not matter which came first. */
function record(call: Call, turns: readonly Turn[] | undefined, recording: string | undefined): EventBody[] {
  // Whoever wanted to be forgotten is not written down again.
  if (call.forgotten === true) return [];
  const said = turns === undefined ? null : cut(turns);
  const known = call.turns ?? [];
  return [
    ...(said !== null && said.turns.length > 0 && length(said.turns) > length(known)
      ? [fact('call.transcribed', { call: call.id, ...said })]
      : []),
    ...(recording !== undefined && call.recording === undefined && call.erased !== true
      ? [fact('call.recorded', { call: call.id, recording })]
      : []),
  ];
}

function cut(turns: readonly Turn[]): {
  turns: { who: Turn['who']; text: string; at?: number }[];
  cut?: boolean;
} {
  const kept: { who: Turn['who']; text: string; at?: number }[] = [];
  let left = MOST_CHARS;
  for (const { who, text, at } of turns.slice(0, MOST_TURNS)) {
    if (left <= 0) break;
    kept.push({ who, text: text.slice(0, left).toWellFormed(), ...(at !== undefined && { at }) });
    left -= text.length;
  }
  return { turns: kept, ...((left < 0 || kept.length < turns.length) && { cut: true }) };
}

function length(turns: readonly Turn[]): number {
  return turns.reduce((sum, { text }) => sum + text.length + 1, 0);
}

/** Whoever rang and did not get through, or was cut off, is rung back. */
export function ringBack(call: Call, now: string, why: string): EventBody[] {
  if (call.direction !== 'inbound' || call.from === undefined) return [];
  return [
    fact('call.ringBackAsked', {
      call: call.id,
      task: {
        id: nameId('ring-back', call.id, why),
        dueAt: toInstant((toMillis(now) ?? 0) + RING_BACK_MS),
      },
    }),
  ];
}

export function isSettled(call: Call): boolean {
  return (
    call.status === 'wrap_up' &&
    call.staffed !== true &&
    (call.analysis === 'ready' || call.analysis === 'failed')
  );
}

function isOfCall(one: EventBody): one is Fact {
  return one.type.startsWith('call.') && one.type !== 'call.ringBackAsked';
}
