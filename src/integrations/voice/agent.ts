import { toMillis } from '../../domain/text.ts';
import type { Delivery, HookAnswer, Provider, ProviderTools, WorkResult } from '../provider.ts';
import type { ToolAnswer } from './asking.ts';
import type { Heard, ToolCall } from './canonical.ts';
import { hush, report, show } from './hear.ts';
import { createLiveLines } from './liveLines.ts';
import { WITHIN_MS, lateAnswer, runTool } from './tools.ts';

/** What all telephone agents have in common. An adapter says how its provider talks; this does what follows. */

export type Dialect = Pick<
  Provider,
  'id' | 'name' | 'secrets' | 'environments' | 'methods' | 'verify' | 'read' | 'send'
> & {
  /** What a delivery says; null for what says nothing of a call. Believes nothing and never throws. */
  hear(delivery: Pick<Delivery, 'body' | 'query' | 'event' | 'receivedAt'>): Heard | null;
  /** For tools, in the order in which they were asked for. */
  answerTools(results: readonly ToolResult[]): HookAnswer;
  /** For everything else, and for a call that nobody could think about in time. */
  plain(delivery: Delivery): HookAnswer;
  /** For deliveries that are a call coming in, whose sender wants to know what to do with it. */
  readonly greet?: {
    wanted(delivery: Delivery): boolean;
    answer(delivery: Delivery, tools: ProviderTools): Promise<HookAnswer>;
  };
};
export type ToolResult = { readonly tool: ToolCall; readonly answer: ToolAnswer };

export function telephoneAgent(dialect: Dialect): Provider {
  const lines = createLiveLines();
  const { hear, greet } = dialect;

  /** What it asks for, one after the other: two wishes of one breath may be about the same table. */
  async function carryOut(
    heard: Heard,
    delivery: Delivery,
    tools: ProviderTools,
    unheard: boolean,
  ): Promise<ToolResult[]> {
    const results: ToolResult[] = [];
    for (const [index, tool] of toolsOf(heard).entries()) {
      const key = tool.id === null ? `${delivery.key} ${index}` : `${heard.call.externalId} ${tool.id}`;
      const receivedAt = toMillis(delivery.receivedAt) ?? tools.now();
      const answer = await runTool(tools, { heard, tool, key, receivedAt, unheard });
      results.push({ tool, answer });
    }
    return results;
  }

  /** Writes down, shows, ends: all that needs no answer. */
  async function take(heard: Heard, delivery: Delivery, tools: ProviderTools): Promise<void> {
    await report(tools, heard, delivery.key, delivery.receivedAt);
    if (heard.events.some(({ event }) => event === 'call.transcript'))
      await show(tools, heard, lines, delivery.key, delivery.receivedAt);
    if (heard.events.some(({ event }) => event === 'call.ended' || event === 'call.failed'))
      hush(tools, heard.call, lines);
  }

  return {
    id: dialect.id,
    kind: 'voice',
    name: dialect.name,
    secrets: dialect.secrets,
    ...(dialect.environments && { environments: dialect.environments }),
    ...(dialect.methods && { methods: dialect.methods }),
    verify: dialect.verify,
    read: dialect.read,

    answer(delivery, why) {
      const heard = hear(delivery);
      const tools = heard === null ? [] : toolsOf(heard);
      if (tools.length === 0 || why !== 'late') return dialect.plain(delivery);
      return dialect.answerTools(tools.map((tool) => ({ tool, answer: lateAnswer(heard, tool) })));
    },

    respond: {
      // Spoken words are shown at once rather than after a job's turn.
      wanted(delivery) {
        if (greet?.wanted(delivery) === true) return true;
        const heard = hear(delivery);
        return (
          heard !== null &&
          heard.events.every(({ event }) => event === 'call.tool' || event === 'call.transcript')
        );
      },
      withinMs: WITHIN_MS,
      async answer(delivery, tools) {
        const heard = hear(delivery);
        if (heard === null) return greet ? greet.answer(delivery, tools) : dialect.plain(delivery);
        const results = await carryOut(heard, delivery, tools, false);
        await take(heard, delivery, tools);
        if (greet?.wanted(delivery) === true) return greet.answer(delivery, tools);
        return results.length > 0 ? dialect.answerTools(results) : dialect.plain(delivery);
      },
    },

    async work(delivery, tools): Promise<WorkResult> {
      const heard = hear(delivery);
      if (heard === null) return { ignored: 'says nothing of a call' };
      await take(heard, delivery, tools);
      await carryOut(heard, delivery, tools, true);
      return 'done';
    },

    ...(dialect.send && { send: dialect.send }),
  };
}

function toolsOf({ events }: Heard): ToolCall[] {
  return events.flatMap((event) => (event.event === 'call.tool' ? [event.tool] : []));
}
