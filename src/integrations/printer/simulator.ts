import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { type PrintedPaper, readPapers } from './readPaper.ts';
import { DLE, EOT } from './status.ts';

/**
 * A kitchen printer on TCP 9100 without the paper: it answers status questions, keeps what it "printed", and can be put
 * into every trouble a real one has. For tests, drills and demonstrations (`heard printer`).
 */
export type PrinterState = {
  paperOut: boolean;
  coverOpen: boolean;
  offline: boolean;
  /** Takes connections and bytes and answers nothing. */
  silent: boolean;
  /** Resets the connection after so many bytes of a ticket; null: never. */
  resetAfter: number | null;
  /** Milliseconds before each answer. */
  slowMs: number;
};

export type Simulator = {
  readonly port: number;
  readonly state: PrinterState;
  /** Oldest first; at most the last 200. */
  readonly papers: readonly PrintedPaper[];
  /** Connections that were made, whatever became of them. */
  readonly connections: number;
  close(): Promise<void>;
};

const MOST = 200;
const MOST_BYTES = 1 << 20;

/** Listens on loopback unless told otherwise; port 0: any free one. */
export async function startPrinter(
  options: {
    readonly port?: number;
    readonly host?: string;
    readonly onPaper?: (paper: PrintedPaper) => void;
  } = {},
): Promise<Simulator> {
  const state: PrinterState = {
    paperOut: false,
    coverOpen: false,
    offline: false,
    silent: false,
    resetAfter: null,
    slowMs: 0,
  };
  const papers: PrintedPaper[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  function serve(socket: Socket): void {
    connections += 1;
    sockets.add(socket);
    let kept: Uint8Array = new Uint8Array();
    let got = 0;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      const content = withoutQuestions(data, (question) => {
        if (state.silent) return;
        setTimeout(
          () => socket.writable && socket.write(Uint8Array.of(answer(state, question))),
          state.slowMs,
        );
      });
      got += content.length;
      if (state.resetAfter !== null && got > state.resetAfter) {
        socket.resetAndDestroy();
        return;
      }
      // Without paper nothing comes out, whatever is sent.
      if (content.length === 0 || state.paperOut || state.coverOpen || state.offline) return;
      kept = Buffer.concat([kept, content]);
      const { papers: done, rest } = readPapers(kept);
      kept = rest.length > MOST_BYTES ? new Uint8Array() : rest;
      for (const paper of done) {
        papers.push(paper);
        if (papers.length > MOST) papers.shift();
        options.onPaper?.(paper);
      }
    });
  }

  const server: Server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  // What listens on a port has an address of that form.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    state,
    papers,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The bytes without `DLE EOT n`; each n is given to `asked`. A ticket has no DLE: its text is of letters. */
function withoutQuestions(data: Uint8Array, asked: (question: number) => void): Uint8Array {
  const content: number[] = [];
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] === DLE && data[at + 1] === EOT) {
      asked(data[at + 2] ?? 0);
      at += 2;
    } else content.push(data[at] ?? 0);
  }
  return Uint8Array.from(content);
}

function answer(state: PrinterState, question: number): number {
  const fixed = 0x12;
  const isDown = state.offline || state.coverOpen || state.paperOut;
  if (question === 1) return fixed | (isDown ? 0x08 : 0);
  if (question === 2) return fixed | (state.coverOpen ? 0x04 : 0) | (state.paperOut ? 0x20 : 0);
  return fixed | (question === 4 && state.paperOut ? 0x60 : 0);
}
