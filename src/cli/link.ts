import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ChannelLink, LinkWish } from '../accounts/channelLinks.ts';
import { ConfigError } from '../config.ts';
import { retell } from '../location/retell.ts';
import { PROVIDERS } from '../integrations/providers.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command, Terminal } from './arguments.ts';
import { linkProblems } from './linkWishes.ts';
import { type Workshop, mustExist, withWorkshop } from './workshop.ts';

/**
 * `heard link`: ties a channel of the configuration to its provider's account, as the calls of the set-up page do, and lets
 * the operator put a simulator in the provider's place. Secrets come from a file or a pipe: an argument is in the history
 * of the shell and in the list of processes.
 */
export const link: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    channel: { type: 'string' },
    secrets: { type: 'string' },
    environment: { type: 'string' },
    'base-url': { type: 'string' },
    rotate: { type: 'boolean' },
    'rotate-now': { type: 'boolean' },
    remove: { type: 'boolean' },
  });
  const location = must('--location', values.location);
  if (values.environment !== undefined && !['production', 'sandbox'].includes(values.environment))
    throw new UsageError('--environment must be production or sandbox');
  const baseUrl = values['base-url'];
  if (baseUrl !== undefined && baseUrl !== '' && !/^https?:\/\/[^/]+/.test(baseUrl))
    throw new UsageError("--base-url must be an http or https URL, or '' for the provider's own");
  const secrets = values.secrets === undefined ? {} : await readSecrets(values.secrets);

  return withWorkshop(terminal, async (shop) => {
    const { organization } = await mustExist(shop, location);
    const { channelLinks } = shop.accounts;
    if (values.channel === undefined) {
      const links = await channelLinks.list(location);
      for (const one of links) tell(terminal, shop, one);
      if (links.length === 0) terminal.say(`no channel of ${location} has a link yet`);
      return 0;
    }
    const channels = (await shop.locations.open(location))?.state.config?.channels ?? [];
    const channel = channels.find(({ id }) => id === values.channel);
    if (channel === undefined)
      throw new ConfigError(
        `there is no channel "${values.channel}" in the configuration of ${location}; there ${channels.length === 0 ? 'is none' : `are: ${channels.map(({ id }) => id).join(', ')}`}`,
      );
    if (values.remove === true) {
      const removed = await channelLinks.remove(location, channel.id);
      terminal.out(removed ? `the link of ${channel.id} is removed` : `${channel.id} has no link`);
      return removed ? 0 : 1;
    }
    const wish: LinkWish = {
      organization,
      channel: channel.id,
      provider: channel.provider,
      madeBy: 'cli:link',
      secrets,
      ...(values.environment !== undefined && { environment: values.environment }),
      ...(baseUrl !== undefined && { baseUrl: baseUrl === '' ? null : baseUrl }),
    };
    const [problem] = linkProblems(channel, { secrets, environment: values.environment ?? 'production' });
    if (problem !== undefined) throw new ConfigError(`${problem.path.join('.')} ${problem.message}`);
    const { link: made, changed } = await channelLinks.ensure(location, wish);
    if (changed) await retell(shop.locations, location, channel.id);
    const rotate = values.rotate === true || values['rotate-now'] === true;
    const rotated = rotate
      ? await channelLinks.rotate(location, channel.id, values['rotate-now'] !== true)
      : null;
    tell(terminal, shop, rotated ?? made);
    return 0;
  });
};

/** The address alone on stdout, so that a script can use it; what is missing for a person. */
function tell(terminal: Terminal, { config }: Workshop, one: ChannelLink): void {
  const origin = config.publicUrl ?? `http://localhost:${config.port}`;
  terminal.out(
    one.address === null
      ? `${one.channel} has no address under this HEARD_SECRET: --rotate makes one`
      : `${origin}/hooks/${one.provider}/${one.address}`,
  );
  const fields = PROVIDERS.find(({ id }) => id === one.provider)?.secrets ?? [];
  const missing = fields.filter(({ id, optional }) => optional !== true && (one.secrets[id] ?? '') === '');
  if (missing.length > 0)
    terminal.say(
      `${one.channel} takes nothing yet: ${missing.map(({ id, label }) => `${id} (${label})`).join(', ')} not set`,
    );
}

const secretsFile = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));

async function readSecrets(file: string): Promise<Record<string, string>> {
  const content =
    file === '-'
      ? await readAll(process.stdin)
      : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
          throw new ConfigError(
            error.code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read: ${error.message}`,
          );
        });
  let value: unknown;
  try {
    value = parse(content) as unknown;
  } catch {
    throw new ConfigError(`${file} must hold lines such as "key: value"`);
  }
  const read = secretsFile.safeParse(value);
  if (!read.success) throw new ConfigError(`${file} must hold lines such as "key: value"`);
  return read.data;
}
