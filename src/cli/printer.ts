import { paperText } from '../integrations/printer/readPaper.ts';
import { startPrinter } from '../integrations/printer/simulator.ts';
import { ConfigError } from '../config.ts';
import type { Command } from './arguments.ts';
import { UsageError, readFlags } from './arguments.ts';

/** `heard printer`: a kitchen printer without the paper, for trying out and for drills. Runs until it is interrupted. */
export const printer: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    port: { type: 'string', default: '9100' },
    host: { type: 'string', default: '127.0.0.1' },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError('--port must be a port from 0 to 65535');
  const simulator = await startPrinter({
    port,
    host: values.host,
    onPaper: (paper) => terminal.out(`\n${paperText(paper)}\n${'~'.repeat(42)}`),
  }).catch((error: unknown) => {
    throw new ConfigError(
      `cannot listen on ${values.host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  terminal.out(
    `a printer listens on ${values.host}:${simulator.port}; keys: p paper out, c cover open, o offline, r ready`,
  );
  const keys: Readonly<Record<string, () => string>> = {
    p: () => ((simulator.state.paperOut = true), 'paper out'),
    c: () => ((simulator.state.coverOpen = true), 'cover open'),
    o: () => ((simulator.state.offline = true), 'offline'),
    r: () => {
      Object.assign(simulator.state, { paperOut: false, coverOpen: false, offline: false });
      return 'ready';
    },
  };
  process.stdin.on('data', (typed) => {
    for (const letter of String(typed).trim()) terminal.out(keys[letter]?.() ?? '');
  });
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.stdin.pause();
  await simulator.close();
  return 0;
};
