import type { CommandName } from '../domain/commands.ts';
import type { Problem, ProblemCode } from '../protocol/problems.ts';
import { isEntity } from './frames.ts';
import { ageLimit, isKept } from './kept.ts';
import type { Kept } from './kept.ts';
import type { OutboxStorage } from './outboxStorage.ts';
import type { Delivery, Sender } from './send.ts';
import type { Answer, Outbox, OutboxView, Pending, Refused } from './shapes.ts';
import { openPromise, openStore } from './store.ts';
import { holdTab } from './tabs.ts';

/**
 * Taps on their way. Each is kept on this device before it is first sent, keeps its id and its bytes over every
 * retry and reload, and leaves when the server answered. Per aggregate they go one after the other.
 */
export type OutboxOptions = {
  storage: OutboxStorage;
  sender: Sender;
  now(): number;
  serverNow(): number;
  random(): number;
  /** A tap of an earlier page was found; it is on its way again. */
  adopted(kept: Kept): void;
  settled(answer: Answer): void;
};

type Entry = {
  kept: Kept;
  approval: string | undefined;
  state: 'saving' | 'saved' | 'sending' | 'unsent';
  attempts: number;
  alone: boolean;
  saved: () => void;
  /** Null for a tap of an earlier page: nobody waits. */
  resolve: ((answer: Answer) => void) | null;
};

const MAX_ENTRIES = 1000;
const MAX_PARALLEL = 4;
const BATCH_FROM = 6;
const MAX_BATCH = 100;
const MAX_BATCH_CHARS = 200_000;
const LONG_FAILURE_MS = 120_000;
const ASK_AFTER_MS = 10 * 60_000;

export type OutboxEngine = Outbox & {
  add(
    kept: Omit<Kept, 'n' | 'tab' | 'localAt'>,
    approval: string | undefined,
  ): { answer: Promise<Answer>; saved: Promise<void> };
  close(): void;
};

