import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilReady } from '../src/testkit/cluster.ts';
import type { Cluster, ClusterNode } from '../src/testkit/cluster.ts';
import type { Netns } from '../src/testkit/netns.ts';

/**
 * What can go wrong with real processes. Each fault answers the trace that it left: a process that is gone, a state in
 * /proc, connections that were counted, packets that were dropped. Without its trace it did not happen and does not count.
 */
export type Fault = {
  readonly kind: string;
  /** Makes it happen, lets it last, and mends it. Answers its trace; throws when there is none. */
  happen(): Promise<string>;
};

/** Every fault of the list, in turn; `refused` says what this machine does not allow. */
export function faultsOf(
  cluster: Cluster,
  net: Netns | string,
  random: () => number,
): { faults: Fault[]; refused: string[] } {
  const refused: string[] = [];
  const between = (least: number, most: number): number => least + random() * (most - least);
  const someNode = (): ClusterNode => {
    const node = cluster.nodes[Math.floor(random() * cluster.nodes.length)];
    if (node === undefined) throw new Error('there is no node');
    return node;
  };

  const faults: Fault[] = [
    {
      kind: 'kill -9 of a node',
      async happen() {
        const node = someNode();
        const { pid } = node;
        await node.end('SIGKILL', 5_000);
        const trace = mustBeGone(pid);
        await sleep(between(300, 2_500));
        const since = Date.now();
        await node.start();
        return `${trace}; started again as ${node.pid} in ${Date.now() - since} ms`;
      },
    },
    {
      kind: 'kill -9 of two nodes at once',
      async happen() {
        const [first, second] = shuffled(cluster.nodes, random);
        if (first === undefined || second === undefined) throw new Error('there is one node only');
        const pids = [first.pid, second.pid];
        await Promise.all([first.end('SIGKILL', 5_000), second.end('SIGKILL', 5_000)]);
        const trace = pids.map(mustBeGone).join(', ');
        await sleep(between(300, 1_500));
        await Promise.all([first.start(), second.start()]);
        return trace;
      },
    },
    {
      kind: 'a node stands still (SIGSTOP)',
      async happen() {
        const node = someNode();
        node.signal('SIGSTOP');
        const trace = await mustStandStill(node.pid);
        const silent = await fetch(`${node.url}/healthz`, { signal: AbortSignal.timeout(700) }).then(
          () => false,
          () => true,
        );
        await sleep(between(2_000, 9_000));
        node.signal('SIGCONT');
        const since = Date.now();
        const said = await fetch(`${node.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
          async (answer) => `${answer.status} ${await answer.text()}`,
          (error: unknown) => String(error),
        );
        await untilReady(node, 120_000);
        if (!silent) throw new Error('it answered while it stood still');
        return `${trace}, /healthz silent; ready after ${Date.now() - since} ms (at first: ${said.slice(0, 120)})`;
      },
    },
    {
      kind: 'a node is drained and restarted (SIGTERM)',
      async happen() {
        const node = someNode();
        const { pid } = node;
        const code = await node.end('SIGTERM', 45_000);
        if (code !== 0) throw new Error(`exit code ${code}:\n${node.output()}`);
        await node.start();
        return `exit code 0 of ${pid}, started again as ${node.pid}`;
      },
    },
    {
      kind: 'PostgreSQL crashes (immediate shutdown)',
      async happen() {
        const { before, after } = await cluster.crashPostgres();
        return `postmaster ${before} gone, ${after} serves`;
      },
    },
    {
      kind: "PostgreSQL cuts the nodes' connections",
      async happen() {
        const rows = await cluster.query(
          `select pid, pg_terminate_backend(pid) as cut from pg_stat_activity
           where usename in ('heard_log', 'heard_app') and pid <> pg_backend_pid()`,
        );
        const cut = rows.filter((row) => row['cut'] === true).length;
        if (cut === 0) throw new Error('there was no connection');
        return `${cut} backends ended`;
      },
    },
    {
      kind: 'Redis is away',
      async happen() {
        const before = cluster.redis.pid ?? 0;
        await cluster.redis.stop();
        const trace = mustBeGone(before);
        await sleep(between(2_000, 6_000));
        await cluster.redis.start();
        return `${trace}; ${cluster.redis.pid} serves`;
      },
    },
    {
      kind: 'Redis hangs (SIGSTOP)',
      async happen() {
        cluster.redis.pause();
        const trace = await mustStandStill(cluster.redis.pid ?? 0);
        await sleep(between(4_000, 13_000));
        cluster.redis.resume();
        return trace;
      },
    },
    {
      kind: 'Redis drops its listeners (CLIENT KILL)',
      async happen() {
        const killed = Number(
          /^:(\d+)/.exec(await cluster.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub'))?.[1],
        );
        if (!(killed > 0)) throw new Error('nobody listened');
        return `${killed} listeners dropped`;
      },
    },
    {
      kind: 'nginx is reloaded',
      async happen() {
        const before = await cluster.nginx.workers();
        await cluster.nginx.reload();
        const after = (await cluster.nginx.workers()).filter((pid) => !before.includes(pid));
        if (after.length === 0) throw new Error('no new worker');
        return `workers ${before.join(' ')}, now also ${after.join(' ')}`;
      },
    },
    {
      kind: 'kill -9 of the worker of nginx',
      async happen() {
        const workers = await cluster.nginx.workers();
        for (const pid of workers) process.kill(pid, 'SIGKILL');
        await sleep(200);
        const left = await cluster.nginx.workers();
        if (workers.length === 0 || left.some((pid) => workers.includes(pid)))
          throw new Error('the worker is still there');
        return `workers ${workers.join(' ')} gone, ${left.join(' ')} serve`;
      },
    },
  ];
  if (typeof net === 'string') refused.push(`a network of its own for half of the screens: ${net}`);
  else faults.push(...networkFaults(net, between, refused));
  return { faults, refused };
}

function networkFaults(
  net: Netns,
  between: (least: number, most: number) => number,
  refused: string[],
): Fault[] {
  const shaped = (kind: string, queue: string, least: number): Fault => ({
    kind,
    async happen() {
      net.shape(queue);
      await sleep(between(least, least * 2));
      const dropped = net.dropped();
      net.unshape();
      if (dropped === 0) throw new Error(`nothing was dropped by ${queue}`);
      return `${dropped} packets dropped (${queue})`;
    },
  });
  const faults: Fault[] = [
    {
      kind: 'the cable to half of the screens is out',
      async happen() {
        net.cable(false);
        if (net.isUp()) throw new Error('the cable is still in');
        await sleep(between(3_000, 25_000));
        net.cable(true);
        if (!net.isUp()) throw new Error('the cable is still out');
        return 'interface DOWN, then UP';
      },
    },
  ];
  if (net.noNetem === null)
    faults.push(shaped('packets are lost and late (netem)', 'netem loss 8% delay 120ms 60ms', 5_000));
  else {
    refused.push(
      `netem: the kernel says "${net.noNetem}"; a line of 96 kbit/s that drops what does not fit stands in`,
    );
    faults.push(
      shaped(
        'a line of 96 kbit/s drops what does not fit (tbf)',
        'tbf rate 96kbit burst 3kb limit 6kb',
        5_000,
      ),
    );
  }
  return faults;
}

function mustBeGone(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch {
    return `pid ${pid} gone`;
  }
  throw new Error(`pid ${pid} is still there`);
}

async function mustStandStill(pid: number): Promise<string> {
  for (let tries = 0; tries < 40; tries += 1) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (/\) T /.test(stat)) return `pid ${pid} in state T`;
    await sleep(25);
  }
  throw new Error(`pid ${pid} does not stand still`);
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
