import { isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

/**
 * The environment, read once. A wrong value stops the start with one line that names the variable and what it may be;
 * nothing else in the program looks at process.env.
 */

/** `auto`: a certificate authority of the restaurant's own, in the data directory. */
export type Tls = 'off' | 'auto' | { readonly cert: string; readonly key: string };

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly tls: Tls;
  /** Where the secure door of `auto` listens. */
  readonly tlsPort: number;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  /** Undefined: made and kept in `dataDir`. */
  readonly secret: string | undefined;
  /** `auto`: when embedded and empty. */
  readonly demo: 'auto' | 'on' | 'off' | 'public';
  /** Days of service that a new demo has behind it. */
  readonly demoPastDays: number;
  /** Whether orders and calls come to a demo by themselves while somebody looks. */
  readonly demoLife: boolean;
  /** Undefined when not set: only then may the demo sign itself in. */
  readonly publicUrl: string | undefined;
  readonly logLevel: string;
  readonly production: boolean;
  readonly metricsToken: string | undefined;
  /** Proxies that are believed when they say where a request comes from, as CIDR. */
  readonly trustProxy: readonly string[];
  /** How long a stopping server is unready before it lets go of anybody: the time a load balancer takes to notice. */
  readonly drainWaitMs: number;
  /** Off: every append in a statement of its own. For the bench, to show what grouping is worth. */
  readonly groupCommit: boolean;
  /** Where printers may be: on private addresses too, on public ones only, or on this machine as well. */
  readonly printers: 'lan' | 'public' | 'loopback';
  /** Push services beside the browsers' makers', as host or host:port. */
  readonly pushHosts: readonly string[];
  /** Who answers for push messages: `mailto:…` or an https address. */
  readonly pushSubject: string;
  /** The webhook behind the ladder's last rung, and what it is signed with. */
  readonly messageUrl: string | undefined;
  readonly messageSecret: string | undefined;
};

/** One line for the person at the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const HOST = /^(?:[0-9a-f:]+|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)$/i;

/** How each variable is read, and the words for what it may be. */
function wants<T>(words: string, read: (value: string) => T | undefined) {
  return { words, read };
}

const integer = (value: string) => (/^\d{1,5}$/.test(value) ? Number(value) : Number.NaN);
const url = (value: string, protocols: RegExp) =>
  URL.canParse(value) && protocols.test(new URL(value).protocol) ? value : undefined;

const VARIABLES = {
  PORT: wants('a port from 0 to 65535 (0: any free one)', (value) =>
    integer(value) <= 65_535 ? integer(value) : undefined,
  ),
  HOST: wants('an address or a host name such as 127.0.0.1 or 0.0.0.0', (value) =>
    HOST.test(value) && (isIPv4(value) || !/^[\d.]+$/.test(value)) ? value : undefined,
  ),
  HEARD_TLS: wants(
    'off, auto (a certificate authority of its own), or the paths CERT,KEY of a certificate and its key in PEM',
    readTls,
  ),
  HEARD_TLS_PORT: wants('a port from 0 to 65535 (0: any free one)', (value) =>
    integer(value) <= 65_535 ? integer(value) : undefined,
  ),
  DATABASE_URL: wants('postgres://user:password@host:5432/database', (value) =>
    url(value, /^postgres(ql)?:$/),
  ),
  HEARD_DATA_DIR: wants('a path', (value) => (value.includes('\0') ? undefined : resolve(value))),
  REDIS_URL: wants('redis://host:6379 or rediss://…', (value) => url(value, /^rediss?:$/)),
  HEARD_SECRET: wants('at least 32 characters', (value) => (value.length >= 32 ? value : undefined)),
  HEARD_DEMO: wants(
    '1, 0 or public',
    (value) => ({ '1': 'on', '0': 'off', public: 'public' } as const)[value],
  ),
  HEARD_DEMO_PAST: wants('whole days from 0 to 90', (value) =>
    integer(value) <= 90 ? integer(value) : undefined,
  ),
  HEARD_DEMO_LIFE: wants('1 or 0', (value) => ({ '1': true, '0': false })[value]),
  HEARD_PUBLIC_URL: wants('an http or https URL', (value) => url(value, /^https?:$/)?.replace(/\/+$/, '')),
  LOG_LEVEL: wants(LEVELS.join(', '), (value) => LEVELS.find((level) => level === value)),
  NODE_ENV: wants('production, development or test', (value) =>
    z.enum(['production', 'development', 'test']).safeParse(value).success ? value : undefined,
  ),
  HEARD_TRUST_PROXY: wants(
    'off, loopback, or addresses and ranges such as 10.0.0.0/8, separated by commas',
    readTrust,
  ),
  HEARD_DRAIN_WAIT: wants('whole seconds from 0 to 300', (value) =>
    integer(value) <= 300 ? integer(value) : undefined,
  ),
  HEARD_GROUP_COMMIT: wants('on or off', (value) => (['on', 'off'] as const).find((one) => one === value)),
  HEARD_PRINTERS: wants('lan, public or loopback', (value) =>
    (['lan', 'public', 'loopback'] as const).find((one) => one === value),
  ),
  HEARD_PUSH_HOSTS: wants('hosts such as push.example.com, separated by commas', (value) =>
    value.split(',').every((host) => URL.canParse(`https://${host.trim()}/`))
      ? value.split(',').map((host) => host.trim())
      : undefined,
  ),
  HEARD_PUSH_SUBJECT: wants('mailto:somebody@example.com or an https URL', (value) =>
    url(value, /^(https|mailto):$/),
  ),
  HEARD_MESSAGE_URL: wants('an http or https URL', (value) => url(value, /^https?:$/)),
  HEARD_MESSAGE_SECRET: wants('at least 16 characters', (value) => (value.length >= 16 ? value : undefined)),
  HEARD_METRICS_TOKEN: wants('at least 16 characters', (value) => (value.length >= 16 ? value : undefined)),
} as const;

