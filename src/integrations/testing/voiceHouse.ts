import { type ChannelConfig, channelConfig } from '../../domain/channel/config.ts';
import type { Command, InnerInputs, InnerName } from '../../domain/commands.ts';
import { commandInputs } from '../../domain/commands.ts';
import { type LocationConfig, locationConfig } from '../../domain/config.ts';
import { nameId } from '../../domain/ids.ts';
import { mayCommand } from '../../domain/rights.ts';
import { Kitchen, smallPlace } from '../../testkit/kitchen.ts';
import { readBody } from '../body.ts';
import type { Delivery, HookAnswer, Provider, ProviderTools, Secrets, Submitted } from '../provider.ts';

/** A house with the real rules and no network: deliveries go through an adapter as the inbox would have them go. */

type Live = Parameters<ProviderTools['live']>[1] & { readonly topic: string };

const DINNER = [
  { name: 'lunch', first: '11:30', last: '14:30' },
  { name: 'dinner', first: '17:30', last: '22:00' },
];

/** A restaurant in New York that is open for lunch and dinner, and closed on Christmas. */
export const diner: LocationConfig = locationConfig.parse({
  ...smallPlace,
  name: 'Pearl St',
  timezone: 'America/New_York',
  tables: [
    { id: 'T1', seats: 4 },
    { id: 'T2', seats: 4 },
    { id: 'T3', seats: 2 },
    { id: 'T4', seats: 8 },
  ],
  booking: {
    hours: { sun: DINNER, mon: DINNER, tue: DINNER, wed: DINNER, thu: DINNER, fri: DINNER, sat: DINNER },
    exceptions: [{ day: '2026-12-25', reason: 'Christmas' }],
    largest: 10,
    confirmFrom: 8,
  },
});

export class VoiceHouse {
  readonly kitchen: Kitchen;
  readonly lives: Live[] = [];
  readonly calls: { method: string; url: string; body: unknown; headers: unknown }[] = [];
  readonly reports: string[] = [];
  answerCalls: (url: string) => { status: number; json: unknown } = () => ({ status: 200, json: {} });
  readonly #provider: Provider;
  readonly #secrets: Secrets;
  readonly #known = new Map<string, Submitted>();
  readonly #channel: ChannelConfig;

  constructor(provider: Provider, now: string, secrets: Secrets = {}, config: LocationConfig = diner) {
    this.#provider = provider;
    this.#secrets = secrets;
    this.#channel = channelConfig.parse({ id: 'phone', provider: provider.id, name: 'Phone' });
    this.kitchen = new Kitchen(locationConfig.parse({ ...config, channels: [this.#channel] }));
    this.kitchen.now = Date.parse(now);
    this.kitchen.day = now.slice(0, 10);
  }

  get state() {
    return this.kitchen.state;
  }

  delivery(raw: string | Buffer, more: Partial<Delivery> = {}): Delivery {
    const bytes = Buffer.from(raw);
    const headers = more.headers ?? { 'content-type': 'application/json' };
    const request = {
      method: 'POST' as const,
      url: `https://house.example/hooks/${this.#provider.id}/address`,
      query: {},
      headers,
      raw: bytes,
      body: readBody(headers['content-type'], bytes),
      ...more,
    };
    const reading = this.#provider.read(request);
    return {
      id: 'delivery',
      event: reading.event,
      key: reading.key ?? nameId(bytes.toString('latin1')),
      receivedAt: new Date(this.kitchen.now).toISOString(),
      attempt: 1,
      ...request,
    };
  }

  /** What the sender hears. Work that needs no answer is done as well. */
  async take(delivery: Delivery): Promise<HookAnswer> {
    const { respond } = this.#provider;
    if (this.#provider.read(delivery).ignore === true) return this.#provider.answer(delivery, 'stored');
    if (respond?.wanted(delivery) === true) return respond.answer(delivery, this.tools());
    await this.#provider.work(delivery, this.tools());
    return this.#provider.answer(delivery, 'stored');
  }

  tools(): ProviderTools {
    const { kitchen } = this;
    const config = kitchen.state.config ?? diner;
    const give = (id: string, name: string, input: unknown, role: 'phone' | 'policy'): Submitted => {
      const known = this.#known.get(id);
      if (known !== undefined) return known;
      const outcome = kitchen.run({ id, name, input } as Command, {
        id: 'channel:phone',
        role,
        name: 'Phone',
      });
      if (!outcome.ok) return outcome;
      const done: Submitted = { ok: true, id, name, seq: kitchen.state.head, replayed: false, result: {} };
      this.#known.set(id, { ...done, replayed: true });
      return done;
    };
    return {
      location: 'pearl',
      organization: 'brasa',
      channel: this.#channel,
      config,
      secrets: this.#secrets,
      state: async () => kitchen.state,
      idOf: (...words) => nameId('channel', 'pearl', 'phone', ...words),
      async submit(id, name, input) {
        if (!mayCommand('phone', name)) throw new Error(`the phone may not ${name}`);
        const parsed = commandInputs[name].safeParse(input);
        if (!parsed.success)
          return {
            ok: false,
            invalid: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
          };
        return give(id, name, parsed.data, 'phone');
      },
      async submitInner<N extends InnerName>(id: string, name: N, input: InnerInputs[N]) {
        return give(id, name, input, 'policy');
      },
      call: async ({ method, url, path = '', base = 'api', body, headers = {} }) => {
        const address = url ?? `${this.#provider.environments?.production[base] ?? ''}${path}`;
        this.calls.push({
          method,
          url: address,
          body: body instanceof URLSearchParams ? Object.fromEntries(body) : body,
          headers,
        });
        return { headers: {}, raw: Buffer.alloc(0), ...this.answerCalls(address) };
      },
      tokens: { get: async (_name, renew) => (await renew()).value, forget: async () => undefined },
      live: (topic, word) => void this.lives.push({ ...word, topic }),
      now: () => kitchen.now,
      report: (message) => void this.reports.push(message),
      signal: new AbortController().signal,
    };
  }
}
