import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { COLUMNS } from './paper.ts';

/** The bytes of a guest's link for a printer that speaks ESC/POS: the code, and the address below it for who has no camera. */
export function encodeGuestCode(url: string): Uint8Array {
  const encoder = new ReceiptPrinterEncoder({ language: 'esc-pos', columns: COLUMNS, errors: 'relaxed' });
  encoder.initialize().codepage('auto').align('center');
  encoder.qrcode(url, { model: 2, size: 6, errorlevel: 'm' });
  for (let at = 0; at < url.length; at += COLUMNS) encoder.line(url.slice(at, at + COLUMNS));
  encoder.align('left').newline();
  return encoder.encode();
}
