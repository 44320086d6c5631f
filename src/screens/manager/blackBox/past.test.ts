import { describe, expect, it } from 'vitest';
import { ticket } from '../../../testkit/entities.ts';
import { fieldText } from '../../ui/time.ts';
import { holds, played, readCause, readLate, readThen, ticketOf } from './past.ts';

const AT = Date.parse('2026-03-13T20:14:30.000Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const then = (more: object = {}) =>
  readThen({
    topic: 'station:grill',
    at: iso(AT),
    since: iso(AT - 5_000),
    until: iso(AT + 9_000),
    entities: [],
    ...more,
  });

describe('the black box', () => {
  it('[FG17] asks again only when the moment leaves the time for which it knows the board', () => {
    for (const [moment, known] of [
      [AT, true],
      [AT - 5_000, true],
      [AT - 5_001, false],
      [AT + 8_999, true],
      [AT + 9_000, false],
    ] as const)
      expect([moment, holds(then(), 'station:grill', moment)]).toEqual([moment, known]);
    expect(holds(then(), 'kitchen', AT)).toBe(false);
    expect(holds(null, 'kitchen', AT)).toBe(false);
    expect(holds(then({ until: null }), 'station:grill', AT + 86_400_000)).toBe(true);
    expect(holds(then({ since: null }), 'station:grill', 0)).toBe(true);
  });

  it('[FG17] plays at its speed, and not into what has not happened', () => {
    expect(played(AT, 60, 500, AT + 86_400_000)).toBe(AT + 30_000);
    expect(played(AT, 60, 500, AT + 1_000)).toBe(AT + 1_000);
  });

  it('[FG17] finds the ticket of a card: its own, or of an order at the pass the one that is waited for', () => {
    const ready = ticket({ id: 't1', order: 'o1', firedAt: iso(AT - 9_000), status: 'ready' });
    const open = ticket({ id: 't2', order: 'o1', firedAt: iso(AT - 5_000), status: 'cooking' });
    expect(ticketOf([ready, open], 't1')).toBe('t1');
    expect(ticketOf([ready, open], 'o1')).toBe('t2');
    expect(ticketOf([ready, open], 'o2')).toBeNull();
  });

  it('[FG17] takes nothing for an answer that is none', () => {
    expect(readThen({ topic: 'x', at: 'soon', entities: [] })).toBeNull();
    expect(readThen({ topic: 'x', at: iso(AT), entities: [{ kind: 'ticket' }] })).toBeNull();
    expect(readCause({ number: 4 })).toBeNull();
    expect(readLate({ rows: [{ ticket_id: 'a' }] })).toBeNull();
    expect(fieldText(AT, 'America/New_York')).toBe('2026-03-13T16:14');
  });
});
