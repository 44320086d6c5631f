import { field, textAt, wordsAt } from '../pos/reading.ts';
import { call, list, text, type Reply } from './calls.ts';

/** How channels are tied to their providers' accounts. Secrets go in and never come out. */

export type Field = {
  readonly id: string;
  readonly label: string;
  readonly hint: string | null;
  readonly optional: boolean;
};
export type Provider = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly sandbox: boolean;
  readonly secrets: readonly Field[];
};
export type Link = {
  readonly channel: string;
  readonly url: string | null;
  readonly oldUrlUntil: string | null;
  readonly environment: string;
  readonly simulator: boolean;
  readonly set: readonly string[];
  readonly missing: readonly string[];
  readonly lastDeliveryAt: string | null;
};
export type Links = { readonly links: readonly Link[]; readonly providers: readonly Provider[] };

export const linkCalls = {
  list: (token: string, location: string): Promise<Reply<Links>> =>
    call(`/v1/locations/${location}/links`, readLinks, { token }),
  put: (
    token: string,
    location: string,
    wish: { channel: string; secrets: Readonly<Record<string, string>>; environment?: string },
  ): Promise<Reply<Link>> => call(`/v1/locations/${location}/links`, readLink, { token, body: wish }),
  rotate: (token: string, location: string, channel: string, keepOld: boolean): Promise<Reply<Link>> =>
    call(`/v1/locations/${location}/links/${encodeURIComponent(channel)}/rotate`, readLink, {
      token,
      body: { keepOld },
    }),
  remove: (token: string, location: string, channel: string): Promise<Reply<true>> =>
    call(`/v1/locations/${location}/links/${encodeURIComponent(channel)}/remove`, () => true as const, {
      token,
      body: {},
    }),
};

function readLinks(body: unknown): Links | null {
  const [links, providers] = [
    list(field(body, 'links'), readLink),
    list(field(body, 'providers'), readProvider),
  ];
  return links === null || providers === null ? null : { links, providers };
}

function readLink(value: unknown): Link | null {
  const [channel, environment] = [textAt(value, 'channel'), textAt(value, 'environment')];
  if (channel === undefined || environment === undefined) return null;
  return {
    channel,
    environment,
    url: text(field(value, 'url')),
    oldUrlUntil: text(field(value, 'oldUrlUntil')),
    simulator: field(value, 'simulator') === true,
    set: wordsAt(value, 'set'),
    missing: wordsAt(value, 'missing'),
    lastDeliveryAt: text(field(value, 'lastDeliveryAt')),
  };
}

function readProvider(value: unknown): Provider | null {
  const [id, name, kind] = ['id', 'name', 'kind'].map((key) => textAt(value, key));
  if (id === undefined || name === undefined || kind === undefined) return null;
  const secrets = list(field(value, 'secrets'), readField) ?? [];
  return { id, name, kind, sandbox: field(value, 'sandbox') === true, secrets };
}

function readField(value: unknown): Field | null {
  const [id, label] = [textAt(value, 'id'), textAt(value, 'label')];
  if (id === undefined || label === undefined) return null;
  return { id, label, hint: text(field(value, 'hint')), optional: field(value, 'optional') === true };
}
