import type { TrackingView } from '../../domain/entities.ts';

/** Who brings the order, as its guest is told: pure. */

type Told = NonNullable<TrackingView['courier']>;

export type CourierWord = 'sought' | 'coming' | 'here' | 'yours' | 'door' | 'delivered' | 'back';

export type Brought = {
  readonly word: CourierWord;
  readonly name: string | null;
  /** When they are expected at the guest's, ms; null: nobody says, or not yet. */
  readonly at: number | null;
  /** 0 before the house, 0.5 at it, 1 at the guest's. Never further than is known. */
  readonly along: number;
  readonly batched: boolean;
};

const WORDS: Record<Told['state'], CourierWord> = {
  requested: 'sought',
  assigned: 'coming',
  to_pickup: 'coming',
  at_pickup: 'here',
  picked_up: 'yours',
  to_dropoff: 'yours',
  at_dropoff: 'door',
  delivered: 'delivered',
  return_started: 'back',
  return_arrived: 'back',
  returned: 'back',
  cancelled: 'sought',
};
const AT: Record<CourierWord, number> = {
  sought: 0,
  coming: 0.2,
  here: 0.5,
  yours: 0.6,
  door: 1,
  delivered: 1,
  back: 0.75,
};
/** On the way nobody is drawn as having come: that is said when it is so. */
const NEARLY = 0.93;

export function broughtBy({ courier }: Pick<TrackingView, 'courier'>, now: number): Brought | null {
  if (courier === undefined) return null;
  const word = WORDS[courier.state];
  const [since, eta] = [Date.parse(courier.at), courier.eta === null ? null : Date.parse(courier.eta)];
  const isOurs = word === 'yours';
  let along = AT[word];
  // Between two times that are known, the clock says how far; the later of the two is only expected.
  if (eta !== null && eta > since && (isOurs || word === 'coming')) {
    const share = Math.min(1, Math.max(0, (now - since) / (eta - since)));
    along = isOurs ? Math.min(NEARLY, 0.6 + share * 0.4) : Math.min(0.43, 0.05 + share * 0.4);
  }
  return {
    word,
    name: courier.name,
    at: isOurs ? eta : null,
    along,
    batched: courier.batched && !isDone(word),
  };
}

function isDone(word: CourierWord): boolean {
  return word === 'delivered' || word === 'door' || word === 'back';
}

/** A place that was seen, and whether it was another than the one before. */
export type Spot = {
  readonly lat: number;
  readonly lng: number;
  /** ms. */
  readonly at: number;
  readonly moves: boolean;
};

/** So many degrees are some 30 m: less is what a phone in a pocket does by itself. */
const STIRS = 0.0003;

/** What was said of the place, as far as it can be read; the same object where nothing is new. */
export function spotOf(before: Spot | null, said: unknown): Spot | null {
  if (typeof said !== 'object' || said === null) return null;
  const [lat, lng, time] = ['lat', 'lng', 'at'].map((name): unknown => Reflect.get(said, name));
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof lat !== 'number' || typeof lng !== 'number' || Number.isNaN(at)) return before;
  if (before?.at === at) return before;
  const moves =
    before !== null &&
    Math.abs(before.lat - lat) + Math.abs(before.lng - lng) * Math.cos((lat * Math.PI) / 180) > STIRS;
  return { lat, lng, at, moves };
}
