import { isEntity } from './frames.ts';
import { ageLimit, readKept } from './kept.ts';
import type { Kept } from './kept.ts';
import { asksAt, cut, localRefusal, pendingOf, viewOf } from './outboxParts.ts';
import type { Entry } from './outboxParts.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import type { Delivery, Letter, Sender } from './send.ts';
import type { Actor, Answer, Outbox, OutboxView, Pending } from './shapes.ts';
import { createShelf } from './shelf.ts';
import { openPromise, openStore } from './store.ts';
import type { Tab } from './tabs.ts';

/**
 * Taps on their way. Each is kept on this device before it is first sent, keeps its id and its bytes over every
 * retry and reload, and leaves when the server answered. Per aggregate they go one after the other, and of the pages
 * of one location on this device one sends at a time.
 */
export type OutboxOptions = {
  storage: OutboxStorage;
  tab: Tab;
  sender: Sender;
  /** Who acts on this page now: their taps go, those of others wait for them. */
  actor(): Actor;
  now(): number;
  random(): number;
  /** A tap of an earlier page was found, or one that the server forgot; it is on its way again. */
  adopted(kept: Kept): void;
  settled(answer: Answer): void;
};

const MAX_ENTRIES = 1000;
const MAX_PARALLEL = 4;
const BATCH_FROM = 6;
const LONG_FAILURE_MS = 120_000;
/** A page with much to send lets others in so often. */
const TURN_MS = 5000;
/** Pages that closed, and places in storage that were full: looked at so often. */
const LOOK_MS = 10_000;
const BEHIND_OTHERS_MS = 500;
/** All topics of a page learn of a restored server at about the same time. */
const FORGOTTEN_ONCE_MS = 5000;

export type OutboxEngine = Outbox & {
  add(
    kept: Omit<Kept, 'n' | 'tab' | 'localAt' | 'actor' | 'who'>,
    approval: string | undefined,
  ): { answer: Promise<Answer>; saved: Promise<boolean> };
  /** The server lost what it had acknowledged: all of the last minutes goes again, with the keys it had. */
  sendAgain(): Promise<void>;
  close(): void;
};

