import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { mintToken } from '../src/accounts/tokens.ts';
import { readDemo } from '../src/cli/demoHouse.ts';
import type { CommandName, CommandRequest, Role } from '../src/domain/commands.ts';
import type { LocationConfig } from '../src/domain/config.ts';
import type { Entity } from '../src/domain/entities.ts';
import { haveChromium } from '../src/testkit/have.ts';
import { TEST_ORGANIZATION, startServer } from '../src/testkit/server.ts';
import type { TestServer } from '../src/testkit/server.ts';

/** A restaurant with people in it: the real server, a real browser, and a café of its own for each test. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** No `--autoplay-policy`: a page must ask for its tap, as it must in a kitchen. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const TABLET = { width: 1280, height: 800 };
export const PORTRAIT = { width: 800, height: 1280 };
export const TV = { width: 1920, height: 1080 };

export type Person = { role: Role; name?: string; stations?: readonly string[] };
const MAYA: Person = { role: 'waiter', name: 'Maya' };

type Waited = { timeout?: number };

/** The parts of a house that a test talks to beside its pages. */
export class House {
  readonly server: TestServer;
  readonly browser: Browser;
  /** How the pages of this house call the server. */
  base: string;
  readonly #config: LocationConfig;
  readonly #contexts: BrowserContext[] = [];
  readonly #pages: { page: Page; said: string[]; forgiven: readonly number[] }[] = [];
  #places = 0;

  constructor(server: TestServer, browser: Browser, config: LocationConfig) {
    this.server = server;
    this.base = server.url;
    this.browser = browser;
    this.#config = config;
  }

  /** Builds the screens when they are older than their sources, starts a server with the demo, and a browser. */
  static async open(
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
    /** Another script than `heard start`. */
    entry?: string,
  ): Promise<House> {
    const executablePath = haveChromium();
    if (executablePath === undefined) throw new Error('there is no Chromium');
    buildScreens();
    const [group] = await readDemo();
    const config = group?.locations[0]?.config;
    if (config === undefined) throw new Error('the demo has no location');
    const server = await startServer({
      env: { HEARD_DEMO: '1', ...env },
      ...(entry !== undefined && { entry }),
    });
    const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS, ...args] });
    return new House(server, browser, config);
  }

  async close(): Promise<void> {
    try {
      await this.browser.close();
    } finally {
      await this.server.dispose();
    }
  }

  /** A café like the demo's, under a name of its own. `change` makes it another one. */
  async cafe(change: (config: LocationConfig) => LocationConfig = (config) => config): Promise<Cafe> {
    this.#places += 1;
    const id = `cafe-${this.#places}`;
    await this.server.addLocations([[id, change(this.#config)]]);
    return new Cafe(this, id, TEST_ORGANIZATION);
  }

  /** The demo's own café, with its staff, PINs and self-sign-in. */
  demo(): Cafe {
    return new Cafe(this, 'brasa', 'brasa-group');
  }

  /** A device of its own: nothing is shared with other contexts. `on` takes an earlier one: the same tablet. */
  async device(size: { width: number; height: number } = TABLET): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: size,
      locale: 'en-US',
      timezoneId: 'America/New_York',
    });
    this.#contexts.push(context);
    return context;
  }

  /** The radio is off and the server is dead: neither alone would cut every path. */
  async cut(device: BrowserContext): Promise<void> {
    await device.setOffline(true);
    await this.server.kill9();
  }

  async mend(device: BrowserContext): Promise<void> {
    await this.server.restart();
    await device.setOffline(false);
  }

  /** A page that writes down what it complains about. */
  async page(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    const said: string[] = [];
    this.#pages.push({ page, said, forgiven: [] });
    page.on('console', (message) => {
      // A line that is cut on purpose is reported by the browser itself; everything else would be ours.
      if (
        message.type() === 'error' &&
        !/ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|EMPTY_RESPONSE|CONNECTION_(REFUSED|RESET|CLOSED))/.test(
          message.text(),
        )
      )
        said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error.stack ?? error)));
    return page;
  }

  /** The browser itself reports an answer such as 409 as an error; here one of them belongs to the story. */
  forgive(page: Page, status: number): void {
    const one = this.#pages.find((other) => other.page === page);
    if (one) one.forgiven = [...one.forgiven, status];
  }

  /** Takes what a page complained of so far: here it belongs to the story. */
  saidBy(page: Page): string[] {
    const one = this.#pages.find((other) => other.page === page);
    return one?.said.splice(0) ?? [];
  }

  /** After each test: no page complained, and all are gone. */
  async tidy(): Promise<void> {
    const said = this.#pages.flatMap((one) =>
      one.said.filter((words) => !one.forgiven.some((status) => words.includes(`status of ${status} `))),
    );
    for (const context of this.#contexts.splice(0)) await context.close();
    this.#pages.length = 0;
    if (said.length > 0) throw new Error(`the pages complained:\n${said.join('\n')}`);
  }
}

