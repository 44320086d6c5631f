// @vitest-environment jsdom
import type * as ReactDom from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendCommand } from '../../sdk/shapes.ts';
import { makeProblem } from '../../protocol/problems.ts';
import { NOW, ago, item, menu, menuGroup, menuItem, order, station, table } from '../../testkit/entities.ts';
import { type FakeHeard, fakeHeard } from '../../testkit/fakeHeard.ts';

/** The page itself, with a client that has no server: what is tapped, and what is sent and said because of it. */

let heard: FakeHeard;
/** What was drawn, to be taken down: a page that goes on after its test would find no window. */
const roots: { unmount(): void }[] = [];
let approvals: (string | undefined)[];

const side = menuGroup('side', ['fries', 'salad'], { name: 'Side', min: 1, max: 1 });
const menus = [
  menu(
    'mains',
    [
      menuItem('Burger', { id: 'burger', price: 1350, groups: ['side'] }),
      menuItem('Fries', { id: 'fries', price: 500 }),
      menuItem('Salmon', { id: 'salmon', soldOut: true }),
    ],
    { name: 'Mains', groups: [side] },
  ),
];
const steak = item('Ribeye', { id: 'i-steak', status: 'started' });
const fired = {
  id: 't1',
  station: 'grill',
  status: 'cooking' as const,
  delivery: { state: 'heard' as const, heardAt: new Date(NOW - 59_600).toISOString() },
  firedAt: ago('1:00'),
  startedAt: ago('0:30'),
  ackRequired: false,
  items: ['i-steak'],
};
const open = order({
  id: 'o-12',
  number: 44,
  table: 'T12',
  server: 'Maya',
  items: [steak],
  tickets: [fired],
  version: 7,
});
const world = () => [
  ...menus,
  table('T1', { status: 'seated', since: ago('1:00') }),
  table('T12', { status: 'ordered', orders: ['o-12'] }),
  open,
  station('grill'),
];

const find = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
/** A page that is loaded anew on a full machine takes more than the second that is usual. */
const PATIENCE = { timeout: 10_000 };
const need = (id: string): Promise<HTMLElement> =>
  vi.waitFor(() => {
    const found = find(id);
    if (!found) throw new Error(`nothing here is ${id}: ${document.body.textContent?.slice(0, 300) ?? ''}`);
    return found;
  }, PATIENCE);
const tap = async (id: string): Promise<void> => (await need(id)).click();
const key = (name: string): void =>
  [...document.querySelectorAll<HTMLButtonElement>('button')]
    .find((button) => button.textContent?.trim() === name)
    ?.click();

beforeEach(async () => {
  vi.resetModules();
  localStorage.clear();
  history.replaceState(null, '', '/pos');
  heard = fakeHeard();
  heard.put('pos', world());
  approvals = [];
  const command: SendCommand = (name, input, options) => {
    approvals.push(options?.approval);
    return heard.command(name, input);
  };
  vi.doMock('../../sdk/client.ts', () => ({ createHeard: () => ({ ...heard, command }) }));
  vi.doMock('react-dom/client', async (original) => {
    const real = await original<typeof ReactDom>();
    return {
      ...real,
      createRoot(...from: Parameters<typeof real.createRoot>) {
        const root = real.createRoot(...from);
        roots.push(root);
        return root;
      },
    };
  });
  vi.stubGlobal('fetch', (path: string) => {
    if (path.endsWith('/demo'))
      return Promise.resolve(
        Response.json({ token: 'x', expiresIn: 3600, role: 'waiter', name: 'Maya', location: 'brasa' }),
      );
    if (path.endsWith('/approvals'))
      return Promise.resolve(Response.json({ approval: 'yes-1', expiresIn: 60, by: 'Ana' }));
    return Promise.resolve(Response.json({ code: 'not_found', detail: '' }, { status: 404 }));
  });
  document.body.innerHTML = '<div id="root"></div>';
  await import('./main.tsx');
});

