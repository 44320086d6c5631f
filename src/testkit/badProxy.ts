import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { haveNginx } from './have.ts';
import { freePort } from './ports.ts';

/** A real nginx of somebody who never heard of us: it does with our streams what the proxies of hotels and malls do. */
export type BadProxy = {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
};

/** Ways to be a bad proxy: what stands in `location /` beside `proxy_pass`. */
export const MANNERS = {
  /** Does not pass on the wish for an upgrade. */
  refusesUpgrade: `proxy_http_version 1.1; proxy_set_header Connection "";`,
  /** Holds answers back until they are complete, whatever their headers ask for. */
  holdsBack: `proxy_http_version 1.0; proxy_buffering on; proxy_buffer_size 32k; proxy_buffers 16 32k;
    proxy_ignore_headers X-Accel-Buffering;`,
  /** Compresses everything that passes. */
  compresses: `proxy_http_version 1.1; proxy_set_header Connection ""; gzip on; gzip_proxied any;
    gzip_types *; gzip_min_length 1;`,
  /** Says where the visitor comes from. */
  introduces: `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $http_x_visitor;`,
} as const;

/** Cuts what is silent for so long, in both directions. */
export function cutsAfter(seconds: number): string {
  return `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade_or_not;
    proxy_read_timeout ${seconds}s; proxy_send_timeout ${seconds}s; send_timeout ${seconds}s;`;
}

/** Starts nginx before a port of this machine. Throws with its log when it does not come up. */
export async function startBadProxy(to: number, manners: string): Promise<BadProxy> {
  const dir = await mkdtemp(join(tmpdir(), 'heard-p-'));
  // The workers are another user's.
  await chmod(dir, 0o777);
  const port = await freePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  await writeFile(
    join(dir, 'nginx.conf'),
    `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1; events { worker_connections 512; }
     http { access_log off; ${paths.join(' ')}
       map $http_upgrade $upgrade_or_not { default upgrade; "" ""; }
       server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${to}; ${manners} } } }`,
  );
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')];
  const child = spawn(haveNginx() ?? 'nginx', args, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> =>
    fetch(`${url}/healthz`).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
  for (let tries = 0; !(await answers()); tries += 1) {
    if (tries > 200 || child.exitCode !== null)
      throw new Error(
        `nginx did not start:\n${await readFile(join(dir, 'error.log'), 'utf8').catch(() => '')}`,
      );
    await sleep(25);
  }
  return {
    url,
    port,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
