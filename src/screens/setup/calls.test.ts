import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  cleanCode,
  readDevices,
  readMember,
  readPlaces,
  readStations,
  readWaiting,
  setupCalls,
  words,
} from './calls.ts';
import { station } from '../../testkit/entities.ts';

afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status, headers }));

describe('set-up', () => {
  it('[W24] a code may be typed as it is read aloud', () => {
    expect(cleanCode(' k7mp-2qxr ')).toBe('K7MP2QXR');
    expect(cleanCode('k7mp 2qxr 99')).toBe('K7MP2QXR');
  });

  it('[W24] a refusal names the fields, or says what it says, and how long to wait', async () => {
    expect(words({ detail: 'no', errors: [{ path: 'station', message: 'is missing' }] })).toBe(
      'station is missing',
    );
    expect(words({ detail: 'No screen shows this code' })).toBe('No screen shows this code');
    expect(words(null)).toBe('');
    answer(429, { detail: 'slowly' }, { 'retry-after': '30' });
    expect(await setupCalls.look('t', 'brasa', 'X')).toEqual({
      ok: false,
      why: 'slowly',
      retryAfter: 30,
      status: 429,
    });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('down')));
    expect(await setupCalls.login('a@b.c', 'x')).toEqual({
      ok: false,
      why: '',
      retryAfter: null,
      status: null,
    });
  });

  it('[W24] reads what the server says and nothing else', async () => {
    expect(readMember({ token: 't', refresh: 'r', name: 'Ana' })).toEqual({
      token: 't',
      refresh: 'r',
      name: 'Ana',
    });
    expect(readMember({ token: 't' })).toBeNull();
    expect(readPlaces({ locations: [{ id: 'brasa', name: 'Brasa' }, {}] })).toEqual([
      { id: 'brasa', name: 'Brasa' },
    ]);
    expect(
      readStations({ entities: [station('grill'), station('unrouted'), { kind: 'order', id: 'o' }] }),
    ).toEqual([{ id: 'grill', name: 'GRILL' }]);
    expect(readWaiting({ code: 'A', expiresAt: 'x', approved: false })).toEqual({
      code: 'A',
      name: null,
      expiresAt: 'x',
      approved: false,
    });
    expect(
      readDevices({
        devices: [
          { id: 'd', name: 'Grill 1', page: 'kitchen', station: 'grill', lastSeenAt: null, revokedAt: null },
          { id: 'e' },
        ],
      }),
    ).toEqual([
      { id: 'd', name: 'Grill 1', page: 'kitchen', station: 'grill', lastSeenAt: null, revokedAt: null },
    ]);
    answer(200, { unexpected: true });
    expect(await setupCalls.devices('t', 'brasa')).toMatchObject({ ok: false });
  });
});
