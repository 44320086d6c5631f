import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { Pencil, percentile } from '../projections/testing/naive.ts';
import { importLog } from '../projections/testing/tables.ts';
import { twoWeeks } from '../projections/testing/weeks.ts';

const database = useTestDatabase();
let server: TestServer;
let manager = '';
let pencil: Pencil;
let end = 0;
type Row = Record<string, string | number | boolean | null>;

beforeAll(async () => {
  server = await startTestServer(database());
  end = server.log.clock.now() - 60_000;
  const house = twoWeeks(4, end);
  pencil = new Pencil(house.log);
  await server.log.createOrganization('other-group', 'other-group');
  await importLog(server.log, 'weeks', house.log);
  manager = await server.token('manager', { loc: 'weeks', org: 'org' });
});
afterAll(() => server.stop());

async function call(path: string, token = manager, accept = 'application/json') {
  const response = await server.edge.app.inject({
    method: 'GET',
    url: path,
    headers: { authorization: `Bearer ${token}`, accept },
  });
  return { status: response.statusCode, text: response.body, headers: response.headers };
}

async function report(name: string, query = ''): Promise<{ rows: Row[]; [more: string]: unknown }> {
  const { status, text } = await call(`/v1/locations/weeks/reports/${name}${query}`);
  expect([status, name], text).toEqual([200, name]);
  return JSON.parse(text) as { rows: Row[] };
}

