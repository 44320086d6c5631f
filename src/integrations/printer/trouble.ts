/** What can be wrong with a printer, in the words of the alert. */
export type Trouble =
  | 'unreachable'
  | 'silent'
  | 'offline'
  | 'cover open'
  | 'paper out'
  | 'error'
  | 'connection lost'
  | 'not allowed';

/** A paper did not come out, or nobody can be sure that it did. */
export class PrinterTrouble extends Error {
  override readonly name = 'PrinterTrouble';
  readonly trouble: Trouble;
  /** Bytes of the ticket had left when it went wrong: the next copy says DUPLICATE. */
  readonly mayHavePrinted: boolean;

  constructor(trouble: Trouble, detail: string, mayHavePrinted = false) {
    super(`${trouble}: ${detail}`);
    this.trouble = trouble;
    this.mayHavePrinted = mayHavePrinted;
  }
}
