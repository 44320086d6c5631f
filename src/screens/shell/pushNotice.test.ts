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

  it('[ST23] about an ingredient says what is left and what cannot be made, and opens the stock', () => {
    const stock = {
      kind: 'stock',
      location: 'brasa',
      place: 'Brasa',
      ingredient: 'salmon',
      name: 'Salmon',
      level: 'out',
      onHand: 120,
      unit: 'g',
      dishes: ['Grilled Salmon'],
    };
    expect(noticeOf(stock)).toMatchObject({
      title: 'Salmon has run out',
      options: {
        body: '120 g left · Grilled Salmon: cannot be made · Brasa',
        tag: 'stock salmon',
        requireInteraction: true,
        data: { url: '/manager?location=brasa#stock' },
      },
    });
    expect(noticeOf({ ...stock, level: 'low', dishes: [], language: 'es' })).toMatchObject({
      title: 'Queda poco: Salmon',
      options: { body: 'quedan 120 g · Brasa', requireInteraction: false },
    });
    expect(noticeOf({ ...stock, language: 'ar' })?.options.dir).toBe('rtl');
    expect(noticeOf({ ...stock, level: 'plenty' })).toBeNull();
  });

  it('[PL26] about an order says which platform waits for it and for how long', () => {
    const offer = {
      kind: 'offer',
      location: 'brasa',
      place: 'Brasa',
      order: 'o1',
      number: 'C4D21',
      platform: 'Uber Eats',
      leftS: 90,
    };
    expect(noticeOf(offer)).toMatchObject({
      title: 'Uber Eats waits for a yes to C4D21',
      options: { body: '90 s left · Brasa', tag: 'offer o1', data: { url: '/manager?location=brasa' } },
    });
    expect(noticeOf({ ...offer, language: 'es' })?.options.body).toBe('quedan 90 s · Brasa');
    expect(noticeOf({ ...offer, language: 'ar' })?.options.dir).toBe('rtl');
    expect(noticeOf({ ...offer, leftS: 'soon' })).toBeNull();
  });

  it('[PR21] is nothing for what is not ours', () => {
    for (const odd of [null, undefined, 'hello', {}, { kind: 'unheard' }, { ...call, waitingS: 'long' }])
      expect(noticeOf(odd)).toBeNull();
  });
});
