import type { LiveDatum } from './presence.ts';

/**
 * What is true for a moment and never enters the log: words as they are spoken, where a courier is. Said once, on whatever
 * node heard it, it reaches the readers of its topics on all nodes; of each thing only the latest counts, and whoever comes
 * later is told what stands. It may be lost: nothing that must be true depends on it.
 */

export type LiveWord = {
  /** With `id`, what it is about: one word stands of each at a time, for the same topics. */
  readonly kind: string;
  readonly id: string;
  /** Whatever JSON holds; null when it is over. */
  readonly data: unknown;
  /** By their full names: `host`, `order:<id>`. A guest reads what names its order and nothing else. */
  readonly topics: readonly string[];
  /** Tells which of two is the later one; without it the time at which it was said, ms since 1970. */
  readonly order?: number;
};

export type LiveWords = {
  say(location: string, word: LiveWord): void;
  /** What a reader of a topic is told when it comes. */
  standing(location: string, topic: string): LiveDatum[];
  /** The location left this node's memory. */
  forget(location: string): void;
  stop(): void;
};

export type LiveWordsOptions = {
  readonly emit: (location: string, data: readonly LiveDatum[]) => void;
  /** Milliseconds since 1970 by the log's clock. */
  readonly now: () => number;
  /** The other nodes. */
  readonly rooms?: {
    readonly isAlone: boolean;
    say(location: string, kind: 'live', json: string): void;
    on(kind: 'live', handler: (location: string, data: unknown, node: string) => void): void;
    onJoined(handler: (location: string) => void): void;
  };
  readonly report?: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

/** Of one thing, ten a second: more is not read. */
const PACE_MS = 100;
/** What was not said again for so long is over. */
const KEPT_MS = 15 * 60_000;
/** What is over is remembered so long, so that a word that comes late does not bring it back. */
const ENDED_MS = 60_000;
const SWEEP_MS = 15_000;
/** Of one location; the oldest go. */
const MOST = 500;
const MOST_BYTES = 16 * 1024;
const MOST_TOPICS = 8;
const LONGEST = 200;
/** Words in one saying to the other nodes. */
const AT_ONCE = 50;

type Known = {
  readonly kind: string;
  readonly id: string;
  readonly json: string;
  readonly topics: readonly string[];
  readonly order: number;
  /** By this node's clock: when it was said last. */
  readonly at: number;
  /** Said here: this node tells it to those who come. */
  readonly own: boolean;
};

type Told = { at: number; timer: NodeJS.Timeout | null };

type Place = {
  readonly words: Map<string, Known>;
  /** What was passed on of each, and when. */
  readonly told: Map<string, Told>;
};

export function createLiveWords(options: LiveWordsOptions): LiveWords {
  const { emit, now, rooms, report = () => undefined } = options;
  const places = new Map<string, Place>();

  function placeOf(location: string): Place {
    const place = places.get(location) ?? { words: new Map(), told: new Map() };
    places.set(location, place);
    return place;
  }

  /** False for what is older than what stands. */
  function take(place: Place, key: string, word: Known): boolean {
    const known = place.words.get(key);
    if (known && (known.order > word.order || (known.order === word.order && known.json === word.json)))
      return false;
    // Newest last, so that the bound drops what is oldest.
    place.words.delete(key);
    place.words.set(key, word);
    for (const oldest of place.words.keys()) {
      if (place.words.size <= MOST) break;
      drop(place, oldest);
    }
    return true;
  }

  function drop(place: Place, key: string): void {
    place.words.delete(key);
    const told = place.told.get(key);
    if (told?.timer) clearTimeout(told.timer);
    place.told.delete(key);
  }

  /** At once after a silence; within the pace only the last of several. */
  function pass(location: string, place: Place, key: string): void {
    const told = place.told.get(key) ?? { at: Number.NEGATIVE_INFINITY, timer: null };
    place.told.set(key, told);
    if (told.timer !== null) return;
    const speak = (): void => {
      told.timer = null;
      told.at = now();
      const word = place.words.get(key);
      if (!word || places.get(location) !== place) return;
      emit(location, [datumOf(word)]);
      if (rooms && !rooms.isAlone) rooms.say(location, 'live', pack([word], now()));
    };
    const wait = told.at + PACE_MS - now();
    if (wait > 0 && wait <= PACE_MS) told.timer = setTimeout(speak, wait).unref();
    else speak();
  }

  rooms?.on('live', (location, data) => {
    if (isQuestion(data)) return answer(location);
    const words = read(data, now());
    if (words === null) return;
    const place = placeOf(location);
    const news = words.filter((word) => take(place, keyOf(word), word));
    if (news.length > 0) emit(location, news.map(datumOf));
  });
  // Whoever comes later asks; each node answers for what was said to it.
  rooms?.onJoined((location) => {
    if (!rooms.isAlone) rooms.say(location, 'live', '"?"');
  });

  function answer(location: string): void {
    const own = [...(places.get(location)?.words.values() ?? [])].filter((word) => word.own);
    for (let from = 0; from < own.length; from += AT_ONCE)
      rooms?.say(location, 'live', pack(own.slice(from, from + AT_ONCE), now()));
  }

  const sweep = setInterval(() => {
    const time = now();
    for (const [location, place] of places) {
      const over: LiveDatum[] = [];
      for (const [key, word] of place.words) {
        if (time - word.at < (word.json === 'null' ? ENDED_MS : KEPT_MS)) continue;
        drop(place, key);
        if (word.json !== 'null') over.push(datumOf({ ...word, json: 'null' }));
      }
      if (over.length > 0) emit(location, over);
      if (place.words.size === 0) places.delete(location);
    }
  }, SWEEP_MS).unref();

  return {
    say(location, { kind, id, data, topics, order }) {
      const json = JSON.stringify(data) ?? 'null';
      if (json.length > MOST_BYTES || topics.length > MOST_TOPICS || kind.length + id.length > LONGEST) {
        report('a live word is too long to be passed on', { location, kind, bytes: json.length });
        return;
      }
      const at = now();
      const word: Known = { kind, id, json, topics: [...topics], order: order ?? at, at, own: true };
      const place = placeOf(location);
      const key = keyOf(word);
      if (take(place, key, word)) pass(location, place, key);
    },
    standing(location, topic) {
      return [...(places.get(location)?.words.values() ?? [])]
        .filter((word) => word.json !== 'null' && word.topics.includes(topic))
        .map(datumOf);
    },
    forget(location) {
      const place = places.get(location);
      for (const key of place?.told.keys() ?? []) drop(place ?? placeOf(location), key);
      places.delete(location);
    },
    stop() {
      clearInterval(sweep);
      for (const { told } of places.values())
        for (const { timer } of told.values()) if (timer !== null) clearTimeout(timer);
      places.clear();
    },
  };
}

function keyOf({ kind, id, topics }: Pick<Known, 'kind' | 'id' | 'topics'>): string {
  return `${kind}|${id}|${topics.join(' ')}`;
}

function datumOf({ kind, id, json, topics }: Known): LiveDatum {
  return { kind, id, data: json, topics: (topic) => topics.includes(topic) };
}

/** As one node tells it to the others: rows, and how long ago each was said, since clocks differ. */
function pack(words: readonly Known[], now: number): string {
  return JSON.stringify(
    words.map(({ kind, id, json, topics, order, at }) => [kind, id, json, topics, order, now - at]),
  );
}

function isQuestion(data: unknown): boolean {
  return data === '?';
}

/** Null for what is no such list. */
function read(data: unknown, now: number): Known[] | null {
  if (!Array.isArray(data) || data.length > AT_ONCE) return null;
  const words: Known[] = [];
  for (const row of data) {
    if (!Array.isArray(row)) return null;
    const [kind, id, json, topics, order, ago]: unknown[] = row;
    if (!isWord(kind) || !isWord(id) || typeof json !== 'string' || json.length > MOST_BYTES) return null;
    if (!Array.isArray(topics) || topics.length > MOST_TOPICS || !topics.every(isWord)) return null;
    if (!Number.isFinite(order) || !Number.isFinite(ago) || !isJson(json)) return null;
    words.push({ kind, id, json, topics, order: Number(order), at: now - Number(ago), own: false });
  }
  return words;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}

/** What is put into a frame as it stands must be JSON: one that is not would break the reader's whole line. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
