import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Command } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import { UNROUTED } from '../domain/place.ts';
import type { Entity } from '../domain/entities.ts';
import { nameId } from '../domain/ids.ts';
import { mayHear } from '../domain/rights.ts';
import type { Acknowledgement } from '../protocol/up.ts';
import type { Reader } from './source.ts';

/**
 * From "a screen painted it" to "the ticket was heard": the first paint that counts becomes an event, once per episode.
 * Which acknowledgements count is written here and nowhere else.
 */

/** Paints of a location are gathered so long, then become commands together. */
const GATHER_MS = 250;
/** After a quiet while the first one waits only for the other tickets of the same frame. */
const FIRST_MS = 20;

/**
 * Roles kitchen and expo, on that station's topic; a paired screen only where it is assigned to the station or backs it
 * up. What a backup shows of another station counts there, for it is in the backup's own topic. The lane that no station
 * looks at is the pass's, and so is what the pass stands in for.
 */
export function mayCount(reader: Reader, topic: string, config: LocationConfig | null): boolean {
  if (!mayHear(reader.role) || !topic.startsWith('station:')) return false;
  if (reader.device === undefined) return true;
  const station = topic.slice('station:'.length);
  if (reader.role === 'expo' && (station === UNROUTED || station === config?.expo.id)) return true;
  const backup = config?.stations.find(({ id }) => id === station)?.backup;
  const assigned = reader.stations ?? [];
  return assigned.includes(station) || (backup !== undefined && assigned.includes(backup));
}

/** A ticket that asks to be heard: fired, worked on, and no screen has painted it in this episode. */
export function asksToBeHeard(entity: Entity): boolean {
  return (
    entity.kind === 'ticket' &&
    entity.delivery.state !== 'heard' &&
    entity.firedAt !== null &&
    (entity.status === 'new' || entity.status === 'cooking')
  );
}

/** Of the tickets that ask, those that an acknowledgement up to `seq` covers: one that stands behind `+n more` needs a sound or a flash. */
export function covered(
  unheard: ReadonlyMap<string, number>,
  seq: number,
  ack: Pick<Acknowledgement, 'audio' | 'behind'>,
): string[] {
  const noticed = ack.audio === 'running' || ack.audio === 'flashed';
  const behind = new Set(noticed ? [] : ack.behind);
  return [...unheard].flatMap(([ticket, version]) => (version <= seq && !behind.has(ticket) ? [ticket] : []));
}

export type ReceiptsOptions = {
  readonly submit: (command: Command, actor: Actor) => Promise<unknown>;
  readonly episode: (ticket: string) => number;
  readonly report: (message: string, detail: Readonly<Record<string, unknown>>) => void;
};

export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #gathered = new Map<string, Reader>();
  readonly #underWay = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Tickets that a screen painted; the first reader to do so is remembered. */
  take(tickets: readonly string[], reader: Reader): void {
    for (const ticket of tickets) if (!this.#gathered.has(ticket)) this.#gathered.set(ticket, reader);
    if (this.#gathered.size === 0 || this.#timer !== null) return;
    const wait = Math.max(FIRST_MS, this.#sentAt + GATHER_MS - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(): void {
    this.#timer = null;
    this.#sentAt = performance.now();
    const gathered = [...this.#gathered];
    this.#gathered.clear();
    for (const [ticket, reader] of gathered) void this.#hear(ticket, reader);
  }

  async #hear(ticket: string, reader: Reader): Promise<void> {
    const { submit, episode, report } = this.#options;
    const id = nameId('hear', ticket, String(episode(ticket)));
    if (this.#underWay.has(id)) return;
    this.#underWay.add(id);
    try {
      const screen = reader.device ?? reader.screen;
      // The database may be away for a moment, and a screen acknowledges once: this is tried again.
      for (let wait = 200; wait <= 12_800; wait *= 2) {
        const outcome = await submit(
          { id, name: 'ticket.hear', input: { ticket, ...(screen !== undefined && { screen }) } },
          reader.actor,
        );
        if (typeof outcome !== 'object' || outcome === null || !('unavailable' in outcome)) return;
        await sleep(wait, undefined, { ref: false });
      }
    } catch (error) {
      report('a receipt was not taken', {
        ticket,
        error: error instanceof Error ? error.message : String(error),
      });
    } finally {
      this.#underWay.delete(id);
    }
  }
}
