import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { createServer } from 'node:http';
import { Kitchen, burger, id } from '../../testkit/kitchen.ts';
import { type PushService, startPushService } from '../../testkit/pushService.ts';
import { createMessageJob } from '../message/messageJob.ts';
import { PUSH_KEYS, pushToOne } from '../testing/pushToOne.ts';
import { endpointProblem } from './endpoints.ts';
import { pushKeys } from './keys.ts';
import type { PushCall } from './pushJob.ts';

let service: PushService;
let kitchen: Kitchen;
let call: PushCall;
const removed: string[] = [];
const failed: string[] = [];

beforeEach(async () => {
  service = await startPushService(PUSH_KEYS.publicKey);
  removed.length = 0;
  failed.length = 0;
  kitchen = new Kitchen();
  kitchen.do('order.place', {
    order: {
      id: id('order', 1),
      type: 'dine_in',
      table: 'T2',
      guest: { name: 'Zebedee' },
      items: [burger(1)],
    },
  });
  call = { ticket: kitchen.ticket(1, 'grill'), station: 'grill', rung: 5, episode: 1 };
});
afterEach(() => service.close());

const job = (keys = PUSH_KEYS) =>
  pushToOne(service, kitchen, {
    keys,
    lateMs: 61_000,
    store: {
      remove: async (_location, endpoint) => void removed.push(endpoint),
      failed: async (_location, endpoint) => void failed.push(endpoint),
    },
  });

describe('a push to a manager', () => {
  it('[PR15] is sealed for the browser, signed by the server, urgent and short-lived', async () => {
    await job()('small-place', call);
    expect(service.refused).toEqual([]);
    expect(service.delivered).toHaveLength(1);
    const [message] = service.delivered;
    expect(message).toMatchObject({
      body: { kind: 'unheard', place: 'Small Place', station: 'GRILL', number: 1, table: 'T2', waitingS: 61 },
      ttl: 900,
      urgency: 'high',
      topic: call.ticket.replaceAll('-', ''),
      subject: 'mailto:owner@example.com',
    });
    // Words of some length: two letters stand in a few hundred random bytes once in two hundred runs.
    for (const word of ['GRILL', 'Small', 'unheard']) expect(message?.sealed.includes(word)).toBe(false);
    expect(JSON.stringify(message?.body)).not.toContain('Zebedee');
  });

  it('[PR15] of another server is not taken by the service', async () => {
    const other = job(pushKeys('another secret, of somebody else altogether'));
    await expect(other('small-place', call)).rejects.toThrow('none of 1');
    expect(service.delivered).toEqual([]);
  });

  it('[PR16] forgets a browser that is gone, tries others again, and calls nobody about what was heard', async () => {
    service.status = 410;
    await expect(job()('small-place', call)).rejects.toThrow('could be reached');
    expect(removed).toEqual([service.subscription.endpoint]);
    service.status = 503;
    await expect(job()('small-place', call)).rejects.toThrow('could be reached');
    expect(failed).toEqual([service.subscription.endpoint]);
    service.status = 201;
    kitchen.inner('ticket.hear', { ticket: call.ticket });
    await job()('small-place', call);
    expect(service.delivered).toEqual([]);
  });

  it('[PR17] goes to known services only', () => {
    expect(endpointProblem('https://fcm.googleapis.com/fcm/send/abc')).toBeNull();
    expect(endpointProblem('https://updates.push.services.mozilla.com/wpush/v2/abc')).toBeNull();
    expect(endpointProblem('https://web.push.apple.com/abc')).toBeNull();
    for (const bad of [
      'http://fcm.googleapis.com/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://169.254.169.254/latest',
      'https://user@fcm.googleapis.com/x',
      'https://push.services.mozilla.com.evil.example/',
      'nonsense',
    ])
      expect(endpointProblem(bad)).not.toBeNull();
    expect(endpointProblem('https://localhost:8443/x', ['localhost:8443'])).toBeNull();
  });

  it('[PR19] has the keys of the secret, on every node', () => {
    expect(pushKeys('a secret of the tests, and of nobody else')).toEqual(PUSH_KEYS);
    expect(pushKeys('another secret, of somebody else altogether').publicKey).not.toBe(PUSH_KEYS.publicKey);
    expect(Buffer.from(PUSH_KEYS.publicKey, 'base64url')).toHaveLength(65);
  });
});

describe('the last rung', () => {
  it('[PR18] is a webhook that its receiver can check, under one id over all tries', async () => {
    const got: { id: string; body: unknown }[] = [];
    let status = 503;
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        got.push({ id: headers['webhook-id'] ?? '', body: new Webhook(secret).verify(text, headers) });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const at = server.address();
    if (at === null || typeof at === 'string') throw new Error('no port');
    const message = createMessageJob({
      open: async () => kitchen,
      url: `http://127.0.0.1:${at.port}/call`,
      secret,
      now: () => Date.now(),
    });
    await expect(message('small-place', { ...call, rung: 6 }, '12/message')).rejects.toThrow('answered 503');
    status = 200;
    await message('small-place', { ...call, rung: 6 }, '12/message');
    await new Promise((done) => server.close(done));
    expect(got.map((one) => one.id)).toEqual(['small-place/12/message', 'small-place/12/message']);
    expect(got[1]?.body).toMatchObject({ type: 'ticket.unheard', data: { station: 'GRILL', number: 1 } });
  });

  it('[PR18] with nobody to call says so', async () => {
    const lines: string[] = [];
    const message = createMessageJob({
      open: async () => kitchen,
      url: undefined,
      secret: undefined,
      now: () => kitchen.now,
      report: (line) => lines.push(line),
    });
    await message('small-place', { ...call, rung: 6 }, '12/message');
    expect(lines[0]).toContain('HEARD_MESSAGE_URL');
  });
});
