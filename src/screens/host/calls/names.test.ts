// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import type { CallView } from '../../../domain/call/entities.ts';
import { NOW, call } from '../../../testkit/entities.ts';
import { callsWords } from '../../i18n/calls.ts';
import { speak } from '../../i18n/words.tsx';
import { callerText, stateSays, stateWord } from './names.tsx';

const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

beforeAll(() => speak('en', [callsWords]));

describe('what is written of a call', () => {
  const says = (status: CallView['status'], more: Partial<CallView> = {}) =>
    stateSays(call(status, more), NOW, 'Noor');

  it('[CA41] a takeover says whose it is, and does not claim that the caller is through', () => {
    expect(says('staff_takeover', { by: 'Noor' })).toBe(
      'You have the call. The caller is not put through yet.',
    );
    expect(says('staff_takeover', { by: 'Eli' })).toBe(
      'Eli has the call. The caller is not put through yet.',
    );
    expect(says('staff_active', { by: 'Noor' })).toBe('You speak with the caller.');
    expect(says('staff_active')).toBe('Somebody speaks with the caller.');
  });

  it('[CA41] a transfer says how long it rings here, or to whom the agent passes it', () => {
    const here = call('transferring', { ringsUntil: ago(-12.4) });
    expect([stateWord(here), stateSays(here, NOW, null)]).toEqual([
      'Rings at the stand',
      'Lift the phone at the stand. In 13 s the caller goes back to the agent and is to be rung back.',
    ]);
    const there = call('transferring', { transferTo: '+12025550170' });
    expect([stateWord(there), stateSays(there, NOW, null)]).toEqual([
      'Being passed on',
      'The agent passes the caller on to +12025550170.',
    ]);
    expect(says('transferring', { ringsUntil: ago(1) })).toBe('Lift the phone at the stand.');
  });

  it('[CA41] a silent one says since when, and that it may be over; a plain one says nothing', () => {
    expect(says('stale', { heardAt: ago(100) })).toBe(
      'Nothing heard of it for 1:40. It may be over without anybody having said so.',
    );
    expect(says('dropped')).toBe('It ended in the middle.');
    expect([says('ai_active'), says('wrap_up'), says('completed')]).toEqual([null, null, null]);
  });

  it('[CA41] a caller is a name, else a number, else neither; of a call of ours, whoever was rung', () => {
    expect(callerText(call('ringing'))).toBe('Number not shown');
    expect(callerText(call('ringing', { from: '+1202', to: '+1203' }))).toBe('+1202');
    expect(callerText(call('ringing', { from: '+1202', to: '+1203', direction: 'outbound' }))).toBe('+1203');
    expect(
      callerText(call('ringing', { from: '+1202', guest: { name: 'Leila', visits: 0, allergies: [] } })),
    ).toBe('Leila');
  });
});
