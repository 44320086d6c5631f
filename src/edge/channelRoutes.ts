import type { FastifyInstance } from 'fastify';
import type { Inbox } from '../inbox/inbox.ts';
import { registerDeliveries } from './deliveryRoutes.ts';
import type { EdgeOptions } from './edge.ts';
import { registerHooks } from './hookRoutes.ts';
import { retell } from '../location/retell.ts';
import type { Limits } from './limits.ts';
import { registerLinks } from './linkRoutes.ts';
import { channelsOfDraft } from './setupRoutes.ts';

/** The doors from outside: where providers deliver, how they are tied to channels, and what came of it. */
export async function registerChannels(
  app: FastifyInstance,
  inbox: Inbox,
  { accounts, locations, log, publicUrl }: Pick<EdgeOptions, 'accounts' | 'locations' | 'log' | 'publicUrl'>,
  limits: Limits,
): Promise<void> {
  await registerHooks(app, { intake: inbox.intake, publicUrl, limits });
  registerDeliveries(app, { inbox, now: () => log.clock.now() });
  registerLinks(app, {
    links: accounts.channelLinks,
    providers: inbox.providers,
    // Also one that is only in the draft: its keys are entered before it is published.
    channelsOf: async (location) => [
      ...((await locations.open(location))?.state.config?.channels ?? []),
      ...(await channelsOfDraft(accounts.drafts, location)),
    ],
    publicUrl,
    troubleOf: async (location) => {
      const doors = (await locations.open(location))?.state.channels.doors ?? {};
      return new Map(Object.values(doors).flatMap(({ id, trouble }) => (trouble ? [[id, trouble]] : [])));
    },
    linked: (location, channel) => retell(locations, location, channel),
  });
}
