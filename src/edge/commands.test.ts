import { describe, expect, it } from 'vitest';
import type { Outcome } from '../location/outcome.ts';
import { createApp } from './app.ts';
import { canonicalJson, hashCommand } from './canonical.ts';
import { registerCommands } from './commands.ts';
import type { CommandRouteOptions } from './commands.ts';
import type { Door } from './door.ts';

const claims = { sub: 'staff:maya', org: 'o', loc: 'l', role: 'waiter' as const, exp: 4_000_000_000 };
const door: Door = {
  identify: async () => ({ claims, actor: { id: claims.sub, role: 'waiter' } }),
  read: async () => ({ ok: false, why: 'refused' }),
  enter: async () => ({ id: 'l', organization: 'o', demo: false }),
};

async function appWith(submit: CommandRouteOptions['submit'], more: Partial<CommandRouteOptions> = {}) {
  const app = await createApp({ door, log: () => undefined });
  registerCommands(app, {
    submit,
    current: async () => null,
    approver: async () => null,
    hashKey: Buffer.from('key'),
    ...more,
  });
  return app;
}

const good = (id: string): Outcome => ({
  ok: true,
  id,
  name: 'table.seat',
  seq: 7,
  replayed: false,
  result: {},
});
const seat = () => ({ id: crypto.randomUUID(), name: 'table.seat', input: { table: 'T1', covers: 2 } });

describe('the commands over HTTP', () => {
  it('[H11] are not tried after one that got no answer', async () => {
    const tried: string[] = [];
    const app = await appWith(async (_location, { id }) => {
      tried.push(id);
      return tried.length === 2 ? { ok: false, unavailable: true, retryAfter: 0.4 } : good(id);
    });
    const batch = [seat(), seat(), seat(), seat()];
    const response = await app.inject({
      method: 'POST',
      url: '/v1/locations/l/commands',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(batch),
    });
    expect(response.statusCode).toBe(200);
    expect(response.json().map((one: { status?: number; seq?: number }) => one.status ?? one.seq)).toEqual([
      7, 503, 503, 503,
    ]);
    expect(tried).toEqual(batch.slice(0, 2).map((one) => one.id));
    await app.close();
  });

  it('[H5] say when to come back', async () => {
    const app = await appWith(async () => ({ ok: false, unavailable: true, retryAfter: 1.2 }));
    const response = await app.inject({
      method: 'POST',
      url: '/v1/locations/l/commands/table.seat',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      payload: '{"table":"T1","covers":2}',
    });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ code: 'unavailable', retryAfter: 2 });
    await app.close();
  });

  it('[H5] tell nothing of the inside when it breaks', async () => {
    const app = await appWith(async () => {
      throw new Error('password=hunter2');
    });
    const response = await app.inject({
      method: 'POST',
      url: '/v1/locations/l/commands/table.seat',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      payload: '{"table":"T1","covers":2}',
    });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('hunter2');
    expect(response.headers['content-type']).toMatch(/problem\+json/);
    await app.close();
  });

  it('[H15] carry who approved, and are refused with an approval that is not good', async () => {
    const approvers: (string | undefined)[] = [];
    const app = await appWith(
      async (_location, { id }, actor) => {
        approvers.push(actor.approvedBy);
        return good(id);
      },
      { approver: async (_caller, _location, approval) => (approval === 'yes' ? 'staff:ana' : null) },
    );
    const send = (approval?: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/locations/l/commands/table.seat',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
          ...(approval !== undefined && { 'heard-approval': approval }),
        },
        payload: '{"table":"T1","covers":2}',
      });
    expect((await send()).statusCode).toBe(200);
    expect((await send('yes')).statusCode).toBe(200);
    expect((await send('no')).statusCode).toBe(403);
    expect(approvers).toEqual([undefined, 'staff:ana']);
    await app.close();
  });
});

describe('the digest of a command', () => {
  it('[H9] does not see how the fields are ordered, and sees everything else', () => {
    const key = Buffer.from('k');
    const hash = (input: unknown, name = 'a') => hashCommand(key, name, input);
    expect(hash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(hash({ b: [{ d: 3, c: 2 }], a: 1 }));
    const others = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: null }, {}, [], null, { a: 1, b: 1 }, { b: 1 }];
    expect(new Set(others.map((one) => hash(one))).size).toBe(others.length);
    expect(hash({}, 'a')).not.toBe(hash({}, 'b'));
    expect(hashCommand(Buffer.from('other'), 'a', {})).not.toBe(hash({}));
  });

  it('[H9] is of JSON: undefined is nothing, and -0 is 0', () => {
    expect(canonicalJson({ a: undefined, b: [undefined], c: -0 })).toBe('{"b":[null],"c":0}');
    expect(canonicalJson({ é: 'é', 2: 1, 10: 1 })).toBe('{"10":1,"2":1,"é":"é"}');
  });
});
