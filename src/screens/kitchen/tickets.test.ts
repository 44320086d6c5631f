import { describe, expect, it } from 'vitest';
import { NOW, ago, line, ticket } from '../../testkit/entities.ts';
import {
  allDay,
  allergiesOf,
  boardOrder,
  codeOf,
  isLastTap,
  isOnBoard,
  paintedLines,
  recallList,
  tapOf,
  urgencyOf,
} from './tickets.ts';

const limits = { warn: 600, late: 900 };

describe('how late a ticket is', () => {
  it('[S10] is OK, SOON and LATE at the station’s own seconds, exactly', () => {
    expect(urgencyOf(ticket({ firedAt: ago('9:59') }), limits, NOW)).toBe('ok');
    expect(urgencyOf(ticket({ firedAt: ago('10:00') }), limits, NOW)).toBe('soon');
    expect(urgencyOf(ticket({ firedAt: ago('14:59') }), limits, NOW)).toBe('soon');
    expect(urgencyOf(ticket({ firedAt: ago('15:00') }), limits, NOW)).toBe('late');
  });

  it('[S10] is not counted for a hold, and never negative for a clock that runs ahead', () => {
    expect(urgencyOf(ticket({ firedAt: null, status: 'held' }), limits, NOW)).toBe('held');
    expect(urgencyOf(ticket({ firedAt: ago('0:00', NOW + 5000) }), limits, NOW)).toBe('ok');
  });
});

