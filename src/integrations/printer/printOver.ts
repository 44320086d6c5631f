import { type Socket, connect } from 'node:net';
import { QUESTIONS, ask, isStatus, troubleIn } from './status.ts';
import { PrinterTrouble } from './trouble.ts';

/**
 * Paper over TCP 9100. The port takes bytes and says nothing: a socket that was written to proves nothing. So the printer
 * is asked before, and asked again after the last byte; only its second answer counts as printed.
 */

export type PrinterAddress = { readonly host: string; readonly port: number };
/** Milliseconds. */
export type PrinterPatience = { readonly connect: number; readonly answer: number; readonly write: number };

export const PATIENCE: PrinterPatience = { connect: 3_000, answer: 2_000, write: 10_000 };

/** Resolves when the printer was ready before and is ready after. Rejects with PrinterTrouble. */
export async function printOver(
  address: PrinterAddress,
  bytes: Uint8Array,
  patience: PrinterPatience = PATIENCE,
): Promise<void> {
  const socket = connect({ host: address.host, port: address.port });
  const line = new Line(socket);
  let sent = false;
  try {
    await line.within(
      patience.connect,
      'unreachable',
      `no answer at ${address.host}:${address.port}`,
      false,
      (done) => socket.once('connect', done),
    );
    await line.status(patience.answer, false);
    sent = true;
    await line.within(patience.write, 'silent', 'it stopped taking bytes', true, (done) =>
      socket.write(bytes, () => done()),
    );
    await line.status(patience.answer, true);
    socket.end();
  } catch (error) {
    socket.destroy();
    if (error instanceof PrinterTrouble) throw error;
    throw new PrinterTrouble('connection lost', error instanceof Error ? error.message : String(error), sent);
  }
}

class Line {
  readonly #socket: Socket;
  #answers: number[] = [];
  #arrived: () => void = () => undefined;
  #failed: ((error: Error) => void) | null = null;
  #error: Error | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      for (const byte of data) if (isStatus(byte)) this.#answers.push(byte);
      this.#arrived();
    });
    const fail = (error: Error): void => {
      this.#error ??= error;
      this.#failed?.(error);
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the printer hung up')));
  }

  /** Waits for `begin` to call back; rejects when the time is over or the line breaks. */
  within(
    ms: number,
    trouble: PrinterTrouble['trouble'],
    detail: string,
    mayHavePrinted: boolean,
    begin: (done: () => void) => void,
  ): Promise<void> {
    if (this.#error !== null) return Promise.reject(this.#broken(this.#error, trouble, mayHavePrinted));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new PrinterTrouble(trouble, detail, mayHavePrinted)), ms);
      this.#failed = (error) => {
        clearTimeout(timer);
        reject(this.#broken(error, trouble, mayHavePrinted));
      };
      begin(() => {
        clearTimeout(timer);
        this.#failed = null;
        resolve();
      });
    });
  }

  async status(ms: number, mayHavePrinted: boolean): Promise<void> {
    this.#answers = [];
    const answers: number[] = [];
    for (const question of QUESTIONS) {
      await this.within(ms, 'silent', 'it does not say how it is', mayHavePrinted, (done) => {
        this.#arrived = () => {
          const answer = this.#answers.shift();
          if (answer === undefined) return;
          this.#arrived = () => undefined;
          answers.push(answer);
          done();
        };
        this.#socket.write(ask(question));
      });
    }
    const trouble = troubleIn(answers);
    if (trouble !== null)
      throw new PrinterTrouble(
        trouble,
        mayHavePrinted ? 'after the ticket was sent' : 'before printing',
        mayHavePrinted,
      );
  }

  #broken(error: Error, trouble: PrinterTrouble['trouble'], mayHavePrinted: boolean): PrinterTrouble {
    return new PrinterTrouble(
      trouble === 'unreachable' ? trouble : 'connection lost',
      error.message,
      mayHavePrinted,
    );
  }
}
