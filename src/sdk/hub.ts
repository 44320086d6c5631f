import type { Down } from '../protocol/down.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import type { Said, Wanted } from './carrier.ts';

/**
 * One connection, several pages: who wants which topic, and what each may say. Pure bookkeeping, no channel and no lock.
 *
 * A page that asks for a topic asks the server, with its own cursor, whoever else has that topic: frames are intervals, so
 * the others skip what they know. A snapshot goes to who asked for it alone; somebody it would overtake finds a gap and asks
 * from its own cursor, so that no page learns of a ticket without the event that rings for it.
 *
 * The server holds one position for each topic and ends a connection that acknowledges beyond it. Asking again moves that
 * position back, so acknowledgements wait here until the server has told as much.
 */
export type Hub = ReturnType<typeof createHub>;

/** The page that has the connection. */
export const SELF = 'self';

const MAX_CURSORS = 64;
/** Who asked for a topic is sent its snapshots for so long. */
const ASKED_MS = 10_000;

type Topic = {
  readonly members: Set<string>;
  /** When each member asked last. */
  readonly asked: Map<string, number>;
  /** How far the connection in use has told since it was last asked; -1: nothing yet. */
  told: number;
  /** Where to go on, for pages other than this one. */
  cursor: string | null;
  pos: number;
  readonly cursors: Map<string, number>;
  /** What a page has painted and the server may not know yet. */
  readonly waiting: Map<string, Acknowledgement>;
  /** Pages whose last word was that they are in front. */
  readonly visible: Set<string>;
};

export function createHub(options: {
  now(): number;
  /** Says something on the connection in use; false when there is none. */
  say(frame: Said): boolean;
}) {
  const topics = new Map<string, Topic>();

  function topicOf(name: string): Topic {
    const known = topics.get(name);
    if (known) return known;
    const topic: Topic = {
      members: new Set(),
      asked: new Map(),
      told: -1,
      cursor: null,
      pos: -1,
      cursors: new Map(),
      waiting: new Map(),
      visible: new Set(),
    };
    topics.set(name, topic);
    return topic;
  }

  function leave(name: string, member: string): void {
    const topic = topics.get(name);
    if (!topic || !topic.members.delete(member)) return;
    topic.asked.delete(member);
    topic.waiting.delete(member);
    topic.visible.delete(member);
    if (topic.members.size > 0) return;
    topics.delete(name);
    options.say({ t: 'unsub', topic: name });
  }

  function mayAcknowledge(topic: Topic, { cursor }: Acknowledgement): boolean {
    const pos = topic.cursors.get(cursor);
    return pos !== undefined && pos <= topic.told;
  }

  function acknowledge(member: string, ack: Acknowledgement): boolean {
    const topic = topics.get(ack.topic);
    if (!topic?.members.has(member)) return false;
    if (ack.visible) topic.visible.add(member);
    else topic.visible.delete(member);
    // One page in front is enough: another one's being behind takes nothing from it.
    if (!ack.visible && topic.visible.size > 0) return true;
    if (mayAcknowledge(topic, ack) && options.say({ t: 'ack', ...ack })) {
      topic.waiting.delete(member);
      return true;
    }
    if (member !== SELF) topic.waiting.set(member, ack);
    return false;
  }

  function remember(topic: Topic, cursor: string, pos: number): void {
    topic.cursors.set(cursor, pos);
    for (const oldest of topic.cursors.keys()) {
      if (topic.cursors.size <= MAX_CURSORS) break;
      topic.cursors.delete(oldest);
    }
  }

  return {
    /** What a page says; false when there is no connection to say it on. */
    say(member: string, frame: Said): boolean {
      switch (frame.t) {
        case 'sub': {
          const topic = topicOf(frame.topic);
          topic.members.add(member);
          topic.asked.set(member, options.now());
          topic.told = -1;
          return options.say(frame);
        }
        case 'unsub':
          leave(frame.topic, member);
          return true;
        case 'ack': {
          const { t: _, ...ack } = frame;
          return acknowledge(member, ack);
        }
        // Tokens and pongs are of the page that has the connection.
        case 'auth':
        case 'pong':
          return member === SELF && options.say(frame);
        case 'look':
          return options.say(frame);
        default:
          return frame satisfies never;
      }
    },
    /** What a new connection asks for in its hello: this page's own topics, and those that only others have. */
    opening(own: readonly Wanted[]): Wanted[] {
      const all = [...own];
      for (const { topic: name } of own) {
        const topic = topicOf(name);
        topic.members.add(SELF);
        topic.asked.set(SELF, options.now());
      }
      for (const [name, { members, cursor, pos }] of topics) {
        if (own.some(({ topic }) => topic === name)) continue;
        members.delete(SELF);
        if (members.size > 0) all.push({ topic: name, after: cursor, pos: cursor === null ? -1 : pos });
        else topics.delete(name);
      }
      return all;
    },
    /** Another connection is in use: it has told nothing yet. */
    anew(): void {
      for (const topic of topics.values()) topic.told = -1;
    },
    /**
     * A frame came. Answers the pages it is for; a frame of no topic is for all. `inUse`: it is of the connection on which
     * acknowledgements go, not of one that is being replaced.
     */
    frame(frame: Down, inUse: boolean): 'all' | readonly string[] {
      if (!('topic' in frame) || frame.topic === undefined) return 'all';
      const topic = topics.get(frame.topic);
      if (!topic) return [];
      if (frame.t === 'chg') {
        remember(topic, frame.cursor, frame.to);
        if (inUse) topic.told = Math.max(topic.told, frame.to);
        if (frame.to >= topic.pos) {
          topic.cursor = frame.cursor;
          topic.pos = frame.to;
        }
      }
      if (frame.t !== 'snap') return [...topic.members];
      if (frame.reset === true && frame.part === 0) topic.cursors.clear();
      if (frame.last) {
        remember(topic, frame.cursor, frame.pos);
        if (inUse) topic.told = frame.pos;
        topic.cursor = frame.cursor;
        topic.pos = frame.pos;
      }
      const now = options.now();
      const asked = [...topic.members].filter(
        (member) => now - (topic.asked.get(member) ?? Number.NEGATIVE_INFINITY) < ASKED_MS,
      );
      return asked.length > 0 ? asked : [...topic.members];
    },
    /** After the frame was passed on: what pages have painted may be said now. */
    again(name: string): void {
      const topic = topics.get(name);
      if (!topic) return;
      for (const [member, ack] of topic.waiting)
        if (mayAcknowledge(topic, ack) && options.say({ t: 'ack', ...ack })) topic.waiting.delete(member);
    },
    /** A page is gone. */
    left(member: string): void {
      for (const name of [...topics.keys()]) leave(name, member);
    },
    /** Is anybody but this page here? */
    hasOthers: (): boolean =>
      [...topics.values()].some(({ members }) => members.size > (members.has(SELF) ? 1 : 0)),
  };
}
