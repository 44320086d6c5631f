import type { Down, Ready } from '../protocol/down.ts';
import type { Hello } from '../protocol/up.ts';
import type { Carrier, Link, Said, Wanted } from './carrier.ts';
import { isPush, SILENCE } from './ladder.ts';
import type { Transport, Via } from './ladder.ts';
import { deadline, step } from './machine.ts';
import { START } from './machineState.ts';
import type { Action, Event, Machine, State } from './machineState.ts';
import { listenToPage } from './signals.ts';
import { TokenRefused } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** The close code that says: come back at once, judged anew. By number, since the wire's table would bring its schemas along. */
const RESYNC = 4202;

/**
 * The machine's hands: sockets, timers, the token provider and the page's signals. It decides nothing;
 * what comes in becomes an event, and what the machine answers is done.
 */
export type ConnectionOptions = {
  carriers: { readonly [V in Transport]: Carrier };
  /** How another page of this browser is reached that has the connection; without it every page has its own. */
  tab?: Carrier;
  /** The rung to begin on, and where it is remembered. */
  ladder?: { load(): number; save(rung: number): void };
  /** Does plain HTTP answer? */
  ask(): Promise<boolean>;
  tokens: Tokens;
  client: Hello['client'];
  now(): number;
  random(): number;
  subscriptions(attempt: number, via: Via): Wanted[];
  /** A connection is ready, and in use from now on; `token`: under which it was made. */
  up(attempt: number, ready: Ready, token: string): void;
  down(attempt: number): void;
  frame(attempt: number, frame: Down): void;
  /** The state changed, or a second passed. */
  changed(): void;
  /** The machine went from one state to another, and why. */
  moved(from: State, event: Event, to: State, via: Via | null): void;
};

export type Connection = ReturnType<typeof createConnection>;

const TICK_MS = 1000;
const JUMP_MS = 5000;
const RENEW_AGAIN_MS = 5000;

