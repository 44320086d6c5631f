import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../src/testkit/have.ts';
import { startServer } from '../src/testkit/server.ts';
import { config, createWorkload } from './workload.ts';

/**
 * What readers that never read cost: `node bench/slowReaders.ts [how many]`. Half of them are sockets, half event
 * streams. They say who they are and then read no more, while orders come in. Printed: the server's memory before,
 * at its most, and after they were let go.
 *
 * As root it runs in a network of its own whose sockets hold at most 64 KB in the kernel: else each reader could hide
 * several MB there before the server notices, and a thousand of them would take the machine's memory for sockets.
 */
const MOST_EACH_KB = 256;
const LOCATION = 'slow';
const LET_GO_MS = 60_000;
const CLOSED = 4101;
const METRICS = 'a token of the bench';

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1_000);
  const inOwnNetwork = process.env['HEARD_OWN_NETWORK'] === '1';
  const unshare = findProgram('unshare');
  if (!inOwnNetwork && process.getuid?.() === 0 && unshare !== undefined) return again(unshare, count);
  if (!inOwnNetwork) console.log('Not in a network of its own: the kernel may hide several MB a reader.');

  const stuck = await measure(count, (open, orders) => open > 0 || orders < 200);
  const alone = await measure(0, (_open, orders) => orders < stuck.orders);
  const each = (stuck.most - stuck.before - (alone.most - alone.before)) / count;
  console.log(
    `readers that never read   ${count}, half sockets, half event streams; ${stuck.joined} were let in`,
  );
  console.log(`orders meanwhile          ${stuck.orders}`);
  console.log(
    `server memory             ${mb(stuck.before)} MB, at its most ${mb(stuck.most)} MB, at last ${mb(stuck.after)} MB`,
  );
  console.log(
    `  the same orders alone   ${mb(alone.before)} MB, at its most ${mb(alone.most)} MB, at last ${mb(alone.after)} MB`,
  );
  console.log(
    `a reader, at the most     ${each.toFixed(0)} KB of memory, ${(stuck.buffered / count / 1024).toFixed(0)} KB of it frames that wait`,
  );
  console.log(`let go with ${CLOSED}          ${stuck.letGo}; still open ${stuck.open}`);
  if (stuck.open > 0 || each > MOST_EACH_KB) process.exitCode = 1;
}

type Measured = {
  before: number;
  most: number;
  after: number;
  joined: number;
  buffered: number;
  orders: number;
  letGo: number;
  open: number;
};

/** Memory (KB) of a server with so many readers, while orders come in as long as `more` says. */
async function measure(count: number, more: (open: number, orders: number) => boolean): Promise<Measured> {
  const server = await startServer({ env: { HEARD_METRICS_TOKEN: METRICS } });
  const readers: StuckReader[] = [];
  try {
    await server.addLocations([[LOCATION, config]]);
    const [kitchen, manager] = [
      await server.token(LOCATION, 'kitchen'),
      await server.token(LOCATION, 'manager'),
    ];
    const next = createWorkload([LOCATION], 0);
    const order = (): Promise<void> => place(server.url, manager, next().body);
    // What any use of the server costs is not the readers'.
    for (let index = 0; index < 300; index += 1) await order();
    await sleep(2_000);
    const before = rssKb(server.pid);
    for (let index = 0; index < count; index += 1) {
      readers.push(new StuckReader(server.port, kitchen, index));
      // A crowd would be told to come back, and these do not listen.
      if (index % 20 === 19) await sleep(60);
    }
    await sleep(1_000);
    const { streams: joined } = await look(server.url);
    let [most, orders, buffered, open] = [rssKb(server.pid), 0, 0, joined];
    const until = performance.now() + LET_GO_MS;
    while (more(open, orders) && performance.now() < until) {
      await order();
      orders += 1;
      most = Math.max(most, rssKb(server.pid));
      if (orders % 10 !== 0) continue;
      const seen = await look(server.url);
      buffered = Math.max(buffered, seen.buffered);
      open = seen.streams;
    }
    await sleep(3_000);
    const { letGo } = await look(server.url);
    return { before, most, after: rssKb(server.pid), joined, buffered, orders, letGo, open };
  } finally {
    for (const reader of readers) reader.leave();
    await server.dispose();
  }
}

async function place(url: string, token: string, body: string): Promise<void> {
  const key = randomUUID();
  for (;;) {
    const response = await fetch(`${url}/v1/locations/${LOCATION}/commands/order.place`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body,
    });
    await response.body?.cancel();
    if (response.status === 200) return;
    if (response.status !== 503) throw new Error(`order.place: ${response.status}`);
    await sleep(200);
  }
}

/** Runs this script again where `lo` is all there is, and small. */
function again(unshare: string, count: number): void {
  const limits = ['tcp_wmem="4096 16384 65536"', 'tcp_rmem="4096 16384 65536"'];
  const steps = [
    'ip link set lo up',
    ...limits.map((limit) => `sysctl -q -w net.ipv4.${limit}`),
    `HEARD_OWN_NETWORK=1 exec "${process.execPath}" "${fileURLToPath(import.meta.url)}" ${count}`,
  ];
  const { status } = spawnSync(unshare, ['-n', 'sh', '-c', steps.join(' && ')], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

/** Asks for a stream, says who it is, and from then on takes nothing. */
class StuckReader {
  readonly #socket: Socket;
  #alive: NodeJS.Timeout | undefined;

  constructor(port: number, token: string, index: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#socket.pause();
    const path = `/v1/locations/${LOCATION}/stream`;
    if (index % 2 === 1) {
      this.#socket.write(
        `GET ${path}?topic=kitchen&client=stuck-${index} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nauthorization: Bearer ${token}\r\n\r\n`,
      );
      return;
    }
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: heard.v1\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    const subs = [{ topic: 'kitchen', after: null }];
    this.#socket.write(frameOf(JSON.stringify({ t: 'hello', v: 1, token, client: { id: 'stuck' }, subs })));
    // It lives, as far as the server can tell: its pongs come, it only never reads.
    this.#alive = setInterval(() => this.#socket.write(frameOf('{"t":"pong","n":0}')), 5_000);
  }

  leave(): void {
    clearInterval(this.#alive);
    this.#socket.destroy();
  }
}

/** A masked text frame, as a browser sends it. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head.writeUInt16BE(0x81fe, 0);
    head.writeUInt16BE(payload.length, 2);
  }
  // A mask of zeros leaves the text as it is.
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/** Streams, bytes that wait for them and readers that were let go, by the server's own count. */
async function look(url: string): Promise<{ streams: number; buffered: number; letGo: number }> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS}` } });
  const text = await response.text();
  const read = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    streams: read('heard_sockets'),
    buffered: read('heard_stream_buffered_bytes'),
    letGo: read('heard_slow_readers_closed_total'),
  };
}

function rssKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function mb(kb: number): string {
  return (kb / 1024).toFixed(0);
}

await main();