const days = (last: number): { from: string; to: string; query: string } => {
  const all = [...new Set([...pencil.sold.values()].map(({ day }) => day))].sort();
  const from = all.at(-last) ?? '';
  const to = all.at(-1) ?? '';
  return { from, to, query: `?from=${from}&to=${to}` };
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('reports', () => {
  it('[FG5] say what somebody with a pencil reckons from the log: sales by hour, channel and item', async () => {
    const { from, to, query } = days(6);
    const lines = pencil.lines(from, to);
    const live = lines.filter(({ qty }) => qty > 0);
    const summary = (await report('summary', query)).rows.find(({ period }) => period === 'now');
    expect(summary).toMatchObject({
      orders: new Set(live.map(({ order }) => order)).size,
      lines: live.length,
      pieces: sum(lines.map(({ qty }) => qty)),
      net: sum(lines.map(({ qty, price }) => qty * price)),
      voids: pencil.taken.filter(({ kind, day }) => kind === 'void' && day >= from).length,
      refires: pencil.taken.filter(({ kind, day }) => kind === 'refire' && day >= from).length,
      taken_back: sum(pencil.taken.filter(({ day }) => day >= from).map(({ value }) => value)),
    });
    const hourOf = (at: number): number =>
      Number(
        new Intl.DateTimeFormat('en-GB', {
          timeZone: 'America/New_York',
          hour: '2-digit',
          hourCycle: 'h23',
        }).format(at),
      );
    const hours = (await report('sales-by-hour', query)).rows;
    expect(hours.map(({ hour }) => hour)).toEqual([...Array(24).keys()].map((hour) => (hour + 4) % 24));
    for (const { hour, net, lines: count } of hours) {
      const here = lines.filter(({ at }) => hourOf(at) === hour);
      expect([hour, net, count]).toEqual([
        hour,
        sum(here.map(({ qty, price }) => qty * price)),
        here.filter(({ qty }) => qty > 0).length,
      ]);
    }
    const channels = (await report('sales-by-channel', query)).rows;
    for (const source of ['pos', 'web', 'partner'])
      expect(sum(channels.filter((row) => row['source'] === source).map(({ net }) => Number(net)))).toBe(
        sum(lines.filter((line) => line.source === source).map(({ qty, price }) => qty * price)),
      );
    const items = (await report('sales-by-item', query)).rows;
    expect(sum(items.map(({ net }) => Number(net)))).toBe(summary?.['net']);
    expect(items.map(({ item }) => item)).toEqual(['burger', 'lemonade']);
  });

  it('[FG6] give the middle and the ninetieth of each leg per fire, without what was forgotten, and late by the threshold of then', async () => {
    const { from, to, query } = days(15);
    const limits: Record<string, number> = { grill: 900, drinks: 300 };
    const stations = (await report('preparation', query)).rows;
    const times = pencil.times(from, to);
    expect(times.some(({ isUsual, total }) => total !== null && !isUsual)).toBe(true);
    expect(times.some(({ recalled }) => recalled !== undefined)).toBe(true);
    for (const station of ['grill', 'drinks']) {
      const all = times.filter((one) => one.station === station);
      const usual = all.filter(({ isUsual }) => isUsual);
      const late = all.filter(({ fired, done }) => ((done ?? end) - fired) / 1000 >= (limits[station] ?? 0));
      const of = (leg: 'total' | 'wait' | 'cook' | 'pass', share: number): number | null =>
        percentile(
          usual.map((one) => one[leg]).filter((value) => leg !== 'pass' || value === null || value <= 14_400),
          share,
        );
      expect(stations.find((row) => row['station'] === station)).toMatchObject({
        fires: all.length,
        late: late.length,
        total_p50: of('total', 0.5),
        total_p90: of('total', 0.9),
        wait_p50: of('wait', 0.5),
        wait_p90: of('wait', 0.9),
        cook_p50: of('cook', 0.5),
        cook_p90: of('cook', 0.9),
        pass_p50: of('pass', 0.5),
        pass_p90: of('pass', 0.9),
        late_after: limits[station],
      });
    }
    const heard = (await report('order-to-heard', query)).rows[0];
    expect(heard).toMatchObject({
      station: null,
      fires: times.length,
      p50: percentile(
        times.map(({ delay }) => delay),
        0.5,
      ),
      p90: percentile(
        times.map(({ delay }) => delay),
        0.9,
      ),
      p99: percentile(
        times.map(({ delay }) => delay),
        0.99,
      ),
    });
    for (const by of ['hour', 'channel', 'item'])
      expect((await report(`preparation-by-${by}`, query)).rows.length).toBeGreaterThan(1);
  });

  it('[FG7] compare with the same weekdays before, of which today sees no more than had happened by this time of day', async () => {
    const { to } = days(1);
    const week = (await report('summary', `?from=${to}&to=${to}`)) as { rows: Row[]; beforeFrom: string };
    expect(Date.parse(to) - Date.parse(week.beforeFrom)).toBe(7 * 86_400_000);
    const clock = (ms: number): string =>
      new Intl.DateTimeFormat('sv-SE', {
        timeZone: 'America/New_York',
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(ms);
    const now = clock(server.log.clock.now());
    const cut = `${new Date(Date.parse(now.slice(0, 10)) - 7 * 86_400_000).toISOString().slice(0, 10)}${now.slice(10)}`;
    const before = pencil.lines(week.beforeFrom, week.beforeFrom).filter(({ at }) => clock(at) <= cut);
    expect(week.rows.find(({ period }) => period === 'before')).toMatchObject({
      net: sum(before.map(({ qty, price }) => qty * price)),
    });
    const hours = (await report('sales-by-hour', `?from=${to}&to=${to}`)).rows;
    expect(sum(hours.map((row) => Number(row['before_net'])))).toBe(
      sum(pencil.lines(week.beforeFrom, week.beforeFrom).map(({ qty, price }) => qty * price)),
    );
  });

  it('[FG8] print the week as seven rows of twenty-four hours: sales, orders, lines', async () => {
    const { from, to, query } = days(14);
    const { rows } = await report('heat', query);
    expect(rows).toHaveLength(168);
    expect(sum(rows.map(({ net }) => Number(net)))).toBe(
      sum(pencil.lines(from, to).map(({ qty, price }) => qty * price)),
    );
    expect(sum(rows.filter(({ hour }) => hour === 4).map(({ days: count }) => Number(count)))).toBe(
      (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1,
    );
  });

  it('[FG9] come in pages and as a file, and say of a wrong question which field is wrong', async () => {
    const { query } = days(15);
    const whole = (await report('corrections', query)).rows;
    expect(whole.length).toBeGreaterThan(6);
    const paged: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { rows: Row[]; next?: unknown } = await report(
        'corrections',
        `${query}&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...page.rows);
      cursor = typeof page.next === 'string' ? page.next : null;
    }
    expect(paged).toEqual(whole);
    const file = await call(`/v1/locations/weeks/reports/corrections${query}&limit=4`, manager, 'text/csv');
    expect(file.headers['content-type']).toContain('text/csv');
    expect(file.headers['link']).toMatch(/rel="next"/);
    expect(file.text.split('\r\n').slice(0, 2)).toEqual([
      'at,day,kind,order_id,line_id,station,item,name,qty,value,reason,made,by_whom',
      expect.stringMatching(/^2\d{3}-.*,(void|cancel|refire),/),
    ]);
    for (const [wrong, path] of [
      ['from=2026-02-30', 'from'],
      ['to=soon', 'to'],
      ['from=today-6&to=today-7', 'from'],
      ['from=2026-03-02&to=2026-03-01', 'from'],
      ['from=2020-01-01&to=2026-03-01', 'from'],
      ['limit=0', 'limit'],
      ['cursor=abc', 'cursor'],
      ['colour=red', 'colour'],
    ] as const) {
      const { status, text } = await call(`/v1/locations/weeks/reports/corrections?${wrong}`);
      expect([wrong, status, JSON.parse(text).errors[0].path]).toEqual([wrong, 422, path]);
    }
    expect((await call('/v1/locations/weeks/reports/profit')).status).toBe(404);
    expect(
      (
        await call(
          '/v1/locations/weeks/reports/summary',
          await server.token('waiter', { loc: 'weeks', org: 'org' }),
        )
      ).status,
    ).toBe(403);
    expect((await call('/v1/locations/brasa/reports/summary')).status).toBe(404);
  });

  it('[FG10] show a page of figures as of one moment, and every location of an organization and of no other', async () => {
    const page = JSON.parse((await call('/v1/locations/weeks/figures?from=today-6&to=today')).text);
    expect(page).toMatchObject({
      timezone: 'America/New_York',
      currency: 'USD',
      reports: { summary: [{ period: 'now' }, { period: 'before' }] },
    });
    const owner = await server.accounts.mintToken({ sub: 'user:1', org: 'brasa-group', role: 'owner' }, 600);
    const all = JSON.parse((await call('/v1/reports/summary?from=today', owner)).text);
    expect(all.locations.map(({ location }: { location: string }) => location)).toEqual(['brasa', 'esquina']);
    const one = JSON.parse((await call('/v1/reports/summary')).text);
    expect(one.locations.map(({ location }: { location: string }) => location)).toEqual(['weeks']);
  });
});
