import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../domain/events.ts';
import { toInstant } from '../domain/text.ts';
import { Kitchen, burger, id, maya, safePlace } from '../testkit/kitchen.ts';
import type { ConnectionRow } from './connectionTable.ts';
import { localClock, readLocalTime } from './localTime.ts';
import { tellStory } from './story.ts';

const AT = Date.parse('2026-03-13T23:42:00Z');
const stations = { grill: 'GRILL', drinks: 'DRINKS' };
let serial = 0;

/** A line of the log, so many seconds after 19:42. */
function row(seconds: number, line: Partial<ConnectionRow> & { kind: string }): ConnectionRow {
  serial += 1;
  return { id: String(serial).padStart(4, '0'), at: toInstant(AT + seconds * 1000), node: 'box', ...line };
}

function tell(connections: readonly ConnectionRow[], events: readonly LoggedEvent[] = []) {
  return tellStory({
    at: AT,
    connections,
    events,
    stations,
    clock: (ms) => localClock(ms, 'America/New_York'),
  });
}

describe('the story of a minute', () => {
  it('[V11] says of a quiet time that it was quiet, and looks no further than five minutes', () => {
    const story = tell([
      row(-301, { kind: 'station', screen: 'drinks', to: 'deaf' }),
      row(301, { kind: 'station', screen: 'drinks', to: 'deaf' }),
      row(0, { kind: 'stream', client: 'a', screen: 'grill', to: 'closed', cause: 'left' }),
    ]);
    expect(story.text).toBe('Nothing unusual: every line held. 0 orders came in within these ten minutes.');
    expect(story.list).toEqual([expect.objectContaining({ what: 'screenLeft', bad: false })]);
    expect([story.from, story.to]).toEqual(['2026-03-13T23:37:00.000Z', '2026-03-13T23:47:00.000Z']);
  });

  it('[V11] does not say that lines held of which nobody has said a word', () => {
    const story = tell([row(-301, { kind: 'stream', client: 'a', to: 'ready' })]);
    expect([story.text, story.list]).toEqual(['Nothing is written down about these ten minutes.', []]);
  });

  it('[V11] names a restart, who lost the line, and when the last was back with what it had missed', () => {
    const story = tell([
      row(0, { kind: 'node', to: 'down', cause: 'drain' }),
      row(0, { kind: 'stream', client: 'a', screen: 'grill', to: 'closed', cause: 'drain' }),
      row(1, { kind: 'stream', client: 'b-pos', by: 'Maya', to: 'closed', cause: 'cut' }),
      row(8, { kind: 'node', to: 'up', cause: 'start' }),
      row(11, {
        kind: 'stream',
        client: 'a',
        screen: 'grill',
        to: 'reading',
        cause: 'resumed',
        gap: 4,
        replayed: 3,
      }),
    ]);
    expect(story.text).toBe(
      'The server started at 19:42:08, 8 s after it had stopped. ' +
        '2 screens lost the line (drain, cut); the last came back at 19:42:11 and was told 3 changes. ' +
        '1 screen has not come back. 0 orders came in within these ten minutes.',
    );
    expect(story.list.find(({ what }) => what === 'screenBack')?.values).toMatchObject({
      screen: 'GRILL',
      seconds: 11,
      gap: 4,
      replayed: 3,
    });
    expect(story.list.find(({ values }) => values['cause'] === 'cut')?.values).toMatchObject({
      screen: 'pos · Maya',
    });
  });

  it('[V11] names a deaf station with its time, a repaired board, a lost canary and what waits on a screen', () => {
    const story = tell([
      row(5, { kind: 'station', screen: 'drinks', to: 'deaf', durationMs: 20_000 }),
      row(38, { kind: 'station', screen: 'drinks', to: 'live', durationMs: 53_000 }),
      row(40, {
        kind: 'screen',
        client: 'a',
        screen: 'grill',
        topic: 'station:grill',
        cause: 'repair hash',
        to: 'repaired',
      }),
      row(50, { kind: 'canary', screen: 'grill', cause: 'not_painted' }),
      row(60, { kind: 'outbox', screen: 'grill', detail: { depth: 3, oldestMs: 61_000 } }),
    ]);
    expect(story.text).toBe(
      'DRINKS had no live screen until 19:42:38 (53 s). 1 board differed from the server and repaired itself (GRILL). ' +
        'GRILL said that it was live and painted nothing. 0 orders came in within these ten minutes.',
    );
    expect(story.list.map(({ what }) => what)).toEqual([
      'stationDeaf',
      'stationBack',
      'screenRepaired',
      'canaryLost',
      'outboxWaits',
    ]);
    expect(story.list.at(-1)?.values).toEqual({ screen: 'GRILL', depth: 3, seconds: 61 });
  });

  it('[V11] names the ticket that nobody heard, and the printer that failed', () => {
    const kitchen = new Kitchen(safePlace);
    kitchen.now = AT;
    kitchen.do('order.place', { order: { id: id('order', 1), type: 'counter', items: [burger(1)] } }, maya);
    const ticket = kitchen.ticket(1, 'grill');
    const episode = kitchen.state.orders.get(id('order', 1))?.tickets[0]?.episode ?? 0;
    kitchen.now += 15_000;
    kitchen.inner('ticket.escalate', { ticket, episode, rung: 3, deaf: true, printer: 'hot' });
    const job = kitchen.log.findLast((event) => event.type === 'ticket.unheard')?.data;
    const jobId = job !== undefined && 'job' in job ? String(job.job) : id('command', 99);
    kitchen.inner('print.fail', { ticket, job: jobId, printer: 'hot', reason: 'paper out', next: 'bar' });
    const story = tell([], kitchen.log);
    expect(story.text).toBe(
      '1 ticket was not heard in time: #1 at GRILL was printed on hot. ' +
        'The printer hot did not print (paper out); bar was tried instead. 1 order came in within these ten minutes.',
    );
  });
});

describe('a time as people say it', () => {
  it('[V12] is the last such time in the zone, or an exact one', () => {
    const now = Date.parse('2026-03-14T00:10:00Z');
    const zone = 'America/New_York';
    expect(readLocalTime('19:42', zone, now)).toBe(Date.parse('2026-03-13T23:42:00Z'));
    // It is 20:10 there: half past eight was yesterday.
    expect(readLocalTime('20:30', zone, now)).toBe(Date.parse('2026-03-13T00:30:00Z'));
    expect(readLocalTime('2026-03-06T19:00', zone, now)).toBe(Date.parse('2026-03-07T00:00:00Z'));
    expect(readLocalTime('2026-03-13T23:42:00Z', zone, now)).toBe(AT);
    for (const wrong of ['25:00', '19:42:99', 'noon', '', '2026-13-01T10:00'])
      expect(readLocalTime(wrong, zone, now), wrong).toBe(null);
  });

  it('[V12] holds around a change of the clocks', () => {
    // 8 March 2026, 2:00: New York goes to daylight time.
    const now = Date.parse('2026-03-08T20:00:00Z');
    expect(readLocalTime('01:30', 'America/New_York', now)).toBe(Date.parse('2026-03-08T06:30:00Z'));
    expect(readLocalTime('03:30', 'America/New_York', now)).toBe(Date.parse('2026-03-08T07:30:00Z'));
    expect(localClock(Date.parse('2026-03-08T07:30:05Z'), 'America/New_York')).toBe('03:30:05');
  });
});