afterEach(() => {
  for (const root of roots.splice(0)) root.unmount();
  vi.doUnmock('react-dom/client');
  vi.doUnmock('../../sdk/client.ts');
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

describe('order entry', () => {
  it('[W10] ten taps on Send are one order', async () => {
    heard.answer = () => 'never';
    await tap('table-T1');
    await tap('item-fries');
    const send = await vi.waitFor(() => {
      const button = find('send');
      if (!(button instanceof HTMLButtonElement) || button.disabled) throw new Error('not yet');
      return button;
    });
    for (let taps = 0; taps < 10; taps += 1) send.click();
    expect(heard.sent.map(({ name }) => name)).toEqual(['order.place']);
    expect(heard.sent[0]?.input).toMatchObject({
      order: { type: 'dine_in', table: 'T1', items: [{ menuItem: 'fries', qty: 1 }] },
    });
    expect((await need('send-state')).dataset['state']).toBe('sending');
  });

  it('[W5] the add button says what is missing, and the line stays out of what is sent', async () => {
    await tap('table-T1');
    await tap('item-burger');
    expect((await need('add')).textContent).toContain('Choose side to add');
    expect((await need('send')).textContent).toBe('No line is complete');
    await tap('option-salad');
    await vi.waitFor(() => expect(find('add')?.textContent).toContain('Add · 13.50'));
    await tap('add');
    await vi.waitFor(() => expect(find('modifier-sheet')).toBeNull());
    expect((await need('send')).textContent).toBe('Send 1 line');
  });

  it('[W2] a sold-out dish is not added', async () => {
    await tap('table-T1');
    await tap('item-salmon');
    expect((await need('toast')).textContent).toContain('Salmon is sold out');
    expect(find('draft-line')).toBeNull();
  });

  it('[W10] a refusal is said, and the lines come back', async () => {
    heard.answer = () => ({
      ok: false,
      reason: 'refused',
      problem: makeProblem('conflict', 'Fries is sold out.'),
      current: null,
    });
    await tap('table-T1');
    await tap('item-fries');
    await need('draft-line');
    await tap('send');
    expect((await need('toast')).textContent).toContain('Fries is sold out.');
    await vi.waitFor(() =>
      expect(JSON.parse(localStorage.getItem('heard.drafts.brasa') ?? '{}')).toMatchObject({
        carts: [{ adds: false, lines: [{ menuItem: 'fries' }] }],
      }),
    );
  });

  it('[W13] offline, Send says that it keeps the order', async () => {
    heard.line({ word: 'offline' });
    await tap('table-T1');
    await tap('item-fries');
    await vi.waitFor(() => expect(find('send')?.textContent).toBe('Keep and send later'));
  });

  it('[W25] voiding started food asks for a manager’s PIN and sends the approval along', async () => {
    heard.answer = (name) =>
      name === 'item.void' && approvals.at(-1) === undefined
        ? {
            ok: false,
            reason: 'refused',
            problem: makeProblem('forbidden', 'Ribeye is being made; voiding it needs a manager’s PIN.'),
            current: null,
          }
        : {};
    await tap('table-T12');
    await tap('sent-line');
    await tap('void-item');
    await need('confirm-void');
    key('Allergy');
    key('Made');
    await vi.waitFor(() => expect(find('confirm-void')?.textContent).toBe('Void 1'));
    await tap('confirm-void');
    expect((await need('pin')).textContent).toContain('needs a manager’s PIN');
    for (const digit of ['2', '2', '2', '2']) key(digit);
    await vi.waitFor(() => expect(document.querySelectorAll('.pin-dots [data-on="true"]')).toHaveLength(4));
    document.querySelector<HTMLButtonElement>('[aria-label="Done"]')?.click();
    await vi.waitFor(() => expect(heard.sent).toHaveLength(2));
    expect(heard.sent[1]).toEqual({
      name: 'item.void',
      input: { order: 'o-12', item: 'i-steak', reason: 'Allergy', made: true, version: 7 },
    });
    expect(approvals).toEqual([undefined, 'yes-1']);
    expect((await need('toast')).textContent).toContain('Ribeye voided');
  });

  it('[W12] the station’s receipt is on the order', async () => {
    heard.setLive('pos', new Map([['ticket:t1', { station: 'grill', sent: 2, screens: 2, heardMs: 400 }]]));
    await tap('table-T12');
    const receipt = await need('receipt-grill');
    expect(receipt.dataset['mark']).toBe('touched');
    await vi.waitFor(() =>
      expect(find('receipt-grill')?.textContent).toContain('heard in 0.4 s · 2 screens'),
    );
  });

  it('[W7] the floor’s link adds to the table’s open order', async () => {
    await need('who');
    // The first page goes whole: an effect of it that comes late would read the new address.
    for (const root of roots.splice(0)) root.unmount();
    document.body.innerHTML = '<div id="root"></div>';
    history.replaceState(null, '', '/pos?table=T12');
    vi.resetModules();
    await import('./main.tsx');
    await tap('item-fries');
    await need('draft-line');
    await tap('send');
    expect(heard.sent).toMatchObject([
      { name: 'order.add', input: { order: 'o-12', items: [{ menuItem: 'fries' }] } },
    ]);
  });
});
