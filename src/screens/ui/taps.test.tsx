// @vitest-environment jsdom
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandInputs } from '../../domain/commands.ts';
import { makeProblem } from '../../protocol/problems.ts';
import { HeardProvider } from '../../sdk/react/hooks.ts';
import { aTicket } from '../../sdk/testing/fakeServer.ts';
import { fakeHeard, type FakeHeard } from '../../testkit/fakeHeard.ts';
import { deviceWords } from '../i18n/device.ts';
import { speak } from '../i18n/words.tsx';
import { uiWords } from '../i18n/ui.ts';
import { Forgotten } from './forgotten.tsx';
import { HeldTaps, TapsChip } from './tapsChip.tsx';
import { TapsSheet, tapName } from './tapsSheet.tsx';

/** What a person reads of taps that did not arrive. */

beforeAll(() => speak('en', [uiWords, deviceWords]));

function drawn(heard: FakeHeard, element: ReactElement): string {
  const html = renderToStaticMarkup(createElement(HeardProvider, { heard }, element));
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
const nothing = () => undefined;

describe('taps that did not arrive', () => {
  it('[S62] are listed in plain words, each with what becomes of it', () => {
    const heard = fakeHeard();
    heard.pend([
      { name: 'ticket.bump', input: { ticket: 'a' }, state: 'unsent' },
      { name: 'order.place', state: 'stale', attempts: 0 },
      { name: 'order.add', state: 'held', who: 'Maya' },
      { name: 'item.ready', state: 'unsent', kept: false },
    ]);
    heard.setOutbox({
      refused: [
        {
          ok: false,
          id: 'x',
          name: 'ticket.bump',
          reason: 'refused',
          problem: makeProblem('conflict', 'It was voided.'),
          current: null,
          input: {},
          tappedAt: 0,
        },
        {
          ok: false,
          id: 'y',
          name: 'menu.soldOut',
          reason: 'expired',
          problem: makeProblem('conflict', 'old'),
          current: null,
          input: {},
          tappedAt: 0,
        },
      ],
    });
    const said = drawn(
      heard,
      createElement(TapsSheet, {
        onClose: nothing,
        nameOf: (input) => ((input as { ticket?: string }).ticket === 'a' ? '#12 T6' : null),
      }),
    );
    for (const words of [
      'bump · #12 T6 Not sent yet; tried again by itself.',
      'Older than 10 minutes. Was it called out by mouth?',
      'Of Maya. Waits until they sign in here.',
      'Not kept over a reload.',
      'Refused: It was voided.',
      'sold out Too old: not sent. Look at the ticket and tap again.',
    ])
      expect(said).toContain(words);
    expect(drawn(heard, createElement(TapsChip, {}))).toBe('4 taps need a look');
    expect(drawn(heard, createElement(HeldTaps))).toBe('1 tap waits here for Maya to sign in.');
  });

  it('[S62] say nothing while everything goes by itself', () => {
    const heard = fakeHeard();
    heard.pend([{ state: 'sending' }, { state: 'unsent' }]);
    expect(drawn(heard, createElement(TapsChip, {}))).toBe('');
    expect(drawn(heard, createElement(HeldTaps))).toBe('');
  });

  it('[S62] have a name for every command', () => {
    const named = Object.keys(commandInputs).filter((name) => tapName(name) !== 'tap.other');
    expect(Object.keys(commandInputs).filter((name) => !named.includes(name))).toEqual([
      'location.configure',
    ]);
  });
});

describe('what a restored server forgot', () => {
  const codeOf = () => 'T6';
  const at = { topic: 'station:grill', at: 0 };

  it('[S63] is named with what is on the fire, and asks', () => {
    const heard = fakeHeard();
    expect(drawn(heard, createElement(Forgotten, { codeOf }))).toBe('');
    heard.setRecovered({
      withdrawn: [{ ...at, was: aTicket('a', 3), now: null }],
      regressed: [{ ...at, was: aTicket('b', 5), now: aTicket('b', 2) }],
      kept: false,
    });
    const said = drawn(heard, createElement(Forgotten, { codeOf }));
    expect(said).toContain('1 ticket on this screen is not known to the server any more.');
    expect(said).toContain('#3 T6 1× Ribeye');
    expect(said).toContain('1 ticket is shown as the server knows it');
    expect(said).toMatch(/Keep Remove$/);
    heard.setRecovered({ ...heard.recovered.get(), kept: true });
    expect(drawn(heard, createElement(Forgotten, { codeOf }))).toMatch(/^1 ticket only here .* Remove$/);
  });
});
