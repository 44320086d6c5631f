import type { Trouble } from './trouble.ts';

/**
 * The real-time status of an ESC/POS printer: `DLE EOT n` is answered by one byte each, also while it is offline.
 * Bits from the ESC/POS command set; every answer has bits 1 and 4 set, bits 0 and 7 clear.
 */

export const DLE = 0x10;
export const EOT = 0x04;
/** What is asked for: the printer, why it is offline, the roll of paper. */
export const QUESTIONS = [1, 2, 4] as const;

export function ask(question: number): Uint8Array {
  return Uint8Array.of(DLE, EOT, question);
}

/** Is this byte an answer to a status question at all? */
export function isStatus(byte: number): boolean {
  return (byte & 0b1001_0011) === 0b0001_0010;
}

/** What the answers (in the order of QUESTIONS) complain about; the most useful word first. Null: ready. */
export function troubleIn(answers: readonly number[]): Trouble | null {
  const [printer = 0, cause = 0, roll = 0] = answers;
  if ((cause & 0x04) !== 0) return 'cover open';
  if ((roll & 0x60) !== 0 || (cause & 0x20) !== 0) return 'paper out';
  if ((cause & 0x40) !== 0) return 'error';
  if ((printer & 0x08) !== 0) return 'offline';
  return null;
}
