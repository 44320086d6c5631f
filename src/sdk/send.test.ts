import { beforeEach, describe, expect, it } from 'vitest';
import { makeProblem, PROBLEMS } from '../protocol/problems.ts';
import { mintId } from './ids.ts';
import { createSender, RETRY_CODES } from './send.ts';
import type { Letter } from './send.ts';
import { createFakeServer } from './testing/fakeServer.ts';
import { createTokens } from './tokens.ts';

describe('sending', () => {
  let server: ReturnType<typeof createFakeServer>;
  const sender = (token: () => Promise<string> = () => Promise.resolve('good')) =>
    createSender({
      place: 'http://heard.test/v1/locations/brasa',
      tokens: createTokens(token),
      fetch: (input, init) => server.fetch(input, init),
      now: Date.now,
      tookRoundTrip: () => undefined,
    });
  const letter = (name = 'table.clear', input: object = { table: 'T1' }): Letter => ({
    id: mintId(),
    name,
    body: JSON.stringify(input),
  });

  beforeEach(() => {
    server = createFakeServer();
  });

  it('[C71] obeys the problem table: which codes are worth another try', () => {
    const retried = Object.entries(PROBLEMS).filter(([, { retry }]) => retry);
    expect(new Set(retried.map(([code]) => code))).toEqual(RETRY_CODES);
  });

  it('[C72] takes the same answer from a retry whose first answer was lost', async () => {
    const one = letter();
    server.nextHttp.push('lost');
    expect(await sender().one(one)).toEqual({ got: 'again', wait: 0 });
    expect(await sender().one(one)).toMatchObject({ got: 'answer', answer: { id: one.id, replayed: true } });
    expect(server.executed).toHaveLength(1);
    expect(server.calls.map(({ key }) => key)).toEqual([one.id, one.id]);
  });

  it.each([
    ['the network', () => new TypeError('failed to fetch')],
    ["a portal's page", () => new Response('<html>Sign in to the Wi-Fi</html>', { status: 200 })],
    ["a portal's JSON", () => Response.json({ welcome: true })],
    ["a proxy's 404", () => new Response('not found', { status: 404 })],
    ['a 502', () => new Response('bad gateway', { status: 502 })],
    [
      'an answer to another command',
      () => Response.json({ id: mintId(), name: 'x', seq: 1, replayed: false, result: {} }),
    ],
    [
      "a server's own fault",
      () => Response.json({ code: 'unavailable', status: 500, detail: 'oops' }, { status: 500 }),
    ],
  ])('[C73] tries again after %s, since nothing is known', async (_, make) => {
    server.nextHttp.push(make());
    expect(await sender().one(letter())).toMatchObject({ got: 'again' });
  });

  it('[C74] reads Retry-After, and refusals', async () => {
    server.nextHttp.push(
      new Response(JSON.stringify(makeProblem('unavailable', 'starting')), {
        status: 503,
        headers: { 'retry-after': '7' },
      }),
    );
    expect(await sender().one(letter())).toMatchObject({ got: 'again', wait: 7000 });
    expect(await sender().one(letter('ticket.bump', { ticket: 'none' }))).toMatchObject({
      got: 'refusal',
      problem: { code: 'not_found' },
    });
  });

  it('[C75] asks for a new token once when the old one is refused, and never gives a tap up for it', async () => {
    const reasons: string[] = [];
    server.badTokens.add('old');
    let token = 'old';
    const asking = createTokens((reason) => {
      reasons.push(reason);
      if (reason === 'refused') token = 'new';
      return Promise.resolve(token);
    });
    const own = createSender({
      place: 'http://heard.test/v1/locations/brasa',
      tokens: asking,
      fetch: (input, init) => server.fetch(input, init),
      now: Date.now,
      tookRoundTrip: () => undefined,
    });
    expect(await own.one(letter())).toMatchObject({ got: 'answer' });
    expect(reasons).toEqual(['command', 'refused']);
    server.badTokens.add('new');
    expect(await own.one(letter())).toEqual({ got: 'again', wait: 0 });
    expect(await sender(() => Promise.reject(new Error('offline'))).one(letter())).toEqual({
      got: 'again',
      wait: 0,
    });
  });

  it('[C76] sends many at once and judges each by itself; a call refused as a whole is sent one by one', async () => {
    const letters = [letter(), letter('ticket.bump', { ticket: 'none' }), letter()];
    expect((await sender().many(letters)).map(({ got }) => got)).toEqual(['answer', 'refusal', 'answer']);
    expect(JSON.parse(server.calls[0]?.body ?? '')).toHaveLength(3);
    server.nextHttp.push(
      Response.json([
        { id: letters[0]?.id, name: 'table.clear', seq: 1, replayed: true, result: {} },
        makeProblem('unavailable', 'no'),
      ]),
    );
    expect((await sender().many(letters)).map(({ got }) => got)).toEqual(['answer', 'again', 'again']);
    server.nextHttp.push(Response.json(makeProblem('too_large', 'too much'), { status: 413 }));
    expect(await sender().many(letters)).toEqual(letters.map(() => ({ got: 'again', wait: 0, alone: true })));
  });

  it("[C77] sends a manager's approval along as a header", async () => {
    const seen: (string | null)[] = [];
    const own = createSender({
      place: 'http://heard.test/v1/locations/brasa',
      tokens: createTokens(() => Promise.resolve('good')),
      fetch: (input, init) => {
        seen.push(new Headers(init?.headers).get('heard-approval'));
        return server.fetch(input, init);
      },
      now: Date.now,
      tookRoundTrip: () => undefined,
    });
    await own.one({ ...letter(), approval: 'by-maya' });
    await own.one(letter());
    expect(seen).toEqual(['by-maya', null]);
  });
});
