/** Tables as spreadsheets write them: RFC 4180, and what the world makes of it (semicolons, tabs, lone line feeds). */

/** A row, and the line of the file on which it begins (1 is the first). */
export type CsvRow = { readonly line: number; readonly cells: readonly string[] };

/** Reads a table; empty lines are left out. Null: a quoted cell does not end. */
export function readCsv(text: string): CsvRow[] | null {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const separator = separatorOf(source);
  const rows: CsvRow[] = [];
  let [cells, cell, line, begun] = [[] as string[], '', 1, 1];
  let [isQuoted, wasQuoted] = [false, false];
  const endRow = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cell !== '' || wasQuoted) rows.push({ line: begun, cells });
    [cells, cell, wasQuoted] = [[], '', false];
  };
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (sign === '\n') line += 1;
    if (isQuoted) {
      const isDoubled = sign === '"' && source.charAt(at + 1) === '"';
      if (sign !== '"' || isDoubled) cell += sign;
      else isQuoted = false;
      if (isDoubled) at += 1;
    } else if (sign === '"' && cell === '') {
      [isQuoted, wasQuoted] = [true, true];
    } else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n' || (sign === '\r' && source.charAt(at + 1) !== '\n')) {
      if (sign === '\r') line += 1;
      endRow();
      begun = line;
    } else if (sign !== '\r') {
      cell += sign;
    }
  }
  if (isQuoted) return null;
  if (cell !== '' || cells.length > 0 || wasQuoted) endRow();
  return rows;
}

/** The separator that the first line uses most; a comma where it has none. */
function separatorOf(text: string): string {
  const first = /^(?:"(?:[^"]|"")*"|[^\r\n"])*/.exec(text)?.[0].replaceAll(/"(?:[^"]|"")*"/g, '') ?? '';
  const counts = [',', ';', '\t'].map((sign) => ({ sign, count: first.split(sign).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** Writes a table with commas. A text that a spreadsheet would run as a formula gets an apostrophe; `readText` takes it away. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export function writeText(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

export function readText(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** Several words in one cell, parted by semicolons; a semicolon in a word is written `\;`. One semicolon alone: a list with nothing in it. */
export function writeList(words: readonly string[] | undefined): string {
  if (words === undefined) return '';
  if (words.length === 0) return ';';
  return writeText(words.map((word) => word.replaceAll(/[\\;]/g, (sign) => `\\${sign}`)).join('; '));
}

export function readList(cell: string): string[] | undefined {
  const text = readText(cell);
  if (text.trim() === '') return undefined;
  const words: string[] = [''];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\\' && at + 1 < text.length) {
      at += 1;
      words.push(`${words.pop() ?? ''}${text.charAt(at)}`);
    } else if (sign === ';') words.push('');
    else words.push(`${words.pop() ?? ''}${sign}`);
  }
  return words.map((word) => word.trim()).filter((word) => word !== '');
}
