import type { Role } from '../../domain/commands.ts';
import type { Actor, TokenProvider, TokenReason } from '../../sdk/shapes.ts';
import { TokenRefused } from '../../sdk/tokens.ts';
import type { Access, AccountCalls, Reply } from './calls.ts';
import { readClaims } from './device.ts';

/**
 * Who this page is. A paired screen trades its credential for short tokens; on a shared screen a person signs in
 * with a PIN on top of that; the demo signs itself in; a script hands a token over.
 */

export type Person = { role: Role; name: string };

export type SessionView = {
  readonly location: string;
  readonly station?: string;
  /** What the screen may do by itself, or the person on it. */
  readonly role: Role;
  readonly name?: string;
  readonly person: Person | null;
};

export type PinAnswer =
  | { ok: true; person: Person }
  | { ok: false; why: 'wrong' | 'offline' }
  | { ok: false; why: 'wait'; seconds: number };

export type Session = {
  get(): SessionView;
  subscribe(listener: () => void): () => void;
  token: TokenProvider;
  /** Whose taps go now: the person's who signed in, else the screen's own. */
  actor(): Actor;
  /** A person takes this shared screen by PIN. */
  signIn(pin: string): Promise<PinAnswer>;
  signOut(): void;
  /** A manager's PIN for one act: the value of the command option `approval`. */
  approve(
    pin: string,
  ): Promise<{ ok: true; approval: string; by: string } | Extract<PinAnswer, { ok: false }>>;
};

/** Where access comes from: the device's credential, the demo, or a fixed token. */
export type Source = () => Promise<Reply<Access>>;

/** Where a person's turn is kept while the page is reloaded: it ends with the tab, and with their token. */
export type Turn = { get(): string | null; set(text: string): void; remove(): void };

/** No answer; the same may be asked again. */
export class Unreachable extends Error {}

/** Renewed so long before the end, ms. */
const EARLY = 60_000;

export function createSession(options: {
  place: { location: string; station?: string; role: Role; name?: string };
  /** The screen's own name for itself, while nobody is signed in. */
  self?: string;
  turn?: Turn;
  source: Source;
  calls: Pick<AccountCalls, 'pin' | 'approve'>;
  now: () => number;
  /** The credential is refused for good: clear the board. */
  onRevoked: () => void;
}): Session {
  let view: SessionView = { ...options.place, person: null };
  let access: { token: string; until: number } | null = null;
  let person = readTurn(options.turn?.get() ?? null, options.place.location, options.now());
  if (person !== null) {
    const signed = { role: person.role, name: person.name };
    view = { ...view, ...signed, person: signed };
  }
  let asking: Promise<string> | null = null;
  const listeners = new Set<() => void>();
  const set = (next: SessionView): void => {
    view = next;
    for (const listener of listeners) listener();
  };

  const fetchAccess = async (): Promise<string> => {
    const reply = await options.source();
    if (reply === 'unreachable') throw new Unreachable('The server does not answer.');
    if (reply.refused) {
      if (reply.status === 429) throw new Unreachable(reply.detail);
      access = null;
      options.turn?.remove();
      options.onRevoked();
      // The client forgets its memory of the board on this.
      throw new TokenRefused('revoked', reply.detail);
    }
    access = { token: reply.body.token, until: options.now() + reply.body.expiresIn * 1000 };
    if (view.person === null)
      set({
        ...view,
        role: reply.body.role,
        ...(reply.body.name !== undefined && { name: reply.body.name }),
      });
    return access.token;
  };

  const screenToken = (fresh: boolean): Promise<string> => {
    if (!fresh && access !== null && access.until - EARLY > options.now())
      return Promise.resolve(access.token);
    // Several callers at once share one question.
    asking ??= fetchAccess().finally(() => {
      asking = null;
    });
    return asking;
  };

  const signOut = (): void => {
    if (person === null && view.person === null) return;
    person = null;
    options.turn?.remove();
    set({ ...view, role: options.place.role, name: options.place.name, person: null });
  };

  const refusal = (reply: Exclude<Reply<unknown>, { refused: false }>): Extract<PinAnswer, { ok: false }> => {
    if (reply === 'unreachable') return { ok: false, why: 'offline' };
    return reply.status === 429
      ? { ok: false, why: 'wait', seconds: Math.ceil(reply.retryAfter ?? 60) }
      : { ok: false, why: 'wrong' };
  };

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    actor() {
      if (person === null) return { id: options.self ?? 'screen' };
      return { id: `person:${readClaims(person.token)?.sub ?? person.name}`, who: person.name };
    },
    async token(reason: TokenReason) {
      if (person !== null) {
        if (person.until > options.now() && reason !== 'refused') return person.token;
        // A person's turn on a shared screen ends with the token; the screen itself stays.
        signOut();
      }
      return screenToken(reason === 'refused' || reason === 'expired' || reason === 'renew');
    },
    async signIn(pin) {
      let token: string;
      try {
        token = await screenToken(false);
      } catch {
        return { ok: false, why: 'offline' };
      }
      const reply = await options.calls.pin(pin, token);
      if (reply === 'unreachable' || reply.refused) return refusal(reply);
      const signed = { role: reply.body.role, name: reply.body.name };
      const until = options.now() + reply.body.expiresIn * 1000;
      person = { ...signed, location: options.place.location, token: reply.body.token, until };
      options.turn?.set(JSON.stringify(person));
      set({ ...view, ...signed, person: signed });
      return { ok: true, person: signed };
    },
    signOut,
    async approve(pin) {
      let token: string;
      try {
        token = person !== null && person.until > options.now() ? person.token : await screenToken(false);
      } catch {
        return { ok: false, why: 'offline' };
      }
      const reply = await options.calls.approve(pin, token);
      if (reply === 'unreachable' || reply.refused) return refusal(reply);
      return { ok: true, approval: reply.body.approval, by: reply.body.by };
    },
  };
}

type PersonTurn = { role: Role; name: string; location: string; token: string; until: number };

/** The turn that a reload interrupted; null when it is over, or of another place. */
function readTurn(text: string | null, location: string, now: number): PersonTurn | null {
  if (text === null) return null;
  try {
    const turn = JSON.parse(text) as Partial<PersonTurn> | null;
    const whole =
      typeof turn?.token === 'string' &&
      typeof turn.name === 'string' &&
      typeof turn.role === 'string' &&
      typeof turn.until === 'number';
    return whole && turn.location === location && (turn.until ?? 0) > now ? (turn as PersonTurn) : null;
  } catch {
    return null;
  }
}
