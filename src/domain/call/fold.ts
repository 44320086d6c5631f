import type { EventData, EventType } from '../events.ts';
import type { Call, CallStatus, Link } from './state.ts';
import { isLive, isTerminal } from './state.ts';

/** What one fact makes of one call. Used by the rules to look ahead as well as by the fold of the log. */

type About = Extract<EventType, `call.${string}`>;
export type CallFact = {
  [
    T in Exclude<About, 'call.followUpAsked' | 'call.ringBackAsked' | 'call.archived' | `call.task${string}`>
  ]: {
    type: T;
    data: EventData<T>;
  };
}[Exclude<About, 'call.followUpAsked' | 'call.ringBackAsked' | 'call.archived' | `call.task${string}`>];

/** `at` and `by`: when the fact came into the log, and who said it. `version` is left to the caller. */
export function foldCall(call: Call | null, fact: CallFact, at: string, by?: string): Call | null {
  if (fact.type === 'call.started') {
    const { call: id, guest, ...rest } = fact.data;
    return (
      call ?? {
        ...rest,
        id,
        version: 0,
        ...(guest && { guest }),
        status: 'ringing',
        since: at,
        heardAt: at,
        analysis: 'none',
        links: [],
      }
    );
  }
  if (call === null) return null;
  switch (fact.type) {
    case 'call.answered':
      return move({ ...call, answeredAt: earlier(call.answeredAt, fact.data.at) }, 'ai_active', at, [
        'ringing',
      ]);
    case 'call.heard':
      return { ...move(call, call.was ?? 'ai_active', at, ['stale', 'ringing']), heardAt: at };
    case 'call.transferStarted': {
      const { at: moved, to, asked } = fact.data;
      const next = {
        ...call,
        ...(to !== undefined && { transferTo: to }),
        movedAt: moved,
        asked,
      };
      return heard(move(next, 'transferring', at), at);
    }
    case 'call.transferEnded': {
      const { at: moved, with: whom } = fact.data;
      const next = {
        ...call,
        asked: false,
        movedAt: later(call.movedAt, moved),
        ...(whom === 'staff' && { staffed: true }),
      };
      return heard(move(next, whom === 'staff' ? 'staff_active' : 'ai_active', at), at);
    }
    case 'call.takenOver':
      return move({ ...call, staffed: true, ...(by !== undefined && { by }) }, 'staff_takeover', at);
    case 'call.fellSilent':
      return move({ ...call, was: call.status }, 'stale', at);
    case 'call.ended': {
      const { at: ended, reason } = fact.data;
      const next: Call = {
        ...call,
        endedAt: earlier(call.endedAt, ended),
        ...(reason !== undefined && { reason }),
        analysis: call.analysis === 'none' ? 'pending' : call.analysis,
      };
      return move(next, 'wrap_up', at);
    }
    case 'call.failed': {
      const { as, at: ended, reason } = fact.data;
      const next: Call = {
        ...call,
        endedAt: earlier(call.endedAt, ended),
        ...(reason !== undefined && { reason }),
      };
      return over(move(next, as, at), at);
    }
    case 'call.transcribed':
      return { ...call, turns: fact.data.turns, ...(fact.data.cut === true && { cut: true }) };
    case 'call.recorded':
      return { ...call, recording: fact.data.recording };
    case 'call.recordingErased': {
      const { recording: _recording, ...rest } = call;
      return { ...rest, erased: true };
    }
    case 'call.analysed': {
      const { summary, sentiment } = fact.data;
      return {
        ...call,
        analysis: 'ready',
        ...(summary !== undefined && { summary }),
        ...(sentiment !== undefined && { sentiment }),
      };
    }
    case 'call.unanalysed':
      return { ...call, analysis: 'failed' };
    case 'call.linked':
      return withLink(call, linkOf(fact.data));
    case 'call.closed': {
      const { outcome } = fact.data;
      const next = { ...call, ...(outcome !== undefined && { outcome }) };
      return call.status === 'wrap_up' ? over({ ...next, status: 'completed', since: at }, at) : next;
    }
    default:
      return fact satisfies never;
  }
}

/** Live states follow each other freely; what is over stays over. `from`: only out of these. */
function move(call: Call, to: CallStatus, at: string, from?: readonly CallStatus[]): Call {
  if (!isLive(call) || call.status === to || (from && !from.includes(call.status))) return call;
  const { was, ...rest } = call;
  return { ...rest, ...(to === 'stale' && was !== undefined && { was }), status: to, since: at };
}

function heard(call: Call, at: string): Call {
  return isLive(call) ? { ...call, heardAt: at } : call;
}

function over(call: Call, at: string): Call {
  return isTerminal(call) && call.overAt === undefined ? { ...call, overAt: at } : call;
}

export function withLink(call: Call, link: Link | null): Call {
  if (link === null || hasLink(call, link)) return call;
  return { ...call, links: [...call.links, link] };
}

export function hasLink({ links }: Call, { did, what, id }: Link): boolean {
  return links.some((one) => one.did === did && one.what === what && one.id === id);
}

export function linkOf({
  did,
  reservation,
  order,
  entry,
}: Omit<EventData<'call.linked'>, 'call'>): Link | null {
  if (reservation !== undefined) return { did, what: 'reservation', id: reservation };
  if (order !== undefined) return { did, what: 'order', id: order };
  return entry === undefined ? null : { did, what: 'entry', id: entry };
}

function earlier(known: string | undefined, said: string): string {
  return known !== undefined && known < said ? known : said;
}

function later(known: string | undefined, said: string): string {
  return known !== undefined && known > said ? known : said;
}
