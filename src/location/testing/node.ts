import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { commandInputs } from '../../domain/commands.ts';
import type { Actor, Command, CommandName, CommandRequest } from '../../domain/commands.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { openLog } from '../../log/open.ts';
import type { Log } from '../../log/types.ts';
import { maya, smallPlace } from '../../testkit/kitchen.ts';
import { createBatcher } from '../batcher.ts';
import { houseRules } from '../houseRules.ts';
import { createLocations } from '../locations.ts';
import type { Locations, LocationsOptions } from '../locations.ts';
import type { Outcome } from '../outcome.ts';

/** One server's log, batcher and mailboxes over a database, without any door. */
export type Node = {
  readonly log: Log;
  readonly locations: Locations;
  /** What onCommit was told, per location. */
  readonly seen: Map<string, LoggedEvent[]>;
  readonly reports: string[];
  stop(): Promise<void>;
};

export async function openNode(
  connection: pg.PoolConfig,
  more: Partial<LocationsOptions> = {},
  /** What a test makes of the log: one that fails, say. */
  bend: (log: Log) => Log = (log) => log,
): Promise<Node> {
  const log = bend(await openLog({ connection, writers: 2, readers: 3 }));
  const batcher = createBatcher(log, { maxLocations: 100, parallel: 2, groupCommit: true });
  const seen = new Map<string, LoggedEvent[]>();
  const reports: string[] = [];
  const locations = createLocations({
    log,
    batcher,
    rules: houseRules,
    report: (message, detail) => reports.push(`${message} ${JSON.stringify(detail)}`),
    pollEvery: 100,
    ...more,
    onCommit: (location, before, after, events, appended) => {
      const list = seen.get(location.id) ?? [];
      list.push(...events);
      seen.set(location.id, list);
      more.onCommit?.(location, before, after, events, appended);
    },
  });
  return {
    log,
    locations,
    seen,
    reports,
    async stop() {
      await locations.stop();
      await batcher.drain();
      await log.close();
    },
  };
}

/** A UUIDv7 of now, or of `at` (ms). */
export function newId(at: number = Date.now()): string {
  const time = at.toString(16).padStart(12, '0');
  const rest = randomBytes(10).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(4, 7)}-${rest.slice(7, 19)}`;
}

/** A command as the edge would hand it over. */
export function command<N extends CommandName>(name: N, input: CommandRequest<N>, id = newId()): Command {
  return { id, name, input: commandInputs[name].parse(input) } as Command;
}

/** An order of a burger (grill) and a lemonade (drinks). */
export function orderCommand(id = newId(), orderId = newId(), more: Record<string, unknown> = {}): Command {
  return command(
    'order.place',
    {
      order: {
        id: orderId,
        type: 'counter',
        items: [
          { id: newId(), menuItem: 'burger', qty: 1, modifiers: [{ group: 'doneness', option: 'rare' }] },
          { id: newId(), menuItem: 'lemonade', qty: 2 },
        ],
        ...more,
      },
    },
    id,
  );
}

export function submit(node: Node, location: string, what: Command, actor: Actor = maya): Promise<Outcome> {
  return node.locations.submit(location, what, actor, JSON.stringify(what.input));
}

/** As `submit`, but anything else than success fails the test. */
export async function perform(
  node: Node,
  location: string,
  what: Command,
  actor: Actor = maya,
): Promise<Extract<Outcome, { ok: true }>> {
  const outcome = await submit(node, location, what, actor);
  if (!outcome.ok) throw new Error(`${what.name} came to ${JSON.stringify(outcome)}`);
  return outcome;
}

/** Makes a location with the small place's menu. */
export async function furnish(node: Node, location: string, organization = 'org'): Promise<void> {
  await node.log.createOrganization(organization, organization);
  await node.log.createLocation(organization, location, location);
  await perform(node, location, command('location.configure', { config: smallPlace }), {
    id: 'cli:owner',
    role: 'owner',
  });
}
