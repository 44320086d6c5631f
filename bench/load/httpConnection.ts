import { connect } from 'node:net';
import type { Socket } from 'node:net';

/**
 * One kept-alive HTTP/1.1 connection with one request in flight. Written by hand because the load shares two cores with
 * what it measures: this costs a tenth of `node:http`'s client, the same for every contender.
 */
export type Reply = { status: number; body: string };

export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  #closed: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** `request`: the whole request, ASCII. Rejects when the connection breaks before the whole answer is in. */
  send(request: string): Promise<Reply> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#waiting) return Promise.reject(new Error('one request at a time'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#closed ??= new Error('closed');
    this.#socket.destroy();
  }

  #end(error: Error): void {
    this.#closed ??= error;
    this.#waiting?.reject(this.#closed);
    this.#waiting = null;
  }

  #read(chunk: string): void {
    this.#received = this.#received === '' ? chunk : this.#received + chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const body = bodyOf(this.#received.slice(0, headEnd), this.#received, headEnd + 4);
    if (body === null) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status, body });
  }
}

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/** The body once it is whole, else null. */
function bodyOf(head: string, all: string, from: number): string | null {
  const length = LENGTH.exec(head)?.[1];
  if (length !== undefined)
    return all.length - from >= Number(length) ? all.slice(from, from + Number(length)) : null;
  if (!CHUNKED.test(head)) return '';
  return all.endsWith('0\r\n\r\n') ? all.slice(from) : null;
}

/** The text of a JSON POST, ASCII only. */
export function jsonPost(path: string, headers: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}
