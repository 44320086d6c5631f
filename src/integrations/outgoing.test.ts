import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NotAllowed, callOut } from './outgoing.ts';
import { TryLater } from './provider.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function simulator(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bases = { api: 'https://api.kite.example', auth: 'https://auth.kite.example' };
const live = { bases, simulator: null };

describe('a call to a provider', () => {
  it('[IN17] goes to the simulator in its place, with body, headers and path, and answers whatever came', async () => {
    const seen: string[] = [];
    const url = await simulator((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        seen.push(
          `${request.method} ${request.url} ${request.headers['content-type']} ${String(request.headers['x-a'])} ${text}`,
        );
        response.writeHead(418, { 'x-kite': 'yes' }).end('{"short":true}');
      });
    });
    const origins = { bases, simulator: `${url}/kite/` };
    const answer = await callOut(origins, {
      method: 'POST',
      path: '/orders?a=1',
      headers: { 'X-A': 'b' },
      body: { ready: 'sí' },
    });
    expect(answer).toMatchObject({ status: 418, json: { short: true }, headers: { 'x-kite': 'yes' } });
    await callOut(origins, {
      method: 'PUT',
      base: 'auth',
      path: '/token',
      body: new URLSearchParams({ a: 'b c' }),
    });
    await callOut(origins, { method: 'GET', url: 'https://api.kite.example/orders/7?x=1' });
    await callOut(origins, { method: 'GET', url: `${url}/kite/orders/8` });
    expect(seen).toEqual([
      'POST /kite/orders?a=1 application/json b {"ready":"sí"}',
      'PUT /kite/token application/x-www-form-urlencoded undefined a=b+c',
      'GET /kite/orders/7?x=1 undefined undefined ',
      'GET /kite/orders/8 undefined undefined ',
    ]);
  });

  it.each([
    ['a path that is a host', live, { path: '.evil.example/' }],
    ['a path with a name before the host', live, { path: '@evil.example/' }],
    ['an unknown base', live, { base: 'none', path: '/' }],
    ['another host', live, { url: 'https://evil.example/' }],
    ['another host that looks alike', live, { url: 'https://api.kite.example.evil.example/' }],
    ['the provider without https', live, { url: 'http://api.kite.example/' }],
    ['a name in the address', live, { url: 'https://a:b@api.kite.example/' }],
    ['no address at all', live, { url: 'nowhere' }],
    ['this machine', live, { url: 'https://127.0.0.1/', elsewhere: true }],
    ['this machine, by its number', live, { url: 'https://2130706433/', elsewhere: true }],
    ['this machine, by its name', live, { url: 'https://localhost/', elsewhere: true }],
    ['this machine in the other protocol', live, { url: 'https://[::1]/', elsewhere: true }],
    ['the same in disguise', live, { url: 'https://[::ffff:127.0.0.1]/', elsewhere: true }],
    ['a cloud’s metadata', live, { url: 'https://169.254.169.254/latest/', elsewhere: true }],
    ['the network of the house', live, { url: 'https://192.168.0.10/', elsewhere: true }],
    ['elsewhere without https', live, { url: 'http://example.com/', elsewhere: true }],
    ['a simulator among the metadata', { bases, simulator: 'http://169.254.169.254' }, { path: '/' }],
    [
      'an origin of the provider that is this machine',
      { bases: { api: 'https://localhost' }, simulator: null },
      { path: '/' },
    ],
  ])('[IN18] is not made to %s', async (_what, origins, request) => {
    await expect(callOut(origins, { method: 'GET', ...request })).rejects.toBeInstanceOf(NotAllowed);
  });

  it('[IN17] that is not answered, not in time or with too much is tried later; a redirect is not followed', async () => {
    const deaf = { bases, simulator: await simulator(() => undefined) };
    await expect(callOut(deaf, { method: 'GET', path: '/', timeoutMs: 80 })).rejects.toThrow(
      /no answer in time/,
    );
    const cut = { bases, simulator: await simulator((request) => request.socket.destroy()) };
    await expect(callOut(cut, { method: 'GET', path: '/secret-path' })).rejects.toBeInstanceOf(TryLater);
    const talker = {
      bases,
      simulator: await simulator((_request, response) => response.end('x'.repeat(5_000))),
    };
    await expect(callOut(talker, { method: 'GET', path: '/', mostBytes: 1_000 })).rejects.toBeInstanceOf(
      TryLater,
    );
    const away = { bases, simulator: 'http://127.0.0.1:1' };
    await expect(callOut(away, { method: 'GET', path: '/' })).rejects.toBeInstanceOf(TryLater);
    const elsewhere = {
      bases,
      simulator: await simulator((_request, response) =>
        response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      ),
    };
    expect((await callOut(elsewhere, { method: 'GET', path: '/' })).status).toBe(302);
    const stop = new AbortController();
    const waiting = callOut(deaf, { method: 'GET', path: '/' }, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toBeInstanceOf(TryLater);
  });
});
