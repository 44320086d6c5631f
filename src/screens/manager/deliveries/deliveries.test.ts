import { describe, expect, it } from 'vitest';
import { queryOf, readPage, readReplayed, readWhole, sizeText, together } from './deliveries.ts';

const row = (id: string, more: object = {}) => ({
  id,
  channel: 'uber',
  provider: 'uber-eats',
  event: 'orders.notification',
  status: 'done',
  receivedAt: '2026-11-22T19:42:00.000Z',
  finishedAt: null,
  attempts: 1,
  repeats: 0,
  replays: 0,
  reason: null,
  bytes: 512,
  ...more,
});

describe('what the server tells of deliveries', () => {
  it('[IN28] is read field by field, and nothing is shown of what is not as said', () => {
    const page = readPage({ deliveries: [row('a')], next: 'c', open: { waiting: 1, failed: 0, dead: 2 } });
    expect(page).toMatchObject({
      deliveries: [{ id: 'a', receivedAt: 1_795_376_520_000, status: 'done' }],
      next: 'c',
      open: { waiting: 1, failed: 0, dead: 2 },
    });
    expect(readPage({ deliveries: [] })).toEqual({
      deliveries: [],
      next: null,
      open: { waiting: 0, failed: 0, dead: 0 },
    });
    for (const bad of [
      null,
      {},
      { deliveries: [row('a', { status: 'lost' })] },
      { deliveries: [row('a', { receivedAt: '' })] },
    ])
      expect(readPage(bad)).toBeNull();
    expect(readReplayed({ replayed: 3 })).toBe(3);
    expect(readReplayed({ replayed: '3' })).toBeNull();
  });

  it('[IN28] shows a body that is JSON a field a line, any other as it is', () => {
    const whole = { ...row('a'), headers: { 'x-a': 'b', odd: 1 }, encoding: 'utf-8' };
    expect(readWhole({ ...whole, body: '{"a":{"b":1}}' })).toMatchObject({
      headers: [['x-a', 'b']],
      body: '{\n  "a": {\n    "b": 1\n  }\n}',
      isText: true,
    });
    expect(readWhole({ ...whole, body: 'CallSid=1' })?.body).toBe('CallSid=1');
    expect(readWhole({ ...whole, body: '//4=', encoding: 'base64' })).toMatchObject({
      body: '//4=',
      isText: false,
    });
    expect(readWhole(whole)).toBeNull();
  });

  it('[IN28] is asked for by filter, and pages make one list without repeats', () => {
    expect(queryOf('all', '')).toBe('limit=50');
    expect(queryOf('dead', 'uber', 'a~b')).toBe('limit=50&status=dead&channel=uber&cursor=a%7Eb');
    const read = (...ids: string[]) => readPage({ deliveries: ids.map((id) => row(id)) })?.deliveries ?? [];
    expect(together(read('c', 'b'), read('b', 'a')).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect([sizeText(412), sizeText(3_500)]).toEqual(['412 B', '3.4 KB']);
  });
});
