import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onSignals, stackServices } from './service.ts';
import type { Service } from './service.ts';

function recorder(
  names: readonly string[],
  faults: Partial<Record<string, () => Promise<void>>> = {},
): { services: Service[]; seen: string[] } {
  const seen: string[] = [];
  const step = (word: string, name: string) => async () => {
    seen.push(`${word} ${name}`);
    await faults[`${word} ${name}`]?.();
  };
  return {
    seen,
    services: names.map((name) => ({
      name,
      run: step('run', name),
      drain: step('drain', name),
      stop: step('stop', name),
    })),
  };
}

const quiet = { log: () => undefined };

describe('the stack of services', () => {
  it('[H2] starts in order, drains all and then stops all in the opposite one', async () => {
    const { services, seen } = recorder(['store', 'jobs', 'door']);
    const stack = stackServices(services, quiet);
    await stack.run();
    expect(await stack.stop()).toEqual([]);
    await stack.stop();
    expect(seen).toEqual([
      'run store',
      'run jobs',
      'run door',
      'drain door',
      'drain jobs',
      'drain store',
      'stop door',
      'stop jobs',
      'stop store',
    ]);
  });

  it('[H2] stops what ran when one fails to start, and throws its error', async () => {
    const { services, seen } = recorder(['store', 'jobs', 'door'], {
      'run jobs': () => Promise.reject(new Error('no jobs today')),
    });
    await expect(stackServices(services, quiet).run()).rejects.toThrow('no jobs today');
    expect(seen).toEqual(['run store', 'run jobs', 'drain store', 'stop store']);
  });

  it('[H2] goes on with the others when one does not end, and says which', async () => {
    const { services, seen } = recorder(['store', 'jobs', 'door'], {
      'drain door': () => new Promise(() => undefined),
      'stop jobs': () => Promise.reject(new Error('stuck')),
    });
    const stack = stackServices(services, { ...quiet, drainMs: 20, stopMs: 20 });
    await stack.run();
    expect(await stack.stop()).toEqual(['door', 'jobs']);
    expect(seen.slice(-3)).toEqual(['stop door', 'stop jobs', 'stop store']);
  });
});

describe('signals', () => {
  it('[H3] Ctrl-C that arrives twice within a second is one; a later one ends at once', () => {
    const source = new EventEmitter();
    const said: string[] = [];
    let time = 10;
    const forget = onSignals(
      source,
      { stop: (signal) => said.push(`stop ${signal}`), now: (signal) => said.push(`now ${signal}`) },
      () => time,
    );
    source.emit('SIGINT');
    time += 1;
    source.emit('SIGINT');
    time += 900;
    source.emit('SIGTERM');
    expect(said).toEqual(['stop SIGINT']);
    time += 200;
    source.emit('SIGINT');
    expect(said).toEqual(['stop SIGINT', 'now SIGINT']);
    forget();
    source.emit('SIGTERM');
    expect(said).toHaveLength(2);
  });
});
