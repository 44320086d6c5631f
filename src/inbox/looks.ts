import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelLinks } from '../accounts/channelLinks.ts';
import { toInstant } from '../domain/text.ts';
import type { Provider } from '../integrations/provider.ts';
import type { ToolMaker } from './tools.ts';

/** Looks, now and then, for what no delivery told: deliveries that were lost while this server was away. */

export type LooksOptions = {
  readonly providers: readonly Provider[];
  readonly links: Pick<ChannelLinks, 'claimLooks'>;
  readonly toolsOf: ToolMaker;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly everyMs?: number;
};

const TICK_MS = 5_000;
const AT_ONCE = 20;
const MOST_MS = 30_000;

export function createLooks({ providers, links, toolsOf, now, report, everyMs = TICK_MS }: LooksOptions): {
  start(): void;
  stop(): Promise<void>;
} {
  const lookers = providers.filter(({ look }) => look !== undefined);
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();

  async function lookAll(provider: Provider): Promise<void> {
    const { look } = provider;
    if (look === undefined) return;
    const claimed = await links.claimLooks(provider.id, toInstant(now() - look.everyMs), AT_ONCE);
    await Promise.all(
      claimed.map(async (link) => {
        const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(MOST_MS)]);
        try {
          await look.run(await toolsOf(provider, link, signal));
        } catch (error) {
          report('a provider could not be looked at', {
            location: link.location,
            channel: link.channel,
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }),
    );
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      for (const provider of lookers)
        await lookAll(provider).catch((error: unknown) =>
          report('channels could not be looked at', { provider: provider.id, error: String(error) }),
        );
    }
  }

  return {
    start() {
      if (lookers.length > 0) looking = run();
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
