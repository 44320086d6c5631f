import type { ChannelLink, ChannelLinks } from '../accounts/channelLinks.ts';
import { toInstant } from '../domain/text.ts';
import { readBody } from '../integrations/body.ts';
import {
  type ChannelRequest,
  type Delivery,
  type Provider,
  ProviderRefused,
  type ProviderTools,
  TryLater,
} from '../integrations/provider.ts';
import type { DeliveryStatus, InboxTable, StoredDelivery } from './inboxTable.ts';
import type { ToolMaker } from './tools.ts';

/** The jobs: a stored delivery is worked, a channel is told something. Both run again when they throw. */

export type Try = {
  /** 1 at the first. */
  readonly attempt: number;
  /** Nobody tries again after this one. */
  readonly last: boolean;
  readonly signal: AbortSignal | undefined;
};

export type InboxWorkOptions = {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly links: Pick<ChannelLinks, 'get'>;
  readonly table: Pick<InboxTable, 'read' | 'finish'>;
  readonly toolsOf: ToolMaker;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly observe: (provider: string, outcome: DeliveryStatus) => void;
};

export type InboxWork = {
  /** `replays`: of the row as it was put in line. */
  delivery(location: string, id: string, replays: number, how: Try): Promise<void>;
  /** `not yet`: what was asked of the same order before it is not told. */
  send(location: string, request: ChannelRequest, how: Try): Promise<void | 'not yet'>;
};

/** A job that takes longer is believed to be of a node that died, and given to another. */
const MOST_MS = 50_000;
const LONGEST_REASON = 300;

export function createInboxWork(options: InboxWorkOptions): InboxWork {
  const { providers, links, table, toolsOf, now, observe } = options;

  async function linkOf(
    location: string,
    channel: string,
    provider?: string,
  ): Promise<[Provider, ChannelLink]> {
    const link = await links.get(location, channel);
    if (link === null || (provider !== undefined && link.provider !== provider))
      throw new TryLater(
        `the channel "${channel}" has no link${provider === undefined ? '' : ` to ${provider}`}`,
      );
    const found = providers.get(link.provider);
    if (found === undefined) throw new TryLater(`this version has no adapter "${link.provider}"`);
    return [found, link];
  }
  const within = (signal: AbortSignal | undefined) => {
    const limit = AbortSignal.timeout(MOST_MS);
    return signal === undefined ? limit : AbortSignal.any([limit, signal]);
  };

  return {
    async delivery(location, id, replays, { attempt, last, signal }) {
      const row = await table.read(location, id);
      // Forgotten meanwhile, answered at once, or done by a try that could not say so.
      if (row === null || ((row.status === 'done' || row.status === 'ignored') && row.replays === replays))
        return;
      const finish = (status: DeliveryStatus, reason: string | null) =>
        table.finish(location, id, { status, attempt, replays: row.replays, reason, at: toInstant(now()) });
      try {
        const [provider, link] = await linkOf(location, row.channel, row.provider);
        const tools = await toolsOf(provider, link, within(signal));
        const result = await provider.work(deliveryOf(row, options.publicUrl, attempt), tools);
        const status = result === 'done' ? 'done' : 'ignored';
        await finish(status, result === 'done' ? null : storable(result.ignored));
        observe(row.provider, status);
      } catch (error) {
        const status = last ? 'dead' : 'failed';
        observe(row.provider, status);
        await finish(status, storable(error instanceof Error ? error.message : String(error)));
        throw error;
      }
    },

    async send(location, request, { last, signal }) {
      // Nobody there to hear of a dish that is sold out: what is asked of an order waits for its link.
      if (request['order'] === undefined && (await links.get(location, request.channel)) === null) return;
      const [provider, link] = await linkOf(location, request.channel);
      if (provider.send === undefined) return;
      const tools = await toolsOf(provider, link, within(signal));
      try {
        if (await isBehind(tools, request)) return 'not yet';
        await provider.send(request, tools);
      } catch (error) {
        const isFinal = error instanceof ProviderRefused;
        if (!isFinal && !last) throw error;
        const words = storable(error instanceof Error ? error.message : String(error));
        const code = isFinal ? error.code : 'gave_up';
        await note(tools, request, { words, ...(code !== undefined && { code: storable(code) }) });
        if (!isFinal) throw error;
        tools.report('a provider refused', { act: request.act, ...(code !== undefined && { code }) });
        return;
      }
      await note(tools, request);
    },
  };
}

/**
 * What is asked of an order is told in the order in which it was asked. The queue alone does not see to it: while one
 * waits for its next try, the one behind it would go first, and a platform that never heard yes is told of food. To wait
 * is no failed try: a yes that took three would leave the food on the counter for minutes.
 */
async function isBehind(tools: ProviderTools, { order, ask }: ChannelRequest): Promise<boolean> {
  if (typeof order !== 'string' || typeof ask !== 'number') return false;
  const asks = (await tools.state()).orders.get(order)?.platform?.asks ?? [];
  return asks.some(({ seq, told }) => told === 'waiting' && seq < ask);
}

/** Writes down what came of an asking; a job that ran twice notes it once. */
async function note(
  tools: ProviderTools,
  { channel, act, ask, order }: ChannelRequest,
  refused?: { words: string; code?: string },
): Promise<void> {
  if (typeof ask !== 'number') return;
  await tools.submitInner(
    tools.idOf(refused === undefined ? 'told' : 'refused', String(ask)),
    'channel.note',
    {
      channel,
      ...(typeof order === 'string' && { order }),
      ask,
      act,
      ...(refused !== undefined && { refused }),
    },
  );
}

function deliveryOf(row: StoredDelivery, publicUrl: string, attempt: number): Delivery {
  const { id, method, query, headers, raw, event, key, receivedAt } = row;
  return {
    id,
    method,
    // The address itself is not kept with what came to it.
    url: `${publicUrl}/hooks/${row.provider}/…${query === '' ? '' : `?${query}`}`,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers,
    raw,
    body: readBody(headers['content-type'], raw),
    event,
    key,
    receivedAt,
    attempt,
  };
}

function storable(text: string): string {
  return text.slice(0, LONGEST_REASON).replaceAll('\0', '\uFFFD').toWellFormed();
}
