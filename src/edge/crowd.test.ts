import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Down } from '../protocol/down.ts';
import { createAdmission } from './admission.ts';
import type { Admission, AdmissionLimits } from './admission.ts';
import { createLimits } from './limits.ts';
import { createTrust } from './proxies.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

async function crowded(limits: Partial<AdmissionLimits>): Promise<Admission> {
  const admission = createAdmission({ limits, delayMs: () => 0 });
  await at.open({ admission });
  return admission;
}

/** Asks for an upgrade; answers the refusal, or null when it was let in. */
async function upgrade(headers: Record<string, string> = {}): Promise<IncomingMessage | null> {
  const socket = new WebSocket(`${at.base}/v1/locations/small-place/stream`, 'heard.v1', { headers });
  sockets.push(socket);
  socket.on('error', () => undefined);
  const [first] = await Promise.race([
    once(socket, 'open').then(() => [null]),
    once(socket, 'unexpected-response').then(([, response]: unknown[]) => [response as IncomingMessage]),
  ]);
  return first ?? null;
}

describe('a crowd', () => {
  test('[F88] more new sockets than can be served get 503 with Retry-After before anything is done for them', async () => {
    await crowded({ handshakes: 1, handshakeBurst: 10 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => upgrade()));
    const refused = answers.filter((answer) => answer !== null);
    expect(refused).toHaveLength(4);
    for (const { statusCode, headers } of refused) {
      expect(statusCode).toBe(503);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(at.streams.load.sockets).toBe(8);
    // The same for event streams; the kitchen has a share of its own.
    const ask = async (role: 'kitchen' | 'manager'): Promise<number> => {
      const bearer = await token({ role, sub: `x:${role}` });
      const url = new URL(`${at.http}/v1/locations/small-place/stream?topic=kitchen`);
      const sent = request(url, {
        headers: { accept: 'text/event-stream', authorization: `Bearer ${bearer}` },
      });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.destroy();
      return response.statusCode ?? 0;
    };
    expect([await ask('manager'), await ask('kitchen')]).toEqual([503, 200]);
  });

  test('[F88] who cannot be brought up to date in time gets bye 4100 with a time to wait; the kitchen comes first', async () => {
    const admission = await crowded({ catchUps: 2, reserved: 1, line: 1, patienceMs: 300 });
    const leave = await admission.catchUp('manager');
    const [first, second] = [await at.dial(), await at.dial()];
    for (const reader of [first, second])
      reader.hello(await token({ role: 'manager', sub: 's' }), ['kitchen']);
    const cook = await at.join(['station:grill']);
    await cook.get((frame) => frame.t === 'snap');
    for (const reader of [first, second]) {
      expect(await reader.end()).toEqual({ code: 4100, bye: 4100 });
      const bye = reader.frames.find((frame): frame is Extract<Down, { t: 'bye' }> => frame.t === 'bye');
      expect(bye?.retryAfter).toBeGreaterThanOrEqual(1);
    }
    leave();
    const late = await at.join(['kitchen'], { role: 'manager', sub: 's' });
    await late.get((frame) => frame.t === 'snap');
  });

  test('[F88] sockets of one address that do not say who they are have a bound; those that did are not counted', async () => {
    const rates = createLimits({ mostSilent: 2 });
    await at.open({ rates, isTrusted: createTrust(['127.0.0.0/8']) });
    const from = (address: string): Promise<IncomingMessage | null> =>
      upgrade({ 'x-forwarded-for': address });
    expect([await from('8.8.8.8'), await from('8.8.8.8')]).toEqual([null, null]);
    const third = await from('8.8.8.8');
    expect([third?.statusCode, third?.headers['retry-after']]).toEqual([429, '5']);
    expect(await from('8.8.4.4')).toBeNull();
    const [spoken] = sockets;
    spoken?.send(JSON.stringify({ t: 'hello', v: 1, token: await token(), client: { id: 'x' }, subs: [] }));
    if (spoken !== undefined) await once(spoken, 'message');
    expect(await from('8.8.8.8')).toBeNull();
  });
});