/** As `npm test` does it, for who runs one file by hand. */
function buildScreens(): void {
  const script = `import { ensureScreens } from ${JSON.stringify(`${ROOT}bin/screens.mjs`)}; process.exit(await ensureScreens(${JSON.stringify(ROOT)}, process.execPath));`;
  const built = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the screens could not be built:\n${built.stderr}`);
}

/** One location, its people and its truth. */
export class Cafe {
  readonly house: House;
  readonly id: string;
  readonly #organization: string;

  constructor(house: House, id: string, organization: string) {
    this.house = house;
    this.id = id;
    this.#organization = organization;
  }

  token({ role, name, stations }: Person): Promise<string> {
    const claims = {
      sub: `staff:${(name ?? role).toLowerCase()}`,
      org: this.#organization,
      loc: this.id,
      role,
      ...(name !== undefined && { name }),
      ...(stations && { st: [...stations] }),
    };
    return mintToken(this.house.server.secret, claims, 3600);
  }

  /** Opens a screen as somebody, on a tablet of its own unless one is given. */
  async open(
    path: string,
    who: Person,
    options: { size?: { width: number; height: number }; device?: BrowserContext } = {},
  ): Promise<Page> {
    const device = options.device ?? (await this.house.device(options.size));
    const page = await this.house.page(device);
    await page.goto(
      `${this.house.base}${path}?location=${this.id}#token=${encodeURIComponent(await this.token(who))}`,
    );
    return page;
  }

  /** Opens a page on a device that is paired here: its code is read off the screen and approved by the manager. Answers the device's id. */
  async pair(
    page: Page,
    screen: { page: 'kitchen' | 'pos'; name: string; station?: string },
  ): Promise<string> {
    const path = screen.station === undefined ? `/${screen.page}` : `/${screen.page}/${screen.station}`;
    await page.goto(`${this.house.base}${path}?pair&location=${this.id}`);
    const code = await until(
      () => page.getByTestId('pair-code').innerText(),
      (shown) => /^[A-Z0-9]{8}$/.test(shown),
    );
    const { status, body } = await this.manage('POST', `/pairings/${code}/approve`, screen);
    if (status !== 200) throw new Error(`approving ${code}: ${status} ${JSON.stringify(body)}`);
    await page.getByTestId('pairing').waitFor({ state: 'detached' });
    const { body: list } = await this.manage('GET', '/devices');
    const { devices } = list as { devices: { id: string; name: string }[] };
    return devices.find((one) => one.name === screen.name)?.id ?? '';
  }

  /** Sends one command as somebody; throws with the problem. Answers its result. */
  async command<N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    who: Person = MAYA,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.house.server.url}/v1/locations/${this.id}/commands/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.token(who)}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(input),
    });
    const body = await response.json();
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${JSON.stringify(body)}`);
    return body.result;
  }

  /** A call of a manager, below the location. */
  async manage(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.house.server.url}/v1/locations/${this.id}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token({ role: 'manager', name: 'Ana' })}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  }

  /** The server's own view of a topic. */
  async view(topic: string): Promise<Entity[]> {
    const { status, body } = await this.manage('GET', `/snapshot?topic=${encodeURIComponent(topic)}`);
    if (status !== 200 || typeof body !== 'object' || body === null || !('entities' in body))
      throw new Error(`snapshot of ${topic}: ${status} ${JSON.stringify(body)}`);
    return body.entities as Entity[];
  }

  /** Events of one type in the log. */
  events(type: string): Promise<number> {
    return this.house.server.countEvents([this.id], type);
  }

  /** Places an order, as Maya unless somebody else is named; answers its number and its tickets by station. */
  async order(
    table: string | null,
    lines: readonly LineOf[],
    more: Partial<CommandRequest<'order.place'>['order']> = {},
    who: Person = MAYA,
  ): Promise<Placed> {
    const id = randomUUID();
    const items = lines.map(([menuItem, choices, extra]) => ({
      id: randomUUID(),
      menuItem,
      qty: 1,
      modifiers: Object.entries(choices ?? {}).flatMap(([group, options]) =>
        [options].flat().map((option) => ({ group, option })),
      ),
      ...extra,
    }));
    const result = await this.command(
      'order.place',
      {
        order: {
          id,
          type: table === null ? 'takeout' : 'dine_in',
          ...(table !== null && { table, covers: 2 }),
          items,
          ...more,
        },
      },
      who,
    );
    const { order, tickets } = result as {
      order: { number: number };
      tickets: { id: string; station: string }[];
    };
    return {
      id,
      number: order.number,
      items: items.map((item) => item.id),
      ticket: (station) => tickets.find((one) => one.station === station)?.id ?? '',
    };
  }
}

/** `['classic-burger', { doneness: 'medium', side: 'fries' }, { qty: 2 }]` */
export type LineOf = readonly [
  menuItem: string,
  choices?: Readonly<Record<string, string | readonly string[]>>,
  more?: {
    qty?: number;
    notes?: string;
    allergies?: string[];
    seat?: number;
    course?: number;
    hold?: boolean;
  },
];
export type Placed = { id: string; number: number; items: string[]; ticket: (station: string) => string };

export const BURGER: LineOf = ['classic-burger', { doneness: 'medium', side: 'fries' }];
export const LAGER: LineOf = ['craft-lager', { size: 'size-330' }];

/** Asks until the answer is as wanted; fails with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  { timeout = 30_000 }: Waited = {},
): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
