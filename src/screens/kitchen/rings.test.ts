import { describe, expect, it } from 'vitest';
import type { TicketView } from '../../domain/entities.ts';
import { NOW, ago, ticket } from '../../testkit/entities.ts';
import { ring, silent, strike } from '../ui/sound.ts';
import { seeTickets, settleBell, soundsFor } from './rings.ts';
import { urgencyOf } from './tickets.ts';

const see = (tickets: TicketView[], now = NOW) =>
  seeTickets(tickets, (one) => urgencyOf(one, { warn: 600, late: 900 }, now));
const heard = (before: TicketView[] | null, after: TicketView[], predicted: string[] = [], later = 0) =>
  soundsFor(before && see(before), after, see(after, NOW + later), new Set(predicted)).map(
    ({ name }) => name,
  );

describe('what rings', () => {
  const first = ticket();

  it('[S30] a new ticket, an add-on and a rush each have their sound; a fired hold is new', () => {
    expect(heard([], [ticket()])).toEqual(['new']);
    expect(heard([], [ticket({ addOn: true })])).toEqual(['addOn']);
    expect(heard([], [ticket({ rush: true })])).toEqual(['rush']);
    expect(heard([ticket({ ...first, status: 'held', firedAt: null })], [first])).toEqual(['new']);
    expect(heard([], [ticket({ status: 'held', firedAt: null })])).toEqual([]);
  });

  it('[S30] a change and a void ring, but not for one’s own tap; a recall is silent', () => {
    expect(heard([first], [{ ...first, version: first.version + 1, ackRequired: true }])).toEqual(['change']);
    expect(heard([first], [{ ...first, version: first.version + 1, ackRequired: true }], [first.id])).toEqual(
      [],
    );
    expect(heard([{ ...first, status: 'ready' }], [{ ...first, status: 'cooking', recalls: 1 }])).toEqual([]);
  });

  it('[UL35] a change that nobody tapped for 30 s is louder, also on a page that was opened meanwhile', () => {
    const changed = ticket({ ackRequired: true, ackSince: ago('0:31'), status: 'cooking' });
    const asked = soundsFor(null, [changed], see([changed]), new Set());
    expect(asked).toEqual([{ cause: changed.id, name: 'change', since: NOW - 31_000 }]);
    expect(strike(settleBell(silent, asked, [changed], NOW), NOW).sound).toEqual({
      name: 'change',
      louder: true,
    });
    const fresh = { ...changed, ackSince: ago('0:05') };
    const soon = soundsFor(null, [fresh], see([fresh]), new Set());
    expect(strike(settleBell(silent, soon, [fresh], NOW), NOW).sound).toMatchObject({ louder: false });
  });

  it('[S30] crossing LATE rings once, and rush when it is set', () => {
    const near = ticket({ firedAt: ago('14:59') });
    expect(heard([near], [near], [], 1000)).toEqual(['late']);
    expect(soundsFor(see([near], NOW + 1000), [near], see([near], NOW + 2000), new Set())).toEqual([]);
    expect(heard([first], [{ ...first, rush: true }])).toEqual(['rush']);
  });

  it('[S31] an opened board rings only for what nobody has heard', () => {
    expect(heard(null, [ticket({ delivery: { state: 'heard' } })])).toEqual([]);
    expect(heard(null, [ticket()])).toEqual(['new']);
    expect(heard(null, [ticket({ status: 'cooking', ackRequired: true })])).toEqual(['change']);
  });

  it('[S31] a touch, a bump or an acknowledgement ends the repeats at once', () => {
    const bell = ring(ring(silent, first.id, 'new', NOW), first.id, 'change', NOW);
    expect(
      settleBell(bell, [], [{ ...first, status: 'cooking', ackRequired: true }], NOW).rings.map(
        ({ name }) => name,
      ),
    ).toEqual(['change']);
    expect(
      settleBell(bell, [], [{ ...first, ackRequired: false }], NOW).rings.map(({ name }) => name),
    ).toEqual(['new']);
    expect(settleBell(bell, [], [], NOW).rings).toEqual([]);
  });
});
