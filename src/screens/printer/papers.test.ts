import { describe, expect, it } from 'vitest';
import { readPapers, unseen } from './papers.ts';

const row = (id: number) => ({
  id,
  printer: 'pass',
  job: 'j',
  printedAt: '2026-11-22T19:42:00.000Z',
  body: { lines: [{ text: 'D T6', wide: true, bold: false, inverse: false }], barcodes: ['abc'] },
});

describe('the page of a built-in printer', () => {
  it('[PR23] shows each paper as it was printed, and nothing of what is none', () => {
    expect(readPapers({ papers: [row(2), { id: 'x' }, null, { ...row(1), body: null }] })).toEqual([
      {
        id: 2,
        printedAt: '2026-11-22T19:42:00.000Z',
        lines: [{ text: 'D T6', wide: true, bold: false, inverse: false }],
        barcode: 'abc',
        code: '',
      },
    ]);
    const withCode = { ...row(3), body: { ...row(3).body, codes: ['https://x.example/track/y'] } };
    expect(readPapers({ papers: [withCode] })[0]?.code).toBe('https://x.example/track/y');
    expect(readPapers('nonsense')).toEqual([]);
  });

  it('[PR23] prints each new paper once, and none of those that were there before it opened', () => {
    const papers = readPapers({ papers: [row(5), row(4), row(3)] });
    expect(unseen(papers, null)).toEqual([]);
    expect(unseen(papers, 3).map(({ id }) => id)).toEqual([4, 5]);
    expect(unseen(papers, 5)).toEqual([]);
  });
});
