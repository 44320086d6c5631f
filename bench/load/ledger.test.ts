import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

function twoScreens(): { ledger: Ledger; grill: number; cold: number } {
  const ledger = new Ledger();
  return { ledger, grill: ledger.addScreen('a', 'grill'), cold: ledger.addScreen('a', 'cold') };
}

describe('the ledger', () => {
  it('an order on all its screens, answered, is neither open nor lost', () => {
    const { ledger, grill, cold } = twoScreens();
    ledger.sent('o1', 'a', ['grill', 'cold'], 0);
    ledger.got(grill, 'o1', 't1', false);
    ledger.got(cold, 'o1', 't2', false);
    expect(ledger.open).toBe(1);
    ledger.acknowledged('o1');
    expect(ledger.open).toBe(0);
    expect(ledger.verdict()).toEqual({
      acknowledged: 1,
      failed: 0,
      lost: 0,
      doubled: 0,
      strange: 0,
      reconnects: 0,
    });
    expect(ledger.latencies(0, 1)).toMatchObject({
      answer: [expect.any(Number)],
      screens: [expect.any(Number)],
    });
  });

  it('[B2] an acknowledged order that one screen of its stations did not get is lost', () => {
    const { ledger, grill } = twoScreens();
    ledger.sent('o1', 'a', ['grill', 'cold'], 0);
    ledger.acknowledged('o1');
    ledger.got(grill, 'o1', 't1', false);
    expect(ledger.verdict().lost).toBe(1);
    expect(ledger.open).toBe(1);
    expect(ledger.latencies(0, 1).screens).toEqual([]);
  });

  it('[B2] a ticket that a screen gets twice is doubled, a newer version of it is not', () => {
    const { ledger, grill } = twoScreens();
    ledger.sent('o1', 'a', ['grill'], 0);
    ledger.got(grill, 'o1', 't1', true);
    ledger.got(grill, 'o1', 't1', true);
    expect(ledger.verdict().doubled).toBe(0);
    ledger.got(grill, 'o1', 't1', false);
    expect(ledger.verdict().doubled).toBe(1);
    ledger.got(grill, 'o1', 'another', true);
    expect(ledger.verdict().doubled).toBe(2);
  });

  it('[B2] a ticket that nobody sent, or at a station that is not its own, is strange', () => {
    const { ledger, grill, cold } = twoScreens();
    ledger.got(grill, 'nobody', 't1', true);
    ledger.sent('o1', 'a', ['grill'], 0);
    ledger.got(grill, 'o1', 't1', true);
    ledger.got(cold, 'o1', 't2', true);
    expect(ledger.verdict().strange).toBe(2);
  });

  it('a refused order is failed, not lost, and not waited for', () => {
    const { ledger } = twoScreens();
    ledger.sent('o1', 'a', ['grill'], 0);
    ledger.failed('o1');
    expect(ledger.open).toBe(0);
    expect(ledger.verdict()).toEqual({
      acknowledged: 0,
      failed: 1,
      lost: 0,
      doubled: 0,
      strange: 0,
      reconnects: 0,
    });
  });

  it('orders outside the measured time do not count into it', () => {
    const { ledger, grill } = twoScreens();
    const now = performance.now();
    ledger.sent('early', 'a', ['grill'], now - 1000);
    ledger.sent('in', 'a', ['grill'], now);
    for (const order of ['early', 'in']) {
      ledger.got(grill, order, order, false);
      ledger.acknowledged(order);
    }
    expect(ledger.latencies(now, now + 1).screens).toHaveLength(1);
    expect(ledger.acknowledgedIn(now, now + 60_000)).toBe(2);
    expect(ledger.acknowledgedIn(now + 60_000, now + 70_000)).toBe(0);
  });
});
