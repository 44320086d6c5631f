import type { Page } from 'playwright-core';

/** What a page keeps on its device, read from the browser's own storage. */

/** Texts of taps in IndexedDB: those on their way, without the ones that the server has acknowledged. */
export function keptTaps(page: Page): Promise<{ name: string; actor?: string }[]> {
  return page.evaluate(
    () =>
      new Promise<{ name: string; actor?: string }[]>((resolve, reject) => {
        const opening = indexedDB.open('heard');
        opening.addEventListener('error', () => reject(new Error('no database')));
        opening.addEventListener('success', () => {
          const reading = opening.result.transaction('outbox').objectStore('outbox').getAll();
          reading.addEventListener('success', () => {
            opening.result.close();
            const taps = reading.result.map((text: string) => JSON.parse(text));
            resolve(taps.filter((tap: { done?: number }) => tap.done === undefined));
          });
        });
      }),
  );
}

/** The shell stands beside the page, and the view was written down. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.waitForTimeout(2500);
}
