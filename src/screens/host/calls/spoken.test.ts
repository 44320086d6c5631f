import { describe, expect, it } from 'vitest';
import type { CallView } from '../../../domain/call/entities.ts';
import { call } from '../../../testkit/entities.ts';
import { linesOf, type Reach, wordsOf } from './spoken.ts';

const STARTED = '2026-11-21T00:40:00.000Z';

const spoken = {
  call: 'a',
  lines: [
    { who: 'agent', text: 'Eight fifteen, for four?', at: 58, final: true },
    { who: 'caller', text: 'And could we sit near the win', at: 61.5, final: false },
  ],
};
const turns = [{ who: 'agent' as const, text: 'Good evening.', at: 1 }];

describe('the words of a call', () => {
  it('[CA43] are shown as they are spoken, what is not said to the end as such', () => {
    expect(wordsOf(call('ai_active'), spoken, 'all')).toEqual({
      show: 'lines',
      cut: false,
      lines: [
        { who: 'agent', text: 'Eight fifteen, for four?', at: 58, final: true },
        { who: 'caller', text: 'And could we sit near the win', at: 61.5, final: false },
      ],
    });
    // Over: nothing grows any more, and what is on record takes the place of what was heard in passing.
    expect(wordsOf(call('wrap_up'), spoken, 'all')).toMatchObject({
      lines: [{ final: true }, { final: true }],
    });
    expect(wordsOf(call('completed', { turns, cut: true }), spoken, 'all')).toEqual({
      show: 'lines',
      cut: true,
      lines: [{ ...turns[0], final: true }],
    });
    expect(wordsOf(call('ai_active', { turns }), undefined, 'all')).toMatchObject({ show: 'lines' });
  });

  it('[CA43] where there are none, says why', () => {
    const show = (of: CallView, reach: Reach = 'all') => wordsOf(of, undefined, reach).show;
    expect(show(call('ringing'))).toBe('soon');
    expect(show(call('ai_active'), 'noWords')).toBe('carried');
    expect(show(call('ai_active'), 'nothing')).toBe('cut');
    expect(show(call('ai_active', { quiet: true }))).toBe('after');
    expect(show(call('wrap_up', { analysis: 'pending' }))).toBe('written');
    expect(show(call('completed', { analysis: 'failed' }))).toBe('none');
    expect(show(call('missed'))).toBe('none');
  });

  it('[CA43] what a stranger says is read line by line, and what is none is left out', () => {
    const odd = [
      null,
      'words',
      { who: 'ghost', text: 'boo' },
      { who: 'agent', text: 7 },
      { who: 'agent', text: '  ' },
      { who: 'caller', text: 'at an instant', at: '2026-11-21T00:41:30.000Z' },
      { who: 'caller', text: 'before it began', at: -4 },
      { who: 'staff', text: 'at no time', at: 'soon' },
    ];
    expect(linesOf({ lines: odd }, STARTED)).toEqual([
      { who: 'caller', text: 'at an instant', at: 90, final: true },
      { who: 'caller', text: 'before it began', at: 0, final: true },
      { who: 'staff', text: 'at no time', at: null, final: true },
    ]);
    for (const none of [undefined, null, 'x', [], {}, { lines: 'x' }])
      expect(linesOf(none, STARTED)).toEqual([]);
  });
});
