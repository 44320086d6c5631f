import type { LoggedEvent } from '../domain/events.ts';
import { isAwaiting } from '../domain/channel/platform.ts';
import type { LocationState } from '../domain/state.ts';

/** What became of everything that a delivery platform waited for: each order until it was answered, each word until it was told. */

export type OfferProof = {
  readonly order: string;
  readonly number: string;
  readonly platform: string;
  /** Since when it waited, and until when it would. */
  readonly since: string;
  readonly until: string;
  answer: { readonly at: string; readonly how: 'yes' | 'no' | 'clock' | 'taken back' } | null;
};

/** Something that a platform was to be told of an order. */
export type WordProof = {
  readonly number: string;
  readonly platform: string;
  readonly act: string;
  readonly since: string;
  toldAt: string | null;
  refused: string | null;
};

export class PlatformAudit {
  readonly offers: OfferProof[] = [];
  readonly words: WordProof[] = [];
  readonly #waiting = new Map<string, OfferProof>();
  readonly #untold = new Map<number, WordProof>();
  readonly #isIn: (at: string) => boolean;

  /** What began when `isIn` says no is left out. */
  constructor(isIn: (at: string) => boolean) {
    this.#isIn = isIn;
  }

  /** The next event of the log, and the state that has it. */
  add(event: LoggedEvent, after: LocationState): void {
    if (event.type === 'channel.received') this.#offered(event, after);
    else if (event.type === 'channel.asked') this.#asked(event, after);
    else if (event.type === 'channel.told' || event.type === 'channel.refused') {
      const word = this.#untold.get(event.data.ask);
      if (!word) return;
      this.#untold.delete(event.data.ask);
      if (event.type === 'channel.told') word.toldAt = event.at;
      else word.refused = event.data.words;
    } else if (event.type === 'channel.accepted' || event.type === 'channel.ended') {
      const offer = this.#waiting.get(event.data.order);
      if (!offer) return;
      this.#waiting.delete(event.data.order);
      offer.answer = { at: event.at, how: answerOf(event) };
    }
  }

  #offered(event: Extract<LoggedEvent, { type: 'channel.received' }>, after: LocationState): void {
    const { order: id, name, since, withinMs } = event.data;
    const order = after.orders.get(id);
    if (!order?.platform || withinMs === undefined || !isAwaiting(order.platform)) return;
    if (!this.#isIn(event.at)) return;
    const offer: OfferProof = {
      order: id,
      number: order.displayId ?? `#${order.number}`,
      platform: name,
      since: event.at,
      until: new Date(Date.parse(since) + withinMs).toISOString(),
      answer: null,
    };
    this.#waiting.set(id, offer);
    this.offers.push(offer);
  }

  #asked(event: Extract<LoggedEvent, { type: 'channel.asked' }>, after: LocationState): void {
    const order = after.orders.get(event.data.order);
    if (!order?.platform || !this.#isIn(event.at)) return;
    const word: WordProof = {
      number: order.displayId ?? `#${order.number}`,
      platform: order.platform.name,
      act: event.data.act,
      since: event.at,
      toldAt: null,
      refused: null,
    };
    this.#untold.set(event.seq, word);
    this.words.push(word);
  }
}

function answerOf(
  event: Extract<LoggedEvent, { type: 'channel.accepted' | 'channel.ended' }>,
): NonNullable<OfferProof['answer']>['how'] {
  if (event.type === 'channel.accepted') return 'yes';
  if (event.data.how === 'denied') return 'no';
  return event.data.how === 'auto_cancelled' ? 'clock' : 'taken back';
}

/** It has no answer, or the platform's clock gave it. */
export function isUnanswered({ answer, until }: OfferProof, now: string): boolean {
  return answer === null ? until <= now : answer.how === 'clock';
}
