import type { Locator, Page } from 'playwright-core';

/** What people do at the screens, in their words. */

/**
 * Touches what the same finger touched a moment ago: a second touch within 300 ms is taken for a trembling hand (`press.ts`),
 * and a test is faster than any hand.
 */
export async function tapAgain(target: Locator): Promise<void> {
  await target.page().waitForTimeout(350);
  await target.click();
}

/** At `/kitchen/{station}`. */
export class Cook {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /**
   * Lets the page ask for its sound before anything looks into it: whatever Playwright evaluates counts for Chromium
   * as a hand on the page, and the gate would not be needed any more.
   */
  arrive(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 2000));
  }

  /** The start of a shift in which nobody cares for the sound. */
  async begin(): Promise<void> {
    const gate = this.page.getByTestId('sound-without');
    await gate.or(this.page.getByTestId('sound-on')).first().waitFor();
    if (await gate.isVisible()) await gate.click();
  }

  /** The start of the shift: one tap, and the sounds run. */
  async turnSoundOn(): Promise<void> {
    await this.page.getByTestId('sound-gate').click();
    await this.page.getByTestId('sound-on').waitFor();
  }

  async goOnWithoutSound(): Promise<void> {
    await this.page.getByTestId('sound-without').click();
  }

  async live(): Promise<void> {
    await this.page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
  }

  card(ticket: string): Locator {
    return this.page.locator(`[data-ticket="${ticket}"]`);
  }

  cards(): Promise<string[]> {
    return this.page
      .locator('[data-testid="ticket"]')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-ticket') ?? ''));
  }

  bump(ticket: string): Promise<void> {
    return this.card(ticket).getByTestId('bump').click();
  }

  /** The latest thing that the bar says. */
  toast(): Locator {
    return this.page.getByTestId('toast');
  }

  /** Sounds that were scheduled while the audio ran. */
  sounds(): Promise<{ name: string; at: number; contextState: string; notes: number }[]> {
    return this.page.evaluate(
      () =>
        (window as { __heardSound?: { name: string; at: number; contextState: string; notes: number }[] })
          .__heardSound ?? [],
    );
  }
}

/** At `/pos`. */
export class Waiter {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async live(): Promise<void> {
    await this.page.locator('[data-line="live"]').first().waitFor({ timeout: 20_000 });
  }

  /** Whosever it is: the page opens with the waiter's own tables. */
  async table(id: string): Promise<void> {
    const all = this.page.getByTestId('all-tables');
    if (await all.isVisible()) await all.click();
    await this.page.getByTestId(`table-${id}`).locator('visible=true').first().click();
  }

  category(name: string): Promise<void> {
    return this.page
      .locator('.rail, nav, [role="tablist"]')
      .getByRole('button', { name, exact: true })
      .first()
      .click();
  }

  item(id: string): Promise<void> {
    return this.page.getByTestId(`item-${id}`).click();
  }

  option(id: string): Promise<void> {
    return this.page.getByTestId(`option-${id}`).click();
  }

  add(): Promise<void> {
    return this.page.getByTestId('add').click();
  }

  send(): Promise<void> {
    return this.page.getByTestId('send').click();
  }

  /** A burger for a table, as most people have it, and sent. */
  async burger(table: string): Promise<void> {
    await this.table(table);
    await this.category('Mains');
    await this.item('classic-burger');
    await this.option('medium');
    await this.option('fries');
    await this.add();
    await this.send();
  }

  receipt(station: string): Locator {
    return this.page.getByTestId(`receipt-${station}`);
  }
}

/** A PIN, as fast as a person types: the same key twice in a few milliseconds is a bounce. */
export async function typePin(page: Page, pin: string): Promise<void> {
  const pad = page.getByTestId('pin');
  for (const digit of pin) {
    await pad.getByRole('button', { name: digit, exact: true }).click();
    await page.waitForTimeout(120);
  }
  await pad.getByRole('button', { name: 'Done' }).click();
}
