import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../../testkit/have.ts';
import { openStage, type Stage } from '../testing/stage.ts';

/** The pass in Chromium, on views of our own: who is alarmed of what, and what counts as seen there. */

const TV = { width: 1920, height: 1080 };

describe.skipIf(haveChromium() === undefined)('the pass', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ mayPlay: true });
  });
  afterAll(() => stage.close());

  it('[UL42] names stations without a screen, tickets nobody heard, changes nobody tapped and printers that failed', async () => {
    const page = await stage.open('testing/expo.html?scene=trouble', TV);
    const says = (name: string) => page.getByTestId(name).first().innerText();
    expect(await says('deaf-banner')).toMatch(/No screen at HORNO[\s\S]*2:05/);
    expect(await says('unheard')).toMatch(
      /#87[\s\S]*HORNO[\s\S]*shown at PASE[\s\S]*printed[\s\S]*manager told/,
    );
    expect(await says('unseen')).toMatch(/#87[\s\S]*FRITURA[\s\S]*M5, for 1:20/);
    expect(await says('printer')).toMatch(/prn-cocina[\s\S]*sin papel[\s\S]*trying prn-bar/);
    expect(await says('stand-in')).toMatch(/FOR HORNO[\s\S]*2 Provoleta/);
    const tiles = await page.getByTestId('station').allInnerTexts();
    expect(tiles[0]).toMatch(/no screen for 2:05/);
    expect(tiles[1]).toMatch(/2 screens live/);
    await page.context().close();
  });

  it('[UL43] says of its own boards that they are painted only when each of their tickets is drawn', async () => {
    const page = await stage.open('testing/expo.html?scene=trouble', TV);
    const painted = () =>
      page.evaluate(() => window.fake.paints.filter(({ topic }) => topic === 'station:pase').length);
    await page.evaluate(() => {
      const tickets = [...window.fake.view('kitchen').get().entities.ticket.values()];
      const horno = tickets.find(({ station }) => station === 'horno');
      if (!horno) throw new Error('no ticket');
      window.fake.put('station:pase', [{ ...horno, id: 'one-that-is-not-here' }]);
    });
    await page.waitForTimeout(400);
    expect(await painted()).toBe(0);
    await page.evaluate(() => {
      const tickets = [...window.fake.view('kitchen').get().entities.ticket.values()];
      window.fake.put(
        'station:pase',
        tickets.filter(({ station }) => station === 'horno'),
      );
    });
    await expect.poll(painted).toBeGreaterThan(0);
    await page.context().close();
  });
});
