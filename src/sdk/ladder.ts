/**
 * The ladder of transports: what carries the frames, best first. Pure numbers; the machine walks it.
 *
 *     websocket ──▶ sse ──▶ long_poll ──▶ poll ──▶ (websocket again)
 *        ▲           │          │           │
 *        └───────────┴──────────┴───────────┘  a probe each minute, beside the connection in use
 *
 * A transport is up when its first frame arrived, not when it opened: what a proxy holds back never arrives.
 * It is left when it failed by itself (not because the server said so), twice in a row, while plain HTTP answers:
 * a dead network fails on every rung alike and says nothing about any of them. One that has stood for 30 s on this
 * network has to fail four times.
 */
export const LADDER = ['websocket', 'sse', 'long_poll', 'poll'] as const;
export type Transport = (typeof LADDER)[number];
/** `tab`: another page of this browser has the connection and passes its frames on. */
export type Via = Transport | 'tab';

export const TOP = 0;

/** Silence after which a connection is dead. A poll may be quiet for as long as its question is open. */
export const SILENCE: { readonly [V in Via]: number } = {
  websocket: 20_000,
  sse: 20_000,
  long_poll: 40_000,
  poll: 35_000,
  tab: 45_000,
};

/** From the call until the transport says that it is open; of a poll, until its first answer. */
export const OPEN_MS: { readonly [V in Via]: number } = {
  websocket: 5_000,
  sse: 5_000,
  long_poll: 8_000,
  poll: 8_000,
  tab: 1_500,
};

/** From open to the first frame. */
export const PROOF_MS = 3_000;
export const PROBE_UP_MS = 60_000;

const STRIKES = 2;
const STRIKES_OF_PROVEN = 4;

export type Rung = {
  /** Index in LADDER. */
  readonly rung: number;
  /** Failures of this transport in a row that were its own. */
  readonly strikes: number;
  /** It has stood for 30 s on this network. */
  readonly proven: boolean;
  /** Looks upward so far; which transport is tried next follows from it. */
  readonly probes: number;
};

export function transportAt(rung: number): Transport {
  return LADDER[rung] ?? 'websocket';
}

export function isPush(via: Via): boolean {
  return via === 'websocket' || via === 'sse';
}

/** A close that is the transport's own fault: it broke, or nothing came. What the server says was carried well. */
export function isFault(code: number): boolean {
  return (code < 4000 || code >= 5000) && code !== 1001 && code !== 1012 && code !== 1013;
}

/** After a failure of the transport that is walked on; of another one (a probe, a tab) nothing follows. */
export function strike<M extends Rung>(memory: M, via: Via, code: number): M {
  if (via !== transportAt(memory.rung) || !isFault(code)) return memory;
  return { ...memory, strikes: memory.strikes + 1 };
}

/** Has it failed often enough to be left, if only HTTP answers? */
export function isDue({ strikes, proven }: Rung): boolean {
  return strikes >= (proven ? STRIKES_OF_PROVEN : STRIKES);
}

/** HTTP answers while this transport fails: the next one. Below the last comes the first again. */
export function stepDown<M extends Rung>(memory: M): M {
  return { ...memory, rung: (memory.rung + 1) % LADDER.length, strikes: 0, proven: false };
}

/** A connection stands on this transport: from now on it is the one to come back to. */
export function standOn<M extends Rung>(memory: M, via: Via): M {
  const rung = via === 'tab' ? memory.rung : LADDER.indexOf(via);
  return rung === memory.rung ? memory : { ...memory, rung, strikes: 0, proven: false };
}

/** Which better transport is looked at next: the best, then the next one, and so round. */
export function candidate({ rung, probes }: Rung): Transport {
  return transportAt(rung === 0 ? 0 : probes % rung);
}
