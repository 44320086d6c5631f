import { describe, expect, it } from 'vitest';
import type { ChannelView, PlatformView } from '../../../domain/channel/entities.ts';
import { ago, order, platform } from '../../../testkit/entities.ts';
import { channelRows, healthOf, otherLines, readLinks } from './links.ts';

const link = (channel: string, more: object = {}) => ({
  channel,
  provider: 'uber-eats',
  url: 'https://x/hooks/uber-eats/abc',
  environment: 'production',
  simulator: false,
  missing: [],
  lastDeliveryAt: '2026-11-21T00:42:00.000Z',
  ...more,
});
const door = (id: string): ChannelView => ({
  kind: 'channel',
  id,
  version: 1,
  provider: 'uber-eats',
  name: 'Uber Eats',
  mode: 'open',
  until: null,
  busyMinutes: 0,
  reason: null,
  waiting: 0,
  trouble: null,
});
const from = (channel: string, more: Partial<PlatformView>) =>
  order({ platform: platform({ channel, ...more }) });

describe('the managers’ room of channels', () => {
  it('[PL37] reads links field by field, and says of each whether it can work', () => {
    const links =
      readLinks({
        links: [
          link('fine'),
          link('silent', { lastDeliveryAt: null, environment: 'sandbox', simulator: true }),
          link('bare', { missing: ['signingKey'] }),
          link('lost', { url: null }),
        ],
      }) ?? [];
    expect(links.map(healthOf)).toEqual(['fine', 'silent', 'broken', 'broken']);
    expect(healthOf(undefined)).toBe('none');
    expect(links[1]).toMatchObject({ sandbox: true, simulator: true, lastDeliveryAt: null });
    expect(readLinks({ links: [{ provider: 'uber-eats' }] })).toBeNull();
    expect(readLinks(null)).toBeNull();
    expect(
      otherLines(links, [door('fine'), door('bare')], []).map(({ link: { channel } }) => channel),
    ).toEqual(['silent', 'lost']);
  });

  it('[PL38] says of a telephone that a caller was not put through, and of a courier service for what nobody comes', () => {
    const words = 'Twilio answered 404';
    const links =
      readLinks({
        links: [
          link('phone', { trouble: { act: 'call.takeOver', words, at: '2026-11-21T00:50:00.000Z' } }),
          link('drive', { trouble: null }),
        ],
      }) ?? [];
    const stranded = from('drive', { trouble: 'fee_too_high' });
    expect(otherLines(links, [door('uber')], [stranded, from('uber', { trouble: 'x' })])).toMatchObject([
      {
        link: { channel: 'phone', trouble: { words, at: Date.parse('2026-11-21T00:50:00.000Z') } },
        refused: [],
      },
      { link: { channel: 'drive', trouble: null }, refused: [stranded] },
    ]);
  });

  it('[PL37] gives each channel its orders: what waits by its clock, how many go on, what was refused', () => {
    const late = from('uber', { state: 'awaiting_accept', acceptBy: ago('0:10') });
    const early = from('uber', { state: 'awaiting_accept', acceptBy: ago('5:00') });
    const going = from('uber', {});
    const refused = { ...from('uber', { trouble: 'ALREADY_CANCELLED' }), status: 'cancelled' as const };
    const [row, other] = channelRows(
      [door('uber'), door('dash')],
      [late, early, going, refused, order()],
      [],
    );
    expect(row).toMatchObject({ waiting: [early, late], going: 1, refused: [refused], health: 'none' });
    expect(other).toMatchObject({ waiting: [], going: 0, refused: [] });
  });
});
