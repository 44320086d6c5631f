import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatcher } from '../location/batcher.ts';
import { sqlState } from '../log/failures.ts';
import { openLog } from '../log/open.ts';
import type { Log, Proposal, StoredEvent, StoredResult } from '../log/types.ts';

/**
 * One node of the storm: `node storm-child.ts HOST NODE NODES MS LOCATION…`. It has the real log and the real batcher, and
 * the smallest mailbox that keeps their rules: results are looked up after the tail, one proposal a location, on
 * anything but "committed" read on and decide again. On its last line it prints what it acknowledged.
 */
const [host = '', node = '0', nodes = '1', ms = '1000', ...locations] = process.argv.slice(2);
const DUPLICATES = 0.15;

export type StormReport = {
  readonly acknowledged: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
};

const counts: Record<string, number> = {};
const count = (what: string): void => {
  counts[what] = (counts[what] ?? 0) + 1;
};

/** The nth command of a node: any node can name it, and so send it again. */
function commandId(of: number, n: number): string {
  const hex = createHash('sha256').update(`${of}/${n}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** 0 to 3 events; a command without events stores its result all the same. */
function eventsOf(id: string): number {
  return Number.parseInt(id.slice(0, 2), 16) % 4;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

async function insist<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      count(`${what} failed`);
      if (sqlState(error) === '40P01') count('deadlock');
      await sleep(5 + Math.random() * 20);
    }
  }
}

const log: Log = await insist('open', () =>
  openLog({ connection: { host, port: 5432, user: 'heard_log', database: 'heard' }, writers: 2, readers: 3 }),
);
const shuffling: Pick<Log, 'append'> = {
  append: async (proposals) => {
    count('statements');
    try {
      return await log.append(shuffled(proposals));
    } catch (error) {
      if (sqlState(error) === '40P01') count('deadlock');
      throw error;
    }
  },
};
const batcher = createBatcher(shuffling, { maxLocations: 50, parallel: 2, groupCommit: true });

class Mailbox {
  readonly location: string;
  waiting: { id: string; done: () => void }[] = [];
  #head = 0;
  #lastAt = '';
  #seen = new Set<string>();
  #running = false;

  constructor(location: string) {
    this.location = location;
  }

  post(id: string): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ id, done });
      if (!this.#running) void this.#run();
    });
  }

  async #catchUp(): Promise<void> {
    const tail = await insist('tail', () => log.readTail(this.location, this.#head));
    for (const event of tail) {
      this.#seen.add(event.command);
      this.#head = event.seq;
      this.#lastAt = event.at;
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    await this.#catchUp();
    let misses = 0;
    while (this.waiting.length > 0) {
      const taken = this.waiting.splice(0);
      const stored = await insist('results', () =>
        log.findResults(
          this.location,
          taken.map((command) => command.id),
        ),
      );
      const fresh = new Map<string, (() => void)[]>();
      for (const { id, done } of taken) {
        if (stored.has(id) || this.#seen.has(id)) {
          count('answered from the log');
          done();
        } else {
          fresh.set(id, [...(fresh.get(id) ?? []), done]);
        }
      }
      if (fresh.size === 0) continue;
      const proposal = this.#decide([...fresh.keys()]);
      const outcome = await batcher.submit(proposal);
      if (outcome === 'committed') {
        misses = 0;
        count('committed');
        this.#head = proposal.head;
        for (const event of proposal.events) this.#lastAt = event.at;
        for (const [id, dones] of fresh) {
          if (eventsOf(id) > 0) this.#seen.add(id);
          for (const done of dones) done();
        }
        continue;
      }
      count(
        outcome === 'missed'
          ? 'missed'
          : 'unknown' in outcome
            ? 'unknown'
            : `poisoned ${sqlState(outcome.poisoned)}`,
      );
      this.waiting.unshift(...[...fresh].flatMap(([id, dones]) => dones.map((done) => ({ id, done }))));
      misses += 1;
      if (misses >= 3) await sleep(1 + Math.random() * 4);
      await this.#catchUp();
    }
    this.#running = false;
  }

  #decide(ids: readonly string[]): Proposal {
    const now = new Date(log.clock.now()).toISOString();
    const at = now > this.#lastAt ? now : this.#lastAt;
    const events: StoredEvent[] = [];
    const results: StoredResult[] = [];
    for (const command of ids) {
      const of = eventsOf(command);
      for (let n = 1; n <= of; n += 1) {
        events.push({
          seq: this.#head + events.length + 1,
          at,
          by: { node },
          command,
          type: 'storm',
          v: 1,
          data: { n, of },
        });
      }
      results.push({
        id: command,
        name: 'storm',
        actor: node,
        hash: '',
        seq: this.#head + events.length,
        result: { of },
        at,
      });
    }
    return {
      location: this.location,
      expected: this.#head,
      head: this.#head + events.length,
      deadline: null,
      events,
      results,
    };
  }
}

const mailboxes = locations.map((location) => new Mailbox(location));
const acknowledged: string[] = [];
const until = performance.now() + Number(ms);
let made = 0;

/** A closed loop: sends a command, now and then one that another node is sending too, and waits for its answer. */
async function client(): Promise<void> {
  while (performance.now() < until) {
    const foreign = Math.random() < DUPLICATES;
    const of = foreign ? Math.floor(Math.random() * Number(nodes)) : Number(node);
    const n = foreign ? Math.max(0, made - Math.floor(Math.random() * 40)) : made++;
    const id = commandId(of, n);
    const mailbox = mailboxes[Number.parseInt(id.slice(0, 8), 16) % mailboxes.length];
    if (foreign) count('duplicates sent');
    await mailbox?.post(id);
    acknowledged.push(id);
  }
}

await Promise.all(Array.from({ length: 24 }, client));
await batcher.drain();
await log.close();
const report: StormReport = { acknowledged: [...new Set(acknowledged)], counts };
console.log(JSON.stringify(report));
