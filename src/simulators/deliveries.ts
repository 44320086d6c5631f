import type { SimDelivery } from '../integrations/simulation.ts';
import type { Chance } from './chance.ts';
import type { Trouble } from './trouble.ts';

/** What became of a channel's deliveries. */
export type DeliveryCounts = {
  /** What the simulator wanted delivered. */
  wanted: number;
  /** Requests that went out: with repeats, forgeries and new tries. */
  sent: number;
  doubled: number;
  reordered: number;
  late: number;
  forged: number;
  /** Forgeries that the house took for true: there must be none. */
  believed: number;
  /** New tries after no answer, 429 or 5xx. */
  retried: number;
  /** Given up after the last try. */
  lost: number;
  /** Answered with another status than 2xx, though the signature was right. */
  refused: number;
  /** How often each status came, by `202`; `none`: nobody answered. */
  answers: Record<string, number>;
};

export type Delivered = { readonly status: number; readonly body: string };

export type Deliverer = {
  deliver(delivery: SimDelivery): Promise<Delivered>;
  readonly counts: DeliveryCounts;
  /** Resolves when nothing is held back any more. */
  settle(): Promise<void>;
};

export const NOBODY: Delivered = { status: -1, body: '' };

const ANSWER_WITHIN_MS = 20_000;
const TRIES = 8;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** A delivery that waits for a later one waits no longer than that. */
const HELD_MS = 4_000;
const LATE_MS = 6_000;
const DOUBLE_WITHIN_MS = 2_000;
/** Headers in which a sender proves itself. */
const PROOF = /signature|hmac|authorization|secret|hash|token/i;

/**
 * Deliveries of one channel to the house, with what happens to them on the way. One that is held back counts as taken in
 * the simulator's eyes, as it does for a provider whose first try ended in nothing: it goes on with what comes next.
 */
export function createDeliverer(options: {
  /** Where the house takes them. */
  readonly hook: string;
  readonly trouble: () => Trouble;
  readonly chance: Chance;
  /** Does the provider try again when nobody answers, or 429 or 5xx? */
  readonly retries: boolean;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}): Deliverer {
  const { chance, sleep, signal } = options;
  const counts: DeliveryCounts = {
    wanted: 0,
    sent: 0,
    doubled: 0,
    reordered: 0,
    late: 0,
    forged: 0,
    believed: 0,
    retried: 0,
    lost: 0,
    refused: 0,
    answers: {},
  };
  const held = new Set<Promise<unknown>>();
  /** Called when the next delivery has gone. */
  let overtaken: (() => void)[] = [];
  /** What was answered to a delivery of the same kind when all was well: the answer to one that is held back. */
  const usual = new Map<string, Delivered>();

  async function once({ headers, body, method = 'POST', query }: SimDelivery): Promise<Delivered> {
    counts.sent += 1;
    const url = `${options.hook}${query === undefined || query === '' ? '' : `?${query}`}`;
    let answer = NOBODY;
    try {
      const response = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
        ...(method === 'POST' && { body: new Uint8Array(body) }),
      });
      answer = { status: response.status, body: await response.text() };
    } catch {
      // Nobody there, or nobody who answers in time: the same to a provider.
    }
    const name = answer.status < 0 ? 'none' : String(answer.status);
    counts.answers[name] = (counts.answers[name] ?? 0) + 1;
    return answer;
  }

  async function insist(delivery: SimDelivery): Promise<Delivered> {
    let pause = FIRST_PAUSE_MS;
    for (let tried = 1; ; tried += 1) {
      const answer = await once(delivery);
      if (answer.status >= 200 && answer.status < 300) usual.set(kindOf(delivery), answer);
      const again = answer.status < 0 || answer.status === 429 || answer.status >= 500;
      if (!again) {
        if (answer.status < 200 || answer.status >= 300) counts.refused += 1;
        return answer;
      }
      if (!options.retries || tried === TRIES || signal.aborted) {
        counts.lost += 1;
        return answer;
      }
      counts.retried += 1;
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  function holdBack(work: Promise<unknown>): void {
    held.add(work);
    void work.finally(() => held.delete(work));
  }

  return {
    counts,
    async settle() {
      while (held.size > 0) {
        for (const pass of overtaken.splice(0)) pass();
        await Promise.all(held);
      }
    },
    async deliver(delivery) {
      counts.wanted += 1;
      const { doubled, reordered, late, forged } = options.trouble();
      if (chance.is(forged)) {
        counts.forged += 1;
        const { status } = await once({ ...delivery, headers: spoilt(delivery.headers) });
        if (status >= 200 && status < 300) counts.believed += 1;
      }
      if (chance.is(doubled)) {
        counts.doubled += 1;
        const pause = chance.between(0, DOUBLE_WITHIN_MS);
        holdBack(sleep(pause).then(() => insist(delivery)));
      }
      // Whoever waits for the house's words cannot be told them later, so the first of a kind is never held back.
      const known = options.retries ? usual.get(kindOf(delivery)) : undefined;
      if (chance.is(reordered) && known !== undefined) {
        counts.reordered += 1;
        const passed = new Promise<void>((resolve) => overtaken.push(resolve));
        holdBack(Promise.race([passed, sleep(HELD_MS)]).then(() => insist(delivery)));
        return known;
      }
      if (chance.is(late) && known !== undefined) {
        counts.late += 1;
        holdBack(sleep(chance.between(LATE_MS / 2, LATE_MS)).then(() => insist(delivery)));
        return known;
      }
      const waiting = overtaken;
      overtaken = [];
      const answer = await insist(delivery);
      for (const pass of waiting) pass();
      return answer;
    },
  };
}

/** Deliveries that say the same of different things: by the names of their fields. */
function kindOf({ body }: SimDelivery): string {
  try {
    const read = JSON.parse(body.toString('utf8')) as unknown;
    return typeof read === 'object' && read !== null ? Object.keys(read).sort().join() : '';
  } catch {
    return '';
  }
}

/** The same headers with every proof of the sender a little wrong. */
function spoilt(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!PROOF.test(name)) return [name, value];
      const last = value.at(-1);
      return [name, `${value.slice(0, -1)}${last === '0' ? '1' : '0'}`];
    }),
  );
}
