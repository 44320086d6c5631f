import { setTimeout as sleep } from 'node:timers/promises';
import type { SimTold } from '../integrations/simulation.ts';
import { PROVIDERS } from '../integrations/providers.ts';
import { SIMS } from '../integrations/sims.ts';
import { ConfigError } from '../config.ts';
import { answerDesk, type DeskClient, findDesk } from '../simulators/desk.ts';
import { retell } from '../location/retell.ts';
import { dishesOf, listedOf } from '../simulators/dishes.ts';
import { createSimHost, UnknownStory } from '../simulators/host.ts';
import { apiTrouble, type Trouble } from '../simulators/trouble.ts';
import { UsageError, readFlags } from './arguments.ts';
import type { Command, Terminal } from './arguments.ts';
import { linkToSimulator, onePlace, placesOf, SIM_PORT, simulatorOf } from './simLinks.ts';
import { withWorkshop } from './workshop.ts';

/**
 * `heard sim`: plays a provider against a running server, over the same wires: signed deliveries to the channel's address,
 * and its API where the channel's link says that a simulator stands. Prints what it does and what the house asks of it.
 */
export const sim = simCommand({ providers: PROVIDERS, sims: SIMS });

const FLAGS = {
  location: { type: 'string' },
  channel: { type: 'string' },
  link: { type: 'boolean', default: false },
  url: { type: 'string' },
  port: { type: 'string' },
  count: { type: 'string', default: '1' },
  every: { type: 'string', default: '5' },
  option: { type: 'string', multiple: true },
  doubled: { type: 'string', default: '0' },
  reordered: { type: 'string', default: '0' },
  late: { type: 'string', default: '0' },
  forged: { type: 'string', default: '0' },
  faults: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  wait: { type: 'string', default: '20' },
  serve: { type: 'boolean', default: false },
} as const;

const LOOK_MS = 500;

/** What `heard sim` plays with, here or in another process. */
type Stage = DeskClient & { close(): Promise<void> };

export function simCommand(parts: {
  readonly providers: typeof PROVIDERS;
  readonly sims: typeof SIMS;
}): Command {
  return async (argv, terminal) => {
    const { values, positionals } = readFlags(argv, FLAGS, 2);
    const [id, story] = positionals;
    const player = parts.sims.find((one) => one.provider === id);
    const provider = parts.providers.find((one) => one.id === id);
    if (player === undefined || provider === undefined) throw new UsageError(unknown(id, parts.sims));
    const count = number('--count', values.count, 10_000);
    const every = number('--every', values.every, 86_400);
    const seconds = number('--wait', values.wait, 86_400);
    const seed = number('--seed', values.seed, 2 ** 31);
    const trouble = readTrouble(values);
    const options = readOptions(values.option ?? []);
    const port = number('--port', values.port ?? String(SIM_PORT), 65_535);

    const place = await withWorkshop(terminal, async (shop) => {
      const found = onePlace(await placesOf(shop, provider.id, values), provider);
      const link = values.link
        ? await linkToSimulator(shop.accounts.channelLinks, found, {
            provider,
            sim: player,
            origin: `http://127.0.0.1:${port}`,
          })
        : found.link;
      const known = shop.config.publicUrl ?? `http://localhost:${shop.config.port}`;
      return { ...found, link, known, server: (values.url ?? known).replace(/\/+$/, '') };
    });
    const { link, address, baseUrl } = simulatorOf(place, provider);
    const menu = dishesOf(place.config, { channel: place.channel });
    const listed = listedOf(place.config, place.channel);
    if (menu.length === 0) throw new ConfigError(`location "${place.location}" has no menu to order from`);

    const far = await findDesk(baseUrl);
    if (far !== null && Object.values(trouble).some((share) => share > 0))
      throw new ConfigError(
        `the simulators at ${new URL(baseUrl).origin} run in another process (the demo's server?), where nothing can be made to go wrong from here; stop it, or start it with HEARD_DEMO_LIFE=0`,
      );
    const stage: Stage =
      far !== null
        ? await watched(far, terminal)
        : await raise({
            seed,
            terminal,
            baseUrl,
            channel: {
              sim: player,
              hook: `${place.known}/hooks/${provider.id}/${address}`,
              sendTo: `${place.server}/hooks/${provider.id}/${address}`,
              secrets: link.secrets,
              store: place.channel.store ?? place.channel.id,
              menu: () => menu,
              listed: () => listed,
              retries: provider.kind === 'orders' || provider.kind === 'courier',
              trouble,
            },
          });
    try {
      const told = story ?? (values.serve ? undefined : stage.stories[0]);
      if (told !== undefined && !stage.stories.includes(told))
        throw new UsageError(
          `${provider.id} tells no story "${told}"; there ${stage.stories.length === 1 ? 'is' : 'are'}: ${stage.stories.join(', ')}`,
        );
      terminal.say(
        `${provider.name} plays for ${place.channel.id} of ${place.location}; its API is at ${baseUrl}`,
      );
      // One that begins here knows nothing of what is sold out.
      if (far === null && provider.kind === 'orders')
        await withWorkshop(terminal, (shop) => retell(shop.locations, place.location, place.channel.id));
      const failed = told === undefined ? 0 : await tellAll(stage, told, { count, every, options, terminal });
      await (values.serve ? interrupted() : Promise.race([sleep(seconds * 1_000), interrupted()]));
      return (await report(stage, terminal)) && failed === 0 ? 0 : 1;
    } finally {
      await stage.close();
    }
  };
}

