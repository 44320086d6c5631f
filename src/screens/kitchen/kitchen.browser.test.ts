import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../../testkit/have.ts';
import { openStage, type Stage } from '../testing/stage.ts';

/** The board in Chromium, on views of our own: what is painted, said, sounded and sent. */

const TV = { width: 1920, height: 1080 };
const sent = (page: Page) =>
  page.evaluate(() =>
    window.fake.sent.map(({ name, input }) => ({ name, input: input as { qty?: number; version?: number } })),
  );
const ticketOf = (page: Page, code: string) =>
  page.locator('[data-testid=columns] > .place > [data-testid=ticket]', { hasText: code }).first();

describe.skipIf(haveChromium() === undefined)('the kitchen board', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ mayPlay: true });
  });
  afterAll(() => stage.close());

  it('[S25] a bump is sent at the tap with the painted version, and UNDO recalls it', async () => {
    const page = await stage.open('testing/kitchen.html?scene=two', TV);
    await ticketOf(page, 'T3').getByTestId('bump').click();
    await expect.poll(() => sent(page)).toMatchObject([{ name: 'ticket.bump' }]);
    expect((await sent(page))[0]?.input.version).toBeTypeOf('number');
    await page.evaluate(() => {
      window.fake.outbox.discard = () => false;
    });
    await page.getByTestId('undo').click();
    await expect
      .poll(async () => (await sent(page)).map(({ name }) => name))
      .toEqual(['ticket.bump', 'ticket.recall']);
    await page.context().close();
  });

  it('[S15] a tap on a line readies one piece; on the header starts; on a change acknowledges', async () => {
    const page = await stage.open('testing/kitchen.html?scene=normal', TV);
    await ticketOf(page, 'K7Q2').getByTestId('line').first().click();
    await ticketOf(page, 'T15').getByTestId('ticket-head').click();
    await ticketOf(page, 'T2').locator('[data-state=changed]').click();
    await expect
      .poll(async () => (await sent(page)).map(({ name }) => name))
      .toEqual(['item.ready', 'ticket.start', 'ticket.acknowledge']);
    expect((await sent(page))[0]?.input.qty).toBe(1);
    await page.context().close();
  });

  it('[S17] with an allergy not seen here, the first tap sees it and only the next bumps', async () => {
    const page = await stage.open('testing/kitchen.html?scene=normal', TV);
    const card = ticketOf(page, 'T4');
    await card.getByTestId('bump').click();
    await card.getByTestId('allergy-seen').waitFor();
    expect(await card.getByTestId('allergy-seen').textContent()).toContain('Rosa');
    expect(await sent(page)).toEqual([]);
    await page.waitForTimeout(350);
    await card.getByTestId('bump').click();
    await expect.poll(async () => (await sent(page)).map(({ name }) => name)).toEqual(['ticket.bump']);
    await page.context().close();
  });

  it('[S26] acknowledges what it painted, with what stands behind `+n more`', async () => {
    const page = await stage.open('testing/kitchen.html?scene=busy&n=40', TV);
    const shown = await page.evaluate(
      () =>
        new Set(
          [...document.querySelectorAll('[data-testid=columns] > .place > [data-ticket]')].map(
            (one) => (one as HTMLElement).dataset['ticket'],
          ),
        ).size,
    );
    await expect
      .poll(() => page.evaluate(() => window.fake.paints.at(-1)?.how.behind?.length))
      .toBe(40 - shown);
    expect(await page.evaluate(() => window.fake.paints.at(-1))).toMatchObject({
      topic: 'station:grill',
      cursor: 'cursor-1',
      how: { visible: true, audio: 'running' },
    });
    expect(await page.getByTestId('more').textContent()).toContain(`+${40 - shown}`);
    await page.context().close();
  });

  it('[S30] a new ticket chimes in a running AudioContext; a touch ends its repeats', async () => {
    const page = await stage.open('testing/kitchen.html?scene=empty', TV);
    await page.evaluate(() => window.putNew());
    await expect
      .poll(() =>
        page.evaluate(() =>
          (window.__heardSound ?? []).map(({ name, contextState }) => `${name} ${contextState}`),
        ),
      )
      .toEqual(['new running']);
    await ticketOf(page, 'T1').getByTestId('ticket-head').click();
    await page.evaluate(() => window.fake.setNow(window.fake.serverNow() + 21_000));
    await page.waitForTimeout(1200);
    expect(await page.evaluate(() => window.__heardSound?.length)).toBe(1);
    await page.context().close();
  });

  it('[S35] without a tap and without leave to play, MUTED is shown and the edge flashes', async () => {
    const strict = await openStage();
    const page = await strict.open('testing/kitchen.html?scene=two&gate=1', TV);
    expect(await page.evaluate(() => window.fake.paints.length), 'nobody saw what is behind the gate').toBe(
      0,
    );
    await page.getByTestId('sound-without').click();
    await page.getByTestId('muted').waitFor();
    await page.getByTestId('flash').waitFor({ state: 'attached' });
    await expect.poll(() => page.evaluate(() => window.fake.paints.at(-1)?.how.audio)).toBe('flashed');
    expect(await page.evaluate(() => window.__heardSound ?? [])).toEqual([]);
    await page.getByTestId('muted').click();
    await page.getByTestId('sound-on').waitFor();
    await strict.close();
  }, 60_000);

  it('[S27] amber from 10 s without proof, red and OFFLINE from 30 s, cards usable throughout', async () => {
    const page = await stage.open('testing/kitchen.html?scene=two', TV);
    const proof = () => page.locator('.screen').getAttribute('data-proof');
    const silence = (ms: number) =>
      page.evaluate((by) => {
        window.fake.setNow(window.fake.serverNow() + by);
        window.fake.line({ word: 'offline' });
      }, ms);
    expect(await proof()).toBe('none');
    await silence(11_000);
    await expect.poll(proof).toBe('amber');
    await silence(20_000);
    await expect.poll(proof).toBe('red');
    expect(await page.getByTestId('offline').textContent()).toContain('0:31');
    await ticketOf(page, 'T3').getByTestId('bump').click();
    await expect.poll(async () => (await sent(page)).length).toBe(1);
    await page.context().close();
  });

  it('[S28] empty is proved, or said to be unproved; never bare', async () => {
    const proved = await stage.open('testing/kitchen.html?scene=empty', TV);
    expect(await proved.getByTestId('empty').textContent()).toContain('19:42:07');
    await proved.context().close();
    const unproved = await stage.open('testing/kitchen.html?scene=unproven', TV);
    expect(await unproved.getByTestId('unproven').textContent()).toContain('19:41:53');
    await unproved.context().close();
  });

  it('[S29] a bump that was not sent keeps its card, dashed, and can be taken back', async () => {
    const page = await stage.open('testing/kitchen.html?scene=offline', TV);
    const card = ticketOf(page, 'T9');
    expect(await card.getByTestId('bump').getAttribute('class')).toContain('no');
    await page.evaluate(() => {
      window.fake.outbox.discard = (id: string) => {
        (window as { discarded?: string }).discarded = id;
        return true;
      };
    });
    await card.getByTestId('bump').click();
    await expect
      .poll(() => page.evaluate(() => (window as { discarded?: string }).discarded))
      .toBe('pending-0');
    await page.context().close();
  });

  it('[UL30] a card says that it was printed, for whom it stands in, and that nobody tapped its change', async () => {
    const page = await stage.open('testing/kitchen.html?scene=trouble', TV);
    expect(await ticketOf(page, 'T17').getByTestId('printed').textContent()).toContain('PRINTED 19:38');
    expect(await ticketOf(page, 'T9').getByTestId('backup').textContent()).toContain('FOR DRINKS');
    expect(await ticketOf(page, 'T2').getByTestId('shown-at').textContent()).toContain('FRYER');
    await ticketOf(page, 'T4').getByTestId('unseen').waitFor();
    await page.context().close();
  });

  it('[UL31] a card’s menu prints it, and again as a copy', async () => {
    const page = await stage.open('testing/kitchen.html?scene=trouble', TV);
    await ticketOf(page, 'T2').getByTestId('ticket-menu').click();
    await page.getByTestId('menu-print').click();
    await expect.poll(async () => (await sent(page)).map(({ name }) => name)).toEqual(['ticket.print']);
    await ticketOf(page, 'T17').getByTestId('ticket-menu').click();
    expect(await page.getByTestId('menu-print').textContent()).toContain('copy 2');
    await page.context().close();
  });

  it('[UL32] a nudge rings again for a ticket that is new here, and for no other', async () => {
    const page = await stage.open('testing/kitchen.html?scene=empty', TV);
    await page.evaluate(() => window.putNew());
    await expect.poll(() => page.evaluate(() => window.__heardSound?.length)).toBe(1);
    await page.evaluate(() => {
      const tickets = [...window.fake.view('station:grill').get().entities.ticket.values()];
      window.fake.setNow(window.fake.serverNow() + 3_000);
      for (const { id } of tickets) window.fake.nudge('station:grill', id);
    });
    await expect
      .poll(() => page.evaluate(() => (window.__heardSound ?? []).map(({ name }) => name)))
      .toEqual(['new', 'new']);
    await page.context().close();
  });

  it('[UL33] whoever does not trust the board refreshes it; one that repaired itself says so and flashes', async () => {
    const page = await stage.open('testing/kitchen.html?scene=two', TV);
    await page.getByTestId('refresh-now').click();
    await expect.poll(() => page.evaluate(() => window.fake.refreshes.length)).toBe(1);
    await page.evaluate(() =>
      window.fake.repair({ cause: 'hash', missing: ['ticket|a'], extra: ['ticket|b'] }),
    );
    expect(await page.getByTestId('repaired').textContent()).toContain('REPAIRED: 2 cards');
    await page.getByTestId('repair-flash').waitFor({ state: 'attached' });
    await page.context().close();
  });

  it('[UL34] the board says when no screen of its station counts', async () => {
    const page = await stage.open('testing/kitchen.html?scene=two', TV);
    expect(await page.getByTestId('deaf-station').count()).toBe(0);
    await page.evaluate(() => {
      const since = new Date(window.fake.serverNow() - 25_000).toISOString();
      window.fake.setLive('station:grill', new Map([['station:grill', { screens: 0, deafSince: since }]]));
    });
    await expect.poll(() => page.getByTestId('deaf-station').textContent()).toContain('0:25');
    await page.context().close();
  });

  it('[S36] who was slower reads who was faster, in place of an undo', async () => {
    const page = await stage.open('testing/kitchen.html?scene=two', TV);
    await ticketOf(page, 'T3').getByTestId('bump').click();
    await page.evaluate(() => {
      const ticket = [...window.fake.view('station:grill').get().entities.ticket.values()][0]!;
      window.fake.pend([{ id: 'mine', name: 'ticket.bump', input: { ticket: ticket.id }, state: 'sending' }]);
      const by = { id: 'staff:tom', role: 'kitchen', name: 'Tom' };
      setTimeout(() => {
        window.fake.put(
          'station:grill',
          [{ ...ticket, status: 'ready', version: 900 }],
          {},
          { events: [{ type: 'ticket.bumped', seq: 900, at: ticket.firedAt!, by, command: 'theirs' }] },
        );
      }, 50);
    });
    await expect.poll(() => page.getByTestId('toast').textContent()).toContain('already bumped by Tom');
    expect(await page.getByTestId('undo').count()).toBe(0);
    await page.context().close();
  });

  it('[S24] the bump bar selects by digit and bumps by Enter', async () => {
    const page = await stage.open('testing/kitchen.html?scene=normal', TV);
    await page.keyboard.press('2');
    await page.locator('.selected').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await sent(page)).map(({ name }) => name)).toEqual(['ticket.bump']);
    await page.keyboard.press('r');
    await page.getByTestId('recall-list').waitFor();
    await page.context().close();
  });

  /** Cards that are drawn outside of the board, or whose own content is cut. Runs in the page. */
  const outside = () => {
    const ground = document.querySelector('[data-testid=columns]')!.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLElement>('[data-testid=columns] > .place')].flatMap((place) => {
      const box = place.getBoundingClientRect();
      const article = place.querySelector<HTMLElement>('article');
      const outside =
        box.bottom > ground.bottom + 1 ||
        box.x < ground.x - 1 ||
        box.x + box.width > ground.x + ground.width + 1;
      const cut = article !== null && article.scrollHeight > article.clientHeight + 1;
      return outside || cut
        ? [`${place.textContent?.slice(0, 20) ?? ''} ${outside ? 'outside' : 'cut'}`]
        : [];
    });
  };

  it('[S20] no card is drawn outside the board or scrolls inside itself, at every size', async () => {
    for (const scene of ['normal', 'forty', 'busy&lang=ar']) {
      const page = await stage.open(`testing/kitchen.html?scene=${scene}`, TV);
      for (const size of [TV, { width: 1280, height: 800 }, { width: 800, height: 1280 }]) {
        await page.setViewportSize(size);
        // A board that was turned is drawn anew at the next frames.
        await expect
          .poll(() => page.evaluate(outside), { timeout: 10_000, message: `${scene} at ${size.width}` })
          .toEqual([]);
      }
      await page.context().close();
    }
  }, 120_000);
});
