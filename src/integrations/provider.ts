import type { CommandName, CommandRequest, InnerInputs, InnerName, Role } from '../domain/commands.ts';
import type { ChannelConfig } from '../domain/channel/config.ts';
import type { LocationConfig } from '../domain/config.ts';
import type { LocationState } from '../domain/state.ts';
import type { Outcome } from '../location/outcome.ts';

/**
 * The seam on which every outside system stands: a delivery platform, a courier service, a telephone agent. An adapter is
 * one folder below `integrations/` that exports one `Provider`, and one line in `providers.ts`. It gets bytes and tools as
 * arguments and never sees HTTP, PostgreSQL or a clock of its own. What the house does around it:
 *
 *     POST /hooks/{provider}/{address} -> verify -> read -> one row in the inbox, with its job -> answer -> work
 *
 * `docs/integrations/adding-a-provider.md` walks through one.
 */
export type Provider = {
  /** As in the path of its webhooks and in `channels[].provider`: `uber-eats`. */
  readonly id: string;
  readonly kind: 'orders' | 'courier' | 'voice' | 'messages';
  /** As its makers write it: `Uber Eats`. */
  readonly name: string;
  /** What an owner copies from the provider's portal; kept sealed, shown to nobody again. */
  readonly secrets: readonly SecretField[];
  /** Where its own API is, by name (`api`, `auth`): the only origins that `call` reaches with the channel's keys. */
  readonly environments?: {
    readonly production: Readonly<Record<string, string>>;
    readonly sandbox?: Readonly<Record<string, string>>;
  };
  /** Default: POST alone. */
  readonly methods?: readonly ('GET' | 'POST')[];

  /**
   * Did the provider send it? Compares in constant time (`signatures.ts`) over `raw`, never over what was parsed from it.
   * `environment`: which of the provider's the link is made for; left out where a simulator stands for all of them.
   */
  verify(request: HookRequest, secrets: Secrets, now: number, environment?: string): Verdict;
  /** What kind of delivery it is. Called for verified ones only; what it throws makes the delivery an `unreadable` one. */
  read(request: ParsedRequest): Reading;
  /**
   * Exactly what the provider wants to hear once the delivery is stored, and again each time it is repeated. `why` is
   * `late` when `respond` did not come to an end in time: the last chance to say something sensible.
   */
  answer(delivery: Delivery, why: 'stored' | 'repeated' | 'late'): HookAnswer;
  /** For deliveries whose sender waits for an answer that has to be thought about (a tool call, TwiML). */
  readonly respond?: {
    wanted(delivery: Delivery): boolean;
    /** Milliseconds after which `answer(…, 'late')` goes out instead; the work goes on. */
    readonly withinMs: number;
    /** Runs after the delivery is stored. Must be idempotent: a repeat that comes before the first is answered runs it again. */
    answer(delivery: Delivery, tools: ProviderTools): Promise<HookAnswer>;
  };
  /**
   * What the delivery asks for, in a job after the answer: usually some `submit`s. Runs again when it throws (growing
   * pauses, about half an hour in all, then it is a dead letter that a manager may replay), so it must be idempotent, and
   * deliveries may come in any order. Runs after `respond` as well, unless that came to a good end.
   */
  work(delivery: Delivery, tools: ProviderTools): Promise<WorkResult>;
  /**
   * A call to the provider that an event asked for, as a job with retry: throw to be tried again, `ProviderRefused` when
   * that is of no use. To return means that the provider was told.
   */
  send?(request: ChannelRequest, tools: ProviderTools): Promise<void>;
  /** Looks for what no delivery told, on one node at a time: a list call, where the provider has one. */
  readonly look?: { readonly everyMs: number; run(tools: ProviderTools): Promise<void> };
};

/** What an owner enters. `id` is its name in `heard link` and in YAML. */
export type SecretField = {
  readonly id: string;
  readonly label: string;
  readonly optional?: boolean;
  /** Where in the provider's portal it is found. */
  readonly hint?: string;
};
/** By the field's id; a required one is there, or the delivery was refused before `verify`. */
export type Secrets = Readonly<Record<string, string>>;

/** A request as it came, before anything is believed of it. */
export type HookRequest = {
  readonly method: 'GET' | 'POST';
  /** As the provider knows it, query and all: HEARD_PUBLIC_URL and the path, whatever a proxy made of it. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name; one that came more than once is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's bytes as they came, at most 1 MB. */
  readonly raw: Buffer;
};
/**
 * `body`: parsed JSON (at most 32 levels deep), or the fields of a form; undefined for an empty body and for bytes that
 * are neither. Its content is a stranger's all the same: missing, null, of another type, U+0000 in a string.
 */
export type ParsedRequest = HookRequest & { readonly body: unknown };

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

export type Reading = {
  /** The provider's own name for this kind of delivery: what the list shows and what is counted by. */
  readonly event: string;
  /** The same for every repeat of the same delivery and for no other. Without it: the digest of the bytes. */
  readonly key?: string;
  /** Deliveries that name the same (an order, a call) are worked one after the other, in the order in which they came. */
  readonly queue?: string;
  /**
   * The provider's name for the restaurant, where one account of theirs serves several and all come to one address: the
   * channel of the same organization and provider with this `store` gets the delivery.
   */
  readonly store?: string;
  /** Nothing to do: stored, answered, counted, and that is all. For kinds that the adapter does not know. */
  readonly ignore?: boolean;
};