describe('the order of the board', () => {
  it('[S11] puts rush first, then the oldest, holds last', () => {
    const old = ticket({ number: 1, firedAt: ago('12:00') });
    const young = ticket({ number: 2, firedAt: ago('1:00') });
    const rushed = ticket({ number: 3, firedAt: ago('0:30'), rush: true });
    const held = ticket({ number: 4, firedAt: null, status: 'held' });
    expect(boardOrder([held, young, rushed, old]).map((one) => one.number)).toEqual([3, 1, 2, 4]);
  });

  it('[S11] a recalled ticket comes back to its old place, by its first fire', () => {
    const recalled = ticket({
      number: 1,
      firedAt: ago('12:00'),
      recalls: 1,
      recalledAt: ago('0:05'),
      status: 'cooking',
    });
    expect(boardOrder([ticket({ number: 2, firedAt: ago('5:00') }), recalled])[0]?.number).toBe(1);
  });

  it('[S12] shows work, holds and unseen changes; what was bumped is in the recall list, latest first', () => {
    const bumped = ticket({ status: 'ready', readyAt: ago('2:00'), number: 7, table: 'T7' });
    const later = ticket({ status: 'ready', readyAt: ago('1:00'), number: 8, table: 'T8' });
    const struck = ticket({ status: 'voided', ackRequired: true });
    expect([bumped, later, struck, ticket(), ticket({ status: 'voided' })].map(isOnBoard)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(recallList([bumped, later, struck]).map((one) => one.number)).toEqual([8, 7]);
    expect(recallList([bumped, later], '#7').map((one) => one.number)).toEqual([7]);
    expect(recallList([bumped, later], 't8').map((one) => one.number)).toEqual([8]);
    expect(
      recallList(Array.from({ length: 80 }, (_, index) => ticket({ status: 'ready', number: index }))),
    ).toHaveLength(50);
  });
});

describe('the lines of a card', () => {
  it('[S13] equal lines are one; another note, allergy, seat or modifier keeps them apart', () => {
    const lines = [
      line('FRIES'),
      line('FRIES', { qty: 2 }),
      line('FRIES', { notes: 'well' }),
      line('FRIES', { seat: 2 }),
      line('FRIES', { allergies: ['nuts'] }),
      line('FRIES', {}, '-salt'),
    ];
    const painted = paintedLines(ticket({ lines }));
    expect(painted.map((one) => one.qty)).toEqual([3, 1, 1, 1, 1]);
    expect(paintedLines(ticket({ lines }), true)).toHaveLength(6);
  });

  it('[S13] a changed line is never joined with another', () => {
    const lines = [line('FRIES'), line('FRIES', { changed: { from: 2, to: 1, fields: ['qty'] } })];
    expect(paintedLines(ticket({ lines }))).toHaveLength(2);
  });

  it('[S14] a voided line stays struck until it is seen, then it is gone', () => {
    const unseen = line('CORN', {
      status: 'voided',
      voidQty: 1,
      changed: { from: 1, to: 0, fields: ['void'] },
    });
    expect(paintedLines(ticket({ lines: [unseen] })).map((one) => one.state)).toEqual(['voided']);
    expect(paintedLines(ticket({ lines: [line('CORN', { status: 'voided', voidQty: 1 })] }))).toEqual([]);
    expect(paintedLines(ticket({ lines: [line('CORN', { movedTo: 'oven' })] }))).toEqual([]);
  });

  it('[S15] three pieces become ready one by one, and the last tap takes them back', () => {
    const three = line('BURGER', { qty: 3 });
    const tap = (readyQty: number) =>
      tapOf(
        paintedLines(
          ticket({ lines: [{ ...three, readyQty, status: readyQty === 3 ? 'ready' : 'started' }] }),
        )[0]!,
      );
    expect(tap(0)).toEqual({ act: 'ready', item: three.item, qty: 1 });
    expect(tap(2)).toEqual({ act: 'ready', item: three.item, qty: 1 });
    expect(tap(3)).toEqual({ act: 'unready', item: three.item });
    expect(paintedLines(ticket({ lines: [{ ...three, readyQty: 1 }] }))[0]?.state).toBe('partial');
  });

  it('[S15] one piece needs no count, and combined lines are readied piece by piece', () => {
    const one = line('FRIES');
    const two = line('FRIES', { readyQty: 1, status: 'ready' });
    expect(tapOf(paintedLines(ticket({ lines: [one] }))[0]!)).toEqual({ act: 'ready', item: one.item });
    expect(tapOf(paintedLines(ticket({ lines: [two, one] }))[0]!)).toEqual({ act: 'ready', item: one.item });
  });

  it('[S15] a change is seen before anything else; a hold and a void take no tap', () => {
    const changed = line('KIDS', { changed: { from: 2, to: 1, fields: ['qty'] } });
    expect(tapOf(paintedLines(ticket({ lines: [changed] }))[0]!)).toEqual({ act: 'acknowledge' });
    expect(tapOf(paintedLines(ticket({ lines: [line('KIDS', { status: 'held' })] }))[0]!)).toEqual({
      act: 'none',
    });
  });

  it('[S15] knows the tap that makes the ticket go', () => {
    const done = line('A', { readyQty: 1, status: 'ready' });
    const open = line('B', { qty: 2, readyQty: 1 });
    expect(isLastTap(ticket({ lines: [done, open] }), { act: 'ready', item: open.item, qty: 1 })).toBe(true);
    expect(
      isLastTap(ticket({ lines: [done, { ...open, readyQty: 0 }] }), {
        act: 'ready',
        item: open.item,
        qty: 1,
      }),
    ).toBe(false);
  });

  it('[S16] choices come first, then what is left out, then what is added', () => {
    expect(
      paintedLines(ticket({ lines: [line('BCB', {}, '+egg', '-pickle', 'medium')] }))[0]?.modifiers.map(
        (one) => one.name,
      ),
    ).toEqual(['medium', 'pickle', 'egg']);
  });

  it('[S17] the allergy band names the order’s allergies and those of a seat once', () => {
    const one = ticket({
      allergies: ['milk'],
      lines: [
        line('A', { seat: 4, allergies: ['fish'] }),
        line('B', { seat: 13, allergies: ['nuts', 'milk'] }),
        line('C', { status: 'voided', seat: 1, allergies: ['egg'] }),
      ],
    });
    expect(allergiesOf(one)).toEqual([
      { words: ['milk'] },
      { seat: 4, words: ['fish'] },
      { seat: 13, words: ['nuts'] },
    ]);
  });
});

describe('all day', () => {
  it('[S18] counts what is left to make from the tickets, to start and cooking, holds apart', () => {
    const counts = allDay([
      ticket({
        lines: [line('BURGER', { qty: 3, readyQty: 1, status: 'started' }), line('FRIES', { qty: 2 })],
      }),
      ticket({ lines: [line('BURGER', { qty: 2 }), line('CORN', { status: 'voided', voidQty: 1 })] }),
      ticket({ status: 'held', firedAt: null, lines: [line('SALMON', { status: 'held' })] }),
      ticket({ status: 'ready', lines: [line('BURGER', { readyQty: 1, status: 'ready' })] }),
    ]);
    expect(counts).toEqual({
      counts: [
        { name: 'BURGER', toStart: 2, cooking: 2 },
        { name: 'FRIES', toStart: 2, cooking: 0 },
      ],
      held: 1,
    });
  });
});

it('[S19] a ticket is shouted by its table, else the platform’s code, the guest, its number', () => {
  expect(codeOf({ table: 'T4', displayId: 'K7', number: 1 })).toBe('T4');
  expect(codeOf({ displayId: 'K7', guest: { name: 'Ana' }, number: 1 })).toBe('K7');
  expect(codeOf({ guest: { name: 'Ana' }, number: 1 })).toBe('Ana');
  expect(codeOf({ number: 12 })).toBe('#12');
});
