import { spawnSync } from 'node:child_process';

/**
 * A network of its own for some processes (`ip netns`), joined to this machine by a pair of virtual cables, so that
 * what happens on the way to a screen can be made to happen: packets lost or late, a slow line, a cable pulled out.
 */
export type Netns = {
  /** Words before a command that is to run inside. */
  readonly within: readonly string[];
  /** Address of this machine as seen from inside. */
  readonly host: string;
  /** Null, or why the kernel refuses to lose and delay packets (`netem`). */
  readonly noNetem: string | null;
  /** Puts a queue on the way out to the screens: `netem loss 5% delay 100ms`, `tbf rate 64kbit …`. */
  shape(queue: string): void;
  /** Packets that the queue has dropped so far. */
  dropped(): number;
  unshape(): void;
  /** Pulls the cable out, without a word to either side, and puts it in again. */
  cable(isIn: boolean): void;
  isUp(): boolean;
  dispose(): void;
};

function run(...words: string[]): { ok: boolean; text: string; error: string } {
  const [program = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { ok: status === 0, text: stdout ?? '', error: (stderr ?? '').trim() };
}

/** Makes one, or answers why this machine cannot. */
export function makeNetns(): Netns | string {
  const name = `heard-${process.pid}`;
  const [outside, inside] = [`hv${process.pid}a`, `hv${process.pid}b`];
  const subnet = `10.${100 + (process.pid % 100)}.${process.pid % 250}`;
  const host = `${subnet}.1`;
  const steps: string[][] = [
    ['ip', 'netns', 'add', name],
    ['ip', 'link', 'add', outside, 'type', 'veth', 'peer', 'name', inside],
    ['ip', 'link', 'set', inside, 'netns', name],
    ['ip', 'addr', 'add', `${host}/24`, 'dev', outside],
    ['ip', 'link', 'set', outside, 'up'],
    ['ip', 'netns', 'exec', name, 'ip', 'addr', 'add', `${subnet}.2/24`, 'dev', inside],
    ['ip', 'netns', 'exec', name, 'ip', 'link', 'set', inside, 'up'],
    ['ip', 'netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up'],
  ];
  const dispose = (): void => {
    run('ip', 'link', 'del', outside);
    run('ip', 'netns', 'del', name);
  };
  for (const step of steps) {
    const { ok, error } = run(...step);
    if (ok) continue;
    dispose();
    return `${step.join(' ')}: ${error || 'not permitted'}`;
  }
  const netem = run('tc', 'qdisc', 'replace', 'dev', outside, 'root', 'netem', 'delay', '1ms');
  if (netem.ok) run('tc', 'qdisc', 'del', 'dev', outside, 'root');
  return {
    within: ['ip', 'netns', 'exec', name],
    host,
    noNetem: netem.ok ? null : netem.error,
    shape(queue) {
      const { ok, error } = run('tc', 'qdisc', 'replace', 'dev', outside, 'root', ...queue.split(' '));
      if (!ok) throw new Error(`tc ${queue}: ${error}`);
    },
    dropped: () =>
      Number(/dropped (\d+)/.exec(run('tc', '-s', 'qdisc', 'show', 'dev', outside).text)?.[1] ?? 0),
    unshape: () => void run('tc', 'qdisc', 'del', 'dev', outside, 'root'),
    cable: (isIn) => void run('ip', 'link', 'set', outside, isIn ? 'up' : 'down'),
    isUp: () => /\bUP\b/.test(/<([^>]*)>/.exec(run('ip', 'link', 'show', outside).text)?.[1] ?? ''),
    dispose,
  };
}
