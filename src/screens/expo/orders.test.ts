import { describe, expect, it } from 'vitest';
import type { StationView, TicketView } from '../../domain/entities.ts';
import { NOW, ago, line, order, station, ticket } from '../../testkit/entities.ts';
import { isUnheard, passOrders, stationTiles, unroutedTickets } from './orders.ts';

const stations = new Map<string, StationView>(
  [station('grill'), station('drinks', { expo: 'skip' }), station('desserts')].map((one) => [one.id, one]),
);
const ready = (name: string) => line(name, { status: 'ready', readyQty: 1 });
const pass = (...sets: TicketView[][]) =>
  passOrders(
    sets.map((tickets) => order({ tickets })),
    sets.flat(),
    stations,
    NOW,
  );
const same = (of: TicketView, more: Partial<TicketView>): TicketView =>
  ticket({ order: of.order, number: of.number, ...more });

describe('the pass', () => {
  it('[S40] puts the fullest order first, then the oldest', () => {
    const half = ticket({ number: 1, firedAt: ago('9:00'), lines: [ready('A'), line('B')] });
    const none = ticket({ number: 2, firedAt: ago('12:00'), lines: [line('C')] });
    const full = ticket({
      number: 3,
      firedAt: ago('1:00'),
      status: 'ready',
      readyAt: ago('0:10'),
      lines: [ready('D')],
    });
    const alsoNone = ticket({ number: 4, firedAt: ago('13:00'), lines: [line('E')] });
    expect(
      pass([half], [none], [full], [alsoNone]).map((one) => [one.order.number, `${one.ready}/${one.live}`]),
    ).toEqual([
      [3, '1/1'],
      [1, '1/2'],
      [4, '0/1'],
      [2, '0/1'],
    ]);
  });

  it('[S41] an order is complete when every station is, and says who it waits for', () => {
    const grill = ticket({ station: 'grill', status: 'cooking', startedAt: ago('2:00') });
    const dessert = same(grill, {
      station: 'desserts',
      status: 'ready',
      readyAt: ago('0:20'),
      lines: [ready('FLAN')],
    });
    const [one] = pass([grill, dessert]);
    expect(one?.complete).toBe(false);
    expect(one?.waitsFor?.station).toBe('grill');
    const [done] = pass([{ ...grill, status: 'ready', lines: [ready('BURGER')] }, dessert]);
    expect([done?.complete, done?.waitsFor]).toEqual([true, null]);
  });

  it('[S41] an item that two stations make is ready when both have made it, and counts once', () => {
    const shared = line('COMBO');
    const grill = ticket({
      station: 'grill',
      status: 'ready',
      lines: [{ ...shared, status: 'ready', readyQty: 1 }],
    });
    const dessert = same(grill, { station: 'desserts', lines: [shared] });
    expect(pass([grill, dessert])[0]).toMatchObject({ ready: 0, live: 1 });
  });

  it('[S42] a station that skips the pass is not on it; voided and handed-over work is not either', () => {
    expect(pass([ticket({ station: 'drinks' })])).toEqual([]);
    expect(pass([ticket({ status: 'voided' })])).toEqual([]);
    expect(pass([ticket({ status: 'passed', lines: [line('A', { status: 'served' })] })])).toEqual([]);
    expect(pass([ticket({ status: 'held', firedAt: null, lines: [line('A', { status: 'held' })] })])).toEqual(
      [],
    );
  });

  it('[S43] a ticket that no screen painted for 12 s is named as not heard', () => {
    const one = ticket({ firedAt: ago('0:12') });
    expect(isUnheard(one, NOW)).toBe(true);
    expect(isUnheard({ ...one, delivery: { state: 'heard' } }, NOW)).toBe(false);
    expect(isUnheard({ ...one, firedAt: ago('0:11') }, NOW)).toBe(false);
    expect(stationTiles(stations.values(), [one], NOW)[0]).toMatchObject({ open: 1, notHeard: 1 });
  });

  it('[S90] a station’s ✓✓ is shown only when a screen painted all that is open there', () => {
    const receipt = (...tickets: TicketView[]) => stationTiles(stations.values(), tickets, NOW)[0]?.receipt;
    const at = (state: TicketView['delivery']['state'], age: string) =>
      ticket({ station: 'grill', status: 'new', firedAt: ago(age), delivery: { state } });
    expect(receipt()).toBeNull();
    expect(receipt(at('heard', '0:05'))).toBe('heard');
    expect(receipt(at('heard', '0:05'), at('queued', '0:02'))).toBe('sent');
    expect(receipt(at('heard', '0:05'), at('queued', '0:20'))).toBe('unheard');
  });

  it('[S44] what no station makes has its own lane', () => {
    const lost = ticket({ station: 'unrouted' });
    expect(unroutedTickets([lost, ticket()])).toEqual([lost]);
    expect(
      stationTiles([...stations.values(), station('unrouted')], [lost], NOW).map((tile) => tile.station.id),
    ).not.toContain('unrouted');
  });
});
