import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ChannelLink, ChannelLinks } from '../accounts/channelLinks.ts';
import type { ChannelConfig } from '../domain/channel/config.ts';
import { slug, text } from '../domain/text.ts';
import type { Provider } from '../integrations/provider.ts';
import { callerOf, placeOf } from './app.ts';
import { managersOnly } from './deliveryRoutes.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/**
 * How a channel of the configuration is tied to the account at its provider. Secrets go in and never come out: answers say
 * which are set, and no more.
 */
export type LinkRouteOptions = {
  readonly links: ChannelLinks;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly channelsOf: (location: string) => Promise<readonly ChannelConfig[]>;
  readonly publicUrl: string | undefined;
  /** What the provider last refused for good of what was asked of a whole channel, by channel. */
  readonly troubleOf: (location: string) => Promise<ReadonlyMap<string, Trouble>>;
  /** Somebody else may be at the end of the channel now. */
  readonly linked: (location: string, channel: string) => Promise<void>;
};

const secrets = z.record(z.string().max(40), text(4_000).nullable());
export const linkWish = z.strictObject({
  channel: slug,
  /** By field; null removes one, what is not named stays. */
  secrets: secrets.default({}),
  environment: z.enum(['production', 'sandbox']).optional(),
});
export const rotateBody = z.strictObject({
  /** False when the old address is in wrong hands: it ends at once, rather than in a day. */
  keepOld: z.boolean().default(true),
});
const field = z.object({
  id: z.string(),
  label: z.string(),
  hint: z.string().optional(),
  optional: z.boolean(),
});
const provider = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['orders', 'courier', 'voice', 'messages']),
  sandbox: z.boolean(),
  secrets: z.array(field),
});
const trouble = z.object({ act: z.string(), words: z.string(), at: z.string() });
type Trouble = z.infer<typeof trouble>;
const link = z.object({
  channel: z.string(),
  provider: z.string(),
  /** Where the provider delivers. Null: the server's secret was changed, make a new address. */
  url: z.string().nullable(),
  oldUrlUntil: z.string().nullable(),
  environment: z.string(),
  simulator: z.boolean(),
  /** Fields that are set, and required ones that are not. */
  set: z.array(z.string()),
  missing: z.array(z.string()),
  createdAt: z.string(),
  lastDeliveryAt: z.string().nullable(),
  /** Of what was asked of the whole channel (a caller put through, a dish sold out): the last that was refused for good. */
  trouble: trouble.nullable(),
});
export const linksAnswer = z.object({ links: z.array(link), providers: z.array(provider) });
export const oneLinkAnswer = link;
export const removedAnswer = z.object({ removed: z.boolean() });

export function registerLinks(app: FastifyInstance, options: LinkRouteOptions): void {
  const { links, providers } = options;
  const base = '/v1/locations/:location/links';
  const shown = (
    request: FastifyRequest,
    one: ChannelLink,
    troubles: ReadonlyMap<string, Trouble>,
  ): z.infer<typeof link> => {
    const fields = providers.get(one.provider)?.secrets ?? [];
    const isSet = (id: string) => (one.secrets[id] ?? '') !== '';
    const origin = options.publicUrl ?? `${request.protocol}://${request.host}`;
    return {
      channel: one.channel,
      provider: one.provider,
      url: one.address === null ? null : `${origin}/hooks/${one.provider}/${one.address}`,
      oldUrlUntil: one.oldUntil,
      environment: one.environment,
      simulator: one.baseUrl !== null,
      set: fields.filter(({ id }) => isSet(id)).map(({ id }) => id),
      missing: fields.filter(({ id, optional }) => optional !== true && !isSet(id)).map(({ id }) => id),
      createdAt: one.createdAt,
      lastDeliveryAt: one.lastDeliveryAt,
      trouble: troubles.get(one.channel) ?? null,
    };
  };

  const showAll = async (request: FastifyRequest) => {
    const { id } = placeOf(request);
    const [all, troubles] = await Promise.all([links.list(id), options.troubleOf(id)]);
    return all.map((one) => shown(request, one, troubles));
  };
  const showOne = async (request: FastifyRequest, one: ChannelLink) =>
    shown(request, one, await options.troubleOf(placeOf(request).id));

  app.get(base, { config: managersOnly }, async (request) => ({
    links: await showAll(request),
    providers: [...providers.values()].map((one) => ({
      id: one.id,
      name: one.name,
      kind: one.kind,
      sandbox: one.environments?.sandbox !== undefined,
      secrets: one.secrets.map(({ id, label, hint, optional = false }) => ({
        id,
        label,
        optional,
        ...(hint !== undefined && { hint }),
      })),
    })),
  }));

  app.post(base, { config: managersOnly }, async (request) => {
    const { id: location, organization } = placeOf(request);
    const wish = parseInput(linkWish, request.body);
    const channel = (await options.channelsOf(location)).find(({ id }) => id === wish.channel);
    if (channel === undefined) throw refuseField('channel', 'is not in the configuration of this location');
    const found = providers.get(channel.provider);
    if (found === undefined)
      throw refuseField('channel', `leads to "${channel.provider}", for which there is no adapter`);
    const unknown = Object.keys(wish.secrets).find((id) => !found.secrets.some((one) => one.id === id));
    if (unknown !== undefined)
      throw refuseField(`secrets.${unknown}`, `is not a field of ${found.name}: ${fieldsOf(found)}`);
    if (wish.environment === 'sandbox' && found.environments?.sandbox === undefined)
      throw refuseField('environment', `of ${found.name} is production alone`);
    const made = await links.ensure(location, {
      organization,
      channel: channel.id,
      provider: found.id,
      madeBy: callerOf(request).actor.id,
      secrets: wish.secrets,
      ...(wish.environment !== undefined && { environment: wish.environment }),
    });
    if (made.changed) await options.linked(location, channel.id);
    return showOne(request, made.link);
  });

  app.post(`${base}/:channel/rotate`, { config: managersOnly }, async (request) => {
    const { keepOld } = parseInput(rotateBody, request.body ?? {});
    const rotated = await links.rotate(placeOf(request).id, channelIn(request.params), keepOld);
    if (rotated === null) throw noLink();
    return showOne(request, rotated);
  });

  app.post(`${base}/:channel/remove`, { config: managersOnly }, async (request) => ({
    removed: await links.remove(placeOf(request).id, channelIn(request.params)),
  }));
}

function channelIn(params: unknown): string {
  const read = z.object({ channel: slug }).safeParse(params);
  if (!read.success) throw noLink();
  return read.data.channel;
}

const noLink = () => refuse('not_found', 'This channel has no link');

function fieldsOf({ secrets: fields }: Provider): string {
  return fields.map(({ id }) => id).join(', ') || 'it needs none';
}
