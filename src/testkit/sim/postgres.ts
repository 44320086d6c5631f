import type pg from 'pg';
import { DatabaseClock } from '../../log/clock.ts';
import type { Log, Proposal } from '../../log/types.ts';
import { DatabaseError } from '../memoryLogRules.ts';
import type { MemoryDatabase, OpenAppend } from '../memoryLog.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import { EPOCH } from './world.ts';
import type { Process, World } from './world.ts';

/** How the database behaves towards its clients; shares of calls. */
export type DatabaseMood = {
  /** The statement never arrives, and the connection is gone. */
  cutBefore: number;
  /** It is carried out, and the answer is lost with the connection: nobody knows. */
  cutAfter: number;
  /** Refused without effect (too many connections, a deadlock). */
  refuses: number;
  /** A statement that takes this long instead of a few ms. */
  slow: number;
  slowMs: readonly [least: number, most: number];
};

export const HEALTHY: DatabaseMood = { cutBefore: 0, cutAfter: 0, refuses: 0, slow: 0, slowMs: [0, 0] };

/** As `pg` says it: without a SQLSTATE, so that nothing is known. */
function lostConnection(): Error {
  return new Error('Connection terminated unexpectedly');
}

/** Called before a proposal is tried, by whoever watches over the rules of the append. */
export type Witness = {
  proposed(node: Process, proposal: Proposal): void;
  committed(locations: ReadonlySet<string>): void;
};

/** PostgreSQL as a process of its own, over the log in memory: statements take time, connections break, it restarts. */
export class Postgres {
  readonly process: Process;
  mood: DatabaseMood = HEALTHY;
  isUp = true;
  readonly #world: World;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #witness: Witness;
  #database: MemoryDatabase;
  /** Statements that hold rows; a crash rolls them back. */
  readonly #open = new Set<OpenAppend>();
  #lives = 0;

  constructor(world: World, random: Random, tally: Tally, database: MemoryDatabase, witness: Witness) {
    this.#world = world;
    this.#random = random;
    this.#tally = tally;
    this.#database = database;
    this.#witness = witness;
    this.process = world.process('postgres');
  }

  /** It crashes: what was not committed is not there, what was may not have been told. */
  crash(): void {
    this.isUp = false;
    this.#lives += 1;
    for (const statement of this.#open) statement.rollback();
    this.#open.clear();
  }

  start(): void {
    this.isUp = true;
  }

  /** Every connection breaks, the database lives on (a failover of the address, a proxy that restarts). */
  dropConnections(): void {
    this.#lives += 1;
  }

  now(): number {
    return EPOCH + this.#world.now;
  }

  /** The log as a node has it. `start` of its clock must have succeeded once before it is used. */
  connect(node: Process): { log: Log; clock: DatabaseClock } {
    const database = this.#database;
    const ask = <T>(work: () => T): Promise<T> =>
      this.#ask(node, 'read', (done, fail) => settle(work, done, fail));
    const pool = { query: () => ask(() => ({ rows: [{ ms: String(this.now()) }] })) };
    // Of the pool the clock asks one question, and this answers it.
    const clock = new DatabaseClock(pool as unknown as pg.Pool, () => undefined);
    const log: Log = {
      clock,
      append: (proposals) => this.#append(node, proposals),
      readTail: (...args) => ask(() => database.readTail(...args)),
      readHeads: (...args) => ask(() => database.readHeads(...args)),
      findResults: (...args) => ask(() => database.findResults(...args)),
      readLocation: (...args) => ask(() => database.readLocation(...args)),
      listLocations: (...args) => ask(() => database.listLocations(...args)),
      tagAt: (...args) => ask(() => database.tagAt(...args)),
      readEventsPage: (...args) => ask(() => database.readEventsPage(...args)),
      seqAt: (...args) => ask(() => database.seqAt(...args)),
      saveSnapshot: (...args) => ask(() => database.saveSnapshot(...args)),
      loadSnapshot: (...args) => ask(() => database.loadSnapshot(...args)),
      redact: (...args) => ask(() => database.redact(...args)),
      deleteOldResults: (...args) => ask(() => database.deleteOldResults(...args)),
      claimDue: (...args) => ask(() => database.claimDue(...args)),
      setDeadline: (...args) => ask(() => database.setDeadline(...args)),
      createOrganization: (id, name, more) => ask(() => database.createOrganization(id, name, more?.demo)),
      createLocation: (...args) => ask(() => database.createLocation(...args)),
      close: async () => clock.stop(),
    };
    return { log, clock };
  }

  #append(node: Process, proposals: readonly Proposal[]): Promise<Set<string>> {
    if (proposals.length === 0) return Promise.resolve(new Set());
    for (const proposal of proposals) this.#witness.proposed(node, proposal);
    return this.#ask<Set<string>>(node, 'append', (done, fail) => {
      let statement: OpenAppend;
      try {
        statement = this.#database.begin(proposals);
      } catch (error) {
        fail(error);
        return;
      }
      this.#open.add(statement);
      const takes = this.#random.chance(this.mood.slow)
        ? this.#random.between(...this.mood.slowMs)
        : this.#random.between(0.5, 4);
      const life = this.#lives;
      this.#world.after(takes, this.process, () => {
        if (!this.#open.delete(statement)) {
          fail(lostConnection());
          return;
        }
        const committed = statement.commit();
        if (life !== this.#lives) this.#tally.add('committed without a listener');
        this.#witness.committed(committed);
        done(committed);
      });
    });
  }

  /** A question of a node: on its way, carried out, and on its way back. The node may be dead by then; the effect is not. */
  #ask<T>(
    node: Process,
    kind: string,
    work: (done: (answer: T) => void, fail: (error: unknown) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { mood } = this;
      const life = this.#lives;
      const later = (run: () => void, ms = this.#random.between(0.1, 1.5)): void => {
        this.#world.after(ms, node, run);
      };
      if (!this.isUp) {
        later(() => reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })));
        return;
      }
      const fate = this.#random.next();
      if (fate < mood.cutBefore) {
        this.#tally.add(`fault cut before ${kind}`);
        later(() => reject(lostConnection()));
        return;
      }
      if (fate < mood.cutBefore + mood.refuses) {
        this.#tally.add(`fault refused ${kind}`);
        later(() => reject(new DatabaseError('53300', 'sorry, too many clients already')));
        return;
      }
      const isCutAfter = fate > 1 - mood.cutAfter;
      this.#world.after(this.#random.between(0.1, 1.5), this.process, () => {
        if (life !== this.#lives || !this.isUp) {
          later(() => reject(lostConnection()));
          return;
        }
        if (isCutAfter) {
          this.#tally.add(`fault cut after ${kind}`);
          // As soon as it was sent: the node asks again while the first may still be under way.
          later(() => reject(lostConnection()), this.#random.between(0.1, 8));
        }
        work(
          (answer) => {
            if (isCutAfter) return;
            later(() => (life === this.#lives ? resolve(answer) : reject(lostConnection())));
          },
          (error) => {
            if (!isCutAfter) later(() => reject(error));
          },
        );
      });
    });
  }
}

function settle<T>(work: () => T, done: (answer: T) => void, fail: (error: unknown) => void): void {
  let answer: T;
  try {
    answer = work();
  } catch (error) {
    fail(error);
    return;
  }
  done(answer);
}
