import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveNginx } from '../testkit/have.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';

const database = useTestDatabase();
let server: TestServer;
let base: string;
beforeAll(async () => {
  server = await startTestServer(database());
  base = await server.edge.listen(0, '127.0.0.1');
});
afterAll(() => server.stop());

/** As a page of `origin` does it; fetch of Node sets no such headers by itself. */
async function signIn(
  url: string,
  origin: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/v1/accounts/demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const at = probe.address();
      probe.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0));
    });
  });
}

describe('the demo over HTTP', () => {
  it('[H12] gives each page the role it needs', async () => {
    for (const [page, role] of [
      ['pos', 'waiter'],
      ['kitchen', 'kitchen'],
      ['expo', 'expo'],
      ['floor', 'waiter'],
      ['host', 'host'],
      ['setup', 'manager'],
      ['board', 'display'],
      ['home', 'display'],
    ] as const) {
      expect((await signIn(base, base, { page })).body).toMatchObject({
        role,
        location: 'brasa',
        token: expect.any(String),
        expiresIn: expect.any(Number),
      });
    }
  });

  it('[H12] finds the location that has the station', async () => {
    expect((await signIn(base, base, { page: 'kitchen', station: 'horno' })).body).toMatchObject({
      role: 'kitchen',
      location: 'esquina',
    });
    expect((await signIn(base, base, { page: 'kitchen', station: 'nowhere' })).status).toBe(404);
  });

  it('[H12] gives a token that works, and no role that has no place in the house', async () => {
    const { body } = await signIn(base, base, { page: 'pos' });
    const me = await fetch(`${base}/v1/me`, {
      headers: { authorization: `Bearer ${String(body['token'])}` },
    });
    expect(await me.json()).toMatchObject({ role: 'waiter', location: 'brasa', demo: true });
    expect((await signIn(base, base, { page: 'pos', role: 'partner' })).status).toBe(422);
  });

  it('[H12] does not open a location that is no demo', async () => {
    await server.log.createOrganization('real-house', 'Real House');
    await server.log.createLocation('real-house', 'real-house', 'Real House');
    expect((await signIn(base, base, { page: 'pos', location: 'real-house' })).status).toBe(404);
  });

  it('[H12] refuses when one condition is missing', async () => {
    expect((await signIn(base, 'https://evil.example', { page: 'pos' })).status).toBe(403);
    expect((await signIn(base, base, { page: 'pos' }, { 'x-forwarded-for': '8.8.8.8' })).status).toBe(403);
    expect((await signIn(base, base, { page: 'pos' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it.skipIf(haveNginx() === undefined)('[H13] a plain nginx in front is found out', async () => {
    const port = await freePort();
    const dir = await mkdtemp(join(tmpdir(), 'ng-'));
    await writeFile(
      join(dir, 'nginx.conf'),
      // Not a word about headers: the request arrives from 127.0.0.1, with `Host: 127.0.0.1:…` and nothing that says nginx.
      `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1; events { worker_connections 64; }
       http { access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
         server { listen 127.0.0.1:${port}; location / { proxy_pass ${base}; } } }`,
    );
    const nginx = spawn(haveNginx() ?? 'nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')], {
      stdio: 'ignore',
    });
    const proxy = `http://127.0.0.1:${port}`;
    try {
      let healthy = false;
      for (let tries = 0; tries < 100 && !healthy; tries += 1) {
        healthy = await fetch(`${proxy}/healthz`).then(
          (response) => response.ok,
          () => false,
        );
        if (!healthy) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(healthy).toBe(true);
      // A visitor from outside, two that say they are this machine, and one that forges the server's own Origin.
      for (const origin of ['https://heard.example.com', proxy, `http://localhost:${port}`, base]) {
        const answer = await signIn(proxy, origin, { page: 'pos' });
        expect([origin, answer.status]).toEqual([origin, 403]);
      }
    } finally {
      const gone = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true });
    }
  });
});
