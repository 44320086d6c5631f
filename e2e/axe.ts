import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** What a look at a page finds, whatever it shows. */

let axe: string | undefined;

/** Serious and critical barriers on the page, by axe; each with the places it is at. */
export async function violations(page: Page, options: { iframes?: boolean } = {}): Promise<string[]> {
  axe ??= await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async (more) => {
    const { axe: tool } = window as unknown as {
      axe: {
        run(
          root: Document,
          options: object,
        ): Promise<{
          violations: {
            id: string;
            impact: string;
            help: string;
            nodes: { html: string; failureSummary: string }[];
          }[];
        }>;
      };
    };
    const report = await tool.run(document, { resultTypes: ['violations'], ...more });
    return report.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, help, nodes }) =>
          `${id} (${help}): ${nodes
            .slice(0, 3)
            .map(
              ({ html, failureSummary }) =>
                `${html.slice(0, 160)} ${failureSummary.replaceAll('\n', ' ').slice(0, 200)}`,
            )
            .join(' | ')}`,
      );
  }, options);
}

/** By how many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
