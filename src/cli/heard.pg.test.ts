import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../testkit/server.ts';
import type { TestServer } from '../testkit/server.ts';

/** The command as people type it, beside a server as people run it. */

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ env: { HEARD_DEMO: '1', LOG_LEVEL: 'info' } });
});
afterAll(() => server.dispose());

async function heard(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'heard.ts'), ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: process.env['TMPDIR'] ?? '/tmp',
      HEARD_DATA_DIR: server.dataDir,
      HEARD_SECRET: server.secret,
      PORT: String(server.port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

describe('the command line', () => {
  it('[H22] prints a token alone, that the running server takes', async () => {
    const { code, out, err } = await heard([
      'token',
      '--location',
      'brasa',
      '--role',
      'waiter',
      '--ttl',
      '5m',
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const me = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${out.trim()}` } });
    expect(await me.json()).toMatchObject({ id: 'cli:waiter', role: 'waiter', location: 'brasa' });
  });

  it('[H22] loads a file beside the running server, which shows the change', async () => {
    const file = join(import.meta.dirname, '../../demo/other.yaml');
    expect((await heard(['init', file])).out).toBe('nothing to change\n');
  });

  it.each<[string[], number, RegExp, Record<string, string>?]>([
    [['fly'], 2, /^heard: there is no command "fly"\n/],
    [[], 2, /^$/],
    [['token', '--location', 'brasa'], 2, /^heard: --role is missing\nusage: heard token /],
    [['token', '--location', 'brasa', '--role', 'chef'], 2, /^heard: --role must be one of owner, manager/],
    [
      ['token', '--location', 'nowhere', '--role', 'waiter'],
      1,
      /^heard: there is no location "nowhere"; there are: brasa, esquina, other\n$/,
    ],
    [
      ['token', '--location', 'brasa', '--role', 'waiter', '--ttl', 'soon'],
      2,
      /^heard: --ttl must be a time such as/,
    ],
    [['token', '--place', 'brasa'], 2, /^heard: Unknown option '--place'/],
    [['init'], 2, /^heard: FILE\.yaml is missing\n/],
    [['init', '/nowhere.yaml'], 1, /^heard: there is no file \/nowhere\.yaml\n$/],
    [['verify', '--location', 'brasa', '--from', 'yesterday'], 2, /^heard: --from must be an RFC 3339 time/],
    [['start'], 1, /^heard: PORT must be a port from 0 to 65535[^\n]*\n$/, { PORT: 'eighty' }],
    [['start', '--lan', '--port', '0'], 1, /^heard: .*another Heard/],
  ])('[H22] heard %j ends with %i and one clear line', async (args, wanted, words, env = {}) => {
    const { code, err } = await heard(args, env);
    expect({ code, err }).toEqual({ code: wanted, err: expect.stringMatching(words) });
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('[H22] says its version and what it can do', async () => {
    expect((await heard(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, out } = await heard(['help']);
    expect(code).toBe(0);
    for (const name of ['start', 'init', 'token', 'verify', 'migrate', 'doctor', 'demo', 'version'])
      expect(out).toContain(`heard ${name}`);
  });

  it('[H22] sends orders, verifies the shift, and looks the machine over', async () => {
    const demo = await heard(['demo', '--rush', '--every', '0.05', '--minutes', '0.005']);
    expect([demo.code, demo.err]).toEqual([0, '']);
    // As many as the machine gets through in that time.
    expect(demo.out.trim().split('\n').length).toBeGreaterThan(1);
    const verify = await heard(['verify', '--location', 'brasa']);
    expect(verify.out).toMatch(/^log: \d+ events, 1 to \d+ without a gap/);
    // Nobody cooks here. On a slow machine the ladder has told somebody of every ticket by now, and that is well.
    expect(verify.code).toBe(verify.out.includes('NOT HEARD') ? 1 : 0);
    const doctor = await heard(['doctor']);
    expect(doctor.out).toMatch(/ok {3}database +PostgreSQL \d+/);
    expect(doctor.out).toMatch(/ok {3}port .*running Heard/);
  });

  it('[H34] says at its start where each screen of each place is', () => {
    for (const page of ['pos', 'kitchen/grill', 'expo', 'floor', 'host', 'manager'])
      expect(server.output()).toMatch(
        new RegExp(`^    \\S+ +http://localhost:${server.port}/${page}\\?location=brasa$`, 'm'),
      );
    expect(server.output()).toMatch(/^ {4}manager {4}http/m);
  });

  it("[H28] prints no PIN of the house but the demo's, and keeps its secret to itself", async () => {
    expect(server.output()).toContain('Ana (manager) 2222');
    expect(server.output()).not.toContain(server.secret);
    const made = await heard(['version'], { HEARD_SECRET: '' });
    expect(made.code).toBe(0);
    const token = await heard(['token', '--location', 'brasa', '--role', 'waiter'], { HEARD_SECRET: '' });
    expect(token.code).toBe(0);
    expect((await stat(join(server.dataDir, 'secret'))).mode & 0o777).toBe(0o600);
  });
});

describe('a running server', () => {
  it('[H24] is not ready while PostgreSQL is away, and ready again when it is back', async () => {
    const ready = () =>
      fetch(`${server.url}/readyz`).then(
        (response) => response.status,
        () => 0,
      );
    expect(await ready()).toBe(200);
    const pid = Number(
      (await readFile(join(server.dataDir, 'pg', 'postmaster.pid'), 'utf8')).split('\n', 1)[0],
    );
    process.kill(pid, 'SIGKILL');
    await expect.poll(ready, { timeout: 5_000, interval: 10 }).toBe(503);
    await expect.poll(ready, { timeout: 30_000, interval: 50 }).toBe(200);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('[H3] drains at SIGTERM and ends with 0', async () => {
    expect(await server.stop()).toBe(0);
    expect(server.output()).toMatch(/stopped/);
    await server.restart();
  });
});
