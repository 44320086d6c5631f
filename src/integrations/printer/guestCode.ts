import { startPaper } from './escpos.ts';
import { COLUMNS, wrapped } from './paper.ts';

/** The slip that a guest takes along: whose order, and where to follow it. */
export type GuestSlip = {
  readonly place: string;
  /** As the guest hears it called: `#42`, or what the platform says. */
  readonly order: string;
  readonly say: string;
  readonly url: string;
};

/** The bytes for a printer that speaks ESC/POS: the words, the code, and the address below it for who has no camera. */
export function encodeGuestSlip({ place, order, say, url }: GuestSlip): Uint8Array {
  const encoder = startPaper();
  for (const line of centred(place, COLUMNS)) encoder.line(line);
  encoder.size(2, 2);
  for (const line of centred(order, COLUMNS / 2)) encoder.line(line);
  encoder.size(1, 1);
  for (const line of centred(say, COLUMNS)) encoder.line(line);
  encoder.align('center').qrcode(url, { model: 2, size: 6, errorlevel: 'm' }).align('left');
  // A browser adds https by itself; anything else must be typed.
  for (const line of centred(url.replace(/^https:\/\//, ''), COLUMNS)) encoder.line(line);
  encoder.cut('partial');
  return encoder.encode();
}

/** By spaces of the line's own size: the encoder's would be of the size before. */
function centred(text: string, width: number): string[] {
  return wrapped(text, 0, width).map(
    (line) => ' '.repeat(Math.floor((width - line.text.length) / 2)) + line.text,
  );
}
