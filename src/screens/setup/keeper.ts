import { type Conflict, type Json, isSame } from '../../domain/documents.ts';
import type { Refused } from './calls.ts';
import { type Checks, type Desk, arrive, edited, isUnsaved, openDesk, savedAs, settled } from './draft.ts';
import type { Path } from './doc.ts';
import type { HouseCalls } from './houseCalls.ts';

/**
 * Keeps the draft: what is edited is saved a moment later, what others did is looked for every few seconds. One call at a
 * time, so that an answer never meets a desk that is older than itself.
 */

export type KeptHouse = Checks & {
  readonly desk: Desk;
  readonly state: 'saved' | 'unsaved' | 'saving' | 'failed';
  /** Why it could not be saved, published or read; empty: nothing is wrong. */
  readonly why: string;
};

type Options = {
  readonly calls: HouseCalls;
  readonly name: string;
  /** What stands on the desk of a house that has nothing yet. */
  readonly start: Json;
  readonly unreachable: () => string;
};

const SAVE_AFTER_MS = 600;
const LOOK_EVERY_MS = 4_000;

export class Keeper {
  readonly #options: Options;
  readonly #listeners = new Set<() => void>();
  #kept: KeptHouse | null = null;
  #why = '';
  #saving: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #publishKey: string | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  readonly get = (): KeptHouse | null => this.#kept;
  /** Why nothing could be read so far. */
  readonly why = (): string => this.#why;

  readonly edit = (path: Path, value: Json | undefined): void => {
    this.#change((desk) => edited(desk, path, value));
  };

  readonly settle = (conflict: Conflict, choice: 'mine' | 'theirs'): void => {
    this.#change((desk) => settled(desk, conflict, choice));
  };

  readonly forgetNews = (): void => {
    if (this.#kept !== null) this.#show({ desk: { ...this.#kept.desk, news: [] } });
  };

  /** Looks at once for what others did, and whether the house around the draft changed (a screen was paired). */
  readonly look = (): Promise<void> => this.#after(() => this.#read());

  /** Saves now what would be saved in a moment. */
  readonly flush = (): Promise<void> => this.#after(() => this.#save());

  /** Saves what is not saved, and publishes. True: it is published. */
  readonly publish = (): Promise<boolean> =>
    this.#after(async () => {
      await this.#save();
      const kept = this.#kept;
      if (kept === null || kept.desk.conflicts.length > 0 || isUnsaved(kept.desk)) return false;
      // A retry after an answer that got lost is the same publish.
      this.#publishKey ??= crypto.randomUUID();
      const reply = await this.#options.calls.publish(kept.desk.revision, this.#publishKey);
      if (!reply.ok && reply.status === null) {
        this.#fail(reply);
        return false;
      }
      this.#publishKey = null;
      const now = await this.#options.calls.read();
      // The draft is gone and what is published is what stands here: the answer before this one got lost.
      const isDone =
        reply.ok || (now.ok && now.body.draft === null && isSame(now.body.published, kept.desk.doc));
      if (now.ok) {
        const { start } = this.#options;
        const desk = isDone ? openDesk(now.body, start) : arrive(kept.desk, now.body, start);
        this.#show({ desk, ...checksOf(now.body), ...(isDone && { state: 'saved', why: '' }) });
      }
      if (!reply.ok && !isDone) this.#fail(reply);
      return isDone;
    });

  /** Throws the draft away, here and for everybody. */
  readonly discard = (): Promise<void> =>
    this.#after(async () => {
      clearTimeout(this.#saving);
      const kept = this.#kept;
      if (kept === null) return;
      const reply = await this.#options.calls.discard(kept.desk.revision);
      if (!reply.ok) return this.#fail(reply);
      const now = await this.#options.calls.read();
      if (now.ok)
        this.#show({
          desk: openDesk(now.body, this.#options.start),
          ...checksOf(now.body),
          state: 'saved',
          why: '',
        });
    });

  #start(): void {
    void this.look();
    this.#looking = setInterval(() => {
      if (document.visibilityState === 'visible') void this.look();
    }, LOOK_EVERY_MS);
  }

  #stop(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#saving);
    void this.#after(() => this.#save());
  }

  #change(step: (desk: Desk) => Desk): void {
    if (this.#kept === null) return;
    const desk = step(this.#kept.desk);
    this.#show({ desk, state: isUnsaved(desk) ? 'unsaved' : 'saved' });
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.#after(() => this.#save()), SAVE_AFTER_MS);
  }

  async #save(): Promise<void> {
    const kept = this.#kept;
    if (kept === null || kept.desk.conflicts.length > 0 || !isUnsaved(kept.desk)) return;
    const { doc, revision, version } = kept.desk;
    this.#show({ state: 'saving' });
    const reply = await this.#options.calls.save({ config: doc, revision, base: version });
    if (!reply.ok) {
      // A colleague was faster: what they did comes in, and what stands here goes on from it.
      return reply.status === 409 ? this.#read() : this.#fail(reply);
    }
    const { at, problems, findings } = reply.body;
    const desk = savedAs(this.#kept?.desk ?? kept.desk, doc, reply.body.revision, at, this.#options.name);
    this.#show({ desk, problems, findings, state: isUnsaved(desk) ? 'unsaved' : 'saved', why: '' });
    if (reply.body.version !== version) await this.#read();
  }

  async #read(): Promise<void> {
    const reply = await this.#options.calls.read();
    if (!reply.ok) return this.#fail(reply);
    const { start } = this.#options;
    const desk =
      this.#kept === null ? openDesk(reply.body, start) : arrive(this.#kept.desk, reply.body, start);
    const { problems, findings } = reply.body;
    const isDone = !isUnsaved(desk);
    this.#show({ desk, problems, findings, state: isDone ? 'saved' : 'unsaved', ...(isDone && { why: '' }) });
    if (!isDone) {
      clearTimeout(this.#saving);
      this.#saving = setTimeout(() => void this.#after(() => this.#save()), SAVE_AFTER_MS);
    }
  }

  #fail({ why }: Refused): void {
    this.#why = why || this.#options.unreachable();
    this.#show({ state: 'failed', why: this.#why });
    for (const listener of this.#listeners) listener();
  }

  #show(part: Partial<KeptHouse>): void {
    const before = this.#kept;
    if (before !== null) this.#kept = { ...before, ...part };
    else if (part.desk !== undefined)
      this.#kept = { desk: part.desk, problems: [], findings: [], state: 'saved', why: '', ...part };
    for (const listener of this.#listeners) listener();
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work);
    this.#queue = next.catch(() => undefined);
    return next;
  }
}

function checksOf({ problems, findings }: Checks): Checks {
  return { problems, findings };
}
