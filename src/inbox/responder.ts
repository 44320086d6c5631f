import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelLink } from '../accounts/channelLinks.ts';
import { toInstant } from '../domain/text.ts';
import type { Delivery, HookAnswer, Provider } from '../integrations/provider.ts';
import type { InboxTable } from './inboxTable.ts';
import { plainAnswer } from './intake.ts';
import type { ToolMaker } from './tools.ts';

/**
 * Thinks an answer out while its sender waits, and says something else when that takes too long. The answer is kept with
 * the delivery, so that a repeat hears the same words.
 */
export type Responder = (
  provider: Provider,
  link: ChannelLink,
  delivery: Delivery,
  isNew: boolean,
) => Promise<HookAnswer>;

export type ResponderOptions = {
  readonly table: Pick<InboxTable, 'finish' | 'read'>;
  readonly toolsOf: ToolMaker;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
};

/** Past its deadline nobody hears the answer, but the work that it took is worth bringing to an end. */
const GRACE_MS = 10_000;

export function createResponder({ table, toolsOf, now, report }: ResponderOptions): Responder {
  return async (provider, link, delivery) => {
    const { respond } = provider;
    if (respond === undefined) return plainAnswer(provider, delivery, 'stored');
    const late = Symbol('late');
    const thought = think(provider, link, delivery, respond.withinMs + GRACE_MS);
    const first = await Promise.race([thought, sleep(respond.withinMs, late, { ref: false })]);
    if (first !== late && first !== null && typeof first === 'object') return first;
    return plainAnswer(provider, delivery, 'late');
  };

  /** Null: it came to nothing, and the job will try again. */
  async function think(
    provider: Provider,
    link: ChannelLink,
    delivery: Delivery,
    mostMs: number,
  ): Promise<HookAnswer | null> {
    try {
      const stored = await table.read(link.location, delivery.id);
      const tools = await toolsOf(provider, link, AbortSignal.timeout(mostMs));
      const answer = (await provider.respond?.answer(delivery, tools)) ?? null;
      if (answer !== null)
        await table.finish(link.location, delivery.id, {
          status: 'done',
          attempt: 1,
          replays: stored?.replays ?? 0,
          reason: null,
          at: toInstant(now()),
          answer,
        });
      return answer;
    } catch (error) {
      report('an answer could not be thought out', {
        location: link.location,
        channel: link.channel,
        event: delivery.event,
        error: error instanceof Error ? error.message : String(error),
      });
      return null;
    }
  }
}
