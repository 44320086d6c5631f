/** What a device keeps between pages: its credential, its name for itself, and where it was last signed in. */

export type Credential = {
  credential: string;
  device: string;
  location: string;
  page: string;
  station?: string;
};
export type LastPlace = { location: string; role: string; station?: string };

const CREDENTIAL = 'heard.device';
const CLIENT = 'heard.client';
const LAST = 'heard.last.';
const TOKEN = 'heard.token';
const TURN = 'heard.turn';

/** localStorage, or memory where it is forbidden. */
function keep(storage: () => Storage): {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
} {
  const memory = new Map<string, string>();
  const tried = <T>(act: (real: Storage) => T, instead: () => T): T => {
    try {
      return act(storage());
    } catch {
      return instead();
    }
  };
  return {
    get: (key) =>
      tried(
        (real) => real.getItem(key),
        () => memory.get(key) ?? null,
      ),
    set: (key, value) =>
      tried(
        (real) => real.setItem(key, value),
        () => void memory.set(key, value),
      ),
    remove: (key) =>
      tried(
        (real) => real.removeItem(key),
        () => void memory.delete(key),
      ),
  };
}

const device = keep(() => localStorage);
const tab = keep(() => sessionStorage);

function parsed<T>(text: string | null): T | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export const deviceStore = {
  credential: (): Credential | null => parsed<Credential>(device.get(CREDENTIAL)),
  setCredential: (credential: Credential): void => device.set(CREDENTIAL, JSON.stringify(credential)),
  forgetCredential: (): void => device.remove(CREDENTIAL),
  /** The last demo place of a page, so that a reload without the server can still open the board. */
  last: (page: string): LastPlace | null => parsed<LastPlace>(device.get(LAST + page)),
  setLast: (page: string, place: LastPlace): void => device.set(LAST + page, JSON.stringify(place)),
  /** A token handed over in the address, for this tab only. */
  token: (): string | null => tab.get(TOKEN),
  setToken: (token: string): void => tab.set(TOKEN, token),
  /** Who is signed in on this tab, over a reload: gone with the tab. */
  turn: {
    get: (): string | null => tab.get(TURN),
    set: (text: string): void => tab.set(TURN, text),
    remove: (): void => tab.remove(TURN),
  },
  /** This device's name for itself; the same over restarts. */
  client(): string {
    const known = device.get(CLIENT);
    if (known !== null) return known;
    const made = mintName();
    device.set(CLIENT, made);
    return made;
  },
};

function mintName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** The claims a token carries, unproved: enough to know which place it opens. Null when it is no such token. */
export function readClaims(
  token: string,
): { sub?: string; loc?: string; role?: string; name?: string; exp?: number } | null {
  const middle = token.split('.')[1];
  if (middle === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(middle.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes)) as {
      sub?: string;
      loc?: string;
      role?: string;
      name?: string;
      exp?: number;
    };
  } catch {
    return null;
  }
}

/** `#token=…` for scripts and tests: taken out of the address at once, so that it is in no history and no screenshot. */
export function takeTokenFromAddress(): string | null {
  const match = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (match?.[1] === undefined) return null;
  const rest = location.hash
    .slice(1)
    .split('&')
    .filter((part) => !part.startsWith('token='));
  history.replaceState(
    history.state,
    '',
    location.pathname + location.search + (rest.length > 0 ? `#${rest.join('&')}` : ''),
  );
  return decodeURIComponent(match[1]);
}