export type HookAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is sent; an object as JSON. Without it the body is empty. */
  readonly body?: string | Readonly<Record<string, unknown>>;
};

/** A stored delivery. */
export type Delivery = ParsedRequest & {
  readonly id: string;
  readonly event: string;
  readonly key: string;
  /** RFC 3339, by the log's clock. */
  readonly receivedAt: string;
  /** Of `work`: 1 at the first try. */
  readonly attempt: number;
};

/** `ignored`: there was nothing to do, and why is in the list. */
export type WorkResult = 'done' | { readonly ignored: string };

/**
 * What the house asks of a channel: an effect of kind `channel`. `act` says what (`accept`, `deny`, `ready`, `itemOut`), the
 * other fields are those of `channel.asked` and `channel.storeAsked`. An adapter does nothing for an act that its provider
 * does not know.
 */
export type ChannelRequest = {
  readonly channel: string;
  readonly act: string;
  /** Requests of a channel that name the same (an order) are made one after the other. */
  readonly queue?: string;
  /** Names the asking: what came of it is noted with it. */
  readonly ask?: number;
  readonly [field: string]: unknown;
};

/**
 * Thrown by `send`: the provider said no for good. Noted with what was asked, and somebody is told. That it is already so
 * (accepted before, cancelled before) is no refusal: return.
 */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused';
  /** The provider's own word for it, where it has one. */
  readonly code: string | undefined;

  constructor(words: string, code?: string) {
    super(words);
    this.code = code;
  }
}

/** Thrown by `call`s and `submit`s that may succeed later, and by adapters: the job is tried again. */
export class TryLater extends Error {
  override readonly name = 'TryLater';
}

/** The rest of the house, as far as an adapter may reach it. */
export type ProviderTools = {
  readonly location: string;
  readonly organization: string;
  readonly channel: ChannelConfig;
  readonly config: LocationConfig;
  readonly secrets: Secrets;
  /** The state as this node has it. Throws TryLater when it cannot be read. */
  state(): Promise<LocationState>;
  /** An id that follows from the words, within this channel: the same command of a repeated delivery has no effect twice. */
  idOf(...words: readonly string[]): string;
  /**
   * Gives a command as `channel:<id>`, in the role `partner` (`phone` for voice) unless another is said; throws for one that
   * the role may not give. Throws TryLater when it could not be carried out now. `invalid` says why the rules cannot
   * even read the input.
   */
  submit<N extends CommandName>(
    id: string,
    name: N,
    input: CommandRequest<N>,
    as?: { readonly role?: Role; readonly name?: string },
  ): Promise<Submitted>;
  /** The same for what only the house may ask. */
  submitInner<N extends InnerName>(id: string, name: N, input: InnerInputs[N]): Promise<Submitted>;
  /** Calls the provider's API, or what a delivery named. */
  call(request: OutgoingRequest): Promise<OutgoingAnswer>;
  readonly tokens: ProviderTokens;
  /**
   * Tells screens something that is true for a moment and never enters the log. Of one `kind` and `id` the latest counts;
   * `order` says which that is where the times of the deliveries do not. `data: null`: it is over.
   */
  live(
    topic: string,
    word: { readonly kind: string; readonly id: string; readonly data: unknown; readonly order?: number },
  ): void;
  /** The log's clock, ms since 1970. */
  now(): number;
  /** To the server's log: no secrets, no guests' words. */
  report(message: string, detail?: Readonly<Record<string, unknown>>): void;
  /** Aborts when the work took too long or the node goes away. */
  readonly signal: AbortSignal;
};

export type Submitted =
  | Extract<Outcome, { ok: true }>
  | Exclude<Outcome, { ok: true } | { unavailable: true }>
  | { readonly ok: false; readonly invalid: readonly { readonly path: string; readonly message: string }[] };

export type OutgoingRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Which of the environment's addresses, and the path below it. Default `api`. */
  readonly base?: string;
  readonly path?: string;
  /**
   * Instead of `base` and `path`, an address that a delivery named. One of the environment's origins is reached like these;
   * any other only with `elsewhere: true`, if it is https and not in a private network: send it no keys.
   */
  readonly url?: string;
  readonly elsewhere?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text or bytes as they are, an object as JSON, URLSearchParams as a form. */
  readonly body?: string | Buffer | URLSearchParams | Readonly<Record<string, unknown>> | readonly unknown[];
  /** Default 10 s, for all of it. */
  readonly timeoutMs?: number;
  /** Default 4 MB: an answer above it is an error. */
  readonly mostBytes?: number;
};
/** Any status that came; no redirect is followed. Nothing came at all: TryLater. */
export type OutgoingAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
};

/** Access tokens that all nodes share: kept sealed, renewed by one at a time and before they expire. */
export type ProviderTokens = {
  get(name: string, renew: () => Promise<NewToken>): Promise<string>;
  /** The provider said that it is no good: the next `get` renews. */
  forget(name: string, value: string): Promise<void>;
};
/** `expiresAt` in ms since 1970. */
export type NewToken = { readonly value: string; readonly expiresAt: number };
