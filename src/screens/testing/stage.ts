import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { haveChromium } from '../../testkit/have.ts';

/** The screens in Chromium without our server: pages of this folder, from Vite, on a free port. */

export type Stage = {
  open(
    path: string,
    size: { width: number; height: number },
    options?: { reducedMotion?: boolean },
  ): Promise<Page>;
  close(): Promise<void>;
};

export async function openStage(options: { mayPlay?: boolean } = {}): Promise<Stage> {
  const vite: ViteDevServer = await createServer({
    configFile: resolve(import.meta.dirname, '..', '..', '..', 'vite.config.ts'),
    // A cache of its own: the development server's would be rewritten under it.
    cacheDir: `${process.env['TMPDIR'] ?? '/tmp'}/heard-stage-${process.pid}`,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null, proxy: {} },
  });
  await vite.listen();
  const address = vite.httpServer?.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser: Browser = await chromium.launch({
    executablePath: haveChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(options.mayPlay === true ? ['--autoplay-policy=no-user-gesture-required'] : []),
    ],
  });
  return {
    async open(path, size, { reducedMotion = false } = {}) {
      const context = await browser.newContext({
        viewport: size,
        locale: 'en-US',
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(path, error));
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(path, message.text());
      });
      await page.goto(`http://127.0.0.1:${port}/${path}`, { waitUntil: 'networkidle' });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      return page;
    },
    async close() {
      await browser.close();
      await vite.close();
    },
  };
}
