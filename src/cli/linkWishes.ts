import type { ChannelConfig } from '../domain/channel/config.ts';
import type { Provider } from '../integrations/provider.ts';
import { PROVIDERS } from '../integrations/providers.ts';

/** What is wrong with a wish for a link, field by field. */
export function linkProblems(
  channel: Pick<ChannelConfig, 'provider'>,
  wish: { readonly secrets: Readonly<Record<string, string>>; readonly environment?: string },
  providers: readonly Provider[] = PROVIDERS,
): { path: string[]; message: string }[] {
  const provider = providers.find(({ id }) => id === channel.provider);
  if (provider === undefined)
    return [
      {
        path: ['channel'],
        message: `leads to "${channel.provider}", for which there is no adapter; there ${listed(providers.map(({ id }) => id))}`,
      },
    ];
  const fields = provider.secrets.map(({ id }) => id);
  return [
    ...Object.keys(wish.secrets)
      .filter((id) => !fields.includes(id))
      .map((id) => ({
        path: ['secrets', id],
        message: `is not a field of ${provider.name}; there ${listed(fields)}`,
      })),
    ...(wish.environment === 'sandbox' && provider.environments?.sandbox === undefined
      ? [{ path: ['environment'], message: `of ${provider.name} is production alone` }]
      : []),
  ];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'is none' : `${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`;
}
