import { type EventBody, fact } from '../events.ts';
import type { LocationState } from '../state.ts';
import { type ChannelConfig, channelKind } from './config.ts';

/** What is sold out here is sold out there: every platform is asked, with its own ids for it. */
export function withChannels(state: LocationState, events: EventBody[]): EventBody[] {
  const follows = events.flatMap((event): EventBody[] => {
    if (event.type !== 'menu.soldOut' && event.type !== 'menu.restored') return [];
    const { item, option } = event.data;
    const id = item ?? option;
    if (id === undefined) return [];
    return (state.config?.channels ?? []).flatMap((channel) => {
      if (channelKind(channel.provider) !== 'orders') return [];
      const isOption = item === undefined;
      return event.type === 'menu.soldOut'
        ? [itemOut(channel, id, isOption, event.data.until)]
        : [itemAsked(channel, 'itemBack', id, isOption)];
    });
  });
  return follows.length === 0 ? events : [...events, ...follows];
}

export function itemOut(channel: ChannelConfig, id: string, isOption: boolean, until?: string): EventBody {
  const asked = itemAsked(channel, 'itemOut', id, isOption);
  return until === undefined ? asked : fact('channel.storeAsked', { ...asked.data, until });
}

function itemAsked(channel: ChannelConfig, act: 'itemOut' | 'itemBack', id: string, isOption: boolean) {
  return fact('channel.storeAsked', {
    channel: channel.id,
    act,
    item: id,
    ...(isOption && { isOption }),
    externalIds: theirsOf(channel, id, isOption),
  });
}

/** What the platform calls it; where nothing is said, what we do. */
export function theirsOf(channel: ChannelConfig, id: string, isOption: boolean): string[] {
  const mapped = isOption
    ? channel.options.flatMap(({ external, option }) => (option === id ? [external] : []))
    : channel.items.flatMap(({ external, item }) => (item === id ? [external] : []));
  return mapped.length > 0 ? mapped : [id];
}
