import type { Page } from 'playwright-core';
import type { LocationConfig } from '../src/domain/config.ts';

/** The stand on any day at any hour. */

/** Open at any hour, and in the middle of its day whenever the test runs. */
export const always = (config: LocationConfig): LocationConfig => {
  const { hours: _hours, ...booking } = config.booking;
  return {
    ...config,
    timezone: 'UTC',
    dayEndsAt: (new Date().getUTCHours() + 12) % 24,
    booking: { ...booking, exceptions: [] },
  };
};

/** The next quarter of an hour, RFC 3339. */
export function nextSlot(minutes = 0): string {
  const quarter = 15 * 60_000;
  return new Date(Math.ceil((Date.now() + minutes * 60_000) / quarter) * quarter).toISOString();
}

/** The page is there, and stands in line with the server. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-line="live"]').waitFor();
  await page.getByTestId('timeline').waitFor();
}
