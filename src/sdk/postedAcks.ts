import type { Acknowledgement } from '../protocol/up.ts';

/**
 * Acknowledgements where nothing goes up: `POST /acks`, the latest of each topic, at most one call a second, on whatever
 * node. One that could not be delivered is tried again until a newer one takes its place.
 */
export type PostedAcks = { add(ack: Acknowledgement): void; close(): void };

/** `again`: not delivered. A number: the index of one that the server refuses. */
export type Posted = 'done' | 'again' | 'refused' | number;

const EVERY_MS = 1_000;
const TRIES = 8;
const MOST = 32;

export function createPostedAcks(options: {
  now(): number;
  post(acks: readonly Acknowledgement[]): Promise<Posted>;
}): PostedAcks {
  const waiting = new Map<string, Acknowledgement>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let busy = false;
  let saidAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let closed = false;

  function arm(): void {
    if (closed || busy || timer !== null || waiting.size === 0) return;
    const since = options.now() - saidAt;
    const wait = Math.max(0, EVERY_MS * 2 ** Math.min(failures, 3) - (since < 0 ? 0 : since));
    timer = setTimeout(() => void send(), wait);
  }

  async function send(): Promise<void> {
    timer = null;
    busy = true;
    saidAt = options.now();
    const batch = [...waiting.values()].slice(0, MOST);
    for (const { topic } of batch) waiting.delete(topic);
    const posted = await options.post(batch);
    busy = false;
    if (closed) return;
    failures = posted === 'again' ? failures + 1 : 0;
    // What was said before the one that is refused was taken; what comes after it is said again.
    const rest = posted === 'again' ? batch : typeof posted === 'number' ? batch.slice(posted + 1) : [];
    if (failures < TRIES) for (const ack of rest) if (!waiting.has(ack.topic)) waiting.set(ack.topic, ack);
    arm();
  }

  return {
    add(ack) {
      waiting.set(ack.topic, ack);
      arm();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
