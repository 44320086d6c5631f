import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { line, ticket } from '../../testkit/entities.ts';
import { encodePaper } from './escpos.ts';
import { layOut } from './paper.ts';
import { printOver } from './printOver.ts';
import { paperText } from './readPaper.ts';
import { type Simulator, startPrinter } from './simulator.ts';
import type { PrinterTrouble } from './trouble.ts';
import { mayReach } from '../networks.ts';
import { addressOf } from './where.ts';

const patience = { connect: 500, answer: 500, write: 1_000 };
const house = {
  station: (id: string) => id,
  clock: (at: string) => at.slice(11, 19),
  now: '2026-11-21T00:42:06.000Z',
};
const bytes = encodePaper(layOut(ticket({ lines: [line('FRIES')] }), {}, house));

let printer: Simulator | undefined;
afterEach(() => printer?.close());

async function troubleOf(sending: Promise<void>): Promise<PrinterTrouble> {
  return sending.then(
    () => expect.unreachable('it says that it printed'),
    (error: PrinterTrouble) => error,
  );
}

describe('a printer on the network', () => {
  it('[PR5] prints, and is believed when it answers afterwards', async () => {
    printer = await startPrinter();
    await printOver({ host: '127.0.0.1', port: printer.port }, bytes, patience);
    await printOver({ host: '127.0.0.1', port: printer.port }, bytes, patience);
    expect(printer.papers).toHaveLength(2);
    expect(paperText(printer.papers[0] ?? { lines: [], barcodes: [] })).toContain('1 FRIES');
  });

  it.each([
    ['paper out', { paperOut: true }],
    ['cover open', { coverOpen: true }],
    ['offline', { offline: true }],
    ['silent', { silent: true }],
  ] as const)('[PR6] %s is said before anything is printed', async (trouble, state) => {
    printer = await startPrinter();
    Object.assign(printer.state, state);
    const error = await troubleOf(printOver({ host: '127.0.0.1', port: printer.port }, bytes, patience));
    expect(error).toMatchObject({ trouble, mayHavePrinted: false });
    expect(printer.papers).toHaveLength(0);
  });

  it('[PR6] an address where nobody listens is unreachable', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const at = server.address();
    await new Promise<void>((done) => server.close(() => done()));
    if (at === null || typeof at === 'string') throw new Error('no port');
    expect(await troubleOf(printOver({ host: '127.0.0.1', port: at.port }, bytes, patience))).toMatchObject({
      trouble: 'unreachable',
      mayHavePrinted: false,
    });
  });

  it('[PR7] a reset in the middle may have printed', async () => {
    printer = await startPrinter();
    printer.state.resetAfter = 40;
    const error = await troubleOf(printOver({ host: '127.0.0.1', port: printer.port }, bytes, patience));
    expect(error).toMatchObject({ trouble: 'connection lost', mayHavePrinted: true });
  });

  it('[PR7] paper that ends while printing is not printed, but may have been', async () => {
    printer = await startPrinter({
      onPaper: () => {
        if (printer) printer.state.paperOut = true;
      },
    });
    const error = await troubleOf(printOver({ host: '127.0.0.1', port: printer.port }, bytes, patience));
    expect(error).toMatchObject({ trouble: 'paper out', mayHavePrinted: true });
  });

  it('[PR10] where a printer may be', async () => {
    for (const never of ['169.254.169.254', 'fe80::1', '224.0.0.1', '::ffff:169.254.169.254'])
      for (const reach of ['lan', 'public', 'loopback'] as const) expect(mayReach(never, reach)).toBe(false);
    for (const own of ['127.0.0.1', '::1', '0.0.0.0', '::ffff:127.0.0.1']) {
      expect(mayReach(own, 'lan')).toBe(false);
      expect(mayReach(own, 'loopback')).toBe(true);
    }
    expect(mayReach('192.168.1.50', 'lan')).toBe(true);
    expect(mayReach('192.168.1.50', 'public')).toBe(false);
    expect(mayReach('fd00::5', 'public')).toBe(false);
    expect(mayReach('203.0.113.9', 'public')).toBe(true);
    await expect(addressOf('localhost', 'lan')).rejects.toMatchObject({ trouble: 'not allowed' });
  });
});