export function createConnection(options: ConnectionOptions) {
  const { carriers, tokens, now } = options;
  const links = new Map<number, Link>();
  const ready = new Map<number, Ready>();
  /** How each connection is carried, and under which token it was made. */
  const made = new Map<number, { via: Via; through: Transport | null; token: string }>();
  let machine: Machine = {
    ...START,
    memory: { ...START.memory, rung: rungOf(options.ladder?.load() ?? START.memory.rung) },
  };
  let inUse = 0;
  let lastFrameAt: number | null = null;
  let reconnects = 0;
  let everUp = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ticker: ReturnType<typeof setInterval> | null = null;
  let lastTick = 0;
  let stopSignals: () => void = () => undefined;

  function send(event: Event): void {
    const next = step(machine, event, { now: now(), random: options.random() });
    const moved = next.state !== machine.state;
    const { rung } = machine.memory;
    const from = machine.state;
    machine = { state: next.state, memory: next.memory };
    if (machine.memory.rung !== rung) options.ladder?.save(machine.memory.rung);
    // The new connection takes over before the old one is dropped.
    if (moved) settleLinks();
    for (const action of next.actions) act(action);
    if (moved) {
      options.moved(from, event, machine.state, 'via' in machine.state ? machine.state.via : null);
      arm();
      if (event.type !== 'frame') options.changed();
    }
    if (machine.state.name === 'closed') rest();
  }

  function act(action: Action): void {
    switch (action.do) {
      case 'drop':
        hangUp(action.attempt, 1000);
        return;
      case 'ask':
        options.ask().then(
          (answers) => answers && send({ type: 'answered' }),
          () => undefined,
        );
        return;
      case 'connect':
        make(action);
        return;
      default:
        action satisfies never;
    }
  }

  function make({ attempt, reason, via }: Extract<Action, { do: 'connect' }>): void {
    const carrier = via === 'tab' ? options.tab : carriers[via];
    if (!carrier) {
      queueMicrotask(() => send({ type: 'gone', attempt, code: 1006 }));
      return;
    }
    tokens.get(reason).then(
      (token) => {
        if (!isAwaited(attempt)) return;
        send({ type: 'calling', attempt });
        made.set(attempt, { via, through: via === 'tab' ? null : via, token });
        const opening = { token, client: options.client, subs: options.subscriptions(attempt, via) };
        links.set(
          attempt,
          carrier.open(opening, {
            opened(through) {
              const known = made.get(attempt);
              if (known && through) known.through = through;
              send({ type: 'opened', attempt });
            },
            frame: (frame) => onFrame(attempt, frame),
            gone: (code) => {
              forget(attempt);
              send({ type: 'gone', attempt, code });
              options.down(attempt);
            },
          }),
        );
      },
      (error: unknown) => {
        if (error instanceof TokenRefused) send({ type: 'untrusted', attempt, reason: error.reason });
        else send({ type: 'gone', attempt, code: 1006 });
      },
    );
  }

  function forget(attempt: number): void {
    links.delete(attempt);
    ready.delete(attempt);
    made.delete(attempt);
  }

  /** Does the machine still wait for this attempt? A token may come long after it was asked for. */
  function isAwaited(attempt: number): boolean {
    const { state } = machine;
    if (state.name === 'connecting') return state.attempt === attempt;
    return state.name === 'suspect' && state.next.phase === 'connecting' && state.next.attempt === attempt;
  }

  function onFrame(attempt: number, frame: Down): void {
    if (frame.t === 'ready') {
      ready.set(attempt, frame);
      lastFrameAt = now();
      send({ type: 'ready', attempt, pace: paceOf(frame) });
      return;
    }
    if (frame.t === 'bye') {
      lastFrameAt = now();
      send({ type: 'bye', attempt, code: frame.code, hint: hintOf(frame) });
      return;
    }
    if (!ready.has(attempt)) return;
    lastFrameAt = now();
    send({ type: 'frame', attempt });
    // The pong proves that the page itself is awake, so it is said here and not by the socket.
    if (frame.t === 'ping') links.get(attempt)?.say({ t: 'pong', n: frame.n });
    if (frame.t === 'auth') renewOn(attempt, now() + frame.expiresIn * 1000);
    options.frame(attempt, frame);
  }

  /** Which connection speaks for this screen: the machine's, once it is ready. */
  function settleLinks(): void {
    const { state } = machine;
    const next = state.name === 'live' || state.name === 'suspect' ? state.attempt : 0;
    if (next === inUse) return;
    inUse = next;
    const first = ready.get(next);
    if (!first) return;
    if (everUp) reconnects += 1;
    everUp = true;
    options.up(next, first, made.get(next)?.token ?? '');
  }

  function hangUp(attempt: number, code: number): void {
    const link = links.get(attempt);
    if (!link) return;
    forget(attempt);
    link.close(code);
    options.down(attempt);
  }

  /** Renewed in band, before it expires; a provider that fails is asked again until it is too late. */
  function renewOn(attempt: number, until: number): void {
    tokens.get('renew').then(
      (token) => links.get(attempt)?.say({ t: 'auth', token }),
      (error: unknown) => {
        if (error instanceof TokenRefused || now() + RENEW_AGAIN_MS >= until) return;
        setTimeout(() => links.has(attempt) && renewOn(attempt, until), RENEW_AGAIN_MS);
      },
    );
  }

  function arm(): void {
    if (timer !== null) clearTimeout(timer);
    const at = deadline(machine.state);
    timer =
      at === null
        ? null
        : setTimeout(
            () => {
              timer = null;
              send({ type: 'timer' });
              if (timer === null) arm();
            },
            Math.min(Math.max(0, at - now()), 2 ** 31 - 1),
          );
  }

  function tick(): void {
    const time = now();
    const slept = time - lastTick;
    // A hidden page's timers are held back for up to a minute while frames still come: that is no sleep.
    const heard = lastFrameAt !== null && lastFrameAt > lastTick + TICK_MS;
    lastTick = time;
    if ((slept > TICK_MS + JUMP_MS && !heard) || slept < -TICK_MS) send({ type: 'jump' });
    options.changed();
  }

  function rest(): void {
    if (timer !== null) clearTimeout(timer);
    if (ticker !== null) clearInterval(ticker);
    timer = null;
    ticker = null;
    stopSignals();
    stopSignals = () => undefined;
  }

  const via = (): Via | null => made.get(inUse)?.via ?? null;
  /** What carries the frames to this browser, whichever page it is. */
  const through = (): Transport | null => made.get(inUse)?.through ?? null;

  return {
    /** Idle or blocked: connect. Otherwise nothing. */
    start(): void {
      if (machine.state.name === 'closed') return;
      if (ticker === null) {
        lastTick = now();
        ticker = setInterval(tick, TICK_MS);
        stopSignals = listenToPage(now, send);
      }
      send({ type: 'start' });
    },
    stop(): void {
      send({ type: 'stop' });
      for (const attempt of [...links.keys()]) hangUp(attempt, 1000);
    },
    /** Says a frame on the connection in use; false when there is none. */
    say: (frame: Said): boolean => links.get(inUse)?.say(frame) ?? false,
    /**
     * Somebody else speaks here now: a connection with their token, made before this one is dropped. In band would not do:
     * there the server takes a newer token of the same person only, and what they may see is judged at the hello.
     */
    renew(): void {
      if (inUse !== 0) send({ type: 'bye', attempt: inUse, code: RESYNC, hint: 0 });
    },
    /** Whatever it believes of itself: a new connection at once, beside the old one. */
    refresh(): void {
      if (machine.state.name === 'blocked') send({ type: 'start' });
      else send({ type: 'jump' });
    },
    /** HTTP answered somebody else's question. */
    answered: (): void => send({ type: 'answered' }),
    /** Whether another page of this browser has the connection. */
    follow: (follows: boolean): void => send({ type: 'role', follows }),
    state: () => machine.state,
    lastFrameAt: () => lastFrameAt,
    /** What carries the frames now; null while nothing does. */
    via,
    /** A frame came recently enough on a connection that stands. */
    isLive: (): boolean => {
      const carries = via();
      return carries !== null && lastFrameAt !== null && Math.abs(now() - lastFrameAt) < SILENCE[carries];
    },
    /** Do frames come by themselves, or only when asked for? */
    isPush: (): boolean => isPush(through() ?? 'websocket'),
    through,
    isInUse: (attempt: number): boolean => attempt === inUse,
    reconnects: () => reconnects,
  };
}

/** What was remembered may be of another version, or anything. */
function rungOf(value: number): number {
  return Number.isInteger(value) && value > 0 && value < 4 ? value : 0;
}

/** The server's own pace, within reason: a wrong one must not silence a kitchen. */
function paceOf({ retry }: Ready): { base: number; cap: number } {
  const base = Math.min(Math.max(retry.min, 100), 60_000);
  return { base, cap: Math.min(Math.max(retry.max, base), 60_000) };
}

/** `retryAfter` is in seconds, as the HTTP header of that name. */
function hintOf({ retryAfter }: Extract<Down, { t: 'bye' }>): number {
  return retryAfter === undefined ? 0 : Math.min(Math.max(0, retryAfter), 300) * 1000;
}
