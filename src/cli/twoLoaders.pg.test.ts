import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccounts } from '../accounts/accounts.ts';
import { createBatcher } from '../location/batcher.ts';
import { houseRules } from '../location/houseRules.ts';
import { createLocations } from '../location/locations.ts';
import { openLog } from '../log/open.ts';
import { createPool } from '../log/pool.ts';
import { inTurn } from '../log/turn.ts';
import type { Log } from '../log/types.ts';
import { EffectLedger } from '../projections/effectLedger.ts';
import { createTestDatabase } from '../testkit/postgres.ts';
import type { TestDatabase } from '../testkit/postgres.ts';
import { init } from './commands.ts';
import { demoDir, loadDemo, readDemo } from './demoHouse.ts';
import { applyHouse } from './init.ts';

/** A server that loads the demo, and a second process that fills the same database meanwhile. */

const SECRET = 'a secret of the tests, and of nobody else';
const CONFIG = { demo: 'on', host: '127.0.0.1', databaseUrl: undefined } as const;

let database: TestDatabase;
let dataDir: string;
let closing: (() => Promise<unknown>)[];
beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'two-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** One process's way into the database. */
async function open() {
  const log = await openLog({ connection: database.heardLog, writers: 1, readers: 1 });
  const pool = createPool(database.app, { name: 'app', max: 3, log: () => undefined });
  const accounts = createAccounts({ pool, connection: database.app, secret: SECRET, log: () => undefined });
  const locations = createLocations({
    log,
    batcher: createBatcher(log, { maxLocations: 10, parallel: 1, groupCommit: true }),
    rules: houseRules,
    onCommit: () => undefined,
  });
  closing.push(async () => {
    await locations.stop();
    await accounts.close();
    await pool.end();
    await log.close();
  });
  return { log, pool, accounts, locations };
}

/** What a server has that loads the demo with a short past; `append` may be somebody's whose turn it is not. */
async function server(append: (log: Log) => Log['append'] = (log) => log.append) {
  const { log, pool, ...rest } = await open();
  const said: [message: string, detail: unknown][] = [];
  const report = (message: string, detail: unknown) => void said.push([message, detail]);
  const tools = {
    log,
    ...rest,
    embedded: true,
    turn: <T>(work: () => Promise<T>) =>
      inTurn(database.app, { onWait: (pid) => report('waits', { pid }), pollMs: 20 }, work),
    past: {
      days: 2,
      report,
      log: { ...log, append: append(log) },
      ledger: new EffectLedger(pool),
      projections: { committed: () => undefined },
      connections: { write: () => true },
    },
  };
  return { tools, log, said };
}

async function runInit() {
  const [out, say]: [string[], string[]] = [[], []];
  const code = await init([join(demoDir(), 'brasa-group.yaml')], {
    env: {
      DATABASE_URL: `postgres://heard_owner@${encodeURIComponent(database.admin.host ?? '')}/${database.name}`,
      HEARD_DATA_DIR: dataDir,
      HEARD_SECRET: SECRET,
    },
    out: (line) => void out.push(line),
    say: (line) => void say.push(line),
  });
  return { code, out, say };
}

describe('two that fill one database', () => {
  it('[H32] `heard init` beside a server that loads the demo waits until it is done, and says so', async () => {
    let beside: ReturnType<typeof runInit> | undefined;
    const { tools, said } = await server((log) => async (proposals) => {
      // The other one begins before the first line of the past is written, and has all the time it needs.
      if (beside === undefined) {
        beside = runInit();
        await Promise.race([beside, sleep(2_500)]);
      }
      return log.append(proposals);
    });
    expect(await loadDemo(CONFIG, tools)).toMatchObject({ random: false });
    expect(said.map(([message]) => message)).toEqual(['the demo got a past', 'the demo got a past']);
    const { code, out, say } = (await beside) ?? {};
    expect({ code, out }).toEqual({ code: 0, out: ['nothing to change'] });
    expect(say?.[0]).toBe(
      `another Heard (pid ${process.pid}) is filling this database with its houses: waiting until it is done`,
    );
  });

  it('[H32] a server waits for `heard init`, and loads what is still wanted then', async () => {
    const { tools, said } = await server();
    const other = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const turn = inTurn(database.app, { onWait: () => undefined }, async () => {
      const small = (await readDemo())[1];
      begun.resolve();
      await promise;
      if (small !== undefined) await applyHouse(small, other);
    });
    await begun.promise;
    const loading = loadDemo({ ...CONFIG, demo: 'auto' }, tools);
    try {
      await expect.poll(() => said).toEqual([['waits', { pid: String(process.pid) }]]);
    } finally {
      // Whatever was said, both end before their database does.
      resolve();
      await Promise.allSettled([turn, loading]);
    }
    // A demo's house stands there now, so this is a demo's database: the rest of it is loaded.
    expect(await loading).not.toBeNull();
    expect((await tools.log.listLocations()).map(({ id }) => id).toSorted()).toEqual([
      'brasa',
      'esquina',
      'other',
    ]);
  });

  it('[H33] a demo is loaded also where somebody was faster who takes no turn', async () => {
    const other = await open();
    const [group] = await readDemo();
    if (group === undefined) throw new Error('there is a demo');
    const overtake = (place: string) =>
      applyHouse({ ...group, locations: group.locations.filter(({ id }) => id === place) }, other);
    const seen: string[] = [];
    const { tools, said, log } = await server((own) => async (proposals) => {
      for (const { location } of proposals) {
        seen.push(location);
        // Before the first day of one place, and in the middle of the other's past.
        const days = seen.filter((one) => one === location).length;
        if (days === (location === 'brasa' ? 1 : 2)) await overtake(location);
      }
      return own.append(proposals);
    });
    expect(await loadDemo(CONFIG, tools)).toMatchObject({ random: false });
    expect(said).toEqual([
      [
        'the demo got a part of a past: somebody else was faster there',
        expect.objectContaining({ location: 'esquina' }),
      ],
    ]);
    expect(seen).toEqual(['brasa', 'esquina', 'esquina']);
    for (const place of ['brasa', 'esquina']) {
      expect((await log.readHeads([place])).get(place)).toBeGreaterThan(0);
      expect((await tools.locations.open(place))?.state.config?.name).toBeTruthy();
    }
  });
});
