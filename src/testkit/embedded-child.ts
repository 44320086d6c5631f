import { startEmbedded } from '../log/embedded.ts';

/**
 * A server that is nothing but its database, for tests that kill it: `node embedded-child.ts DIR` prints one JSON line a
 * thing that happens (log lines, `ready`, `down`, `up`, `failed`), and stops the cluster on SIGTERM.
 */
const say = (event: string, detail?: unknown): void => console.log(JSON.stringify({ event, detail }));
const keepAlive = setInterval(() => undefined, 60_000);
try {
  const embedded = await startEmbedded({
    dataDir: process.argv[2] ?? '',
    log: (message) => say('log', message),
    onDown: (reason) => say('down', reason),
    onUp: () => say('up'),
  });
  process.once('SIGTERM', () => {
    void embedded.stop().then(() => {
      say('stopped');
      clearInterval(keepAlive);
    });
  });
  say('ready', embedded.admin);
} catch (error) {
  say('failed', error instanceof Error ? error.message : String(error));
  clearInterval(keepAlive);
}
