import type { Secrets } from './provider.ts';

/**
 * The seam on which a provider's simulator stands: its API, and the stories in which it sends webhooks. A simulator keeps
 * the provider's side of each order or call, speaks its words and signs as it does; it never sees a socket, a clock or
 * chance of its own. What goes wrong between two machines (deliveries that come twice, late or with a wrong signature,
 * 429, 5xx, timeouts, tokens that expire) is no concern of one provider: the host in `simulators/` does it around
 * `deliver` and `answer`, the same for all.
 *
 * One simulator is one `sim.ts` beside its adapter, and one line in `sims.ts`. Servers never load them but for the demo.
 */
export type ProviderSim = {
  /** The id of the adapter it plays against. */
  readonly provider: string;
  /** What its trial account has by field, where made-up words would not do: a link that is made for it gets these. */
  readonly secrets?: Secrets;
  /** One instance per linked channel. Called again after a restart of the host: what it knew is gone. */
  create(world: SimWorld): SimInstance;
};

export type SimInstance = {
  /** The provider's own API: what the house calls comes here, and only once the host let it through. */
  answer(request: SimRequest): SimAnswer | Promise<SimAnswer>;
  /** By name: `order`, `cancel`, `courier`, `call`. */
  readonly stories: Readonly<Record<string, SimStory>>;
  /** For proofs: each order with all that the house told of it, oldest first. */
  told(): readonly SimTold[];
};

/**
 * Runs one story and resolves with the provider's own id of the order or call when the simulator's part in it is over: it
 * does not wait for the house, whose calls come to `answer` when they come. Options are the story's own; the same `seed` of
 * the host and the same options tell the same story.
 */
export type SimStory = (options?: Readonly<Record<string, string>>) => Promise<{ readonly id: string }>;

export type SimTold = {
  readonly id: string;
  /** The house's acts as the provider took them, in their order: `accept`, `ready`, `cancel`. */
  readonly acts: readonly string[];
  /** Where the order is at the provider now, in its own word. */
  readonly state: string;
  /** Was every limit kept that the provider sets (an order accepted before it is cancelled for silence)? */
  readonly inTime: boolean;
};

/** A request to the provider's API, with the host's own part of the path taken off. */
export type SimRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** An object is sent as JSON; without a body, the answer is empty. */
export type SimAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
};

/** One delivery to the house: its headers, with the signature over exactly these bytes. */
export type SimDelivery = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Default: POST. */
  readonly method?: 'GET' | 'POST';
  /** Without the question mark. */
  readonly query?: string;
};

/** A dish as a provider's order names it; `price` in minor units. */
export type SimDish = {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly options: readonly { readonly id: string; readonly name: string; readonly price: number }[];
};

/** A dish or an option that the provider knows, by its id there. */
export type SimListed = { readonly id: string; readonly name: string; readonly isOption: boolean };

/** What a simulator is given. */
export type SimWorld = {
  /** The channel's, as the owner entered them: what deliveries are signed with, and what tokens are given for. */
  readonly secrets: Secrets;
  /** The provider's name for the restaurant. */
  readonly store: string;
  /** The origin and path under which this simulator's API is reached, without a slash at its end: for links in deliveries. */
  readonly self: string;
  /** Where the house takes this channel's deliveries: for providers that sign the address as well. */
  readonly hook: string;
  /** Ms since 1970. */
  now(): number;
  /** From 0 to 1, the same sequence for the same seed. */
  random(): number;
  /** Sends one signed delivery to the house and resolves with its answer; status -1: nobody answered. */
  deliver(delivery: SimDelivery): Promise<{ readonly status: number; readonly body: string }>;
  /** Never ends once the host has stopped: the story goes no further. */
  sleep(ms: number): Promise<void>;
  /** What may be ordered, were nothing sold out. Never empty, and not the same for ever. */
  readonly menu: readonly SimDish[];
  /** All that the provider knows of the menu, also what nobody orders now. */
  readonly listed: readonly SimListed[];
  /** One line for whoever watches: no secrets in it. */
  say(text: string): void;
};

/** The dishes and options of a menu, where nobody knows more of it. */
export function listedIn(menu: readonly SimDish[]): SimListed[] {
  return menu.flatMap(({ id, name, options }) => [
    { id, name, isOption: false },
    ...options.map((option) => ({ id: option.id, name: option.name, isOption: true })),
  ]);
}

/** What guests still find of a menu. Where all of it is off: what they had in their carts before. */
export function onSale(menu: readonly SimDish[], isOff: (id: string) => boolean): readonly SimDish[] {
  const left = menu
    .filter(({ id }) => !isOff(id))
    .map((dish) => ({ ...dish, options: dish.options.filter(({ id }) => !isOff(id)) }));
  return left.length === 0 ? menu : left;
}