export function createOutbox(options: OutboxOptions): OutboxEngine {
  const { storage, sender, now } = options;
  const entries = new Map<string, Entry>();
  const tab = holdTab(storage.durable);
  let refused: readonly Refused[] = [];
  let durable = storage.durable;
  let inFlight = 0;
  let batching = false;
  let failures = 0;
  let failingSince: number | null = null;
  let holdUntil = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastN = 0;
  let closed = false;

  const store = openStore<OutboxView>({ pending: [], unsent: 0, oldest: null, durable, refused });

  function show(): void {
    const pending = inOrder().map(pendingOf);
    store.set({
      pending,
      unsent: pending.filter(({ state, attempts }) => state !== 'sending' || attempts > 0).length,
      oldest: pending.reduce<number | null>(
        (oldest, { tappedAt }) => (oldest === null ? tappedAt : Math.min(oldest, tappedAt)),
        null,
      ),
      durable,
      refused,
    });
  }

  function pendingOf(entry: Entry): Pending {
    const { id, name, body, aggregate, tappedAt } = entry.kept;
    const waits = entry.state === 'saved' || entry.state === 'unsent';
    return {
      id,
      name,
      input: JSON.parse(body),
      aggregate,
      tappedAt,
      state: waits && asks(entry) ? 'stale' : entry.state,
      attempts: entry.attempts,
    };
  }

  const inOrder = () => [...entries.values()].sort((a, b) => a.kept.n - b.kept.n);
  const ageOf = ({ kept }: Entry) => Math.max(0, now() - kept.localAt);

  /** An order that nobody looked at for ten minutes may have been sent by mouth: a person decides. */
  function asks(entry: Entry): boolean {
    return entry.kept.name === 'order.place' && entry.kept.confirmed !== true && ageOf(entry) > ASK_AFTER_MS;
  }

  /** The first of each aggregate, oldest first; with `whole`, as many of each as may go in one call. */
  function sendable(whole: boolean): Entry[] {
    const busy = new Set<string>();
    const found: Entry[] = [];
    for (const entry of inOrder()) if (entry.state === 'sending') busy.add(entry.kept.aggregate);
    for (const entry of inOrder()) {
      const { aggregate } = entry.kept;
      if (busy.has(aggregate)) continue;
      const goes =
        (entry.state === 'saved' || entry.state === 'unsent') &&
        !asks(entry) &&
        !(whole && (entry.alone || entry.approval !== undefined));
      if (goes) found.push(entry);
      if (!goes || !whole) busy.add(aggregate);
    }
    return found;
  }

  function pump(): void {
    if (closed) return;
    expire();
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const wait = holdUntil - now();
    if (wait > 0) {
      timer = setTimeout(pump, wait);
      show();
      return;
    }
    const many = sendable(true);
    if (many.length >= BATCH_FROM && !batching && inFlight === 0) void sendMany(cut(many));
    else if (!batching)
      for (const entry of sendable(false).slice(0, MAX_PARALLEL - inFlight)) void sendOne(entry);
    show();
  }

  async function sendOne(entry: Entry): Promise<void> {
    inFlight += 1;
    entry.state = 'sending';
    const { id, name, body } = entry.kept;
    const delivery = await sender.one({
      id,
      name,
      body,
      ...(entry.approval !== undefined && { approval: entry.approval }),
    });
    inFlight -= 1;
    if (closed) return;
    receive(entry, delivery);
    pump();
  }

  async function sendMany(batch: readonly Entry[]): Promise<void> {
    batching = true;
    for (const entry of batch) entry.state = 'sending';
    const deliveries = await sender.many(batch.map(({ kept: { id, name, body } }) => ({ id, name, body })));
    batching = false;
    if (closed) return;
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
    // A tap that stays in storage by mistake is sent again, and answered from the key it had.
    void storage.remove(entry.kept.id).catch(() => undefined);
    if (!answer.ok && answer.reason !== 'discarded' && entry.resolve === null)
      refused = [...refused, { ...answer, input: JSON.parse(entry.kept.body) }].slice(-50);
    options.settled(answer);
    entry.resolve?.(answer);
  }

  function expire(): void {
    for (const entry of entries.values()) {
      if (entry.state === 'sending' || entry.state === 'saving' || ageOf(entry) <= ageLimit(entry.kept.name))
        continue;
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
    } catch {
      // No room, or a private window: it lives in memory only, and the view says so.
      durable = false;
    }
    entry.saved();
    if (entry.state === 'saving') entry.state = 'saved';
    pump();
  }

  async function adopt(): Promise<void> {
    let texts: string[];
    try {
      texts = await storage.all();
    } catch {
      durable = false;
      show();
      return;
    }
    const alive = await tab.others();
    const found = texts.map(readKept).filter((kept) => kept !== null);
    for (const kept of found.sort((a, b) => a.n - b.n)) {
      if (closed || entries.has(kept.id) || alive.has(kept.tab) || kept.tab === tab.id) continue;
      entries.set(kept.id, {
        kept,
        approval: undefined,
        state: 'saved',
        attempts: 0,
        alone: false,
        saved: () => undefined,
        resolve: null,
      });
      options.adopted(kept);
    }
    pump();
  }

  void adopt();

  return {
    get: store.get,
    subscribe: store.subscribe,
    add(tapped, approval) {
      lastN = Math.max(lastN + 1, now());
      const kept: Kept = { ...tapped, n: lastN, tab: tab.id, localAt: now() };
      if (entries.size >= MAX_ENTRIES) {
        const answer = localRefusal(
          kept,
          'refused',
          'unavailable',
          `This screen already keeps ${MAX_ENTRIES} taps that are not sent. Nothing was lost, but it takes no more.`,
        );
        options.settled(answer);
        return { answer: Promise.resolve(answer), saved: Promise.resolve() };
      }
      const { promise: answer, resolve } = openPromise<Answer>();
      const { promise: saved, resolve: isSaved } = openPromise<void>();
      const entry: Entry = {
        kept,
        approval,
        state: 'saving',
        attempts: 0,
        alone: false,
        saved: isSaved,
        resolve,
      };
      entries.set(kept.id, entry);
      show();
      void keep(entry);
      return { answer, saved };
    },
    confirm(id) {
      const entry = entries.get(id);
      if (!entry || !asks(entry)) return;
      entry.kept = { ...entry.kept, confirmed: true };
      void keep(entry);
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
      refused = refused.filter((answer) => answer.id !== id);
      show();
    },
    flush() {
      holdUntil = 0;
      pump();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      tab.release();
      storage.close();
    },
  };
}

function readKept(text: string): Kept | null {
  try {
    const value: unknown = JSON.parse(text);
    return isKept(value) ? value : null;
  } catch {
    return null;
  }
}

/** As many as one call may carry. */
function cut(entries: readonly Entry[]): Entry[] {
  let chars = 0;
  return entries
    .slice(0, MAX_BATCH)
    .filter(({ kept }, index) => (chars += kept.body.length) <= MAX_BATCH_CHARS || index === 0);
}

function localRefusal(
  { id, name }: { id: string; name: CommandName },
  reason: 'refused' | 'discarded' | 'expired',
  code: ProblemCode,
  detail: string,
): Extract<Answer, { ok: false }> {
  const problem: Problem = {
    type: `urn:heard:problem:${code}`,
    title: detail,
    status: code === 'conflict' ? 409 : 503,
    detail,
    code,
  };
  return { ok: false, id, name, reason, problem, current: null };
}
