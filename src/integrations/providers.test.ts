import { describe, expect, it } from 'vitest';
import { channelKind } from '../domain/channel/config.ts';
import { slug } from '../domain/text.ts';
import { type Provider, TryLater } from './provider.ts';
import { PROVIDERS } from './providers.ts';

/** What is wrong with a list of adapters. */
function flawsOf(providers: readonly Provider[]): string[] {
  const ids = providers.map(({ id }) => id);
  return providers.flatMap(({ id, name, secrets, environments }) => {
    const fields = secrets.map((field) => field.id);
    return [
      ...(slug.safeParse(id).success ? [] : [`${id} is no slug`]),
      ...(ids.indexOf(id) === ids.lastIndexOf(id) ? [] : [`${id} is there twice`]),
      ...(name.trim() === '' ? [`${id} has no name`] : []),
      ...(new Set(fields).size === fields.length ? [] : [`${id} has two secrets of one name`]),
      ...(fields.every((field) => /^[a-zA-Z][\w-]{0,39}$/.test(field))
        ? []
        : [`${id} has a field that no file can name`]),
      ...Object.values(environments ?? {}).flatMap((bases) =>
        Object.values(bases).filter((base) => !/^https:\/\/[^/]+$/.test(base)),
      ),
    ];
  });
}

describe('the adapters', () => {
  it('[IN2] have names of their own, fields that are told apart, and https origins', () => {
    expect(flawsOf(PROVIDERS)).toEqual([]);
  });

  it('[PL24] the rules know through which of them orders come, and which call couriers', () => {
    const kinds = ['orders', 'courier'];
    for (const { id, kind } of PROVIDERS)
      expect([id, kinds.includes(channelKind(id)) ? channelKind(id) : 'other']).toEqual([
        id,
        kinds.includes(kind) ? kind : 'other',
      ]);
  });

  it('[IN2] the check bites', () => {
    const bad: Provider = {
      id: 'No Slug',
      kind: 'orders',
      name: ' ',
      secrets: [
        { id: 'key', label: 'Key' },
        { id: 'key', label: 'Key' },
        { id: '1', label: 'One' },
      ],
      environments: { production: { api: 'http://example.com/x' } },
      verify: () => ({ ok: false, why: 'never' }),
      read: () => ({ event: 'x' }),
      answer: () => ({ status: 200 }),
      work: async () => {
        throw new TryLater('never');
      },
    };
    expect(flawsOf([bad, bad])).toHaveLength(12);
  });
});
