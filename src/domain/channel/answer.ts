import type { Json } from '../answer.ts';
import type { CommandOf } from '../families.ts';
import type { LocationState } from '../state.ts';
import { presentChannel, presentPlatform } from './present.ts';

export function answerChannel(state: LocationState, command: CommandOf<'channel'>): { [key: string]: Json } {
  switch (command.name) {
    case 'channel.pause':
    case 'channel.resume':
    case 'channel.busy': {
      const shown = presentChannel(state, command.input.channel);
      if (!shown) return {};
      const { id, version, mode, until, busyMinutes } = shown;
      return { channel: { id, version, mode, until, busyMinutes } };
    }
    case 'channel.accept':
    case 'channel.deny': {
      const order = state.orders.get(command.input.order);
      const platform = order && presentPlatform(order);
      if (!order || !platform) return {};
      const { state: stands, readyAt } = platform;
      return {
        order: { id: order.id, number: order.number, version: order.version },
        state: stands,
        readyAt,
      };
    }
    default:
      return {};
  }
}
