import { describe, expect, it } from 'vitest';
import { noticeOf } from './pushNotice.ts';

const call = {
  kind: 'unheard',
  location: 'brasa',
  place: 'Brasa',
  ticket: 't1',
  number: 41,
  table: 'T6',
  station: 'GRILL',
  waitingS: 61,
};

describe('a call on a manager’s telephone', () => {
  it('[PR21] says which station, which order and for how long, in the language it was asked for', () => {
    expect(noticeOf(call)).toMatchObject({
      title: 'GRILL has not heard a ticket',
      options: {
        body: '#41 T6 · waiting 1 min at Brasa',
        tag: 't1',
        data: { url: '/manager?location=brasa' },
      },
    });
    expect(noticeOf({ ...call, language: 'es' })?.title).toBe('GRILL no ha oído un ticket');
    expect(noticeOf({ ...call, language: 'ar' })?.options.dir).toBe('rtl');
    expect(noticeOf({ ...call, language: 'xx' })?.title).toBe('GRILL has not heard a ticket');
  });

  it('[PR21] is nothing for what is not ours', () => {
    for (const odd of [null, undefined, 'hello', {}, { kind: 'unheard' }, { ...call, waitingS: 'long' }])
      expect(noticeOf(odd)).toBeNull();
  });
});
