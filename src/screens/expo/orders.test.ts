import { describe, expect, it } from 'vitest';
import type { StationView, TicketView } from '../../domain/entities.ts';
import { NOW, ago, line, order, station, ticket } from '../../testkit/entities.ts';
import { deafStations } from '../ui/stationLive.ts';
import { isUnheard, passOrders, standInTickets, stationTiles, unroutedTickets } from './orders.ts';

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

  it('[UL36] counts from the last episode, and stops at paper; a ticket shown elsewhere is still not heard', () => {
    const recalled = ticket({ firedAt: ago('20:00'), delivery: { state: 'queued', askedAt: ago('0:05') } });
    expect(isUnheard(recalled, NOW)).toBe(false);
    expect(isUnheard(recalled, NOW + 8_000)).toBe(true);
    const elsewhere = { state: 'rerouted' as const, to: 'fryer', askedAt: ago('0:20') };
    expect(isUnheard(ticket({ delivery: elsewhere }), NOW)).toBe(true);
    expect(isUnheard(ticket({ delivery: { ...elsewhere, state: 'printed' } }), NOW)).toBe(false);
  });

  it('[UL37] a station says how many screens look at it, and since when none does; the pass has what it stands in for', () => {
    const live = new Map<string, unknown>([
      ['station:grill', { screens: 0, deafSince: ago('0:40') }],
      ['station:drinks', { screens: 2, deafSince: null }],
      ['station:desserts', { screens: 'many' }],
      ['station:unrouted', { screens: 0, deafSince: ago('9:00') }],
    ]);
    expect(
      stationTiles(stations.values(), [], NOW, live).map(({ screens, deafSince }) => [screens, deafSince]),
    ).toEqual([
      [0, NOW - 40_000],
      [2, null],
      [null, null],
    ]);
    expect(deafStations(live, [...stations.values(), { id: 'unrouted', name: 'UNROUTED' }])).toEqual([
      { id: 'grill', name: stations.get('grill')?.name, since: NOW - 40_000 },
    ]);
    const taken = ticket({ delivery: { state: 'rerouted', to: 'expo' } });
    const done = ticket({ status: 'ready', delivery: { state: 'heard', to: 'expo' } });
    expect(standInTickets([taken, done, ticket()], 'expo')).toEqual([taken]);
    expect(standInTickets([ticket()], undefined)).toEqual([]);
  });
});
