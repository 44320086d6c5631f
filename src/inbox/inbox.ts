import type pg from 'pg';
import type { ChannelLink, ChannelLinks } from '../accounts/channelLinks.ts';
import type { ChannelTokens } from '../accounts/channelTokens.ts';
import { toInstant } from '../domain/text.ts';
import type { ChannelRequest, Provider } from '../integrations/provider.ts';
import type { Effect } from '../jobs/effectsFollower.ts';
import type { Handler } from '../jobs/runner.ts';
import type { Locations } from '../location/locations.ts';
import { type Enqueue, type InboxTable, createInboxTable } from './inboxTable.ts';
import { createInboxWork } from './inboxWork.ts';
import { type Intake, type IntakeOutcome, createIntake } from './intake.ts';
import { createLooks } from './looks.ts';
import { createResponder } from './responder.ts';
import { type LiveWord, createToolMaker } from './tools.ts';

/** The doors from outside, put together: what is delivered, what becomes of it, and what providers are told. */
export type Inbox = {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly intake: Intake;
  readonly table: Pick<InboxTable, 'list' | 'read' | 'look' | 'forget'>;
  /** Works a delivery again, or all dead ones of a channel or of all; answers how many. */
  replay(location: string, which: Parameters<InboxTable['replay']>[1]): Promise<number>;
  /** Handlers of the jobs, by kind of effect. */
  readonly handlers: { readonly hook: Handler; readonly channel: Handler };
  start(): void;
  stop(): Promise<void>;
};

export type InboxOptions = {
  readonly pool: pg.Pool;
  readonly providers: readonly Provider[];
  readonly links: ChannelLinks;
  readonly tokens: ChannelTokens;
  readonly locations: Pick<Locations, 'open' | 'submit' | 'submitInner'>;
  readonly enqueue: (client: pg.ClientBase, location: string, effects: readonly Effect[]) => Promise<void>;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly observe?: (provider: string, outcome: string, event?: string) => void;
  readonly live?: (location: string, topic: string, word: LiveWord) => void;
};

/** What is left undone for so long is dead by then, and can be replayed. */
const WORK_FOR_MS = 30 * 86_400_000;
/** A store's channel is looked for in the configurations once in this time. */
const STORES_MS = 30_000;

type HookJob = { readonly delivery: string; readonly replays: number; readonly queue?: string };

export function createInbox(options: InboxOptions): Inbox {
  const { links, locations, now, report } = options;
  const observe = options.observe ?? (() => undefined);
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));
  const table = createInboxTable(options.pool);
  const toolsOf = createToolMaker({
    locations,
    tokens: options.tokens,
    now,
    report,
    ...(options.live !== undefined && { live: options.live }),
  });
  const work = createInboxWork({
    providers,
    links,
    table,
    toolsOf,
    publicUrl: options.publicUrl,
    now,
    observe,
  });
  const looks = createLooks({ providers: options.providers, links, toolsOf, now, report });

  const enqueue =
    (location: string, afterMs: number): Enqueue =>
    (client, { id, queue, replays }) => {
      const data: HookJob = { delivery: id, replays, ...(queue !== null && { queue }) };
      return options.enqueue(client, location, [
        {
          id: `hook/${id}`,
          kind: 'hook',
          until: toInstant(now() + WORK_FOR_MS),
          ...(afterMs > 0 && { from: toInstant(now() + afterMs) }),
          data,
        },
      ]);
    };

  return {
    providers,
    table,
    intake: createIntake({
      providers,
      links,
      table,
      enqueue,
      responder: createResponder({ table, toolsOf, now, report }),
      forStore: createStoreFinder({ links, locations, now }),
      now,
      report,
      observe: (provider, outcome: IntakeOutcome, event) => observe(provider, outcome, event),
    }),
    replay: (location, which) => table.replay(location, which, enqueue(location, 0)),
    handlers: {
      hook: (location, { data }, how) => {
        // What `enqueue` put in comes out again.
        const { delivery, replays } = data as HookJob;
        return work.delivery(location, delivery, replays, how);
      },
      channel: (location, { data }, how) => work.send(location, data as ChannelRequest, how),
    },
    start: looks.start,
    stop: looks.stop,
  };
}

/**
 * The link of the channel with this store, among those of the organization to the same provider; the one that was knocked
 * at when there is none. One account at a platform often serves several restaurants, and has one address for all.
 */
function createStoreFinder({
  links,
  locations,
  now,
}: Pick<InboxOptions, 'links' | 'locations' | 'now'>): (
  link: ChannelLink,
  store: string,
) => Promise<ChannelLink> {
  const known = new Map<string, { at: number; stores: Map<string, string> }>();
  const storeOf = async ({ location, channel }: ChannelLink): Promise<string | undefined> =>
    (await locations.open(location).catch(() => null))?.state.config?.channels.find(
      ({ id }) => id === channel,
    )?.store;

  return async (link, store) => {
    if ((await storeOf(link)) === store) return link;
    const key = `${link.organization} ${link.provider}`;
    let entry = known.get(key);
    if (entry === undefined || now() - entry.at > STORES_MS) {
      const stores = new Map<string, string>();
      for (const one of await links.siblings(link.organization, link.provider)) {
        const said = await storeOf(one);
        if (said !== undefined) stores.set(said, `${one.location}\n${one.channel}`);
      }
      entry = { at: now(), stores };
      known.set(key, entry);
    }
    const [location, channel] = entry.stores.get(store)?.split('\n') ?? [];
    const found = location === undefined || channel === undefined ? null : await links.get(location, channel);
    return found ?? link;
  };
}
