import type { CommandAnswer } from '../protocol/http.ts';
import type { Problem } from '../protocol/problems.ts';
import { isCommandAnswer, isProblem } from './frames.ts';
import type { Tokens } from './tokens.ts';

/** A command as it goes over the wire; `body` is its input, serialised once, at the tap. */
export type Letter = {
  id: string;
  name: string;
  body: string;
  approval?: string;
  /** False once somebody else acts here: asked when the token is at hand, before anything is sent. */
  still?: () => boolean;
};

/**
 * What became of a letter. `again`: it may or may not have arrived, and the same letter may be sent again;
 * `wait` is how long the server asks for at least, in milliseconds; `alone`: not together with others.
 */
export type Delivery =
  | { got: 'answer'; answer: CommandAnswer }
  | { got: 'refusal'; problem: Problem }
  | { got: 'again'; wait: number; alone?: boolean };

/** The codes that the problem table marks as worth another try; a test holds the two together. */
export const RETRY_CODES: ReadonlySet<string> = new Set<Problem['code']>(['rate_limited', 'unavailable']);

const TIMEOUT_MS = 10_000;
const AGAIN: Delivery = { got: 'again', wait: 0 };

export type SenderOptions = {
  /** `https://host/v1/locations/brasa` */
  place: string;
  tokens: Tokens;
  fetch: typeof fetch;
  now(): number;
  tookRoundTrip(millis: number): void;
};

export type Sender = {
  one(letter: Letter): Promise<Delivery>;
  /** Many in one call, judged one by one in this order. */
  many(letters: readonly Letter[]): Promise<Delivery[]>;
};

export function createSender(options: SenderOptions): Sender {
  /** Answers the status and the parsed body; null when nothing that Heard says came back. */
  async function post(
    path: string,
    body: string,
    headers: Record<string, string>,
    still: () => boolean = () => true,
  ): Promise<{ status: number; body: unknown; wait: number } | null> {
    try {
      const token = await options.tokens.get('command');
      if (!still()) return null;
      let response = await call(path, body, headers, token);
      if (response.status === 401) {
        await response.body?.cancel();
        const newer = await options.tokens.get('refused');
        if (!still()) return null;
        response = await call(path, body, headers, newer);
      }
      const seconds = Number(response.headers.get('retry-after'));
      return {
        status: response.status,
        body: await response.json(),
        wait: Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), 300) * 1000 : 0,
      };
    } catch {
      // No network, no token, too slow, or a page that a Wi-Fi portal put in between: not known, so again.
      return null;
    }
  }

  async function call(
    path: string,
    body: string,
    headers: Record<string, string>,
    token: string,
  ): Promise<Response> {
    const started = options.now();
    const response = await options.fetch(`${options.place}${path}`, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, application/problem+json',
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: 'no-store',
      credentials: 'omit',
    });
    options.tookRoundTrip(options.now() - started);
    return response;
  }

  return {
    async one(letter) {
      const answer = await post(
        `/commands/${letter.name}`,
        letter.body,
        {
          'idempotency-key': letter.id,
          ...(letter.approval !== undefined && { 'heard-approval': letter.approval }),
        },
        letter.still,
      );
      return answer ? judge(answer.body, letter, answer.wait) : AGAIN;
    },
    async many(letters) {
      const body = `[${letters.map(({ id, name, body: input }) => `{"id":${JSON.stringify(id)},"name":${JSON.stringify(name)},"input":${input}}`).join(',')}]`;
      const answer = await post('/commands', body, {}, letters[0]?.still);
      if (!answer) return letters.map(() => AGAIN);
      const { body: said, wait } = answer;
      // After one that could not be served the rest was not tried: no answer, so again.
      if (Array.isArray(said)) return letters.map((letter, index) => judge(said[index], letter, wait));
      // The whole call was refused. That says nothing about each command: each by itself will get its own answer.
      const alone = isProblem(said) && !RETRY_CODES.has(said.code) && said.code !== 'unauthenticated';
      return letters.map(() => ({ got: 'again', wait, alone }));
    },
  };
}

function judge(body: unknown, letter: Letter, wait: number): Delivery {
  if (isCommandAnswer(body) && body.id.toLowerCase() === letter.id) return { got: 'answer', answer: body };
  if (!isProblem(body)) return AGAIN;
  if (RETRY_CODES.has(body.code))
    return { got: 'again', wait: Math.max(wait, (body.retryAfter ?? 0) * 1000) };
  // A tap outlives a token: it waits until somebody signs in.
  if (body.code === 'unauthenticated' || body.status >= 500) return AGAIN;
  return { got: 'refusal', problem: body };
}