type Variables = typeof VARIABLES;

function readTls(value: string): Tls | undefined {
  if (value === 'off' || value === 'auto') return value;
  const [cert, key, ...rest] = value.split(',');
  return cert && key && rest.length === 0 ? { cert: resolve(cert), key: resolve(key) } : undefined;
}

/** The proxies that are believed, as CIDR. */
function readTrust(value: string): readonly string[] | undefined {
  if (value === 'off') return [];
  const ranges = value.split(',').flatMap((one) => {
    const said = one.trim();
    return said === 'loopback'
      ? ['127.0.0.0/8', '::1/128']
      : [said.includes('/') ? said : `${said}/${bitsOf(said)}`];
  });
  return ranges.every(isRange) ? ranges : undefined;
}

const bitsOf = (address: string) => (isIPv6(address) ? 128 : 32);

function isRange(range: string): boolean {
  const [address = '', bits = '', ...rest] = range.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits) || !(isIPv4(address) || isIPv6(address))) return false;
  // Everybody trusted is nobody checked: any stranger could say where it comes from.
  return Number(bits) > 0 && Number(bits) <= bitsOf(address);
}

/** Reads the environment. Throws ConfigError with one line for the first variable that is wrong. An empty value is none. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const get = <K extends keyof Variables>(name: K): ReturnType<Variables[K]['read']> | undefined => {
    const value = env[name]?.trim();
    if (value === undefined || value === '') return undefined;
    const { words, read } = VARIABLES[name];
    const parsed = read(value);
    // Secrets and passwords must not end in a log.
    const shown =
      name === 'HEARD_SECRET' ||
      name === 'DATABASE_URL' ||
      name === 'HEARD_METRICS_TOKEN' ||
      name === 'HEARD_MESSAGE_SECRET' ||
      name === 'REDIS_URL'
        ? ''
        : `, not "${value}"`;
    if (parsed === undefined) throw new ConfigError(`${name} must be ${words}${shown}`);
    return parsed as ReturnType<Variables[K]['read']>;
  };
  const production = get('NODE_ENV') === 'production';
  const databaseUrl = get('DATABASE_URL');
  return {
    port: get('PORT') ?? 8080,
    host: get('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    tls: get('HEARD_TLS') ?? 'off',
    tlsPort: get('HEARD_TLS_PORT') ?? 8443,
    databaseUrl,
    dataDir: get('HEARD_DATA_DIR') ?? resolve('.heard'),
    redisUrl: get('REDIS_URL'),
    secret: get('HEARD_SECRET'),
    demo: get('HEARD_DEMO') ?? 'auto',
    demoPastDays: get('HEARD_DEMO_PAST') ?? 30,
    demoLife: get('HEARD_DEMO_LIFE') ?? true,
    publicUrl: get('HEARD_PUBLIC_URL'),
    logLevel: get('LOG_LEVEL') ?? 'info',
    production,
    metricsToken: get('HEARD_METRICS_TOKEN'),
    drainWaitMs: (get('HEARD_DRAIN_WAIT') ?? 0) * 1000,
    trustProxy: get('HEARD_TRUST_PROXY') ?? [],
    groupCommit: get('HEARD_GROUP_COMMIT') !== 'off',
    printers: get('HEARD_PRINTERS') ?? 'lan',
    pushHosts: get('HEARD_PUSH_HOSTS') ?? [],
    pushSubject: get('HEARD_PUSH_SUBJECT') ?? get('HEARD_PUBLIC_URL') ?? 'mailto:operator@localhost.invalid',
    messageUrl: get('HEARD_MESSAGE_URL'),
    messageSecret: get('HEARD_MESSAGE_SECRET'),
  };
}
