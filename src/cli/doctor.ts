import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freemem } from 'node:os';
import { readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { screensDir } from '../edge/pages.ts';
import { readValidity } from '../ops/localCa.ts';
import { readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { withWorkshop } from './workshop.ts';

type Finding = { readonly what: string; readonly ok: boolean; readonly words: string };

const MB = 1024 * 1024;

/** `heard doctor`: one line for each thing the server stands on; exit 1 when one of them would stop it. */
export const doctor: Command = async (argv, terminal) => {
  readFlags(argv, {});
  let bad = 0;
  const tell = ({ what, ok, words }: Finding) => {
    if (!ok) bad += 1;
    terminal.out(`${ok ? 'ok  ' : 'BAD '} ${what.padEnd(10)} ${words}`);
  };
  const attempt = async (what: string, look: () => Promise<Finding[]>) => {
    try {
      for (const finding of await look()) tell(finding);
    } catch (error) {
      tell({
        what,
        ok: false,
        words: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error),
      });
    }
  };

  const major = Number(process.versions.node.split('.')[0]);
  tell({
    what: 'node',
    ok: major >= 24,
    words: `${process.version} on ${process.platform} ${process.arch}${major >= 24 ? '' : '; it needs 24 or later'}`,
  });
  tell({ what: 'memory', ok: freemem() > 200 * MB, words: `${Math.round(freemem() / MB)} MB free` });
  const config = readConfig(terminal.env);
  tell({ what: 'settings', ok: true, words: 'the environment is understood' });
  tell({ what: 'screens', ok: screensDir() !== null, words: screensDir() ?? 'not built: npm run build' });
  await attempt('data', async () => {
    await mkdir(config.dataDir, { recursive: true });
    await access(config.dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(config.dataDir);
    const free = Math.round((bavail * bsize) / MB);
    return [
      { what: 'data', ok: true, words: `${config.dataDir} can be written` },
      {
        what: 'disk',
        ok: free > 1024,
        words: `${free} MB free${free > 1024 ? '' : '; at least 1 GB is wanted'}`,
      },
    ];
  });
  await attempt('tls', async () => lookAtTls(config.tls, config.dataDir));
  await attempt('port', async () => [await lookAtPort(config.host, config.port)]);
  await attempt('database', () =>
    withWorkshop(terminal, async ({ log, pool, config: { databaseUrl } }) => {
      const { rows } = await pool.query<{ version: string }>(
        "select current_setting('server_version') as version",
      );
      const locations = await log.listLocations();
      const { offset, healthy } = log.clock;
      return [
        {
          what: 'database',
          ok: true,
          words: `PostgreSQL ${rows[0]?.version ?? '?'} (${databaseUrl === undefined ? 'embedded' : 'DATABASE_URL'}), schema up to date, ${locations.length} locations`,
        },
        {
          what: 'clock',
          ok: healthy,
          words: `${Math.abs(offset)} ms off PostgreSQL's${healthy ? '' : '; at most 2,000 is allowed'}`,
        },
      ];
    }),
  );
  return bad === 0 ? 0 : 1;
};

/** Free, or taken by a server of ours: both are well. */
async function lookAtPort(host: string, port: number): Promise<Finding> {
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (error === null) return { what: 'port', ok: true, words: `${host}:${port} is free` };
  if (error.code !== 'EADDRINUSE')
    return { what: 'port', ok: false, words: `${host}:${port}: ${error.message}` };
  const answer = await fetch(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/healthz`, {
    signal: AbortSignal.timeout(2_000),
  }).catch(() => null);
  const ours = answer?.ok === true;
  return {
    what: 'port',
    ok: ours,
    words: ours
      ? `${host}:${port} is served by a running Heard`
      : `${host}:${port} is taken by another program: set PORT`,
  };
}

/** How long the certificates are good. The server renews its own; the authority's end means a visit to every device. */
async function lookAtTls(tls: Config['tls'], dataDir: string): Promise<Finding[]> {
  const days = (end: Date): number => Math.floor((end.getTime() - Date.now()) / 86_400_000);
  const finding = (what: string, end: Date, least: number): Finding => ({
    what: 'tls',
    ok: days(end) > least,
    words: `${what} is good until ${end.toISOString().slice(0, 10)} (${days(end)} days)`,
  });
  if (tls === 'off') return [{ what: 'tls', ok: true, words: 'off' }];
  if (typeof tls === 'object')
    return [finding(tls.cert, new Date(new X509Certificate(await readFile(tls.cert)).validTo), 7)];
  const validity = await readValidity(dataDir);
  if (validity === null) return [{ what: 'tls', ok: true, words: 'auto: made at the next start' }];
  return [
    finding('the certificate authority', validity.ca, 60),
    ...(validity.leaf === null ? [] : [finding('the certificate', validity.leaf, 7)]),
  ];
}
