import { opened } from './database.ts';
import type { Tab } from './tabs.ts';

/**
 * What Web Locks do, for plain-http origins, where browsers have none: a row of IndexedDB that must be renewed says whose
 * turn it is, and pages call each other by name to know who is open. A page that dies is found out after a while, not at
 * once; two that send the same tap at once do no harm, since the server answers a key once and replays the answer.
 */
export type LeaseTimes = {
  /** A page that was not heard of for so long is gone. Those that are hidden answer, those that are frozen do not. */
  readonly alive: number;
  readonly ask: number;
  /** How long the first question waits for its answers. */
  readonly listen: number;
  /** The sender's row is good for so long after its last renewal. */
  readonly lease: number;
  readonly renew: number;
  readonly look: number;
  /** Waited longer than this, a page sends without its turn. */
  readonly patience: number;
};

const TIMES: LeaseTimes = {
  alive: 12_000,
  ask: 5000,
  listen: 300,
  lease: 6000,
  renew: 2000,
  look: 120,
  patience: 15_000,
};
const DATABASE = 'heard-tabs';
const STORE = 'rows';

type Sender = { holder: string; until: number };
type Call = { place: string; id: string; says: 'who' | 'here' | 'bye' };

export function leasedTab(place: string, id: string, now: () => number, times: LeaseTimes = TIMES): Tab {
  let over = false;
  const opening = opened(DATABASE, STORE);
  const sender = [place, 'sender'];

  const seen = new Map<string, number>();
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('heard-tabs');
  const say = (says: Call['says']): void => channel?.postMessage({ place, id, says } satisfies Call);
  channel?.addEventListener('message', (event: { data: Call }) => {
    const { data } = event;
    if (data.place !== place || data.id === id || over) return;
    if (data.says === 'bye') seen.delete(data.id);
    else seen.set(data.id, now());
    if (data.says === 'who') say('here');
  });
  say('who');
  const heard = new Promise((resolve) => setTimeout(resolve, times.listen));
  const asking = setInterval(() => say('who'), times.ask);
  // A page that is put aside may come back; until then others may do its work.
  const page = typeof window === 'undefined' ? null : window;
  const leave = (): void => say('bye');
  const back = (): void => say('who');
  page?.addEventListener('pagehide', leave);
  page?.addEventListener('pageshow', back);

  /** Takes the sender's row, or renews it; false while another page has it. */
  async function take(): Promise<boolean> {
    const transaction = (await opening).transaction(STORE, 'readwrite');
    const row: Sender | undefined = await transaction.store.get(sender);
    const time = now();
    // A row from the future was written before somebody set the clock back.
    const taken =
      row !== undefined && row.holder !== id && row.until > time && row.until <= time + times.lease;
    if (!taken) await transaction.store.put({ holder: id, until: time + times.lease }, sender);
    await transaction.done;
    return !taken;
  }

  async function giveBack(): Promise<void> {
    const transaction = (await opening).transaction(STORE, 'readwrite');
    const row: Sender | undefined = await transaction.store.get(sender);
    if (row?.holder === id) await transaction.store.delete(sender);
    await transaction.done;
  }

  return {
    id,
    shared: true,
    async others() {
      await heard;
      return new Set([...seen].filter(([, at]) => Math.abs(now() - at) < times.alive).map(([name]) => name));
    },
    async turn(work) {
      const started = now();
      let held = false;
      while (!over && !held && Math.abs(now() - started) < times.patience) {
        held = await take().catch(() => true);
        if (!held) await new Promise((resolve) => setTimeout(resolve, times.look));
      }
      const renewing = setInterval(() => void take().catch(() => undefined), times.renew);
      try {
        return await work();
      } finally {
        clearInterval(renewing);
        await giveBack().catch(() => undefined);
      }
    },
    release() {
      say('bye');
      over = true;
      clearInterval(asking);
      channel?.close();
      page?.removeEventListener('pagehide', leave);
      page?.removeEventListener('pageshow', back);
      // Whoever waits need not wait until the row is old.
      void giveBack()
        .then(() => opening)
        .then(
          (database) => database.close(),
          () => undefined,
        );
    },
  };
}
