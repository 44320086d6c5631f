import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { STATE_VERSION, freeze } from '../domain/snapshot.ts';
import { emptyLocation } from '../domain/state.ts';
import type { LocationState } from '../domain/state.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import type { Json } from '../log/types.ts';
import { TooFar, TooMany, createTimeTravel } from '../projections/timeTravel.ts';
import { importLog } from '../projections/testing/tables.ts';
import { twoWeeks } from '../projections/testing/weeks.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let manager = '';
let events: readonly LoggedEvent[] = [];

beforeAll(async () => {
  server = await startTestServer(database());
  events = twoWeeks(11, server.log.clock.now() - 60_000).log;
  await importLog(server.log, 'weeks', events);
  manager = await server.token('manager', { loc: 'weeks', org: 'org' });
  const middle = replay(Math.floor(events.length / 2));
  await server.log.saveSnapshot('weeks', {
    seq: middle.head,
    stateVersion: STATE_VERSION,
    at: middle.at ?? '',
    state: freeze(middle) as Json,
  });
});
afterAll(() => server.stop());

function replay(seq: number): LocationState {
  return events.slice(0, seq).reduce(evolve, { ...emptyLocation('weeks') });
}

/** What the two calls answer, as far as it is looked at. */
type Answer = {
  pos?: number;
  entities?: unknown[];
  errors?: { path: string }[];
  sentences?: { say: string; values: Record<string, number> }[];
  steps?: { what: string }[];
};

async function get(path: string, token = manager): Promise<{ status: number; body: Answer }> {
  const response = await server.edge.app.inject({
    method: 'GET',
    url: `/v1/locations/weeks/${path}`,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.statusCode, body: response.json() };
}

describe('the black box', () => {
  it('[FG13] shows each topic as it was after any event, from a kept snapshot or from nothing, forwards and back', async () => {
    const seqs = [1, 40, 41, 42, 400, 39, events.length - 1, Math.floor(events.length / 2) + 3];
    for (const seq of seqs)
      for (const topic of ['station:grill', 'kitchen', 'manager']) {
        const { status, body } = await get(`state?topic=${topic}&at=${seq}`);
        const entities = listTopic(replay(seq), topic, 'staff');
        expect([status, seq, body.pos]).toEqual([200, seq, seq]);
        expect(body.entities).toEqual(JSON.parse(JSON.stringify(entities)));
        expect(body).toMatchObject({
          hash: viewHash(entities),
          since: events[seq - 1]?.at,
          until: events[seq]?.at ?? null,
        });
      }
  });

  it('[FG13] takes a time for the last event at or before it', async () => {
    const at = Date.parse(events[300]?.at ?? '') + 1;
    const last = events.findLast((event) => Date.parse(event.at) <= at);
    const { body } = await get(`state?topic=kitchen&at=${encodeURIComponent(new Date(at).toISOString())}`);
    expect(body).toMatchObject({ pos: last?.seq, at: new Date(at).toISOString() });
    expect((await get('state?topic=kitchen&at=1999-01-01T00:00:00Z')).body).toMatchObject({
      pos: 0,
      since: null,
    });
  });

  it('[FG14] is for managers, says what is wrong with a question, and does no more work than it may', async () => {
    for (const [query, status, path] of [
      [`topic=kitchen&at=${events.length * 2}`, 422, 'at'],
      ['topic=kitchen&at=noon', 422, 'at'],
      ['topic=kitchen', 422, 'at'],
      ['topic=cellar&at=4', 404, undefined],
      ['topic=station:cellar&at=4', 404, undefined],
    ] as const) {
      const answer = await get(`state?${query}`);
      expect([query, answer.status, answer.body.errors?.[0]?.path]).toEqual([query, status, path]);
    }
    const waiter = await server.token('waiter', { loc: 'weeks', org: 'org' });
    expect((await get('state?topic=floor&at=4', waiter)).status).toBe(403);
    await expect(createTimeTravel(server.log, 10).at('weeks', 30)).rejects.toThrow(TooFar);
    const crowd = createTimeTravel(server.log);
    const asked = Array.from({ length: 20 }, (_, index) => crowd.at('weeks', index + 1));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
    for (const one of answers) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(TooMany);
  });

  it('[FG15] says of every ticket why it took as long as it did', async () => {
    const fired = events.flatMap((event) => (event.type === 'ticket.fired' ? [event] : []));
    const late = JSON.parse(
      (
        await server.edge.app.inject({
          method: 'GET',
          url: '/v1/locations/weeks/reports/late-tickets?from=' + (events[0]?.at ?? '').slice(0, 10),
          headers: { authorization: `Bearer ${manager}` },
        })
      ).body,
    ).rows as { ticket_id: string; over: number }[];
    expect(late.length).toBeGreaterThan(5);
    expect(late.every(({ over }) => typeof over === 'number' && over >= 0)).toBe(true);
    const overs = new Map(late.map(({ ticket_id, over }) => [ticket_id, over]));
    for (const { data } of fired.slice(0, 60)) {
      const { status, body } = await get(`tickets/${data.ticket}/cause`);
      expect([status, data.ticket]).toEqual([200, data.ticket]);
      const over = overs.get(data.ticket);
      const head = body.sentences?.find(({ say }) => say === 'late');
      expect([data.ticket, head?.values['over']]).toEqual([
        data.ticket,
        over === undefined ? undefined : Math.round(over),
      ]);
      expect(body.steps?.[0]).toMatchObject({ what: 'fired' });
    }
    expect((await get('tickets/0190f6a0-0000-7000-8000-000000000000/cause')).status).toBe(404);
    expect((await get('tickets/x/cause')).status).toBe(404);
  });
});
