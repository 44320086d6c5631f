import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entity, Gone } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import type { Chg, Snap } from '../protocol/down.ts';
import { applyChange, applySnapshot, compare, emptyReplica, forgetLink } from './replica.ts';
import type { Replica } from './replica.ts';
import { aTicket } from './testing/fakeServer.ts';

/** A log of one topic: what each position wrote or took away. */
type Write = { put: Entity } | { gone: Gone };

function frame(log: readonly Write[], from: number, to: number): Chg {
  const put = new Map<string, Entity>();
  const gone = new Map<string, Gone>();
  for (const write of log.slice(from, to)) {
    if ('put' in write) {
      put.set(write.put.id, write.put);
      gone.delete(write.put.id);
    } else {
      gone.set(write.gone.id, write.gone);
      put.delete(write.gone.id);
    }
  }
  const events = log.slice(from, to).map((_, index) => ({
    type: 'changed',
    seq: from + index + 1,
    at: '2026-01-31T18:00:00Z',
    by: { id: 'x', role: 'kitchen' },
    command: 'c',
  }));
  return {
    t: 'chg',
    topic: 'kitchen',
    from,
    to,
    cursor: `c${to}`,
    at: '2026-01-31T18:00:00Z',
    events,
    put: [...put.values()],
    gone: [...gone.values()],
  };
}

function stateAt(log: readonly Write[], pos: number): Map<string, Entity> {
  const state = new Map<string, Entity>();
  for (const write of log.slice(0, pos)) {
    if ('put' in write) state.set(write.put.id, write.put);
    else state.delete(write.gone.id);
  }
  return state;
}

function snap(log: readonly Write[], pos: number, more: Partial<Snap> = {}): Snap {
  const entities = [...stateAt(log, pos).values()];
  return {
    t: 'snap',
    topic: 'kitchen',
    pos,
    cursor: `c${pos}`,
    hash: viewHash(entities),
    entities,
    part: 0,
    last: true,
    ...more,
  };
}

/** A log drawn from a seed: tickets come, change, leave and come back. */
function drawLog(length: number, seed: number): Write[] {
  let state = seed >>> 0;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length }, (_, index) => {
    const id = `t${next(40)}`;
    const version = index + 1;
    return next(4) === 0
      ? { gone: { kind: 'ticket', id, version, why: 'closed' } }
      : { put: aTicket(id, version, { recalls: next(9) }) };
  });
}

const sorted = (entities: Iterable<Entity>) => [...entities].sort((a, b) => a.id.localeCompare(b.id));
const begun = (log: readonly Write[], pos = 0): Replica =>
  applySnapshot(emptyReplica('kitchen'), snap(log, pos), 1).replica;

function expectEqual(replica: Replica, log: readonly Write[], pos: number): void {
  expect(replica.pos).toBe(pos);
  expect(sorted(replica.entities.ticket.values())).toEqual(sorted(stateAt(log, pos).values()));
  expect(replica.hash).toBe(viewHash(replica.entities.ticket.values()));
}

