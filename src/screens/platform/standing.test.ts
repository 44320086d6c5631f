import { describe, expect, it } from 'vitest';
import type { PlatformView } from '../../domain/channel/entities.ts';
import type { TicketView } from '../../domain/entities.ts';
import { NOW, ago, item, order, platform, ticket } from '../../testkit/entities.ts';
import { doorLine, doorsInOrder, isShut, pauseUntil } from './doors.ts';
import { courierLine, courierRank, mayHaveRunOut, stopped, twinsOf, waiting } from './standing.ts';

const inTime = (age: string): string => new Date(2 * NOW - Date.parse(ago(age))).toISOString();
const offer = (more: Partial<PlatformView> = {}): PlatformView =>
  platform({ state: 'awaiting_accept', acceptBy: inTime('9:00'), ...more });
const courier = (more: Partial<NonNullable<PlatformView['courier']>> = {}): PlatformView =>
  offer({
    state: 'accepted',
    courier: { state: 'to_pickup', at: ago('6:10'), name: 'Dana', eta: null, batched: false, ...more },
  });

describe('an order from a platform on a screen', () => {
  it('[PL30] waits for our yes in the order of its clock, and only once the kitchen’s hearing has not said it', () => {
    const at = (age: string, more: Partial<PlatformView>) =>
      order({ placedAt: ago(age), platform: offer(more) });
    const just = at('0:03', {});
    const long = at('1:00', { acceptBy: inTime('9:00') });
    const short = at('0:10', { acceptBy: inTime('2:00') });
    const open = at('0:10', { acceptBy: null });
    const warned = at('0:01', { level: 1, acceptBy: inTime('5:00') });
    const taken = at('1:00', { state: 'accepted' });
    const gone = { ...at('1:00', {}), status: 'cancelled' as const };
    expect(waiting([just, long, short, open, warned, taken, gone, order()], NOW)).toEqual([
      short,
      warned,
      long,
      open,
    ]);
    expect(waiting([just], NOW + 1_000)).toEqual([just]);
  });

  it('[PL31] says where its courier is, nearer by minutes, and that five minutes at the door are too long', () => {
    const say = (one: PlatformView, now = NOW) => {
      const { look, word, minutes } = courierLine(one, now);
      return [look, word, minutes];
    };
    expect(say(offer())).toEqual(['none', 'none', 0]);
    expect(say(courier())).toEqual(['coming', 'assigned', 0]);
    expect(say(courier({ eta: inTime('5:01') }))).toEqual(['coming', 'minutes', 6]);
    expect(say(courier({ eta: inTime('5:00') }))).toEqual(['near', 'minutes', 5]);
    // Later than was said: it is arriving, and no number is made up.
    expect(say(courier({ eta: ago('2:00') }))).toEqual(['near', 'arriving', 0]);
    const here = courier({ state: 'at_pickup', at: ago('4:59') });
    expect(say(here)).toEqual(['here', 'here', 0]);
    expect(courierLine(here, NOW).since).toBe(Date.parse(ago('4:59')));
    expect(say(here, NOW + 1_000)).toEqual(['waits', 'here', 0]);
    expect(say(courier({ state: 'cancelled' }))).toEqual(['trouble', 'cancelled', 0]);
    expect(say(courier({ state: 'to_dropoff' }))).toEqual(['gone', 'onTheWay', 0]);
    const rank = (one?: PlatformView) => courierRank(order(one && { platform: one }), NOW);
    expect([rank(here), rank(courier({ eta: inTime('1:00') })), rank(courier()), rank()]).toEqual([
      0, 1, 2, 2,
    ]);
  });

  it('[PL32] knows the others that are called by its number, whoever they came from', () => {
    const one = order({ platform: offer({ number: '4410' }) });
    const same = order({ platform: offer({ number: '4410', name: 'DoorDash' }) });
    const said = order({ displayId: '4410' });
    const other = order({ platform: offer({ number: '4411' }) });
    expect(twinsOf(one, [one, same, said, other])).toEqual([same, said]);
    expect(twinsOf(order(), [order(), one])).toEqual([]);
  });

  it('[PL33] that was cancelled outside says which stations have not tapped it away', () => {
    const badge = { provider: 'uber-eats', name: 'Uber Eats', number: 'Q11' };
    const one = (station: string, more: Partial<TicketView> = {}) =>
      ticket({ order: 'o', station, status: 'voided', ackRequired: true, platform: badge, ...more });
    const [grill, fryer, again] = [one('grill'), one('fryer'), one('grill')];
    expect(
      stopped([
        grill,
        one('drinks', { ackRequired: false }),
        fryer,
        again,
        one('bar', { order: 'p', platform: undefined }),
        one('bar', { order: 'q', status: 'cooking' }),
      ]),
    ).toEqual([
      {
        order: 'o',
        name: 'Uber Eats',
        number: 'Q11',
        stations: ['grill', 'fryer'],
        tickets: [grill, fryer, again],
      },
    ]);
  });

  it('[PL34] offers as run out each dish of the menu once, and nothing that is not on it', () => {
    expect(
      mayHaveRunOut([
        item('Burger', { menuItem: 'burger' }),
        item('Arepa'),
        item('Fries', { menuItem: 'fries' }),
        item('Burger', { menuItem: 'burger' }),
      ]),
    ).toEqual([
      { id: 'burger', name: 'Burger' },
      { id: 'fries', name: 'Fries' },
    ]);
  });
});

describe('a door to a platform', () => {
  const door = (
    id: string,
    mode: 'open' | 'busy' | 'paused' | 'auto_paused',
    until: string | null = null,
  ) => ({
    kind: 'channel' as const,
    id,
    version: 1,
    provider: 'uber-eats',
    name: id,
    mode,
    until,
    busyMinutes: 0,
    reason: null,
    waiting: 0,
    trouble: null,
  });

  it('[PL35] that is shut stands before one that is busy, and a pause ends on a whole minute or by hand', () => {
    expect(
      doorsInOrder([door('b', 'open'), door('a', 'open'), door('c', 'busy'), door('d', 'auto_paused')]).map(
        ({ id }) => id,
      ),
    ).toEqual(['d', 'c', 'a', 'b']);
    expect([isShut(door('a', 'paused')), isShut(door('a', 'busy'))]).toEqual([true, false]);
    expect(pauseUntil(15, NOW)).toEqual({ until: '2026-11-21T00:58:00.000Z' });
    expect(pauseUntil(null, NOW)).toEqual({});
    expect(doorLine(door('a', 'paused', inTime('1:00'))).until).toBe(NOW + 60_000);
    expect(doorLine(door('a', 'paused')).until).toBeNull();
  });
});
