import { readFile } from 'node:fs/promises';
import { mintToken } from '../accounts/tokens.ts';
import { ConfigError } from '../config.ts';
import { roles } from '../domain/commands.ts';
import { packageVersion } from '../ops/version.ts';
import { UsageError, must, readDuration, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { readHouse } from './house.ts';
import { applyHouse } from './init.ts';
import { fillLarders } from './larder.ts';
import { mustExist, withWorkshop } from './workshop.ts';

/** `heard token`: prints the token alone. */
export const token: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    role: { type: 'string' },
    ttl: { type: 'string', default: '1h' },
    name: { type: 'string' },
    order: { type: 'string' },
  });
  const location = must('--location', values.location);
  const said = must('--role', values.role);
  const role = roles.find((one) => one === said);
  if (role === undefined) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
  const ttl = readDuration('--ttl', values.ttl);
  if (role === 'guest' && values.order === undefined)
    throw new UsageError('--order is missing: a guest sees one order');
  return withWorkshop(terminal, async (shop) => {
    const { organization } = await mustExist(shop, location);
    const claims = {
      sub: `cli:${role}`,
      org: organization,
      loc: location,
      role,
      name: values.name ?? role,
      ...(values.order !== undefined && { ord: values.order }),
    };
    terminal.out(await mintToken(shop.secret, claims, ttl));
    return 0;
  });
};

/** `heard init FILE.yaml`. */
export const init: Command = async (argv, terminal) => {
  const { positionals } = readFlags(argv, {}, 1);
  const file = positionals[0];
  if (file === undefined) throw new UsageError('FILE.yaml is missing');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(
      error.code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read: ${error.message}`,
    );
  });
  const house = readHouse(text);
  return withWorkshop(terminal, async (shop) => {
    const { changed, secrets } = await shop.turn(async () => {
      const report = await applyHouse(house, shop);
      for (const location of await fillLarders(house, shop)) report.changed.push(`larder of ${location}`);
      return report;
    });
    terminal.out(
      changed.length === 0 ? 'nothing to change' : changed.map((what) => `changed: ${what}`).join('\n'),
    );
    for (const { who, what, value } of secrets) terminal.out(`${what} of ${who}: ${value}   (shown once)`);
    return 0;
  });
};

/** `heard migrate`. */
export const migrateSchema: Command = async (argv, terminal) => {
  readFlags(argv, {});
  return withWorkshop(terminal, async () => {
    terminal.out('the schema is up to date');
    return 0;
  });
};

/** `heard version`. */
export const version: Command = async (_argv, terminal) => {
  terminal.out(await packageVersion());
  return 0;
};
