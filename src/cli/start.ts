import { flushCompileCache } from 'node:module';
import { ConfigError, readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../edge/loopback.ts';
import { startServer } from '../main.ts';
import type { Server } from '../main.ts';
import { createLogger } from '../ops/logger.ts';
import type { LogLine } from '../ops/logger.ts';
import { checkCertificate } from '../ops/ownCertificate.ts';
import { packageVersion } from '../ops/version.ts';
import { onSignals } from '../service.ts';
import { readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import type { DemoLife } from './demoLife.ts';

const LIFE_WORDS = [
  '  While somebody looks, delivery orders and calls come by themselves, from simulators on this machine.',
  '  Without them: HEARD_DEMO_LIFE=0. More of them: heard sim.',
  '',
];

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** The exit code of a server that could not keep up with its log: whoever watches over it starts it again. */
const WEDGED = 70;

/** `heard start`: runs until a signal, then drains and stops. */
export const start: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    port: { type: 'string' },
    host: { type: 'string' },
    lan: { type: 'boolean' },
  });
  const { env } = terminal;
  const config = readConfig({
    ...env,
    // For the whole local network, with a certificate of its own; what is set says it better.
    ...(values.lan === true && { HOST: env['HOST'] || '0.0.0.0', HEARD_TLS: env['HEARD_TLS'] || 'auto' }),
    ...(values.port !== undefined && { PORT: values.port }),
    ...(values.host !== undefined && { HOST: values.host }),
  });
  if (typeof config.tls === 'object') await checkCertificate(config.tls);
  const log = createLogger({ level: config.logLevel, json: config.production });

  let over: (signal: NodeJS.Signals) => void = () => undefined;
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    over = resolve;
  });
  const forget = onSignals(process, {
    stop: over,
    now: (signal) =>
      process.exit(
        128 +
          (signal === 'SIGTERM' ? SIGNALS.SIGTERM : signal === 'SIGINT' ? SIGNALS.SIGINT : SIGNALS.SIGHUP),
      ),
  });
  try {
    const server = await startServer(config, log).catch((error: unknown) => {
      throw aboutDoor(config, error) ?? error;
    });
    // Written now and not at the end: a server that is ended by force leaves it to the next one all the same.
    flushCompileCache();
    const life = server.demo === null ? null : await bringToLife(server, config, log);
    for (const line of await banner(config, server)) terminal.out(line);
    if (life !== null) for (const line of LIFE_WORDS) terminal.out(line);
    const reason = await Promise.race([asked, server.wedged]);
    log('stopping', { reason });
    await life?.stop();
    const failed = await server.stop();
    log('stopped');
    if (!(reason in SIGNALS)) return WEDGED;
    return failed.length === 0 ? 0 : 1;
  } finally {
    forget();
  }
};

/** A demo is worth having without its life as well. */
async function bringToLife(server: Server, config: Config, log: LogLine): Promise<DemoLife | null> {
  try {
    // Simulators are loaded here alone: a restaurant's server has none.
    return await (await import('./demoLife.ts')).startDemoLife({ server, config, report: log });
  } catch (error) {
    log('the demo has no life', { error: String(error) });
    return null;
  }
}

/** What the system says of an address or a port that cannot be had, in the words of the settings. Null for anything else. */
function aboutDoor(config: Config, error: unknown): ConfigError | null {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return null;
  const { host } = config;
  const port = 'port' in error ? Number(error.port) : config.port;
  const named = port === config.tlsPort && port !== config.port ? 'HEARD_TLS_PORT' : 'PORT';
  if (error.code === 'EADDRINUSE')
    return new ConfigError(`${named} must be free: another program listens at ${port} already`);
  if (error.code === 'EACCES' && error.syscall === 'listen')
    return new ConfigError(`${named} must be one that this user may open, not ${port}`);
  if (
    error.code === 'EADDRNOTAVAIL' ||
    (error.syscall === 'getaddrinfo' && 'hostname' in error && error.hostname === host)
  )
    return new ConfigError(`HOST must be an address of this machine, not "${host}"`);
  return null;
}

/** Where each screen is, and the demo's PINs. */
async function banner(config: Config, { url, secure, demo, locations, log }: Server): Promise<string[]> {
  const local = url
    .replace('127.0.0.1', 'localhost')
    .replace('[::1]', 'localhost')
    .replace('0.0.0.0', 'localhost');
  const shown = secure[0] ?? (isLoopback(config.host) ? local : url);
  const lines = ['', `Heard ${await packageVersion()} is ready at ${shown}`, ''];
  const rows = (await log.listLocations()).slice(0, 5);
  for (const row of rows) {
    const stations = (await locations.open(row.id))?.state.config?.stations ?? [];
    const query = rows.length > 1 ? `?location=${row.id}` : '';
    lines.push(`  ${row.name} (${row.id})`);
    lines.push(`    ${'order'.padEnd(10)} ${shown}/pos${query}`);
    for (const station of stations)
      lines.push(`    ${station.id.slice(0, 10).padEnd(10)} ${shown}/kitchen/${station.id}${query}`);
    lines.push(
      `    ${'expo'.padEnd(10)} ${shown}/expo${query}`,
      `    ${'floor'.padEnd(10)} ${shown}/floor${query}`,
      `    ${'host'.padEnd(10)} ${shown}/host${query}`,
      `    ${'manager'.padEnd(10)} ${shown}/manager${query}`,
    );
  }
  if (rows.length === 0) lines.push('  No location yet: heard init FILE.yaml makes one.');
  lines.push('', `  set up     ${shown}/setup`, `  reference  ${shown}/docs`);
  if (secure.length > 0) lines.push('', ...onTheNetwork(secure, local));
  if (demo !== null && demo.pins.length > 0) {
    lines.push(
      '',
      `  Demo PINs${demo.random ? ' (made for this start)' : ''}: ${demo.pins.map(({ name, role, pin }) => `${name} (${role}) ${pin}`).join(', ')}`,
    );
  }
  return [...lines, ''];
}

/** The addresses of this machine, and where a tablet begins. */
function onTheNetwork(secure: readonly string[], local: string): string[] {
  const plain = new URL(local).port;
  const [first = local] = secure;
  return [
    '  On this network, with any page behind it:',
    ...secure.map((address) => `    ${address}`),
    `  On this machine:  ${local}`,
    `  A tablet opens    http://${new URL(first).host.replace(/:\d+$/, '')}:${plain}/setup/trust  once, and installs the certificate.`,
  ];
}
