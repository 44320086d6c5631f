import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { classify, sqlState } from '../log/failures.ts';
import { tagOf } from '../log/tag.ts';
import { LocationTaken, LogCorrupt } from '../log/types.ts';
import type { Log } from '../log/types.ts';
import { buildProposal } from './proposals.ts';

/**
 * What every log keeps, PostgreSQL's and the one in memory that simulations run on: the same suite over both, so that a
 * schedule that is green over one says something about the other.
 */
export type LogHarness = {
  readonly log: Log;
  /** Holds a location's row as somebody's open transaction would, until the answer is called. */
  hold(location: string): Promise<() => Promise<void>>;
  /** Takes an event away behind everybody's back. */
  loseEvent(location: string, seq: number): Promise<void>;
  /** Positions of the snapshots that are kept, oldest first. */
  snapshotsOf(location: string, stateVersion: number): Promise<number[]>;
  /** A log whose connection breaks right after a statement was sent: nobody learns what became of it. */
  cutOff(): Promise<{ log: Log; close(): Promise<void> }>;
};

let made = 0;

export function describeLog(harness: () => LogHarness): void {
  const log = (): Log => harness().log;

  async function places(count: number): Promise<string[]> {
    await log().createOrganization('contract', 'Contract');
    const ids = Array.from({ length: count }, () => `c${(made += 1)}`);
    for (const id of ids) await log().createLocation('contract', id, id);
    return ids;
  }
  async function place(): Promise<string> {
    const [id] = await places(1);
    return id ?? '';
  }
  async function pair(): Promise<[string, string]> {
    const [one, two] = await places(2);
    return [one ?? '', two ?? ''];
  }

  test('[L1] head, events and results of a location go in together, numbered densely', async () => {
    const id = await place();
    const first = buildProposal(id, 0, { count: 3, data: { note: 'sin cebolla "\\ é 🍔' } });
    expect(await log().append([first])).toEqual(new Set([id]));
    expect(await log().append([buildProposal(id, 3)])).toEqual(new Set([id]));
    const tail = await log().readTail(id, 0);
    expect(tail.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
    expect(tail.slice(0, 3)).toEqual(first.events);
    expect((await log().readHeads([id])).get(id)).toBe(4);
    expect(await log().findResults(id, [first.results[0]?.id ?? ''])).toEqual(
      new Map([[first.results[0]?.id, first.results[0]]]),
    );
  });

  test('[L1] a command without events stores its result and leaves the head', async () => {
    const id = await place();
    const proposal = buildProposal(id, 0, { count: 0 });
    expect(await log().append([proposal])).toEqual(new Set([id]));
    expect((await log().readHeads([id])).get(id)).toBe(0);
    expect((await log().findResults(id, [proposal.results[0]?.id ?? ''])).size).toBe(1);
  });

  test('[L2] a stale head changes nothing of its location and does not disturb the others', async () => {
    const [stale, fresh] = await pair();
    await log().append([buildProposal(stale, 0)]);
    const lost = buildProposal(stale, 0, { count: 2 });
    expect(await log().append([lost, buildProposal(fresh, 0)])).toEqual(new Set([fresh]));
    expect(await log().readTail(stale, 0)).toHaveLength(1);
    expect((await log().findResults(stale, [lost.results[0]?.id ?? ''])).size).toBe(0);
    expect(await log().append([buildProposal('no-such-place', 0)])).toEqual(new Set());
  });

  test('[L2] of two that expect the same head at the same time one commits', async () => {
    const id = await place();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => log().append([buildProposal(id, 0, { count: 2 })])),
    );
    expect(outcomes.filter((committed) => committed.has(id))).toHaveLength(1);
    expect((await log().readTail(id, 0)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('[L3] a row that somebody holds is skipped: the others do not wait for it', async () => {
    const [held, free] = await pair();
    const letGo = await harness().hold(held);
    const started = performance.now();
    expect(await log().append([buildProposal(held, 0), buildProposal(free, 0)])).toEqual(new Set([free]));
    expect(performance.now() - started).toBeLessThan(1_900);
    await letGo();
    expect(await log().append([buildProposal(held, 0)])).toEqual(new Set([held]));
  });

  test('[L4] a location twice in one append, and numbers with a hole, are refused before anything is sent', async () => {
    const id = await place();
    await expect(log().append([buildProposal(id, 0), buildProposal(id, 1)])).rejects.toThrow(/stands twice/);
    const proposal = buildProposal(id, 0, { count: 2 });
    await expect(log().append([{ ...proposal, head: 3 }])).rejects.toThrow(/from 0 to 3 with 2 events/);
    await expect(log().append([{ ...proposal, events: [...proposal.events].reverse() }])).rejects.toThrow(
      /has event 2 where 1 belongs/,
    );
    expect((await log().readHeads([id])).get(id)).toBe(0);
  });

  test('[L5] text that jsonb refuses commits nothing of the statement and is told apart', async () => {
    const [bad, good] = await pair();
    for (const note of ['a\u0000b', '🍔'.slice(0, 1)]) {
      const error = await log()
        .append([buildProposal(bad, 0, { data: { note } }), buildProposal(good, 0)])
        .catch((thrown: unknown) => thrown);
      expect(classify(error)).toBe('poison');
    }
    expect([...(await log().readHeads([bad, good])).values()]).toEqual([0, 0]);
    // Written out it is only text.
    expect(await log().append([buildProposal(good, 0, { data: { note: '\\u0000 \\ud83c' } })])).toEqual(
      new Set([good]),
    );
  });

  test('[L6] the same command cannot take effect twice, whoever sends it', async () => {
    const [id, other] = await pair();
    const command = randomUUID();
    await log().append([buildProposal(id, 0, { command })]);
    const innocent = await place();
    const error = await log()
      .append([buildProposal(id, 1, { command }), buildProposal(innocent, 0)])
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('23505');
    expect((await log().readHeads([id])).get(id)).toBe(1);
    // The statement is refused whole; nothing of it is there.
    expect((await log().readHeads([innocent])).get(innocent)).toBe(0);
    // Ids belong to a location: another one may use the same.
    expect(await log().append([buildProposal(other, 0, { command })])).toEqual(new Set([other]));
  });

  test('[L6] a command whose result is stored without events is refused when it comes with some', async () => {
    const id = await place();
    const command = randomUUID();
    await log().append([buildProposal(id, 0, { command, count: 0 })]);
    const error = await log()
      .append([buildProposal(id, 0, { command, count: 1 })])
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('23505');
    expect((await log().readHeads([id])).get(id)).toBe(0);
    expect(await log().readTail(id, 0)).toEqual([]);
  });

  test('[L8] an answer that was lost leaves the outcome unknown, and the log says it: whole or not at all', async () => {
    const id = await place();
    await log().append([buildProposal(id, 0)]);
    const line = await harness().cutOff();
    const proposal = buildProposal(id, 1, { count: 2 });
    const error = await line.log.append([proposal]).catch((thrown: unknown) => thrown);
    expect(classify(error)).toBe('unknown');
    await line.close();
    // The statement may still be under way; once the row is free it has ended.
    for (;;) {
      const head = (await log().readHeads([id])).get(id) ?? 0;
      const stored = (await log().findResults(id, [proposal.results[0]?.id ?? ''])).size;
      if ((await log().append([buildProposal(id, head)])).size === 0) continue;
      expect([head, stored]).toEqual(head === 1 ? [1, 0] : [3, 1]);
      break;
    }
  });

  test('[L9] a gap in the log is corruption, found by the first who reads over it', async () => {
    const id = await place();
    await log().append([buildProposal(id, 0, { count: 5 })]);
    expect(await log().readTail(id, 2, 2)).toMatchObject([{ seq: 3 }, { seq: 4 }]);
    await harness().loseEvent(id, 3);
    await expect(log().readTail(id, 0)).rejects.toThrow(LogCorrupt);
    await expect(log().readTail(id, 2)).rejects.toThrow('event 4 stands where 3 belongs');
    expect(await log().readTail(id, 3)).toHaveLength(2);
  });

  test('[L10] results are found by id, in their own location only', async () => {
    const [here, elsewhere] = await pair();
    const proposal = buildProposal(here, 0, { result: { order: { number: 7 } } });
    await log().append([proposal]);
    const id = proposal.results[0]?.id ?? '';
    expect((await log().findResults(here, [randomUUID(), id])).get(id)).toEqual(proposal.results[0]);
    expect((await log().findResults(elsewhere, [id])).size).toBe(0);
    expect((await log().findResults(here, [])).size).toBe(0);
  });

  test('[L11] the tag at a position is that of its event', async () => {
    const id = await place();
    const proposal = buildProposal(id, 0, { count: 2 });
    await log().append([proposal]);
    const last = proposal.events[1];
    expect(await log().tagAt(id, 2)).toBe(last === undefined ? undefined : tagOf(last));
    expect(await log().tagAt(id, 3)).toBeNull();
    expect(await log().tagAt(id, 0)).toBe('0');
  });

  test('[L12] "at T" is the last event at or before T', async () => {
    const id = await place();
    const times = ['10:00:00.000', '10:00:00.000', '10:00:01.500', '10:00:02.000', '10:05:00.000'].map(
      (time) => `2026-11-22T${time}Z`,
    );
    for (const [index, at] of times.entries()) await log().append([buildProposal(id, index, { at })]);
    const at = (time: string): Promise<number> => log().seqAt(id, `2026-11-22T${time}Z`);
    expect(await at('09:59:59.999')).toBe(0);
    expect(await at('10:00:00.000')).toBe(2);
    expect(await at('10:00:01.499')).toBe(2);
    expect(await at('10:00:01.500')).toBe(3);
    expect(await at('10:04:00.000')).toBe(4);
    expect(await at('23:00:00.000')).toBe(5);
    expect(await log().seqAt('nowhere', '2026-11-22T10:00:00Z')).toBe(0);
  });

  test('[L13] of each state version the last two snapshots and one a day are kept', async () => {
    const id = await place();
    const days = ['01', '01', '01', '02', '02', '03', '03', '03', '03'];
    for (const [index, day] of days.entries()) {
      const seq = (index + 1) * 10;
      const at = `2026-11-${day}T0${index}:00:00.000Z`;
      await log().saveSnapshot(id, { seq, stateVersion: 1, at, state: { seq, note: 'é🍔' } });
    }
    const other = { seq: 20, stateVersion: 2, at: '2026-11-01T01:00:00.000Z', state: { other: true } };
    await log().saveSnapshot(id, other);
    expect(await harness().snapshotsOf(id, 1)).toEqual([30, 50, 80, 90]);
    const newest = { seq: 90, stateVersion: 1, at: '2026-11-03T08:00:00.000Z' };
    expect(await log().loadSnapshot(id, [1])).toEqual({ ...newest, state: { seq: 90, note: 'é🍔' } });
    expect((await log().loadSnapshot(id, [1], 79))?.seq).toBe(50);
    expect(await log().loadSnapshot(id, [1], 29)).toBeNull();
    expect((await log().loadSnapshot(id, [2]))?.state).toEqual({ other: true });
    expect(await log().loadSnapshot(id, [3])).toBeNull();
    // A newer one of an older version is less to replay than an older one of today's.
    expect((await log().loadSnapshot(id, [2, 1]))?.stateVersion).toBe(1);
    expect((await log().loadSnapshot(id, [2, 1], 29))?.stateVersion).toBe(2);
    await log().saveSnapshot(id, { ...newest, state: 'second' });
    expect((await log().loadSnapshot(id, [1]))?.state).toMatchObject({ seq: 90 });
  });

  test('[SU40] words are overwritten in place: numbers, order and all else stay, and no snapshot from between remembers', async () => {
    const id = await place();
    const first = buildProposal(id, 0, { count: 3, result: { name: 'Ada' } });
    await log().append([first]);
    await log().append([buildProposal(id, 3, { count: 2 })]);
    const at = '2026-11-22T10:00:00.000Z';
    const keep = (seq: number) => log().saveSnapshot(id, { seq, stateVersion: 1, at, state: { seq } });
    for (const seq of [1, 3]) await keep(seq);
    const before = await log().readTail(id, 0);
    const command = first.results[0]?.id ?? '';
    const redaction = {
      seq: 5,
      first: 2,
      events: [{ seq: 2, data: { name: '—' } }],
      results: [{ id: command, result: { name: '—' } }],
    };
    await log().redact(id, redaction);
    await log().redact(id, redaction);
    expect(await log().readTail(id, 0)).toEqual(
      before.map((event) => (event.seq === 2 ? { ...event, data: { name: '—' } } : event)),
    );
    expect((await log().findResults(id, [command])).get(command)).toEqual({
      ...first.results[0],
      result: { name: '—' },
    });
    expect((await log().loadSnapshot(id, [1]))?.seq).toBe(1);
    await keep(4);
    expect((await log().loadSnapshot(id, [1]))?.seq).toBe(1);
    await keep(5);
    expect((await log().loadSnapshot(id, [1]))?.seq).toBe(5);
    expect((await log().readLocation(id))?.head).toBe(5);
  });

  test('[L14] old results go in batches, younger ones stay', async () => {
    const id = await place();
    const old = '2020-01-01T00:00:00.000Z';
    for (let index = 0; index < 5; index += 1) await log().append([buildProposal(id, index, { at: old })]);
    const young = buildProposal(id, 5, { at: '2020-01-08T00:00:00.000Z' });
    await log().append([young]);
    const before = '2020-01-07T00:00:00.000Z';
    expect(await log().deleteOldResults(before, 3)).toBe(3);
    expect(await log().deleteOldResults(before, 3)).toBe(2);
    expect(await log().deleteOldResults(before, 3)).toBe(0);
    expect((await log().findResults(id, [young.results[0]?.id ?? ''])).size).toBe(1);
    expect(await log().readTail(id, 0)).toHaveLength(6);
  });

  test('[L16] a passed deadline is claimed by one node and moved ahead; its owner sets the next one', async () => {
    const [a, b, c] = await places(3);
    if (a === undefined || b === undefined || c === undefined) throw new Error('no places');
    await log().append([
      buildProposal(a, 0, { deadline: '2026-11-22T10:00:00.000Z' }),
      buildProposal(b, 0, { deadline: '2026-11-22T10:00:30.000Z' }),
      buildProposal(c, 0, { deadline: '2026-11-22T11:00:00.000Z' }),
    ]);
    const now = '2026-11-22T10:01:00.000Z';
    const claims = await Promise.all(Array.from({ length: 4 }, () => log().claimDue(now, 10, 5_000)));
    expect(claims.flat().sort()).toEqual([a, b].sort());
    expect((await log().readLocation(a))?.deadline).toBe('2026-11-22T10:01:05.000Z');
    expect(await log().claimDue('2026-11-22T10:01:05.000Z', 1, 5_000)).toHaveLength(1);
    expect(await log().setDeadline(a, 1, null)).toBe(true);
    expect((await log().readLocation(a))?.deadline).toBeNull();
    expect(await log().setDeadline(a, 0, '2026-11-22T12:00:00.000Z')).toBe(false);
  });

  test('[L17] organizations and locations are made once; a slug belongs to one organization', async () => {
    await log().createOrganization('contract', 'Contract');
    const first = await log().createOrganization('contract-demo', 'Demo', { demo: true });
    expect(await log().createOrganization('contract-demo', 'Other name')).toEqual(first);
    const location = await log().createLocation('contract-demo', 'contract-brasa', 'Brasa');
    expect(location).toMatchObject({ organization: 'contract-demo', demo: true, head: 0, deadline: null });
    expect(await log().createLocation('contract-demo', 'contract-brasa', 'Brasa')).toEqual(location);
    await expect(log().createLocation('contract', 'contract-brasa', 'Mine')).rejects.toThrow(LocationTaken);
    expect((await log().listLocations('contract-demo')).map(({ id }) => id)).toEqual(['contract-brasa']);
    expect(await log().readLocation('nowhere')).toBeNull();
  });

  test('[L27] a place is called what was committed last of it, and by nothing that missed', async () => {
    const [id, other] = await pair();
    const called = async (): Promise<(string | undefined)[]> => {
      const rows = await log().listLocations();
      return [id, other].map((one) => rows.find((row) => row.id === one)?.name);
    };
    const name = 'Zum "blauen" \\ Löwen, {1}';
    expect(await log().append([buildProposal(id, 0, { name }), buildProposal(other, 0)])).toEqual(
      new Set([id, other]),
    );
    expect(await called()).toEqual([name, other]);
    expect(await log().append([buildProposal(id, 0, { name: 'too late' })])).toEqual(new Set());
    await log().append([buildProposal(id, 1)]);
    expect(await called()).toEqual([name, other]);
  });

  test('[L19] a page of the log carries the head; a strange location has none', async () => {
    const id = await place();
    await log().append([buildProposal(id, 0, { count: 7 })]);
    const page = await log().readEventsPage(id, 2, 3);
    expect(page?.head).toBe(7);
    expect(page?.events.map((event) => event.seq)).toEqual([3, 4, 5]);
    expect(await log().readEventsPage(id, 7, 3)).toEqual({ events: [], head: 7 });
    expect(await log().readEventsPage('nowhere', 0, 3)).toBeNull();
  });
}
