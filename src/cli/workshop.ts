import type pg from 'pg';
import { createAccounts } from '../accounts/accounts.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { ConfigError, readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { createBatcher } from '../location/batcher.ts';
import { houseRules } from '../location/houseRules.ts';
import { createLocations } from '../location/locations.ts';
import type { Locations } from '../location/locations.ts';
import { openLog } from '../log/open.ts';
import { createPool } from '../log/pool.ts';
import { inTurn } from '../log/turn.ts';
import type { Log } from '../log/types.ts';
import { reachDatabase } from '../ops/database.ts';
import type { Database } from '../ops/database.ts';
import type { LogLine } from '../ops/logger.ts';
import { keepSecret } from '../ops/secret.ts';
import type { Terminal } from './arguments.ts';

/** What a command needs of a server, without being one: it works beside a running one, or alone. */
export type Workshop = {
  readonly config: Config;
  readonly secret: string;
  readonly database: Database;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly accounts: Accounts;
  readonly locations: Locations;
  /** Fills the database with houses when nobody else does, be it a server that loads its demo; says what it waits for. */
  turn<T>(work: () => Promise<T>): Promise<T>;
};

/** Opens the database of the environment, runs the work, and closes everything again. */
export async function withWorkshop<T>(terminal: Terminal, work: (shop: Workshop) => Promise<T>): Promise<T> {
  const config = readConfig(terminal.env);
  // What goes on inside is of interest only when it went wrong, or has to be waited for.
  const report: LogLine = (message, detail) => {
    for (const why of ['error', 'reason'])
      if (detail !== undefined && why in detail) terminal.say(`${message}: ${String(detail[why])}`);
  };
  const secret = config.secret ?? (await keepSecret(config.dataDir));
  const database = await reachDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    log: report,
  });
  const closing: (() => Promise<unknown>)[] = [() => database.stop()];
  try {
    const log = await openLog({ connection: database.heardLog, writers: 1, readers: 2, log: report });
    closing.push(() => log.close());
    const pool = createPool(database.app, { name: 'cli', max: 2, log: report });
    closing.push(() => pool.end());
    const accounts = createAccounts({ pool, connection: database.app, secret, log: report });
    closing.push(() => accounts.close());
    const batcher = createBatcher(log, { maxLocations: 20, parallel: 1, groupCommit: true });
    const locations = createLocations({ log, batcher, rules: houseRules, onCommit: () => undefined, report });
    closing.push(() => locations.stop());
    const turn: Workshop['turn'] = (filling) =>
      inTurn(
        database.app,
        {
          onWait: (pid) =>
            terminal.say(
              `another Heard (pid ${pid}) is filling this database with its houses: waiting until it is done`,
            ),
        },
        filling,
      );
    return await work({ config, secret, database, log, pool, accounts, locations, turn });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** The location, or the line that says what there is instead. */
export async function mustExist(
  shop: Pick<Workshop, 'log'>,
  location: string,
): Promise<{ id: string; organization: string }> {
  const row = await shop.log.readLocation(location);
  if (row !== null) return row;
  const all = (await shop.log.listLocations()).map((one) => one.id);
  throw new ConfigError(
    `there is no location "${location}"; there ${all.length === 0 ? 'is none yet' : `are: ${all.slice(0, 20).join(', ')}`}`,
  );
}
