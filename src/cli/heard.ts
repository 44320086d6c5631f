#!/usr/bin/env node
import { ConfigError } from '../config.ts';
import { HouseError } from './house.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './arguments.ts';

/** The heard command. Each command is loaded when it is asked for: `heard version` needs no database driver. */

type Entry = { readonly words: string; readonly help: string; readonly load: () => Promise<Command> };

const COMMANDS: Readonly<Record<string, Entry>> = {
  start: {
    words: '[--port N] [--host H] [--lan]',
    help: 'start the server; with --lan for the whole local network, over TLS',
    load: async () => (await import('./start.ts')).start,
  },
  init: {
    words: 'FILE.yaml',
    help: 'make the database what the file says: organization, logins, locations, staff',
    load: async () => (await import('./commands.ts')).init,
  },
  demo: {
    words: '[--rush] [--location L] [--url U] [--every S] [--minutes M]',
    help: 'send orders to the demo: one each 8 s for 10 min with --rush',
    load: async () => (await import('./demoRush.ts')).demo,
  },
  'replay-orders': {
    words: '[--rate 50] [--limit 917] [--location burrito] [--url U]',
    help: 'make a location of 917 real orders and send them through HTTP at a chosen pace',
    load: async () => (await import('./replayOrders.ts')).replayOrders,
  },
  link: {
    words:
      '--location L [--channel C [--secrets FILE] [--environment E] [--base-url U] [--rotate | --rotate-now | --remove]]',
    help: "tie a channel to its provider's account: prints where the provider delivers; FILE (or -) holds its secrets",
    load: async () => (await import('./link.ts')).link,
  },
  sim: {
    words:
      'PROVIDER [STORY] [--location L] [--channel C] [--link] [--url U] [--count 1] [--every 5] [--option NAME=VALUE] [--doubled %] [--reordered %] [--late %] [--forged %] [--faults %] [--seed 1] [--wait 20] [--serve]',
    help: 'play a delivery platform or a telephone agent against a running server; --link ties the channel to it first, --serve keeps its API up',
    load: async () => (await import('./sim.ts')).sim,
  },
  token: {
    words: '--location L --role R [--ttl 1h] [--name N] [--order ID]',
    help: 'print an access token',
    load: async () => (await import('./commands.ts')).token,
  },
  verify: {
    words: '--location L [--from T] [--to T]',
    help: 'prove from the log that nothing is missing and every ticket was heard',
    load: async () => (await import('./verify.ts')).verify,
  },
  replay: {
    words: '--location L --at T [--topic kitchen]',
    help: 'print a board as it was: 19:42, 2026-03-13T19:42 or RFC 3339',
    load: async () => (await import('./replayAt.ts')).replay,
  },
  rebuild: {
    words: '--location L [--projection P]',
    help: 'make search, history and figures anew from the log, and swap them in',
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
  redact: {
    words: '--location L (--order ID | --guest PHONE | --before DATE)',
    help: 'forget for good what guests said of themselves; orders and figures stay, backups are not reached',
    load: async () => (await import('./redact.ts')).redact,
  },
  migrate: {
    words: '',
    help: 'bring the schema of the database up to date',
    load: async () => (await import('./commands.ts')).migrateSchema,
  },
  printer: {
    words: '[--port 9100] [--host 127.0.0.1]',
    help: 'a kitchen printer without the paper: shows what it would print',
    load: async () => (await import('./printer.ts')).printer,
  },
  doctor: {
    words: '',
    help: 'look whether this machine can run Heard',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  version: {
    words: '',
    help: 'print the version',
    load: async () => (await import('./commands.ts')).version,
  },
};

async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    process.stdout.write(usage());
    return first === undefined ? 2 : 0;
  }
  const name = first === '--version' || first === '-v' ? 'version' : first;
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    process.stderr.write(`heard: there is no command "${first}"\n\n${usage()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`heard ${name} ${entry.words}\n  ${entry.help}\n`);
    return 0;
  }
  try {
    return await (
      await entry.load()
    )(rest, {
      env: process.env,
      out: (line) => void process.stdout.write(`${line}\n`),
      say: (line) => void process.stderr.write(`heard: ${line}\n`),
    });
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`heard: ${error.message}\nusage: heard ${name} ${entry.words}\n`);
      return 2;
    }
    if (error instanceof HouseError) {
      for (const line of error.lines) process.stderr.write(`heard: ${line}\n`);
      return 1;
    }
    // One line for what a person can mend; the whole story for what only a programmer can.
    const known =
      error instanceof ConfigError ||
      (error instanceof Error &&
        /^(DataDirBusy|LocationTaken|SchemaTooNew|PlaceError|TlsError)$/.test(error.name)) ||
      isSystemError(error);
    const words =
      error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`heard: ${words}\n`);
    return 1;
  }
}

function isSystemError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(E[A-Z]+|ERR_[A-Z_]+|\d\w{4})$/.test(error.code)
  );
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { words, help }]) => `  heard ${`${name} ${words}`.trimEnd()}\n      ${help}`,
  );
  return `usage:\n${lines.join('\n')}\n\nSettings come from the environment: PORT, HOST, HEARD_TLS, HEARD_TLS_PORT, DATABASE_URL, HEARD_DATA_DIR, HEARD_SECRET, HEARD_DEMO,\nHEARD_PUBLIC_URL, HEARD_METRICS_TOKEN, LOG_LEVEL, NODE_ENV.\n`;
}

// Not process.exit: what is still being written to a pipe must arrive.
process.exitCode = await main(process.argv.slice(2));
