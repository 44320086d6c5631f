import { X509Certificate, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haveChromium } from '../src/testkit/have.ts';
import { freePort } from '../src/testkit/ports.ts';
import { BURGER, CHROMIUM_ARGS, House, until } from './house.ts';
import { Cook } from './people.ts';

/** The restaurant's own certificate, in a browser that trusts its authority and in one that does not. */

const MAP = '--host-resolver-rules=MAP kitchen.lan 127.0.0.1';

describe.skipIf(haveChromium() === undefined)('a server with a certificate of its own', () => {
  let house: House;
  let trusting: Browser;
  let tlsPort: number;
  let authority: X509Certificate;

  beforeAll(async () => {
    tlsPort = await freePort();
    house = await House.open(
      {
        HEARD_TLS: 'auto',
        HEARD_TLS_PORT: String(tlsPort),
        HEARD_PUBLIC_URL: `https://kitchen.lan:${tlsPort}`,
      },
      [MAP],
    );
    authority = new X509Certificate(await readFile(join(house.server.dataDir, 'tls', 'ca.crt')));
    // The authority and nothing else: what a device that installed it would accept.
    const spki = createHash('sha256')
      .update(authority.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    trusting = await chromium.launch({
      executablePath: haveChromium() ?? '',
      args: [...CHROMIUM_ARGS, MAP, `--ignore-certificate-errors-spki-list=${spki}`],
    });
  });
  afterEach(() => house.tidy());
  afterAll(async () => {
    await trusting?.close();
    await house?.close();
  });

  it('[E53] gives a tablet that trusts it everything that secure pages have: shell, locks, a lit screen', async () => {
    const cafe = await house.cafe();
    const context = await trusting.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const token = await cafe.token({ role: 'kitchen', name: 'Grill', stations: ['grill'] });
    await page.goto(
      `https://kitchen.lan:${tlsPort}/kitchen/grill?location=${cafe.id}#token=${encodeURIComponent(token)}`,
    );
    expect(await page.evaluate(() => window.isSecureContext)).toBe(true);
    const cook = new Cook(page);
    await cook.begin();
    await cook.live();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const placed = await cafe.order('T6', [BURGER]);
    await cook.card(placed.ticket('grill')).waitFor();
    await until(
      () => cafe.events('ticket.heard'),
      (heard) => heard === 1,
    );
    const lacks = page.getByTestId('abilities');
    if (await lacks.isVisible()) expect(await lacks.getAttribute('data-lacks')).not.toMatch(/shell|storage/);
    await context.close();
  });

  it('[E54] shows the way to trust: steps for each device, a code to photograph, the fingerprint; and sees whether it worked', async () => {
    const page = await house.page(await house.device());
    const wanted = encodeURIComponent('/kitchen/grill?location=brasa');
    await page.goto(`http://kitchen.lan:${house.server.port}/setup/trust?to=${wanted}`);
    await page.getByTestId('fingerprint').waitFor();
    expect(await page.getByTestId('fingerprint').innerText()).toBe(authority.fingerprint256);
    expect(await page.locator('.trust-code path').getAttribute('d')).toMatch(/^M/);
    for (const name of ['Android tablet', 'iPad and iPhone', 'Windows', 'Mac'])
      expect(await page.getByRole('heading', { name, exact: true }).isVisible(), name).toBe(true);
    await page.locator('[data-trusted="false"]').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('trust-crt').first().click(),
    ]);
    expect(new X509Certificate(await readFile(await download.path())).fingerprint256).toBe(
      authority.fingerprint256,
    );
    // It tries again now and then, and the browser says so each time.
    await page.close();
    for (const one of house.saidBy(page)) expect(one).toMatch(/ERR_CERT_AUTHORITY_INVALID/);

    const context = await trusting.newContext();
    const device = await context.newPage();
    await device.goto(`http://kitchen.lan:${house.server.port}/setup/trust?to=${wanted}`);
    const go = device.getByTestId('trust-open');
    await go.waitFor();
    expect(await go.getAttribute('href')).toBe(`https://kitchen.lan:${tlsPort}/kitchen/grill?location=brasa`);
    for (const [language, words] of [
      ['es', 'Una conexión segura'],
      ['ar', 'اتصال آمن'],
    ] as const) {
      await device.goto(`http://kitchen.lan:${house.server.port}/setup/trust?lang=${language}`);
      await device.getByText(words).first().waitFor();
    }
    expect(await device.evaluate(() => document.documentElement.dir)).toBe('rtl');
    await context.close();
  });
});
