import { beforeEach, expect, it } from 'vitest';
import { locationConfig } from '../../domain/config.ts';
import { Kitchen, burger, id, smallPlace } from '../../testkit/kitchen.ts';
import { paperText, type PrintedPaper } from './readPaper.ts';
import { createSlipJob } from './slipJob.ts';
import { PrinterTrouble, type Trouble } from './trouble.ts';

const url = 'https://orders.example.com/track/vV3t0r9kQm2yZ1x8w7u6sA';
let kitchen: Kitchen;
let sent: number;
let lines: string[];
let kept: [string, string, PrintedPaper][];

function job(trouble: (tried: number) => Trouble | null) {
  return createSlipJob({
    open: async () => kitchen,
    send: async () => {
      sent += 1;
      const wrong = trouble(sent);
      if (wrong !== null) throw new PrinterTrouble(wrong, 'as the test wants it');
    },
    keep: async (_location, printer, name, paper) => {
      if (paper !== null) kept.push([printer, name, paper]);
    },
    betweenTriesMs: 1,
    report: (message, { trouble: why }) =>
      lines.push(typeof why === 'string' ? `${message}: ${why}` : message),
  });
}

const wish = (printer: string) => ({ job: 'slip-1', order: id('order', 1), printer, url });

beforeEach(() => {
  [sent, lines, kept] = [0, [], []];
  kitchen = new Kitchen(
    locationConfig.parse({
      ...smallPlace,
      language: 'es',
      printers: [{ id: 'bar', host: '10.0.0.9' }, { id: 'office' }],
    }),
  );
  kitchen.do('order.place', { order: { id: id('order', 1), type: 'takeout', items: [burger(1)] } });
});

it('[PR25] a printer in trouble is tried twice more, then one line says so and nobody is alarmed', async () => {
  await job((tried) => (tried < 3 ? 'paper out' : null))('small-place', wish('bar'));
  expect([sent, lines]).toEqual([3, []]);
  sent = 0;
  await job(() => 'paper out')('small-place', wish('bar'));
  expect(sent).toBe(3);
  expect(lines).toEqual(['a guest slip was not printed: paper out: as the test wants it']);
  expect(kitchen.log.some(({ type }) => type.startsWith('print'))).toBe(false);
});

it('[PR25] an address that printers may not have is not tried again', async () => {
  await job(() => 'not allowed')('small-place', wish('bar'));
  expect([sent, lines.length]).toEqual([1, 1]);
});

it('[PR24] a built-in printer keeps it, in the language of the house; what is not there any more is a line', async () => {
  const print = job(() => null);
  await print('small-place', wish('office'));
  expect(
    kept.map(([printer, name, paper]) => [
      printer,
      name,
      paperText(paper).replaceAll(/^(## )? +/gm, '$1'),
      paper.codes,
    ]),
  ).toEqual([
    [
      'office',
      'slip-1',
      'Small Place\n## #1\nSiga su pedido\n\norders.example.com/track/vV3t0r9kQm2yZ1x8w\n7u6sA',
      [url],
    ],
  ]);
  await print('small-place', wish('gone'));
  await print('small-place', { ...wish('office'), order: id('order', 2) });
  expect(lines).toHaveLength(2);
});