/** Starts the host where the link says that the simulator is. */
async function raise(parts: {
  readonly seed: number;
  readonly terminal: Terminal;
  readonly baseUrl: string;
  readonly channel: Omit<Parameters<ReturnType<typeof createSimHost>['add']>[0], 'path'>;
}): Promise<Stage> {
  const { terminal } = parts;
  const { port, pathname } = new URL(parts.baseUrl);
  const host = createSimHost({
    seed: parts.seed,
    now: () => Date.now(),
    say: (_path, text) => terminal.out(text),
    report: (message, detail) => terminal.say(`${message}: ${JSON.stringify(detail)}`),
    desk: answerDesk,
  });
  await host.listen(Number(port || '80')).catch((error: unknown) => {
    throw new ConfigError(
      `cannot listen at ${parts.baseUrl}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const hosted = host.add({ ...parts.channel, path: pathname.replace(/^\/|\/+$/g, '') });
  return {
    stories: hosted.stories,
    tell: hosted.tell,
    async told() {
      await hosted.settle();
      return { told: hosted.told(), counts: hosted.counts };
    },
    said: async () => [],
    close: () => host.close(),
  };
}

/** The lines of a host in another process come by asking. */
async function watched(desk: DeskClient, terminal: Terminal): Promise<Stage> {
  let after = (await desk.said(0)).at(-1)?.number ?? 0;
  const look = async (): Promise<void> => {
    for (const { number: at, text } of await desk.said(after)) {
      terminal.out(text);
      after = at;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return {
    ...desk,
    async close() {
      clearInterval(timer);
      await look().catch(() => undefined);
    },
  };
}

async function tellAll(
  stage: Stage,
  story: string,
  {
    count,
    every,
    options,
    terminal,
  }: {
    readonly count: number;
    readonly every: number;
    readonly options: Readonly<Record<string, string>>;
    readonly terminal: Terminal;
  },
): Promise<number> {
  const running: Promise<boolean>[] = [];
  for (let told = 0; told < count; told += 1) {
    if (told > 0) await sleep(every * 1_000);
    running.push(
      stage.tell(story, options).then(
        ({ id }) => (terminal.out(`-> ${story} ${id}`), true),
        (error: unknown) => {
          if (error instanceof UnknownStory) throw new UsageError(error.message);
          terminal.say(`${story}: ${error instanceof Error ? error.message : String(error)}`);
          return false;
        },
      ),
    );
  }
  return (await Promise.all(running)).filter((went) => !went).length;
}

/** Each order with what the house told of it, and the counts. False when something went wrong that must not. */
async function report(stage: Stage, terminal: Terminal): Promise<boolean> {
  const { told, counts } = await stage.told();
  for (const one of told) terminal.out(lineOf(one));
  const { deliveries, calls } = counts;
  const answers = Object.entries(deliveries.answers).map(([status, times]) => `${times} x ${status}`);
  terminal.out(
    `deliveries: ${deliveries.sent} sent for ${deliveries.wanted} (${deliveries.doubled} doubled, ${deliveries.reordered} reordered, ${deliveries.late} late, ${deliveries.forged} forged, ${deliveries.retried} tried again); answered ${answers.join(', ') || 'never'}`,
  );
  terminal.out(
    `calls of the house: ${calls.calls} (met ${calls.tooMany} x 429, ${calls.broken} x 5xx, ${calls.dropped} broken connections, ${calls.hung} without an answer, ${calls.expired} with an expired token)`,
  );
  if (deliveries.lost > 0) terminal.say(`nobody took ${counted(deliveries.lost)}`);
  if (deliveries.refused > 0)
    terminal.say(
      `the house refused ${counted(deliveries.refused)}: are the secrets of the link the ones that this server keeps?`,
    );
  if (deliveries.believed > 0)
    terminal.say(`the house believed ${counted(deliveries.believed)} with a wrong signature`);
  const late = told.filter(({ inTime }) => !inTime).length;
  if (late > 0) terminal.say(`${late} of these came too late for the provider`);
  return deliveries.lost + deliveries.refused + deliveries.believed + late === 0;
}

function counted(deliveries: number): string {
  return deliveries === 1 ? '1 delivery' : `${deliveries} deliveries`;
}

function lineOf({ id, state, acts, inTime }: SimTold): string {
  return `${id}  ${state}${inTime ? '' : ' (late)'}  ${acts.length === 0 ? 'nothing told' : acts.join(', ')}`;
}

function unknown(id: string | undefined, sims: typeof SIMS): string {
  const there = sims.map(({ provider }) => provider).join(', ');
  return id === undefined
    ? `PROVIDER is missing; there are: ${there}`
    : `there is no simulator for "${id}"; there are: ${there}`;
}

function number(flag: string, text: string, most: number): number {
  const value = /^\d{1,10}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= most)) throw new UsageError(`${flag} must be a number from 0 to ${most}`);
  return value;
}

function readTrouble(
  values: Readonly<Record<'doubled' | 'reordered' | 'late' | 'forged' | 'faults', string>>,
): Trouble {
  const share = (flag: 'doubled' | 'reordered' | 'late' | 'forged' | 'faults'): number => {
    const value = number(`--${flag}`, values[flag].replace(/%$/, ''), 100);
    return value / 100;
  };
  return {
    doubled: share('doubled'),
    reordered: share('reordered'),
    late: share('late'),
    forged: share('forged'),
    ...apiTrouble(share('faults')),
  };
}

function readOptions(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`--option must be NAME=VALUE, not "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
