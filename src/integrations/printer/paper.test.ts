import { describe, expect, it } from 'vitest';
import { ago, line, ticket } from '../../testkit/entities.ts';
import { encodePaper } from './escpos.ts';
import { COLUMNS, type PaperHead, layOut } from './paper.ts';
import { paperText, readPapers } from './readPaper.ts';

const house = {
  station: (id: string) => ({ grill: 'Grill', drinks: 'Drinks', desserts: 'Desserts' })[id] ?? id,
  clock: (at: string) => at.slice(11, 19),
  now: '2026-11-21T00:42:06.000Z',
};

function print(view: ReturnType<typeof ticket>, head: PaperHead = {}): string[] {
  const { papers } = readPapers(encodePaper(layOut(view, head, house)));
  expect(papers).toHaveLength(1);
  return paperText(papers[0] ?? { lines: [], barcodes: [] }).split('\n');
}

const whole = ticket({
  number: 44,
  table: 'T12',
  movedFrom: 'T5',
  station: 'grill',
  server: 'Maya',
  covers: 4,
  also: ['drinks', 'desserts'],
  firedAt: ago('0:16'),
  notes: 'birthday at the table, candles with the dessert please',
  lines: [
    line('HALL SAL', { allergies: ['nuts'], seat: 3, notes: 'clean board please' }, '-walnuts'),
    line('RIBEYE', {}, 'medium-rare', '+pepper sauce'),
    line('FRIES', { qty: 2 }, '2+BBQ dip'),
  ],
});

describe('the paper of a ticket', () => {
  it('[PR1] keeps to its columns and leaves nothing out', () => {
    const long = ticket({
      lines: Array.from({ length: 40 }, (_, index) =>
        line(
          `Extraordinarily long dish number ${index} with a name`,
          { notes: 'x'.repeat(140), seat: index + 1 },
          '-every single onion ring of the whole house',
          '3+sauce',
        ),
      ),
    });
    const { lines } = layOut(long, { unheard: true }, house);
    for (const one of lines)
      expect(one.text.length).toBeLessThanOrEqual(one.wide === true ? COLUMNS / 2 : COLUMNS);
    const text = print(long).join(' ').replaceAll('## ', '').replaceAll(/\s+/g, ' ');
    expect(text).toContain('number 39 with a name');
    expect(text.match(/x/g)?.length).toBeGreaterThanOrEqual(40 * 140);
    expect(text).toContain('40 lines, 40 pieces');
  });

  it('[PR2] says what is different by signs', () => {
    const text = print(whole);
    expect(text[1]).toBe('## D T12 <- T5       #44');
    expect(text.find((row) => row.startsWith('GRILL'))).toMatch(/^GRILL {2,}00:41:51$/);
    expect(text).toContain('Maya   4 covers      also: DRINKS DESSERTS');
    const allergy = text.findIndex((row) => row.startsWith('!! ALLERGY: NUTS   seat 3'));
    expect(allergy).toBeGreaterThan(0);
    expect(allergy).toBeLessThan(text.indexOf('## 1 HALL SAL'));
    expect(text).toContain('   - WALNUTS');
    expect(text).toContain('   + pepper sauce');
    expect(text).toContain('   + 2x BBQ dip');
    expect(text).toContain('   >> clean board please');
    expect(text).toContain('## 2 FRIES');
  });

  it('[PR3] says at its head why it came', () => {
    expect(print(whole, { unheard: true }).slice(0, 2)).toEqual(['## SCREEN DOWN - PRINTED', '## 00:42:06']);
    expect(print(whole, { reprint: { copy: 2, by: 'Luis' } })[0]).toBe('## REPRINT 2 00:42 Luis');
    expect(print(whole, { duplicate: true })[0]).toBe('## DUPLICATE');
    expect(print(ticket({ rush: true, lines: [line('FRIES')] }))[0]).toBe('## RUSH');
    expect(print(ticket({ status: 'voided', lines: [line('FRIES', { status: 'voided' })] }))).toContain(
      '## VOID',
    );
  });

  it('[PR4] comes back from its bytes as it was, with accents and a bar code', () => {
    const spanish = ticket({ lines: [line('Jamón ibérico con piñones', { notes: 'sin azúcar, año 2026' })] });
    const paper = layOut(spanish, {}, house);
    const { papers, rest } = readPapers(encodePaper(paper));
    expect(rest).toHaveLength(0);
    expect(papers[0]?.lines.map(({ text }) => text.trimEnd())).toEqual(
      paper.lines.map(({ text }) => text.trimEnd()),
    );
    expect(papers[0]?.barcodes).toEqual([spanish.id]);
    expect(papers[0]?.lines.find(({ text }) => text.startsWith('1 '))?.wide).toBe(true);
  });
});
