import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../config.ts';
import { kite } from '../integrations/testing/kite.ts';
import { startServer } from '../main.ts';
import { createLogger } from '../ops/logger.ts';

/** The server with an adapter for Kite, for tests that kill it: while the file KITE_HOLD exists, no delivery's work goes on. */

const config = readConfig(process.env);
const hold = process.env['KITE_HOLD'] ?? '';
const server = await startServer(config, createLogger({ level: config.logLevel, json: false }), [
  {
    ...kite,
    async work(delivery, tools) {
      while (hold !== '' && existsSync(hold)) await sleep(20);
      return kite.work(delivery, tools);
    },
  },
]);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
