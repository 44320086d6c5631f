import type { Acknowledgement } from '../protocol/up.ts';
import type { Painted } from './shapes.ts';

/**
 * Says what was painted: at once after a pause, then at most every 250 ms, the latest only.
 * An acknowledgement may be lost with its connection, so the last one is said again on the next,
 * if the screen still shows the same.
 */
export type Acks = {
  painted(topic: string, cursor: string, how: Painted): void;
  /** A new connection shows this topic at this cursor. */
  resumed(topic: string, cursor: string | null): void;
  /** The server asks again whether this is painted: answered anew, whatever was said before. */
  nudged(topic: string, visible: boolean): void;
  /** The connection told more of this topic: what could not be acknowledged before may be now. */
  again(topic: string): void;
  close(): void;
};

const EVERY_MS = 250;
const MAX_BEHIND = 500;

type Topic = {
  last: Acknowledgement | null;
  waiting: boolean;
  saidAt: number;
  timer: ReturnType<typeof setTimeout> | null;
};

export function createAcks(options: { now(): number; say(ack: Acknowledgement): boolean }): Acks {
  const topics = new Map<string, Topic>();

  function say(topic: Topic): void {
    topic.timer = null;
    if (!topic.waiting || !topic.last) return;
    topic.saidAt = options.now();
    // Without a connection that knows the cursor it stays waiting.
    if (options.say(topic.last)) topic.waiting = false;
  }

  return {
    painted(name, cursor, { visible, audio, behind }) {
      const topic = topics.get(name) ?? {
        last: null,
        waiting: false,
        saidAt: Number.NEGATIVE_INFINITY,
        timer: null,
      };
      topics.set(name, topic);
      topic.last = {
        topic: name,
        cursor,
        painted: true,
        visible,
        audio,
        ...(behind && behind.length > 0 && { behind: behind.slice(0, MAX_BEHIND) }),
      };
      topic.waiting = true;
      if (topic.timer !== null) return;
      const wait = topic.saidAt + EVERY_MS - options.now();
      if (wait <= 0 || wait > EVERY_MS) say(topic);
      else topic.timer = setTimeout(() => say(topic), wait);
    },
    resumed(name, cursor) {
      const topic = topics.get(name);
      if (!topic?.last || topic.last.cursor !== cursor) return;
      topic.waiting = true;
      if (topic.timer === null) say(topic);
    },
    nudged(name, visible) {
      const topic = topics.get(name);
      if (!topic?.last) return;
      topic.last = { ...topic.last, visible: topic.last.visible && visible };
      topic.waiting = true;
      if (topic.timer === null) say(topic);
    },
    again(name) {
      const topic = topics.get(name);
      if (topic?.waiting && topic.timer === null) say(topic);
    },
    close() {
      for (const topic of topics.values()) if (topic.timer !== null) clearTimeout(topic.timer);
    },
  };
}
