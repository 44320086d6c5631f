import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATE_VERSION, freeze } from '../domain/snapshot.ts';
import type { LocationState } from '../domain/state.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { proveLog } from './verify.ts';

const database = useTestDatabase();
let server: TestServer;
const ids = { heard: '', unheard: '', cancelled: '' };
beforeAll(async () => {
  server = await startTestServer(database());
  const waiter = await server.token('waiter');
  const place = async (): Promise<[order: string, ticket: string]> => {
    const order = crypto.randomUUID();
    const placed = await server.command(waiter, 'order.place', {
      order: {
        id: order,
        type: 'counter',
        items: [{ id: crypto.randomUUID(), menuItem: 'espresso', qty: 1 }],
      },
    });
    const { tickets } = placed.body['result'] as { tickets: { id: string }[] };
    return [order, tickets[0]?.id ?? ''];
  };
  ids.heard = (await place())[1];
  ids.unheard = (await place())[1];
  const [order, ticket] = await place();
  ids.cancelled = ticket;
  await server.command(waiter, 'order.cancel', { order, reason: 'guest left' });
  await server.locations.submitInner(
    'brasa',
    { id: crypto.randomUUID(), name: 'ticket.hear', input: { ticket: ids.heard } },
    { id: 'device:1', role: 'kitchen' },
  );
});
afterAll(() => server.stop());

describe('heard verify', () => {
  it('[H23] says of each fired ticket whether it was heard', async () => {
    const { audit, head } = await proveLog(server.log, 'brasa', null, null);
    expect(head).toBe(await server.head('brasa'));
    expect(audit.tickets.map(({ ticket, heardAt, ended }) => [ticket, heardAt !== null, ended])).toEqual([
      [ids.heard, true, null],
      [ids.unheard, false, null],
      [ids.cancelled, false, 'cancelled'],
    ]);
  });

  it('[H23] looks at the time asked for', async () => {
    expect((await proveLog(server.log, 'brasa', '2999-01-01T00:00:00.000Z', null)).audit.tickets).toEqual([]);
    expect((await proveLog(server.log, 'brasa', null, '2020-01-01T00:00:00.000Z')).audit.tickets).toEqual([]);
  });

  it('[H23] finds a snapshot that is not what the log says', async () => {
    const state = (await server.locations.open('brasa'))?.state;
    if (state === undefined) throw new Error('brasa is not there');
    const snapshot = (of: LocationState) => ({
      seq: of.head,
      stateVersion: STATE_VERSION,
      at: of.at ?? '',
      state: freeze(of),
    });
    await proveLog({ ...server.log, loadSnapshot: async () => snapshot(state) }, 'brasa', null, null);
    const lying = { ...server.log, loadSnapshot: async () => snapshot({ ...state, nextNumber: 99 }) };
    await expect(proveLog(lying, 'brasa', null, null)).rejects.toThrow(/corrupt/);
  });

  it('[H23] finds a gap, and an event that was changed into nonsense', async () => {
    const client = new pg.Client(database().superuser);
    await client.connect();
    try {
      const { rows } = await client.query(
        "delete from events where location_id = 'brasa' and seq = 3 returning *",
      );
      await expect(proveLog(server.log, 'brasa', null, null)).rejects.toThrow(
        /event 4 stands where 3 belongs/,
      );
      const row = rows[0] as Record<string, unknown>;
      await client.query(
        'insert into events (location_id, seq, at, by, command_id, type, v, data) values ($1, $2, $3, $4, $5, $6, 9, $7)',
        [row['location_id'], row['seq'], row['at'], row['by'], row['command_id'], row['type'], row['data']],
      );
      await expect(proveLog(server.log, 'brasa', null, null)).rejects.toThrow(
        /event 3 .* is not one that this version knows/,
      );
    } finally {
      await client.end();
    }
  });
});
