import { describe, expect, it } from 'vitest';
import { Kitchen, burger, cook, id, luis, maya } from '../testkit/kitchen.ts';
import { tellCause } from './ticketCause.ts';

function evening(
  act: (house: Kitchen, after: (seconds: number) => void, ticket: () => string) => void,
  others = 0,
) {
  const house = new Kitchen();
  const start = house.now;
  const after = (seconds: number): void => void (house.now = start + seconds * 1000);
  house.do('order.place', { order: { id: id('order', 1), type: 'counter', items: [burger(1), burger(2)] } });
  const ticket = (): string => house.ticket(1, 'grill');
  act(house, after, ticket);
  return tellCause({
    ticket: ticket(),
    station: 'grill',
    lines: new Map([
      [id('item', 1), 'Classic Burger'],
      [id('item', 2), 'Classic Burger'],
    ]),
    events: house.log.slice(1),
    late: 900,
    others,
    now: house.now,
  });
}

describe('the cause of a ticket', () => {
  it('[FG15] tells of a late one when it was heard, started and ready, what else stood there, and by how much it was late', () => {
    const { text, steps } = evening((house, after, ticket) => {
      after(1);
      house.inner('ticket.hear', { ticket: ticket() });
      after(320);
      house.do('ticket.start', { ticket: ticket() }, cook);
      after(600);
      house.do(
        'item.void',
        { order: id('order', 1), item: id('item', 2), reason: 'too slow', made: false },
        { ...maya, approvedBy: 'staff:ana' },
      );
      after(1270);
      house.do('ticket.bump', { ticket: ticket() }, cook);
      after(1330);
      house.do('order.serve', { order: id('order', 1) }, luis);
    }, 9);
    expect(text).toBe(
      'Late by 6:10: it took 21:10 of 15:00. Heard at +0:01. Started at +5:20. When it came, 9 other tickets were open there. It was changed once (Classic Burger). Ready at +21:10. It stood at the pass for 1:00.',
    );
    expect(steps.map(({ what }) => what)).toEqual(
      ['fired', 'heard', 'started', 'voided', 'acknowledged', 'bumped', 'served'].filter((what) =>
        steps.some((step) => step.what === what),
      ),
    );
    expect(steps.find(({ what }) => what === 'voided')).toMatchObject({
      by: 'Maya',
      values: { reason: 'too slow' },
    });
  });

  it('[FG15] takes a bump that was taken back at once for none, and says that it came back', () => {
    const { sentences } = evening((house, after, ticket) => {
      after(100);
      house.do('ticket.bump', { ticket: ticket() }, cook);
      after(104);
      house.do('ticket.recall', { ticket: ticket() }, cook);
      after(1000);
      house.do('ticket.bump', { ticket: ticket() }, cook);
    });
    expect(sentences[0]).toEqual({ say: 'late', values: { over: 100, total: 1000, limit: 900 } });
    expect(sentences.map(({ say }) => say)).toContain('recalled');
  });

  it('[FG15] says of one that nobody heard how far the house went, and of one that nobody touched that nobody did', () => {
    const { text } = evening((house, after, ticket) => {
      after(60);
      house.inner('ticket.escalate', { ticket: ticket(), episode: 1, rung: 4, deaf: true });
      after(400);
    });
    expect(text).toBe(
      'It has been open for 6:40. Nobody heard it; the house went up to rung 4. Nobody started it for 6:40.',
    );
  });
});
