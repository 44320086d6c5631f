import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { COLUMNS, type Paper } from './paper.ts';

/** An encoder at the top of a new paper. */
export function startPaper(): ReceiptPrinterEncoder {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: COLUMNS,
    feedBeforeCut: 3,
    newline: '\n',
    errors: 'relaxed',
  });
  return encoder.initialize().codepage('auto');
}

/** The bytes of a paper for a printer that speaks ESC/POS. Characters that its code pages lack come out as `?`. */
export function encodePaper(paper: Paper): Uint8Array {
  const encoder = startPaper();
  for (const { text, wide, bold, inverse } of paper.lines) {
    if (wide === true) encoder.size(2, 2);
    if (bold === true) encoder.bold(true);
    if (inverse === true) encoder.invert(true);
    encoder.line(text);
    if (inverse === true) encoder.invert(false);
    if (bold === true) encoder.bold(false);
    if (wide === true) encoder.size(1, 1);
  }
  encoder.barcode(paper.barcode, 'code128', { height: 60, text: false });
  encoder.cut('partial');
  return encoder.encode();
}
