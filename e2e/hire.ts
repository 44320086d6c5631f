import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Role } from '../src/domain/commands.ts';

/** The parent's side of `crew.ts`: starts one, gives it its screens, asks how it goes. */

export type Transport = 'websocket' | 'sse' | 'long_poll' | 'poll';

export type Post = {
  readonly client: string;
  readonly location: string;
  readonly topic: string;
  readonly role: Role;
  readonly transport: Transport;
  /** It bumps what it has painted. */
  readonly cooks: boolean;
};

export type CrewScreen = Post & {
  readonly pos: number;
  readonly hash: number;
  readonly word: string;
  readonly via: string | null;
  /** For how long the word has held, and when the next try starts. */
  readonly forMs: number;
  readonly nextTryInMs: number | null;
  readonly repaired: readonly string[];
  readonly repairs: number;
  readonly reconnects: number;
  /** Commands on their way. */
  readonly pending: number;
  readonly resets: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly bumped: number;
};

export type CrewReport = {
  readonly screens: readonly CrewScreen[];
  readonly faults: { outOfOrder: number; doubled: number; fellBack: number };
  readonly arrivals: readonly { at: number; ms: number; via: Transport }[];
};

/** How far a crew is after the mark. */
export type Standing = {
  readonly live: number;
  readonly left: number;
  /** When the last one that had left was live again; ms since 1970. */
  readonly lastBackAt: number;
  /** Milliseconds from the mark until each was back. */
  readonly backAfter: readonly number[];
  /** Letters of frames that came over sockets since the mark. */
  readonly letters: number;
};

export type CrewAsked =
  | { ask: 'sit'; url: string; secret: string; posts: Post[] }
  | { ask: 'report'; arrivals: boolean }
  | { ask: 'rest' }
  /** From now on: who left, and when did it come back? */
  | { ask: 'mark' }
  | { ask: 'standing' }
  | { ask: 'leave' };

export type Crew = {
  readonly pid: number;
  report(arrivals?: boolean): Promise<CrewReport>;
  mark(): void;
  standing(): Promise<Standing>;
  /** Nobody bumps any more. */
  rest(): void;
  leave(): Promise<void>;
};

/** Starts a crew at its screens; `within`: words before the command, such as `ip netns exec NAME`. */
export function hire(
  order: { readonly url: string; readonly secret: string; readonly posts: readonly Post[] },
  within: readonly string[] = [],
): Crew {
  const script = fileURLToPath(new URL('./crew.ts', import.meta.url));
  const words = [...within, process.execPath, script];
  const child: ChildProcess = spawn(words[0] ?? '', words.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ask = (message: CrewAsked): void => void child.send(message);
  ask({ ask: 'sit', url: order.url, secret: order.secret, posts: [...order.posts] });
  const { pid } = child;
  if (pid === undefined) throw new Error('the crew did not start');
  async function answered<T>(message: CrewAsked): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      child.once('message', (told: { answer: T }) => resolve(told.answer));
      void gone.then(() => reject(new Error('the crew is gone')));
    });
    ask(message);
    return answer;
  }
  return {
    pid,
    report: (arrivals = false) => answered<CrewReport>({ ask: 'report', arrivals }),
    mark: () => ask({ ask: 'mark' }),
    standing: () => answered<Standing>({ ask: 'standing' }),
    rest: () => ask({ ask: 'rest' }),
    async leave() {
      if (child.connected) ask({ ask: 'leave' });
      const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(patience);
    },
  };
}