export function createOutbox(options: OutboxOptions): OutboxEngine {
  const { storage, tab, sender, now } = options;
  const entries = new Map<string, Entry>();
  const shelf = createShelf(storage, now);
  /** The newest earlier tap of another open page, by aggregate: it goes first. */
  let before = new Map<string, number>();
  /** The other pages that were open when they were looked at last. */
  let company = new Set<string>();
  /** Until when other pages were looked at: what was tapped here later waits for the next look. */
  let lookedUntil = Number.POSITIVE_INFINITY;
  /** Taps that pages which are gone left for somebody who is not signed in here. */
  let ofOthers: readonly Kept[] = [];
  let durable = storage.durable;
  let turn: 'none' | 'asked' | 'held' = 'none';
  let endTurn: () => void = () => undefined;
  let turnSince = 0;
  let inFlight = 0;
  let batching = false;
  let looking = false;
  let failures = 0;
  let failingSince: number | null = null;
  let holdUntil = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastN = 0;
  let againAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  const store = openStore<OutboxView>({ pending: [], unsent: 0, oldest: null, durable, refused: [] });

  function show(): void {
    const own = inOrder().map((entry) => pendingOf(entry.kept, stateOf(entry), entry.attempts, entry.stored));
    const held = ofOthers.map((kept) => pendingOf(kept, 'held', 0, true));
    store.set(viewOf([...held, ...own], durable, shelf.refused));
  }

  function stateOf(entry: Entry): Pending['state'] {
    if (entry.state === 'saving' || entry.state === 'sending') return entry.state;
    if (asks(entry)) return 'stale';
    if (!isMine(entry.kept)) return 'held';
    return entry.state === 'waiting' && entry.stored ? 'saved' : entry.state;
  }

  const inOrder = () => [...entries.values()].sort((a, b) => a.kept.n - b.kept.n);
  const ageOf = ({ kept }: Entry) => Math.max(0, now() - kept.localAt);
  const isMine = ({ actor }: Kept) => actor === undefined || actor === options.actor().id;
  const waits = ({ state }: Entry) => state === 'waiting' || state === 'unsent';
  const asks = ({ kept }: Entry) => asksAt(kept, now());

  /** The first of each aggregate, oldest first; with `whole`, as many of each as may go in one call. */
  function sendable(whole: boolean): Entry[] {
    const busy = new Set<string>();
    const found: Entry[] = [];
    for (const entry of inOrder()) if (entry.state === 'sending') busy.add(entry.kept.aggregate);
    for (const entry of inOrder()) {
      const { aggregate, n } = entry.kept;
      // What waits for its person may wait for long: it holds nobody else up.
      if (busy.has(aggregate) || !isMine(entry.kept)) continue;
      const goes =
        waits(entry) &&
        !asks(entry) &&
        !(turn === 'held' && (looking || n > lookedUntil)) &&
        !((before.get(aggregate) ?? Number.POSITIVE_INFINITY) < n) &&
        !(whole && (entry.alone || entry.approval !== undefined));
      if (goes) found.push(entry);
      if (!goes || !whole) busy.add(aggregate);
    }
    return found;
  }

  function wake(after: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(pump, after);
  }

  function pump(): void {
    if (closed) return;
    expire();
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const wait = holdUntil - now();
    if (wait > 0) wake(wait);
    else if (turn === 'held') send();
    else if (turn === 'none') {
      if (sendable(false).length > 0) void takeTurn();
      else if (before.size > 0) {
        before = new Map();
        wake(BEHIND_OTHERS_MS);
      }
    }
    if (turn === 'held' && inFlight === 0 && !batching && !looking) endTurn();
    show();
  }

  function takeTurn(): Promise<void> {
    turn = 'asked';
    const whileMine = async (): Promise<void> => {
      await lookAround();
      if (closed) return;
      const { promise: ended, resolve } = openPromise<void>();
      endTurn = resolve;
      turn = 'held';
      turnSince = now();
      pump();
      await ended;
    };
    return tab.turn(whileMine).finally(() => {
      turn = 'none';
      pump();
    });
  }

  function send(): void {
    if (now() - turnSince >= TURN_MS) return;
    // Tapped since others were looked at: they may have tapped before it, on the same order.
    if (!looking && inOrder().some((entry) => waits(entry) && entry.kept.n > lookedUntil)) {
      looking = true;
      void lookAround().finally(() => {
        looking = false;
        pump();
      });
    }
    const many = sendable(true);
    if (many.length >= BATCH_FROM && !batching && inFlight === 0) void sendMany(cut(many));
    else if (!batching)
      for (const entry of sendable(false).slice(0, MAX_PARALLEL - inFlight)) void sendOne(entry);
  }

  function letterOf({ kept: { id, name, body }, approval }: Entry): Letter {
    // Who may have signed in or out since: nobody's tap goes under another one's token.
    const actor = options.actor().id;
    return {
      id,
      name,
      body,
      ...(approval !== undefined && { approval }),
      still: () => options.actor().id === actor,
    };
  }

  async function sendOne(entry: Entry): Promise<void> {
    inFlight += 1;
    entry.state = 'sending';
    const delivery = await sender.one(letterOf(entry));
    inFlight -= 1;
    if (closed) return endTurn();
    receive(entry, delivery);
    pump();
  }

  async function sendMany(batch: readonly Entry[]): Promise<void> {
    batching = true;
    for (const entry of batch) entry.state = 'sending';
    const deliveries = await sender.many(batch.map(letterOf));
    batching = false;
    if (closed) return endTurn();
    let failed = false;
    batch.forEach((entry, index) => {
      const delivery = deliveries[index] ?? { got: 'again', wait: 0 };
      // The rest of a call that was cut short failed once, not a hundred times.
      if (delivery.got === 'again' && failed) putBack(entry);
      else receive(entry, delivery);
      failed ||= delivery.got === 'again';
    });
    pump();
  }

  function receive(entry: Entry, delivery: Delivery): void {
    if (delivery.got === 'again') {
      putBack(entry);
      entry.alone ||= delivery.alone === true;
      failingSince ??= now();
      const cap = now() - failingSince > LONG_FAILURE_MS ? 30_000 : 8000;
      const window = delivery.alone === true ? 0 : Math.min(cap, 1000 * 2 ** Math.min(failures, 16));
      holdUntil = Math.max(holdUntil, now() + delivery.wait + options.random() * window);
      failures += 1;
      return;
    }
    failures = 0;
    failingSince = null;
    const { id, name } = entry.kept;
    if (delivery.got === 'answer') {
      const { seq, replayed, result } = delivery.answer;
      settle(entry, { ok: true, id, name, seq, replayed, result });
      return;
    }
    const { problem } = delivery;
    settle(entry, {
      ok: false,
      id,
      name,
      reason: 'refused',
      problem,
      current: isEntity(problem.current) ? problem.current : null,
    });
  }

  function putBack(entry: Entry): void {
    entry.attempts += 1;
    entry.state = 'unsent';
  }

  function settle(entry: Entry, answer: Answer): void {
    entries.delete(entry.kept.id);
    if (answer.ok) shelf.acknowledged(entry.kept);
    else if (answer.reason === 'expired' || (answer.reason === 'refused' && entry.resolve === null))
      shelf.refuse(entry.kept, answer, answer.reason);
    else {
      entry.dropped = true;
      void storage.remove(entry.kept.id).catch(() => undefined);
    }
    options.settled(answer);
    entry.resolve?.(answer);
  }

  function expire(): void {
    for (const entry of entries.values()) {
      if (!waits(entry) || ageOf(entry) <= ageLimit(entry.kept.name)) continue;
      settle(
        entry,
        localRefusal(
          entry.kept,
          'expired',
          'conflict',
          'This tap is too old to be sent now. Look at the ticket and tap again.',
        ),
      );
    }
  }

  async function keep(entry: Entry): Promise<void> {
    try {
      await storage.put(entry.kept.id, JSON.stringify(entry.kept));
      entry.stored = storage.durable;
      durable = storage.durable;
    } catch {
      // No room, or a private window: it lives in memory only, and the view says so.
      entry.stored = false;
      durable = false;
    }
    entry.saved(entry.stored);
    if (entry.state === 'saving') entry.state = 'waiting';
    if (entry.dropped) void storage.remove(entry.kept.id).catch(() => undefined);
    pump();
  }

  function entryOf(kept: Kept, more: Partial<Entry>): Entry {
    return {
      kept,
      approval: undefined,
      state: 'waiting',
      stored: storage.durable,
      dropped: false,
      attempts: 0,
      alone: false,
      saved: () => undefined,
      resolve: null,
      ...more,
    };
  }

  /** Takes over what pages left that are gone, and sees what those that are open have to send first. */
  async function lookAround(): Promise<void> {
    if (!tab.shared) return;
    // What an earlier page left goes before what is tapped here.
    await firstLook;
    const alive = await tab.others();
    const isAlone = alive.size === 0 && company.size === 0;
    company = new Set(alive);
    before = new Map();
    lookedUntil = Math.max(now(), lastN);
    // Who was here a moment ago and is gone may have left something too.
    if (!isAlone) await adopt(alive);
  }

  async function adopt(alive: ReadonlySet<string>): Promise<void> {
    let texts: string[];
    try {
      texts = await storage.all();
    } catch {
      durable = false;
      show();
      return;
    }
    const found = texts.map(readKept).filter((kept) => kept !== null);
    const others: Kept[] = [];
    for (const kept of found.sort((a, b) => a.n - b.n)) {
      if (closed || entries.has(kept.id) || kept.tab === tab.id) continue;
      if (alive.has(kept.tab)) {
        if (kept.done === undefined && kept.refusal === undefined && kept.actor === options.actor().id)
          before.set(kept.aggregate, before.get(kept.aggregate) ?? kept.n);
      } else if (!shelf.adopt(kept)) {
        // Too old to be sent by anybody: taken over to be said so.
        if (isMine(kept) || now() - kept.localAt > ageLimit(kept.name)) takeOver(kept);
        else others.push(kept);
      }
    }
    ofOthers = others;
  }

  /** From now on it is this page's: a third one must not take it over too. */
  function takeOver(kept: Kept): void {
    const own = { ...kept, tab: tab.id };
    const entry = entryOf(own, {});
    entries.set(kept.id, entry);
    if (storage.durable) void keep(entry);
    options.adopted(own);
  }

  async function look(): Promise<void> {
    const alive = await tab.others();
    for (const one of alive) company.add(one);
    await adopt(alive);
    shelf.clean();
    for (const entry of entries.values())
      if (!entry.stored && storage.durable && waits(entry)) void keep(entry);
    pump();
  }

  const firstLook = look();
  const rounds = storage.durable ? setInterval(() => void look(), LOOK_MS) : undefined;

  return {
    get: store.get,
    subscribe: store.subscribe,
    add(tapped, approval) {
      lastN = Math.max(lastN + 1, now());
      const { id: actor, who } = options.actor();
      const kept: Kept = {
        ...tapped,
        n: lastN,
        tab: tab.id,
        localAt: now(),
        actor,
        ...(who !== undefined && { who }),
      };
      if (entries.size >= MAX_ENTRIES) {
        const answer = localRefusal(
          kept,
          'refused',
          'unavailable',
          `This screen already keeps ${MAX_ENTRIES} taps that are not sent. Nothing was lost, but it takes no more.`,
        );
        options.settled(answer);
        return { answer: Promise.resolve(answer), saved: Promise.resolve(false) };
      }
      const { promise: answer, resolve } = openPromise<Answer>();
      const { promise: saved, resolve: isSaved } = openPromise<boolean>();
      const entry = entryOf(kept, { approval, state: 'saving', stored: false, saved: isSaved, resolve });
      entries.set(kept.id, entry);
      show();
      void keep(entry);
      return { answer, saved };
    },
    confirm(id) {
      const first = entries.get(id);
      if (!first || !asks(first)) return;
      for (const entry of inOrder()) {
        if (entry.kept.aggregate !== first.kept.aggregate || entry.kept.n < first.kept.n || !asks(entry))
          continue;
        entry.kept = { ...entry.kept, confirmed: true };
        void keep(entry);
      }
    },
    discard(id) {
      const entry = entries.get(id);
      // Once it was tried the server may have it: only its own undo helps.
      if (!entry || entry.state === 'sending' || entry.attempts > 0) return false;
      settle(entry, localRefusal(entry.kept, 'discarded', 'conflict', 'Taken back before it was sent.'));
      pump();
      return true;
    },
    dismiss(id) {
      shelf.dismiss(id);
      show();
    },
    flush() {
      holdUntil = 0;
      // Whoever signed in may be the one that some taps wait for.
      if (ofOthers.length > 0) void look();
      pump();
    },
    async sendAgain() {
      if (now() - againAt < FORGOTTEN_ONCE_MS) return;
      againAt = now();
      // Pages that are gone have left theirs in storage.
      await adopt(await tab.others());
      for (const { done: _, ...kept } of shelf.takeAcknowledged()) {
        if (entries.has(kept.id)) continue;
        const again = { ...kept, localAt: now(), confirmed: true };
        if (isMine(kept)) takeOver(again);
        else await storage.put(kept.id, JSON.stringify({ ...again, tab: '' })).catch(() => undefined);
      }
      await look();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      clearInterval(rounds);
      endTurn();
      tab.release();
      storage.close();
    },
  };
}
