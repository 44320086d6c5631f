import type { Entity } from '../../domain/entities.ts';
import type { Answer, Change, View } from '../../sdk/shapes.ts';
import type { Device, Tab } from './device.ts';
import { printOf } from './oracle.ts';
import type { Sim } from './sim.ts';

/** By how much a device may be wrong about the server's clock. */
export const WORD_MS = 1_000;

/** What the screens were seen to do, and what they may never do. */

export type Tap = {
  readonly id: string;
  readonly name: string;
  readonly device: string;
  readonly location: string;
  readonly aggregate: string;
  readonly order: number;
  /** The page said that it is safe on this device. */
  saved: boolean;
  answer: Answer | null;
  /** A refusal that the server gave, whoever heard it. */
  refused: string | null;
  /** It went away unsent because it was too old. */
  expired: boolean;
};

type Seen = { readonly versions: Map<string, number>; lastSeq: number; generation: number };

export class Screens {
  readonly taps = new Map<string, Tap>();
  readonly #sim: Sim;
  /** Device and topic -> what this page has shown. */
  readonly #seen = new Map<string, Seen>();
  /** Ticket -> device -> the highest version it painted. */
  readonly #paints = new Map<string, Map<string, number>>();

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  closed(device: Device, _tab: Tab): void {
    for (const key of this.#seen.keys()) if (key.startsWith(`${device.id} `)) this.#seen.delete(key);
  }

  /** S5, S6: the events of a topic come once each and in the log's order. */
  told(device: Device, _tab: Tab, change: Change): void {
    const seen = this.#of(device, change.topic);
    if (change.reset !== null) {
      seen.generation += 1;
      seen.lastSeq = Math.max(0, change.pos);
    }
    for (const { seq, type } of change.events) {
      if (seq <= seen.lastSeq && !this.#sim.wasRestored)
        this.#sim.blame(`S6 ${device.id} ${change.topic}: told of ${type} ${seq} after ${seen.lastSeq}`);
      seen.lastSeq = Math.max(seen.lastSeq, seq);
    }
    if (change.pos > seen.lastSeq) seen.lastSeq = change.pos;
  }

  /** A topic's store has a new value. S7, S20, and S8: what is shown as live is what the log says there. */
  shows(device: Device, _tab: Tab, topic: string, before: View | null, view: View): void {
    const { sim } = { sim: this.#sim };
    const seen = this.#of(device, topic);
    const isAnew = before === null || sim.wasRestored || (before.state !== 'live' && view.pos < before.pos);
    if (before?.entities !== view.entities) {
      for (const entity of entitiesOf(view)) {
        const key = `${entity.kind}|${entity.id}`;
        const known = seen.versions.get(key);
        if (known !== undefined && entity.version < known && !isAnew)
          sim.blame(`S7 ${device.id} ${topic}: ${key} went from ${known} back to ${entity.version}`);
        seen.versions.set(key, entity.version);
      }
    }
    if (view.state !== 'live') return;
    if (before !== null && before.state === 'live' && view.pos < before.pos && !sim.wasRestored)
      sim.blame(`S6 ${device.id} ${topic}: live at ${view.pos} after ${before.pos}`);
    // Without a word since the history was replaced it shows, and dates, the one before: until its silence tells.
    const { restoredAt } = sim;
    if (restoredAt !== null && view.freshness !== null && view.freshness < restoredAt + WORD_MS) return;
    const truth = sim.truthOf(device.spec.location);
    if (view.pos > truth.head)
      sim.blame(`S8 ${device.id} ${topic}: at ${view.pos}, the log ends at ${truth.head}`);
    else if (before?.entities !== view.entities || before.pos !== view.pos || before.state !== 'live') {
      if (printOf(entitiesOf(view)) !== truth.printAt(topic, view.pos))
        sim.blame(
          `S8 ${device.id} ${topic}: live at ${view.pos}, but not what the log says there: ${difference(view, truth.shownAt(topic, view.pos))}`,
        );
    }
  }

  painted(device: Device, topic: string, view: View): void {
    if (!topic.startsWith('station:')) return;
    for (const { id, version } of view.entities.ticket.values()) {
      const by = this.#paints.get(id) ?? new Map<string, number>();
      this.#paints.set(id, by.set(device.id, Math.max(version, by.get(device.id) ?? 0)));
    }
  }

  /** S15: a ticket was heard by a screen that did paint it. */
  heard(location: string, ticket: string, screen: string | undefined): void {
    const by = this.#paints.get(ticket);
    if (screen === undefined ? by === undefined : by?.get(screen) === undefined)
      this.#sim.blame(`S15 ${location}: ${ticket} was heard by ${String(screen)}, which never painted it`);
  }

  #of(device: Device, topic: string): Seen {
    const key = `${device.id} ${topic}`;
    const seen = this.#seen.get(key) ?? { versions: new Map(), lastSeq: 0, generation: 0 };
    this.#seen.set(key, seen);
    return seen;
  }
}

/** What a screen shows otherwise than the log. */
function difference(view: View, right: Map<string, number>): string {
  const wrong: string[] = [];
  for (const { kind, id, version } of entitiesOf(view)) {
    const key = `${kind}|${id}`;
    if (right.get(key) !== version) wrong.push(`${key}@${version}, not ${String(right.get(key))}`);
    right.delete(key);
  }
  for (const [key, version] of right) wrong.push(`no ${key}@${version}`);
  return wrong.slice(0, 6).join(', ');
}

export function entitiesOf(view: View): Entity[] {
  return Object.values(view.entities).flatMap((ofKind) => [...ofKind.values()]);
}
