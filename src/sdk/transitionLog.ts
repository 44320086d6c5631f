import { hasDatabase, opened } from './database.ts';
import { mintId } from './ids.ts';
import type { OutboxView } from './shapes.ts';
import type { Transition } from './transitions.ts';

/** Where lines wait for a server; what is full forgets its oldest. */
export type LineStorage = {
  all(): Promise<unknown[]>;
  put(line: Transition): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  close(): void;
};

type OutboxLine = { id: string; kind: 'outbox'; at: string; screen: string; depth: number; oldestMs: number };

/** What became of a batch: taken, not now, or never: this server or this reader is not for it. */
export type Uploaded = 'taken' | 'later' | 'spoiled' | 'never';

export type TransitionLog = {
  add(line: Transition): void;
  /** What waits on this screen, as it is now. */
  outbox(view: OutboxView): void;
  /** There is a line: what waits goes. */
  online(): void;
  /** Everything that is kept here, oldest first. */
  lines(): readonly Transition[];
  close(): void;
};

const MAX_LINES = 500;
const BATCH = 200;
const SOON_MS = 2000;
const AGAIN_MS = 60_000;
const OUTBOX_MS = 15_000;

export function createTransitionLog(options: {
  storage: LineStorage | null;
  screen: string;
  now(): number;
  serverNow(): number;
  isOnline(): boolean;
  upload(body: string): Promise<Uploaded>;
}): TransitionLog {
  const { storage, now } = options;
  let lines: Transition[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let timerAt = Number.POSITIVE_INFINITY;
  let busy = false;
  let over = false;
  let depth = { now: 0, oldest: null as number | null, told: 0, toldAt: Number.NEGATIVE_INFINITY };

  async function load(): Promise<void> {
    const kept = (await storage?.all().catch(() => [])) ?? [];
    const known = new Set(lines.map(({ id }) => id));
    lines = [...kept.filter(isLine).filter(({ id }) => !known.has(id)), ...lines].sort((a, b) =>
      a.at.localeCompare(b.at),
    );
    bound();
    if (lines.length > 0) soon(SOON_MS);
  }

  function bound(): void {
    const gone = lines.slice(0, -MAX_LINES);
    if (gone.length === 0) return;
    lines = lines.slice(-MAX_LINES);
    drop(gone);
  }

  function drop(gone: readonly Transition[]): void {
    void storage?.remove(gone.map(({ id }) => id)).catch(() => undefined);
  }

  function soon(after: number): void {
    if (over || now() + after >= timerAt) return;
    if (timer !== null) clearTimeout(timer);
    timerAt = now() + after;
    timer = setTimeout(() => {
      timer = null;
      timerAt = Number.POSITIVE_INFINITY;
      void send();
    }, after);
  }

  /** The depth when it changed, at most so often; an empty outbox is told too, once. */
  function outboxLine(): OutboxLine | null {
    if (depth.now === depth.told && depth.now === 0) return null;
    const wait = depth.toldAt + OUTBOX_MS - now();
    if (wait > 0) {
      soon(wait);
      return null;
    }
    const oldestMs = depth.oldest === null ? 0 : Math.max(0, Math.round(options.serverNow() - depth.oldest));
    const at = new Date(options.serverNow()).toISOString();
    return { id: mintId(now()), kind: 'outbox', at, screen: options.screen, depth: depth.now, oldestMs };
  }

  async function send(): Promise<void> {
    if (busy || over || !options.isOnline()) return;
    const waiting = outboxLine();
    const batch = lines.slice(0, BATCH - 1);
    if (batch.length === 0 && waiting === null) return;
    busy = true;
    const answer = await options.upload(JSON.stringify([...batch, ...(waiting ? [waiting] : [])]));
    busy = false;
    if (over) return;
    if (answer === 'never') {
      over = true;
      return;
    }
    if (answer === 'later') return soon(AGAIN_MS);
    // What the server cannot read it will not read tomorrow.
    const sent = new Set(batch.map(({ id }) => id));
    lines = lines.filter(({ id }) => !sent.has(id));
    drop(batch);
    if (waiting) depth = { ...depth, told: waiting.depth, toldAt: now() };
    if (lines.length > 0) soon(SOON_MS);
    else if (depth.now !== depth.told || depth.now > 0) soon(OUTBOX_MS);
  }

  void load();

  return {
    add(line) {
      if (over) return;
      lines.push(line);
      void storage?.put(line).catch(() => undefined);
      bound();
      soon(SOON_MS);
    },
    outbox({ unsent, oldest }) {
      if (unsent === depth.now && oldest === depth.oldest) return;
      depth = { ...depth, now: unsent, oldest };
      if (unsent !== depth.told) soon(SOON_MS);
    },
    online: () => soon(SOON_MS),
    lines: () => lines,
    close() {
      over = true;
      if (timer !== null) clearTimeout(timer);
      storage?.close();
    },
  };
}

function isLine(value: unknown): value is Transition {
  if (typeof value !== 'object' || value === null) return false;
  const line: { [key: string]: unknown } = { ...value };
  return ['id', 'at', 'from', 'to', 'cause'].every((key) => typeof line[key] === 'string');
}

const DATABASE = 'heard-lines';
const STORE = 'lines';

/** IndexedDB where there is one; elsewhere lines live as long as the page. */
export function defaultLines(location: string): LineStorage | null {
  if (!hasDatabase()) return null;
  const opening = opened(DATABASE, STORE);
  return {
    all: async () => (await opening).getAll(STORE, IDBKeyRange.bound([location], [location, []])),
    put: async (line) => void (await (await opening).put(STORE, line, [location, line.id])),
    async remove(ids) {
      const transaction = (await opening).transaction(STORE, 'readwrite', { durability: 'relaxed' });
      for (const id of ids) void transaction.store.delete([location, id]);
      await transaction.done;
    },
    close: () =>
      void opening.then(
        (database) => database.close(),
        () => undefined,
      ),
  };
}
