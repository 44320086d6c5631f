import { describe, expect, it } from 'vitest';
import { locationConfig } from '../../domain/config.ts';
import { emptyLocation } from '../../domain/state.ts';
import { diner } from '../testing/voiceHouse.ts';
import { countOf, peopleOf } from './spoken.ts';
import { type Here, type Said, dayAsked, whenAsked } from './when.ts';
import type { Language } from './words.ts';

/** Friday, 20 November 2026, a quarter past two in New York. */
const NOW = Date.parse('2026-11-20T19:15:00Z');

function here(language: Language = 'en', now = NOW, more: object = {}): Here {
  return {
    state: { ...emptyLocation('x'), config: locationConfig.parse({ ...diner, ...more }) },
    now,
    language,
  };
}

function when(said: Said | string, at: Here = here()): string {
  const found = whenAsked(typeof said === 'string' ? { both: said } : said, at);
  return found.ok ? found.at.slice(0, 16) : `? ${found.ask}`;
}

describe('when somebody wants to come', () => {
  it('[CA20] days and times as models write them are moments in the zone of the place', () => {
    const said: [Said, string][] = [
      [{ day: '2026-11-21', time: '19:30' }, '2026-11-22T00:30'],
      [{ day: '2026-11-21', time: '7:30 PM' }, '2026-11-22T00:30'],
      [{ day: '2026-11-21', time: '7pm' }, '2026-11-22T00:00'],
      [{ day: '2026-11-21', time: '7 p.m.' }, '2026-11-22T00:00'],
      [{ day: '2026-11-21', time: '19:30:00' }, '2026-11-22T00:30'],
      [{ day: '2026-11-21', time: '1930' }, '2026-11-22T00:30'],
      [{ day: '2026-11-21', time: '19h30' }, '2026-11-22T00:30'],
      [{ day: '2026-11-21T00:00:00', time: '19:30' }, '2026-11-22T00:30'],
      [{ both: '2026-11-21T19:30' }, '2026-11-22T00:30'],
      [{ both: '2026-11-21 19:30:00' }, '2026-11-22T00:30'],
      [{ both: '2026-11-21T19:30:00-05:00' }, '2026-11-22T00:30'],
      [{ both: '2026-11-22T00:30:00Z' }, '2026-11-22T00:30'],
      [{ day: 'Nov 21', time: 'noon' }, '2026-11-21T17:00'],
      [{ day: '11/21', time: '12:30' }, '2026-11-21T17:30'],
      [{ day: '11/21/2026', time: '12 pm' }, '2026-11-21T17:00'],
      [{ day: '21.11.2026', time: '18.00' }, '2026-11-21T23:00'],
      [{ day: 'the 21st of November', time: '6' }, '2026-11-21T23:00'],
      [{ day: 'November 21st, 2026', time: '6' }, '2026-11-21T23:00'],
    ];
    for (const [input, expected] of said) expect([input, when(input)]).toEqual([input, expected]);
  });

  it('[CA20] days and times as people say them, in three languages', () => {
    const english: [string, string][] = [
      ['tomorrow at seven thirty', '2026-11-22T00:30'],
      ['tonight at half past seven', '2026-11-21T00:30'],
      ['tonight at 8', '2026-11-21T01:00'],
      ['this evening at quarter to nine', '2026-11-21T01:45'],
      ['today at six in the evening', '2026-11-20T23:00'],
      ['the day after tomorrow at twelve', '2026-11-22T17:00'],
      ['Sunday at twenty past six', '2026-11-22T23:20'],
      ['next Friday at 7pm', '2026-11-28T00:00'],
      ['Friday at 7pm', '2026-11-21T00:00'],
      ['in two days at 1 pm', '2026-11-22T18:00'],
      ["seven o'clock tomorrow", '2026-11-22T00:00'],
      ['ten to eight tomorrow', '2026-11-22T00:50'],
      ['the 21st at 7 pm', '2026-11-22T00:00'],
      ['Saturday the 21st at half past seven', '2026-11-22T00:30'],
      ['the 3rd at 7', '2026-12-04T00:00'],
      ['Sunday the 21st at 7 pm', '? day'],
    ];
    for (const [text, expected] of english) expect([text, when(text)]).toEqual([text, expected]);
    const spanish: [string, string][] = [
      ['mañana a las siete y media de la tarde', '2026-11-22T00:30'],
      ['pasado mañana a las ocho menos cuarto de la noche', '2026-11-23T00:45'],
      ['hoy a las 20:00', '2026-11-21T01:00'],
      ['esta noche a las nueve', '2026-11-21T02:00'],
      ['el sábado a la una y cuarto', '2026-11-21T18:15'],
      ['el 21 de noviembre a las doce y media', '2026-11-21T17:30'],
      ['el domingo a mediodía', '2026-11-22T17:00'],
      ['dentro de tres días a las 6 de la tarde', '2026-11-23T23:00'],
      ['mañana a la una', '2026-11-21T18:00'],
      ['mañana por la mañana a las 11:30', '2026-11-21T16:30'],
      ['el 21 a las ocho de la noche', '2026-11-22T01:00'],
    ];
    for (const [text, expected] of spanish) expect([text, when(text, here('es'))]).toEqual([text, expected]);
    const arabic: [string, string][] = [
      ['غداً الساعة السابعة والنصف مساءً', '2026-11-22T00:30'],
      ['اليوم الساعة ٨ مساء', '2026-11-21T01:00'],
      ['بعد غد الساعة الواحدة ظهرا', '2026-11-22T18:00'],
      ['السبت الساعة ثمانية إلا ربع مساء', '2026-11-22T00:45'],
      ['٢١ نوفمبر الساعة ٧:٣٠ مساء', '2026-11-22T00:30'],
      ['الليلة الساعة التاسعة', '2026-11-21T02:00'],
    ];
    for (const [text, expected] of arabic) expect([text, when(text, here('ar'))]).toEqual([text, expected]);
    // The same figures are another day on another side of the sea.
    expect(when({ day: '3/12', time: '19:00' }, here('es'))).toBe('2026-12-04T00:00');
    expect(when({ day: '12/3', time: '19:00' }, here('en'))).toBe('2026-12-04T00:00');
  });

  it('[CA20] tomorrow is the calendar of the place, also after midnight and while clocks change', () => {
    // Half past eight in the evening in New York is the next day in UTC.
    expect(when('tomorrow at 7pm', here('en', Date.parse('2026-11-21T01:30:00Z')))).toBe('2026-11-22T00:00');
    // Half past midnight on Saturday.
    expect(when('tomorrow at 7pm', here('en', Date.parse('2026-11-21T05:30:00Z')))).toBe('2026-11-23T00:00');
    expect(when('tonight at 7pm', here('en', Date.parse('2026-11-21T05:30:00Z')))).toBe('2026-11-22T00:00');
    // The night to come reaches past midnight.
    expect(when('tonight at half past midnight', here())).toBe('2026-11-21T05:30');
    // The night before summer time: the same wall time is an hour earlier in UTC the next day.
    const march = here('en', Date.parse('2026-03-07T17:00:00Z'));
    expect(when('today at 7pm', march)).toBe('2026-03-08T00:00');
    expect(when('tomorrow at 7pm', march)).toBe('2026-03-08T23:00');
    expect(when('tomorrow at 2:30 am', march)).toBe('? none');
    const november = here('en', Date.parse('2026-10-31T17:00:00Z'));
    expect(when('today at 7pm', november)).toBe('2026-10-31T23:00');
    expect(when('tomorrow at 7pm', november)).toBe('2026-11-02T00:00');
  });

  it('[CA20] what may mean two things is settled by the hours, else asked back', () => {
    expect(when({ day: 'tomorrow', time: '7' })).toBe('2026-11-22T00:00');
    expect(when({ day: 'tomorrow', time: '12' })).toBe('2026-11-21T17:00');
    const always = here('en', NOW, { booking: {} });
    expect(when({ day: 'tomorrow', time: '7' }, always)).toBe('? half');
    expect(when({ day: 'tomorrow', time: '07:00' }, always)).toBe('2026-11-21T12:00');
    // Of today only what is still to come.
    expect(when({ day: 'today', time: '1' }, always)).toBe('2026-11-20T18:00');
    expect(when({ day: 'today', time: '8' }, always)).toBe('2026-11-21T01:00');
    expect(when({ time: '7pm' })).toBe('? day');
    expect(when({ day: 'tomorrow' })).toBe('? time');
    expect(when({})).toBe('? day');
    expect(when({ day: '2026-02-30', time: '7pm' })).toBe('? day');
    expect(when({ day: 'tomorrow', time: '25:00' })).toBe('? time');
    for (const nonsense of [null, {}, [], 'soon', '', '٪٪', '\u0000', 'x'.repeat(9_999), '9'.repeat(500)])
      expect(whenAsked({ both: nonsense, day: nonsense, time: nonsense }, here()).ok).toBe(false);
  });

  it('[CA20] a day without a year is the next one to come, a day that was is said to be over by whoever books', () => {
    const day = (text: string) => dayAsked({ day: text }, here());
    expect(day('January 5')).toEqual({ ok: true, day: '2027-01-05' });
    expect(day('November 19')).toEqual({ ok: true, day: '2026-11-19' });
    expect(day('Thursday')).toEqual({ ok: true, day: '2026-11-26' });
    expect(day('2028-02-29')).toEqual({ ok: true, day: '2028-02-29' });
    expect(day('whenever')).toEqual({ ok: false, ask: 'day' });
  });
});

describe('how many', () => {
  it('[CA20] people are a number or words; what may be two numbers is asked back', () => {
    const said: [unknown, number | null][] = [
      [4, 4],
      ['4', 4],
      ['four', 4],
      ['party of six', 6],
      ['a couple', 2],
      ['just me', 1],
      ['two adults and two kids', 4],
      ['twenty five', 25],
      ['twenty-five', 25],
      ['cuatro personas', 4],
      ['somos dieciséis', 16],
      ['dos adultos y tres niños', 5],
      ['أربعة أشخاص', 4],
      ['شخصين', 2],
      ['٤', 4],
      ['four or five', null],
      ['4-6', null],
      ['cuatro o cinco', null],
      ['4.5', null],
      [4.5, null],
      [0, null],
      [-2, null],
      [100, null],
      [Number.NaN, null],
      ['', null],
      ['many', null],
      [null, null],
      [{}, null],
      [['4'], null],
    ];
    for (const [input, expected] of said) expect([input, peopleOf(input)]).toEqual([input, expected]);
    expect([undefined, '', 2, '3', 'two', 'lots', 0, 1.5].map(countOf)).toEqual([
      1,
      1,
      2,
      3,
      2,
      null,
      null,
      null,
    ]);
  });
});
