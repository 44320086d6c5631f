import { describe, expect, it } from 'vitest';
import type { Json } from '../../domain/documents.ts';
import {
  changesOf,
  edited,
  isUnsaved,
  openDesk,
  savedAs,
  settled,
  arrive,
  type HouseAnswer,
} from './draft.ts';
import { valueAt, withMember, withValue } from './doc.ts';

const house = (name: string, late = 900): Json => ({
  name,
  stations: [{ id: 'grill', name: 'Grill', late }],
});
const answer = (part: Partial<HouseAnswer>): HouseAnswer => ({
  version: 1,
  published: house('Corner'),
  draft: null,
  problems: [],
  findings: [],
  ...part,
});
const draft = (config: Json, revision: number, base: Json = house('Corner'), baseVersion = 1) => ({
  config,
  base,
  baseVersion,
  revision,
  by: 'Ana',
  at: '2026-01-01T00:00:00Z',
});

describe('the draft on a desk', () => {
  it('[SU50] begins with what is published, and a house without anything with a blank sheet', () => {
    expect(openDesk(answer({}), {}).doc).toEqual(house('Corner'));
    const blank = openDesk(answer({ version: 0, published: null }), { name: 'New' });
    expect(blank.doc).toEqual({ name: 'New' });
    expect(isUnsaved(blank)).toBe(false);
    expect(isUnsaved(edited(blank, ['name'], 'Newer'))).toBe(true);
  });

  it('[SU50] knows by which place and value it differs from what is published', () => {
    const desk = edited(openDesk(answer({}), {}), ['stations', 0, 'late'], 600);
    expect(changesOf(desk)).toEqual([
      { path: ['stations', 'grill', 'late'], what: 'changed', before: 900, after: 600 },
    ]);
    const kept = savedAs(desk, desk.doc, 1, 'now', 'Olga');
    expect(isUnsaved(kept)).toBe(false);
    expect(changesOf(kept)).toHaveLength(1);
  });

  it('[SU51] takes in what a colleague saved meanwhile, and says so; what stands here stays', () => {
    const desk = edited(openDesk(answer({ draft: draft(house('Corner'), 1) }), {}), ['name'], 'Mine');
    const met = arrive(desk, answer({ draft: draft(house('Corner', 600), 2) }), {});
    expect(met.doc).toEqual(house('Mine', 600));
    expect(met).toMatchObject({ revision: 2, conflicts: [] });
    expect(met.news).toMatchObject([{ what: 'saved', by: 'Ana', changes: [{ after: 600 }] }]);
    expect(isUnsaved(met)).toBe(true);
  });

  it('[SU51] asks whose holds where both changed the same place, and keeps either', () => {
    const desk = edited(openDesk(answer({ draft: draft(house('Corner'), 1) }), {}), ['name'], 'Mine');
    const met = arrive(desk, answer({ draft: draft(house('Theirs'), 2) }), {});
    const [conflict] = met.conflicts;
    expect(conflict).toMatchObject({ path: ['name'], mine: 'Mine', theirs: 'Theirs' });
    if (conflict === undefined) throw new Error('no conflict');
    expect(settled(met, conflict, 'mine')).toMatchObject({ doc: { name: 'Mine' }, conflicts: [] });
    expect(settled(met, conflict, 'theirs')).toMatchObject({ doc: { name: 'Theirs' }, conflicts: [] });
    // Looking again while nobody has chosen neither forgets the question nor asks it twice.
    expect(arrive(met, answer({ draft: draft(house('Theirs'), 2) }), {}).conflicts).toHaveLength(1);
  });

  it('[SU51] goes on from what was published meanwhile', () => {
    const begun = openDesk(answer({ draft: draft(house('Mine'), 1) }), {});
    const met = arrive(
      begun,
      answer({ version: 4, published: house('Corner', 300), draft: draft(house('Mine'), 1) }),
      {},
    );
    expect(met.doc).toEqual(house('Mine', 300));
    expect(met).toMatchObject({ version: 4, baseVersion: 1 });
    expect(isUnsaved(met)).toBe(true);
    expect(met.news).toMatchObject([{ what: 'published' }]);
    expect(changesOf(met)).toMatchObject([{ path: ['name'] }]);
  });

  it('[SU51] says that a draft was thrown away, and keeps what was not saved', () => {
    const begun = openDesk(answer({ draft: draft(house('Mine'), 1) }), {});
    expect(arrive(begun, answer({}), {})).toMatchObject({
      doc: { name: 'Corner' },
      news: [{ what: 'discarded' }],
    });
    const busy = edited(begun, ['stations', 0, 'late'], 60);
    expect(arrive(busy, answer({}), {}).doc).toEqual(house('Corner', 60));
  });

  it('[SU50] fields are put, taken away and made on the way; members are found by their id', () => {
    const doc = house('Corner');
    expect(withValue(doc, ['booking', 'lateAfter'], 5)).toMatchObject({ booking: { lateAfter: 5 } });
    expect(withValue(doc, ['stations', 0], undefined)).toEqual({ name: 'Corner', stations: [] });
    expect(valueAt(withValue(doc, ['stations', 1], { id: 'bar' }), ['stations', 1, 'id'])).toBe('bar');
    expect(withMember(doc, ['stations', 'grill', 'late'], 1)).toEqual(house('Corner', 1));
    expect(withMember(doc, ['stations', 'bar'], undefined)).toBe(doc);
    expect(withMember(doc, ['stations', 'bar'], { id: 'bar' })).toMatchObject({
      stations: [{ id: 'grill' }, { id: 'bar' }],
    });
    expect(valueAt(doc, ['toString'])).toBeUndefined();
  });
});
