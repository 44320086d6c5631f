import type { z } from 'zod';
import { type CanonicalOrder } from '../domain/channel/canonical.ts';
import { type ChannelConfig, channelConfig } from '../domain/channel/config.ts';
import type { Platform, PlatformState } from '../domain/channel/state.ts';
import { platformStateOf } from '../domain/channel/present.ts';
import type { LocationConfig } from '../domain/config.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { nameId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { due } from '../domain/policies.ts';
import { toInstant } from '../domain/text.ts';
import { takeOrder } from '../integrations/platform.ts';
import type { ChannelRequest, ProviderTools } from '../integrations/provider.ts';
import { effectsOf } from '../jobs/effects.ts';
import { Kitchen, cook, smallPlace } from './kitchen.ts';

/** A small place with a delivery platform at its door, without HTTP and PostgreSQL: its tools speak to the rules alone. */
export class PlatformKitchen extends Kitchen {
  readonly tools: ProviderTools;
  /** What the platform was to be told, in order. */
  readonly asked: ChannelRequest[] = [];
  /** Live words: `topic kind` and what was said. */
  readonly said: { topic: string; kind: string; data: unknown }[] = [];
  readonly #done = new Set<string>();

  constructor(channel: Partial<z.input<typeof channelConfig>> = {}, more: Partial<LocationConfig> = {}) {
    const door = channelConfig.parse({ id: 'uber', provider: 'uber-eats', name: 'Uber Eats', ...channel });
    const config = { ...smallPlace, ...more, channels: [door, ...(more.channels ?? [])] };
    super(config);
    this.tools = this.toolsOf(door, config);
  }

  toolsOf(channel: ChannelConfig, config: LocationConfig): ProviderTools {
    const nothing = (): never => {
      throw new Error('not in this kitchen');
    };
    return {
      location: 'small-place',
      organization: 'small',
      channel,
      config,
      secrets: {},
      state: async () => this.state,
      idOf: (...words) => nameId('channel', channel.id, ...words),
      submit: nothing,
      submitInner: async (id, name, input) => {
        if (this.#done.has(id))
          return { ok: true, id, name, seq: this.state.head, replayed: true, result: {} };
        const outcome = this.inner(name, input as never);
        if (!outcome.ok) return outcome;
        this.#done.add(id);
        return { ok: true, id, name, seq: this.state.head, replayed: false, result: {} };
      },
      call: nothing,
      tokens: { get: nothing, forget: nothing },
      live: (topic, { kind, data }) => void this.said.push({ topic, kind, data }),
      now: () => this.now,
      report: () => undefined,
      signal: new AbortController().signal,
    };
  }

  /** An order of the platform; answers its id here. */
  async take(more: Partial<CanonicalOrder> = {}, acceptWithinMs: number | null = 600_000): Promise<string> {
    const order = canonical({ placedAt: toInstant(this.now), ...more });
    await takeOrder(this.tools, { order, acceptWithinMs });
    this.settle();
    return this.tools.idOf('order', order.externalId);
  }

  order(id: string): Order & { platform: Platform } {
    const order = this.state.orders.get(id);
    if (!order?.platform) throw new Error(`${id} is no order of a platform`);
    return { ...order, platform: order.platform };
  }

  stands(id: string): PlatformState {
    const order = this.order(id);
    return platformStateOf(order, order.platform);
  }

  /** Every station hears the order. */
  hear(id: string): void {
    for (const ticket of this.order(id).tickets)
      if (ticket.firedAt !== null) this.inner('ticket.hear', { ticket: ticket.id });
    this.settle();
  }

  /** The kitchen makes all of it. */
  cook(id: string): void {
    for (const { id: ticket } of this.order(id).tickets) this.do('ticket.bump', { ticket }, cook);
    this.settle();
  }

  wait(ms: number): void {
    this.now += ms;
    this.settle();
  }

  /** Does what time asks for, and takes what the platform is to be told out of the log. */
  settle(): void {
    for (let round = 0; round < 20; round += 1) {
      const commands = due(this.state, toInstant(this.now)).filter(
        ({ name }) => name.startsWith('channel.') || name === 'order.release',
      );
      if (commands.length === 0) break;
      for (const command of commands) this.run(command, { id: 'policy:test', role: 'policy' });
      if (round === 19) throw new Error(`never comes to rest: ${commands.map(({ name }) => name).join()}`);
    }
    this.asked.length = 0;
    this.asked.push(...this.log.flatMap(askedBy));
  }

  /** `accept`, `ready`: what was asked about one order, in order. */
  acts(order?: string): string[] {
    return this.asked.flatMap((one) => (order === undefined || one['order'] === order ? [one.act] : []));
  }
}

function askedBy(event: LoggedEvent): ChannelRequest[] {
  return effectsOf('small-place', event).flatMap(({ kind, data }) =>
    // What `effectsOf` puts into an effect of this kind.
    kind === 'channel' ? [JSON.parse(JSON.stringify(data)) as ChannelRequest] : [],
  );
}

let count = 0;

/** A burger, rare and without onion, and a lemonade. */
export function canonical(more: Partial<CanonicalOrder> = {}): CanonicalOrder {
  count += 1;
  return {
    source: 'uber_eats',
    externalId: `ext-${count}`,
    displayId: `C4D2${count}`,
    storeRef: null,
    type: 'delivery',
    fulfilment: 'platform_courier',
    platformState: 'OFFERED',
    customer: { name: 'Theo M.', phone: null, phoneCode: null },
    items: [
      line('burger', 'Classic Burger', 1350, [
        { action: 'add', name: 'rare', qty: 1, price: 0, depth: 0, externalId: 'rare' },
        { action: 'remove', name: 'onion', qty: 1, price: null, depth: 0, externalId: 'onion' },
      ]),
      line('lemonade', 'Lemonade', 450),
    ],
    notes: null,
    cutlery: true,
    scheduledFor: null,
    placedAt: '2026-01-01T00:00:00.000Z',
    readyBy: null,
    estimatedReadyFor: null,
    total: { amount: 1800, currency: 'USD' },
    courier: null,
    ...more,
  };
}

export function line(
  externalId: string | null,
  name: string,
  price: number,
  modifiers: CanonicalOrder['items'][number]['modifiers'] = [],
  more: Partial<CanonicalOrder['items'][number]> = {},
): CanonicalOrder['items'][number] {
  return { externalId, name, qty: 1, price, modifiers, specialInstructions: null, allergy: null, ...more };
}
