import type { Backplane, Listener } from '../../backplane/types.ts';
import type { Sim } from './sim.ts';
import type { Process } from './world.ts';

/** What Redis is to the servers: a voice between them that may be lost, doubled, late, out of order, or away. */

type Member = {
  readonly process: Process;
  readonly node: string;
  readonly channel: string;
  readonly listener: Listener;
};

/** A node finds out that Redis is gone, or back, after about this long: its canary. */
const NOTICE_MS = 1_500;

export class Bus {
  #isUp = true;
  readonly #sim: Sim;
  readonly #members = new Set<Member>();
  readonly #changes = new Set<{ process: Process; tell: (isUp: boolean) => void; knows: boolean }>();

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  set isUp(isUp: boolean) {
    if (this.#isUp === isUp) return;
    this.#isUp = isUp;
    const { world } = this.#sim;
    for (const change of this.#changes)
      world.after(this.#sim.chance.between(1, NOTICE_MS), change.process, () => {
        if (change.knows === this.#isUp) return;
        change.knows = this.#isUp;
        change.tell(this.#isUp);
        if (this.#isUp)
          for (const { process, listener } of this.#members)
            if (process === change.process) listener.joined?.();
      });
  }

  connect(process: Process): Backplane {
    const { world, network, tally } = this.#sim;
    const members = this.#members;
    const isUp = (): boolean => this.#isUp;
    const changes = new Set<(isUp: boolean) => void>();
    const own = {
      process,
      knows: this.#isUp,
      tell: (up: boolean) => {
        for (const change of changes) change(up);
      },
    };
    this.#changes.add(own);
    return {
      node: process.name,
      get isUp() {
        return own.knows;
      },
      isAlone: false,
      join(channel, listener) {
        const member = { process, node: process.name, channel, listener };
        members.add(member);
        world.after(2, process, () => {
          if (isUp() && members.has(member)) listener.joined?.();
        });
        return () => members.delete(member);
      },
      say(channel, text) {
        if (!isUp()) {
          tally.add('unsaid while Redis is away');
          return;
        }
        const kind = `hint:${text.slice(0, text.indexOf(' '))}`;
        for (const member of members)
          if (member.channel === channel && member.process !== process)
            network.carry(kind, member.process, null, () => {
              if (members.has(member)) member.listener.heard(text, process.name);
            });
      },
      isHeard: () => isUp(),
      onChange: (listener) => void changes.add(listener),
      start: () => undefined,
      stop: async () => undefined,
    };
  }

  /** A dead node hears nothing more. */
  forget(process: Process): void {
    for (const member of this.#members) if (member.process === process) this.#members.delete(member);
    for (const change of this.#changes) if (change.process === process) this.#changes.delete(change);
  }
}
