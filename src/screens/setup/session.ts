import { accountCalls } from '../session/calls.ts';
import { setupCalls, type Member } from './calls.ts';

/** Whoever sets the house up: their token, renewed before it ends. */
export type Manager = {
  readonly name: string;
  readonly token: () => Promise<string>;
  /** Ends it, here and at the server. */
  readonly leave: () => void;
};

const EARLY = 60_000;
const MEMBER_LIFE = 900_000;
/** A sign-in outlives a reload of the page and ends with the tab. */
const KEPT = 'heard.member';

export function memberAs(member: Member): Manager {
  let current = member;
  let until = Date.now() + MEMBER_LIFE;
  let renewing: Promise<void> | null = null;
  keep(member.refresh);
  const renew = async (): Promise<void> => {
    const next = await setupCalls.refresh(current.refresh);
    if (next.ok) {
      current = next.body;
      until = Date.now() + MEMBER_LIFE;
    }
    renewing = null;
  };
  return {
    name: member.name,
    async token() {
      // Calls that come together wait for one renewal.
      if (Date.now() > until - EARLY) await (renewing ??= renew());
      return current.token;
    },
    leave() {
      keep(null);
      void setupCalls.logout(current.refresh);
    },
  };
}

/** Whoever was signed in before this page was reloaded; null: nobody, or no longer. */
export async function keptMember(): Promise<Manager | null> {
  const refresh = kept();
  if (refresh === null) return null;
  const reply = await setupCalls.refresh(refresh);
  if (reply.ok) return memberAs(reply.body);
  if (reply.status !== null) keep(null);
  return null;
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** A browser that keeps nothing asks again after a reload. */
function keep(refresh: string | null): void {
  try {
    if (refresh === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, refresh);
  } catch {
    // Nothing is kept then.
  }
}

export function demoManager(name: string): Manager {
  const asked = new URLSearchParams(location.search).get('location');
  let known: { token: string; until: number } | null = null;
  return {
    name,
    async token() {
      if (known !== null && Date.now() < known.until - EARLY) return known.token;
      const reply = await accountCalls.demo({ page: 'setup', ...(asked !== null && { location: asked }) });
      if (reply === 'unreachable' || reply.refused) return '';
      known = { token: reply.body.token, until: Date.now() + reply.body.expiresIn * 1000 };
      return known.token;
    },
    leave: () => undefined,
  };
}
