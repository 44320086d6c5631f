/**
 * Reads ESC/POS bytes back into the paper that a cook would hold: for the built-in printer, the simulator and the tests.
 * Knows the commands that `escpos.ts` uses; an unknown one is skipped with its parameters where those are known.
 */

export type PrintedLine = {
  readonly text: string;
  readonly wide: boolean;
  readonly bold: boolean;
  readonly inverse: boolean;
};
export type PrintedPaper = {
  readonly lines: readonly PrintedLine[];
  readonly barcodes: readonly string[];
  /** What its QR codes say; absent without any. */
  readonly codes?: readonly string[];
};

const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
const LF = 0x0a;
const CR = 0x0d;
/** Parameters that follow a command of two bytes. */
const LENGTHS: Readonly<Record<string, number>> = {
  '1b 21': 1,
  '1b 2d': 1,
  '1b 33': 1,
  '1b 45': 1,
  '1b 47': 1,
  '1b 4d': 1,
  '1b 52': 1,
  '1b 61': 1,
  '1b 64': 1,
  '1b 74': 1,
  '1d 21': 1,
  '1d 42': 1,
  '1d 48': 1,
  '1d 66': 1,
  '1d 68': 1,
  '1d 77': 1,
  '1c 2e': 0,
  '1b 40': 0,
  '1b 32': 0,
};

/** Every finished paper (up to its cut) in the bytes, and what is left without a cut. */
export function readPapers(bytes: Uint8Array): { papers: PrintedPaper[]; rest: Uint8Array } {
  const papers: PrintedPaper[] = [];
  let lines: PrintedLine[] = [];
  let barcodes: string[] = [];
  let codes: string[] = [];
  let style = { wide: false, bold: false, inverse: false };
  let seen = { wide: false, bold: false, inverse: false };
  let text = '';
  let page = 0;
  let start = 0;
  const endLine = (): void => {
    lines.push({ text, ...seen });
    text = '';
    seen = { ...style };
  };
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    if (byte === LF) {
      endLine();
      at += 1;
    } else if (byte === ESC || byte === GS || byte === FS) {
      const next = bytes[at + 1] ?? 0;
      const value = bytes[at + 2] ?? 0;
      if (byte === GS && next === 0x56) {
        if (text !== '') endLine();
        papers.push({ lines: trimmed(lines), barcodes, ...(codes.length > 0 && { codes }) });
        lines = [];
        barcodes = [];
        codes = [];
        at += value === 0x41 || value === 0x42 ? 4 : 3;
        if (bytes[at] === LF) at += 1;
        start = at;
        continue;
      }
      if (byte === GS && next === 0x6b) {
        const length = bytes[at + 3] ?? 0;
        const code = Buffer.from(bytes.subarray(at + 4, at + 4 + length)).toString('latin1');
        barcodes.push(code.replace(/^\{[ABC]/, ''));
        at += 4 + length;
        continue;
      }
      if (byte === GS && next === 0x28) {
        // Commands of this family say their own length, whatever they are about.
        const length = value === 0 ? 0 : (bytes[at + 3] ?? 0) + 256 * (bytes[at + 4] ?? 0);
        const body = bytes.subarray(at + 5, at + 5 + length);
        const isQrData = value === 0x6b && body[0] === 49 && body[1] === 80;
        if (isQrData) codes.push(new TextDecoder('latin1').decode(body.subarray(3)));
        at += 5 + length;
        continue;
      }
      if (byte === ESC && next === 0x45) style = { ...style, bold: value === 1 };
      if (byte === ESC && next === 0x74) page = value;
      if (byte === GS && next === 0x21) style = { ...style, wide: value !== 0 };
      if (byte === GS && next === 0x42) style = { ...style, inverse: value === 1 };
      at += 2 + (LENGTHS[`${hex(byte)} ${hex(next)}`] ?? 1);
      if (text === '') seen = { ...style };
    } else {
      if (byte !== CR && byte >= 0x20) {
        if (text === '') seen = { ...style };
        text += byte < 0x80 ? String.fromCharCode(byte) : (letters(page)[byte] ?? '?');
      }
      at += 1;
    }
  }
  return { papers, rest: bytes.subarray(start) };
}

/** The paper as plain text; a wide line is set apart as it looks, twice as far. */
export function paperText(paper: PrintedPaper): string {
  return paper.lines.map(({ text, wide }) => (wide ? `## ${text}` : text)).join('\n');
}

function trimmed(lines: readonly PrintedLine[]): PrintedLine[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.text === '') end -= 1;
  return lines.slice(0, end);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** ESC/POS numbers of the code pages, as the encoder uses them, where the platform can read them back. */
const PAGES: Readonly<Record<number, string>> = {
  16: 'windows-1252',
  32: 'windows-1255',
  33: 'windows-1256',
  17: 'ibm866',
};
const read = new Map<number, Readonly<Record<number, string>>>();

function letters(page: number): Readonly<Record<number, string>> {
  const known = read.get(page);
  if (known !== undefined) return known;
  const made: Record<number, string> = page === 0 ? { ...CP437 } : page === 13 ? { ...CP437, 0xd5: '€' } : {};
  const name = PAGES[page];
  if (name !== undefined) {
    const decoder = new TextDecoder(name);
    for (let byte = 0x80; byte < 0x100; byte += 1) made[byte] = decoder.decode(Uint8Array.of(byte));
  }
  read.set(page, made);
  return made;
}

/** The upper half of code page 437 that European menus use. */
const CP437: Readonly<Record<number, string>> = Object.fromEntries(
  Array.from('ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»', (letter, index) => [0x80 + index, letter]),
);
