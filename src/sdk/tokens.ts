import type { TokenProvider, TokenReason } from './shapes.ts';

/** The token provider throws this when no token will ever come: the screen must be paired again, or was revoked. */
export class TokenRefused extends Error {
  readonly reason: 'pair' | 'revoked';

  constructor(reason: 'pair' | 'revoked', message = 'Pair this screen again.') {
    super(message);
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}

export type Tokens = {
  /** A token for this purpose; for `command` the one at hand, as long as nobody refused it. */
  get(reason: TokenReason): Promise<string>;
  forget(): void;
};

/** Asks the provider, one question at a time, and keeps the last answer for the commands between connections. */
export function createTokens(provider: TokenProvider): Tokens {
  let last: string | null = null;
  let asking: { reason: TokenReason; answer: Promise<string> } | null = null;
  return {
    get(reason) {
      if (reason === 'command' && last !== null) return Promise.resolve(last);
      // A question under way answers this one too, unless this one knows that the cached token is bad.
      if (asking && (asking.reason === reason || reason === 'command' || reason === 'connect'))
        return asking.answer;
      const question = {
        reason,
        answer: Promise.resolve()
          .then(() => inTime(provider(reason)))
          .then((token) => {
            if (typeof token !== 'string' || token === '')
              throw new TypeError('The token provider must answer a token: a string that is not empty.');
            last = token;
            return token;
          })
          .finally(() => {
            if (asking === question) asking = null;
          }),
      };
      asking = question;
      return question.answer;
    },
    forget() {
      last = null;
    },
  };
}

const PATIENCE_MS = 10_000;

/** A provider whose own request hangs would keep the screen dark for ever: it is asked again. */
function inTime(answer: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The token provider did not answer within ${PATIENCE_MS / 1000} s.`)),
      PATIENCE_MS,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
