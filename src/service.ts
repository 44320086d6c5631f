/**
 * Whatever lives longer than a call. `run` resolves when it serves; `drain` stops taking new work and lets what is in
 * hand finish; `stop` ends it. Services start in the order given and end in the opposite one: doors first, store last.
 */
export interface Service {
  readonly name: string;
  run(): Promise<void>;
  stop(): Promise<void>;
  drain?(): Promise<void>;
}

export type Stack = {
  /** Starts the services in order; if one fails, those before it are stopped again and its error is thrown. */
  run(): Promise<void>;
  /** Drains, then stops everything in reverse. Answers the names of those that failed; safe to call twice. */
  stop(): Promise<string[]>;
};

export type StackOptions = {
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** How long draining, and the stopping of each service, may take in ms. */
  readonly drainMs?: number;
  readonly stopMs?: number;
};

/** One order of starting and stopping for all services of a process. */
export function stackServices(services: readonly Service[], options: StackOptions): Stack {
  const { log, drainMs = 10_000, stopMs = 10_000 } = options;
  const running: Service[] = [];
  const failed: string[] = [];

  const settle = async (service: Service, step: 'drain' | 'stop', limit: number): Promise<void> => {
    try {
      await within(service[step]?.() ?? Promise.resolve(), limit, `${step} took longer than ${limit} ms`);
    } catch (error) {
      failed.push(service.name);
      log(`${service.name} did not ${step} cleanly`, {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const stopAll = async (): Promise<string[]> => {
    const order = running.splice(0).reverse();
    for (const service of order) await settle(service, 'drain', drainMs);
    for (const service of order) await settle(service, 'stop', stopMs);
    return failed;
  };
  let stopping: Promise<string[]> | undefined;
  return {
    async run() {
      for (const service of services) {
        try {
          await service.run();
          running.push(service);
        } catch (error) {
          await stopAll();
          throw error;
        }
      }
    },
    stop: () => (stopping ??= stopAll()),
  };
}

async function within(work: Promise<void>, ms: number, words: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `onSignals` listens to: `process`, or a stand-in. */
export type SignalSource = {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
};

const SAME_MS = 1_000;

/**
 * The first signal calls `stop`. Ctrl-C under npm arrives twice within a millisecond, so one within 1 s of the first is
 * the same one; a later one calls `now`, which ends the process at once. Answers how to stop listening.
 */
export function onSignals(
  source: SignalSource,
  actions: {
    readonly stop: (signal: NodeJS.Signals) => void;
    readonly now: (signal: NodeJS.Signals) => void;
  },
  clock: () => number = () => performance.now(),
): () => void {
  let first: number | undefined;
  const listeners = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map((signal) => {
    const listener = () => {
      if (first === undefined) {
        first = clock();
        actions.stop(signal);
      } else if (clock() - first > SAME_MS) {
        actions.now(signal);
      }
    };
    source.on(signal, listener);
    return [signal, listener] as const;
  });
  return () => {
    for (const [signal, listener] of listeners) source.off(signal, listener);
  };
}
