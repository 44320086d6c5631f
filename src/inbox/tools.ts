import { createHash } from 'node:crypto';
import type { ChannelLink } from '../accounts/channelLinks.ts';
import type { ChannelTokens } from '../accounts/channelTokens.ts';
import { type Command, type Role, commandInputs } from '../domain/commands.ts';
import { nameId } from '../domain/ids.ts';
import { mayCommand } from '../domain/rights.ts';
import type { LocationState } from '../domain/state.ts';
import { callOut } from '../integrations/outgoing.ts';
import { type Provider, type ProviderTools, type Submitted, TryLater } from '../integrations/provider.ts';
import type { Locations } from '../location/locations.ts';
import type { Outcome } from '../location/outcome.ts';

/** What an adapter is handed for one piece of work: the house, as far as this channel may reach it. */

export type LiveWord = Parameters<ProviderTools['live']>[1];

export type ToolMakerOptions = {
  readonly locations: Pick<Locations, 'open' | 'submit' | 'submitInner'>;
  readonly tokens: ChannelTokens;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** Where live words go; without it, nowhere. */
  readonly live?: (location: string, topic: string, word: LiveWord) => void;
};
export type ToolMaker = (
  provider: Provider,
  link: ChannelLink,
  signal: AbortSignal,
) => Promise<ProviderTools>;

export function createToolMaker(options: ToolMakerOptions): ToolMaker {
  const { locations, now } = options;

  return async (provider, link, signal) => {
    const { location, channel: id } = link;
    const state = async (): Promise<LocationState> => {
      const hot = await locations.open(location);
      if (hot === null) throw new TryLater(`the location ${location} is not there`);
      return hot.state;
    };
    const { config } = await state();
    const channel = config?.channels.find((one) => one.id === id);
    if (config === null || channel === undefined)
      throw new TryLater(`the channel "${id}" is not in the configuration`);
    const place = (name: string) => ({ location, channel: id, name });

    return {
      location,
      organization: link.organization,
      channel,
      config,
      secrets: link.secrets,
      state,
      idOf: (...words) => nameId('channel', location, id, ...words),
      async submit(commandId, name, input, as = {}) {
        const role = as.role ?? defaultRole(provider);
        if (!mayCommand(role, name))
          throw new Error(`${provider.id} gave ${name}, which the role ${role} may not`);
        const parsed = commandInputs[name].safeParse(input);
        if (!parsed.success)
          return {
            ok: false,
            invalid: parsed.error.issues
              .slice(0, 20)
              .map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
          };
        // The input belongs to the name: it was parsed by its schema.
        const command = { id: commandId, name, input: parsed.data } as Command;
        const actor = { id: `channel:${id}`, role, name: as.name ?? channel.name };
        // A repeat that says it differently (a name spelled anew) is a repeat all the same: the id alone says which.
        return settled(await locations.submit(location, command, actor, `channel ${name}`));
      },
      async submitInner(commandId, name, input) {
        const command = { id: commandId, name, input } as Command;
        return settled(
          await locations.submitInner(location, command, { id: `channel:${id}`, role: 'policy' }),
        );
      },
      call: (request) =>
        callOut(
          {
            bases: provider.environments?.[link.environment === 'sandbox' ? 'sandbox' : 'production'] ?? {},
            simulator: link.baseUrl,
          },
          request,
          signal,
        ),
      tokens: {
        get: (name, renew) => options.tokens.get(place(name), renew),
        forget: (name, value) => options.tokens.forget(place(name), value),
      },
      live: (topic, word) => options.live?.(location, topic, word),
      now,
      report: (message, detail = {}) => options.report(message, { location, channel: id, ...detail }),
      signal,
    };
  };
}

/** Who an adapter is to the rules, unless it says otherwise. */
function defaultRole({ kind }: Provider): Role {
  return kind === 'voice' ? 'phone' : 'partner';
}

function settled(outcome: Outcome): Submitted {
  if (!outcome.ok && 'unavailable' in outcome)
    throw new TryLater(`the location takes no commands now, again in ${outcome.retryAfter} s`);
  return outcome;
}

/** The digest by which a delivery without an id of its own is known again. */
export function digestOf(...parts: readonly (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}