describe('the interval rule', () => {
  const log = drawLog(20, 3);

  it('[C43] skips what it has, applies what overlaps, and calls what is beyond a gap', () => {
    const replica = begun(log, 10);
    expect(applyChange(replica, frame(log, 4, 10))).toMatchObject({ outcome: 'same', replica, told: null });
    expectEqual(applyChange(replica, frame(log, 4, 14)).replica, log, 14);
    expectEqual(applyChange(replica, frame(log, 10, 11)).replica, log, 11);
    const gap = applyChange(replica, frame(log, 11, 14));
    expect(gap.outcome).toBe('gap');
    expect(gap.replica).toBe(replica);
  });

  it('[C44] tells each event once, however frames overlap', () => {
    const told: number[] = [];
    let replica = begun(log);
    for (const [from, to] of [
      [0, 5],
      [2, 7],
      [5, 7],
      [7, 8],
      [0, 12],
    ] as const) {
      const applied = applyChange(replica, frame(log, from, to));
      told.push(...(applied.told?.events.map(({ seq }) => seq) ?? []));
      replica = applied.replica;
    }
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('[C45] nothing comes before the first snapshot, and an empty interval moves only the position', () => {
    expect(applyChange(emptyReplica('kitchen'), frame(log, 0, 3)).outcome).toBe('gap');
    const replica = begun(log, 10);
    const empty = applyChange(replica, { ...frame(log, 10, 12), put: [], gone: [], events: [] });
    expect(empty.told).toBeNull();
    expect(empty.replica.pos).toBe(12);
    expect(empty.replica.entities).toBe(replica.entities);
    expect(empty.replica.cursor).toBe('c12');
    // Nothing new to paint, so nothing new to acknowledge.
    expect(empty.replica.paintCursor).toBe('c10');
  });

  it('[C46] never takes an older version, also of what has left', () => {
    let replica = begun(log, 0);
    replica = applyChange(replica, { ...frame(log, 0, 1), put: [aTicket('a', 5)], gone: [] }).replica;
    replica = applyChange(replica, {
      ...frame(log, 1, 2),
      put: [aTicket('a', 4, { status: 'ready' })],
      gone: [{ kind: 'ticket', id: 'b', version: 9, why: 'moved' }],
    }).replica;
    expect(replica.entities.ticket.get('a')).toMatchObject({ version: 5, status: 'new' });
    replica = applyChange(replica, {
      ...frame(log, 2, 3),
      put: [aTicket('b', 8)],
      gone: [{ kind: 'ticket', id: 'a', version: 4, why: 'closed' }],
    }).replica;
    expect([...replica.entities.ticket.keys()]).toEqual(['a']);
    replica = applyChange(replica, { ...frame(log, 3, 4), put: [aTicket('b', 10)], gone: [] }).replica;
    expect(replica.entities.ticket.has('b')).toBe(true);
  });

  it('[C47] keeps the Map of a kind that did not change, and entities that a repair found right', () => {
    let replica = begun(log, 10);
    const tables = replica.entities.table;
    replica = applyChange(replica, frame(log, 10, 15)).replica;
    expect(replica.entities.table).toBe(tables);
    const before = new Map(replica.entities.ticket);
    const repaired = applySnapshot({ ...replica, asked: true }, snap(log, 15), 1);
    expect(repaired.told).toBeNull();
    for (const [id, ticket] of before) expect(repaired.replica.entities.ticket.get(id)).toBe(ticket);
  });

  it('[C48] counts entities of kinds it does not know into the hash, and shows none of them', () => {
    const newer = { kind: 'levitation', id: 'r', version: 3 };
    const all = [aTicket('a', 1), newer];
    const applied = applySnapshot(
      emptyReplica('kitchen'),
      { ...snap(log, 0), hash: viewHash(all), entities: all as Entity[] },
      1,
    );
    expect(applied.outcome).toBe('snapshot');
    expect(Object.keys(applied.replica.entities)).not.toContain('levitation');
    const gone = applyChange(applied.replica, {
      ...frame(log, 0, 1),
      put: [],
      gone: [{ ...newer, version: 4, why: 'closed' } as unknown as Gone],
    });
    expect(gone.replica.hash).toBe(viewHash([aTicket('a', 1)]));
  });
});

describe('snapshots', () => {
  const log = drawLog(60, 5);

  it('[C49] an older one is ignored, unless it was asked for or the server insists', () => {
    const replica = begun(log, 50);
    expect(applySnapshot(replica, snap(log, 40), 1).replica.pos).toBe(50);
    expectEqual(applySnapshot({ ...replica, asked: true }, snap(log, 40), 1).replica, log, 40);
    expectEqual(applySnapshot(replica, snap(log, 40, { reset: true }), 1).replica, log, 40);
  });

  it('[C50] comes in parts of one connection, and only whole', () => {
    const whole = snap(log, 50);
    const cut = (n: number) => whole.entities.slice(n * 5, (n + 1) * 5);
    const parts = Array.from({ length: Math.ceil(whole.entities.length / 5) }, (_, part): Snap => ({
      ...whole,
      part,
      last: (part + 1) * 5 >= whole.entities.length,
      entities: cut(part),
    }));
    let replica = begun(log, 10);
    for (const part of parts.slice(0, -1)) replica = applySnapshot(replica, part, 1).replica;
    expect(replica.pos).toBe(10);
    // The same of another connection, interleaved and given up.
    replica = applySnapshot(replica, { ...whole, part: 0, last: false, entities: cut(0) }, 2).replica;
    replica = forgetLink(replica, 2);
    expect(applySnapshot(replica, { ...whole, part: 1, last: true, entities: cut(1) }, 2).replica.pos).toBe(
      10,
    );
    const last = parts.at(-1);
    expect(last).toBeDefined();
    if (last) expectEqual(applySnapshot(replica, last, 1).replica, log, 50);
  });

  it('[C51] says so when its own hash is not that of its entities', () => {
    expect(applySnapshot(emptyReplica('kitchen'), snap(log, 50, { hash: 1 }), 1).outcome).toBe('differs');
  });

  it('[C52] tells what it changed and what it no longer has', () => {
    const replica = begun(log, 20);
    const { told } = applySnapshot(replica, snap(log, 60), 1);
    const before = stateAt(log, 20);
    const after = stateAt(log, 60);
    expect(new Set(told?.gone.map(({ id }) => id))).toEqual(
      new Set([...before.keys()].filter((id) => !after.has(id))),
    );
    expect(told?.put.every(({ id, version }) => before.get(id)?.version !== version)).toBe(true);
  });
});

describe('any delivery', () => {
  it("[C53] 10,000 frames cut, doubled and shuffled by two connections end in the server's own state", () => {
    const log = drawLog(10_000, 11);
    let state = 99;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    // Each connection cuts the log at its own places; both are delivered in their own order, interleaved at random.
    const streams = [0, 1].map(() => {
      const frames: Chg[] = [];
      for (let pos = 0; pos < log.length;) {
        const to = Math.min(log.length, pos + 1 + next(3));
        frames.push(frame(log, pos, to));
        pos = to;
      }
      return frames;
    });
    let replica = begun(log);
    let frames = 0;
    const last: (Chg | undefined)[] = [];
    while (streams.some((stream) => stream.length > 0)) {
      const which = next(2);
      const chg = streams[which]?.shift();
      if (!chg) continue;
      // A doubled frame comes now and then, as after a reconnect.
      for (const one of next(10) === 0 ? [last[which] ?? chg, chg] : [chg]) {
        const applied = applyChange(replica, one);
        expect(applied.outcome).not.toBe('gap');
        replica = applied.replica;
        frames += 1;
      }
      last[which] = chg;
    }
    expect(frames).toBeGreaterThan(10_000);
    expectEqual(replica, log, log.length);
  });

  it('[C54] is exactly the state at its position, after any frames in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.boolean()), { maxLength: 60 }),
        (seed, start, frames) => {
          const log = drawLog(60, seed);
          let replica = begun(log, start);
          for (const [a, b, isSnap] of frames) {
            const [from, to] = [Math.min(a, b), Math.max(a, b)];
            const before = replica;
            const applied = isSnap
              ? applySnapshot(replica, snap(log, to), 1)
              : applyChange(replica, frame(log, from, to));
            replica = applied.replica;
            expect(replica.pos).toBeGreaterThanOrEqual(before.pos);
            if (!isSnap && from > before.pos && to > before.pos) expect(applied.outcome).toBe('gap');
            expectEqual(replica, log, replica.pos);
          }
        },
      ),
      { numRuns: 300, seed: 42 },
    );
  });

  it('[C55] a ping tells equal from wrong, behind and ahead', () => {
    const log = drawLog(30, 8);
    const replica = begun(log, 20);
    expect(compare(replica, 20, replica.hash)).toBe('equal');
    expect(compare(replica, 20, replica.hash + 1)).toBe('differs');
    expect(compare(replica, 21, 0)).toBe('behind');
    expect(compare(replica, 19, 0)).toBe('ahead');
  });

  it('[C250] a snapshot of another history replaces what has the same version and is not the same', () => {
    const log: Write[] = [{ put: aTicket('a', 1, { number: 7 }) }, { put: aTicket('b', 2, { number: 8 }) }];
    const before = applySnapshot(emptyReplica('kitchen'), snap(log, 2), 1).replica;
    // Restored, and the command that was lost came again at the same position, later.
    const other: Write[] = [log[0] as Write, { put: aTicket('b', 2, { number: 9 }) }];
    const { replica, told } = applySnapshot(before, snap(other, 2, { reset: true }), 1);
    expect(replica.entities.ticket.get('b')?.number).toBe(9);
    expect(told?.put.map(({ id }) => id)).toEqual(['b']);
    // What is the same is not drawn again.
    expect(replica.entities.ticket.get('a')).toBe(before.entities.ticket.get('a'));
  });
});
