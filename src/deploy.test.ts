import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from './config.ts';
import { findProgram, haveNginx } from './testkit/have.ts';
import { testNginxConfig, writeNginxConfig } from './testkit/nginx.ts';

/** What `docs/deploy` hands to an operator is read here as its own programs read it, as far as they are on this machine. */

const DEPLOY = join(import.meta.dirname, '../docs/deploy');
const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');

type Service = {
  image: string;
  environment?: Record<string, string>;
  stop_grace_period?: string;
  restart: string;
  volumes?: string[];
  healthcheck?: unknown;
};

function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('how several nodes are run', () => {
  it.skipIf(haveNginx() === undefined || findProgram('openssl') === undefined)(
    '[ND40] nginx takes the configuration as it is documented',
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'heard-n-'));
      await chmod(dir, 0o711);
      const file = await writeNginxConfig({
        dir,
        host: '127.0.0.1',
        port: 8081,
        tlsPort: 8444,
        nodes: [1, 2, 3],
      });
      expect(testNginxConfig(file)).toMatchObject({ ok: true, words: expect.stringContaining('successful') });
      expect(await readFile(file, 'utf8')).toMatch(/hash \$heard_place consistent;/);
      await rm(dir, { recursive: true });
    },
  );

  it('[ND40] no stream is cut within a minute, and idle connections to a node end before the node ends them', () => {
    const text = read('nginx.conf');
    const [server = ''] = /  server \{[\s\S]*/.exec(text) ?? [];
    const streams = /location ~ [^\n]*\(stream\|changes\)[^\n]*\{([^}]*)\}/.exec(text)?.[1] ?? '';
    expect(streams).toContain('proxy_buffering off;');
    expect(streams).not.toMatch(/_timeout /);
    for (const name of ['proxy_read_timeout', 'proxy_send_timeout']) {
      const seconds = Number(new RegExp(`${name} (\\d+)s;`).exec(server)?.[1]);
      expect(seconds, name).toBeGreaterThanOrEqual(60);
    }
    const upstream = /upstream heard \{[\s\S]*?keepalive_timeout (\d+)s;/.exec(text)?.[1];
    const own = /keepAliveTimeout: (\d+)_000/.exec(
      readFileSync(join(import.meta.dirname, 'edge/app.ts'), 'utf8'),
    )?.[1];
    expect(Number(upstream)).toBeLessThan(Number(own));
  });

  it('[ND40] the compose file is three equal nodes with all they need, and patience enough to drain', () => {
    const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(
      read('compose.yaml'),
      { merge: true },
    );
    const { services } = compose;
    expect(Object.keys(services)).toEqual(['node1', 'node2', 'node3', 'postgres', 'redis', 'nginx']);
    for (const name of ['node1', 'node2', 'node3']) {
      const node = services[name];
      const config = readConfig({ ...variables(read('heard.env.example')), ...node?.environment });
      expect(config).toMatchObject({ production: true, demo: 'off', redisUrl: 'redis://redis:6379' });
      const grace = Number(/^(\d+)s$/.exec(node?.stop_grace_period ?? '')?.[1]) * 1000;
      expect(grace).toBeGreaterThanOrEqual(config.drainWaitMs + 25_000 + 10_000);
      for (const volume of node?.volumes ?? [])
        expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    }
    for (const [name, service] of Object.entries(services))
      expect(service.restart, name).toBe('unless-stopped');
    expect(services['postgres']?.healthcheck).toBeDefined();
    expect(services['nginx']?.volumes?.[0]).toContain('./nginx.conf:');
    for (const server of read('nginx.conf').matchAll(/server (\w+):8080/g))
      expect(services).toHaveProperty(server[1] ?? '');
  });

  it('[ND40] the environment and the unit name only what the server knows', () => {
    const env = variables(read('heard.env.example'));
    expect(() => readConfig(env)).not.toThrow();
    expect(env['DATABASE_URL']).toContain(env['POSTGRES_PASSWORD']);
    const source = readFileSync(join(import.meta.dirname, 'config.ts'), 'utf8');
    const unit = read('heard.service');
    const named = [
      ...Object.keys(env).filter((name) => !name.startsWith('POSTGRES_')),
      ...[...unit.matchAll(/(HEARD_[A-Z_]+)=/g)].map((match) => match[1] ?? ''),
    ];
    for (const name of named) expect(source, name).toMatch(new RegExp(`^  ${name}: wants`, 'm'));
    const wait = Number(/HEARD_DRAIN_WAIT=(\d+)/.exec(unit)?.[1]);
    expect(Number(/TimeoutStopSec=(\d+)/.exec(unit)?.[1])).toBeGreaterThanOrEqual(wait + 35);
  });

  it('[ND40] the image runs what the package builds', () => {
    const docker = read('Dockerfile');
    expect(docker).toContain('CMD ["node", "dist/cli/heard.js", "start"]');
    expect(read('heard.service')).toContain('dist/cli/heard.js start');
    expect(existsSync(join(import.meta.dirname, 'cli/heard.ts'))).toBe(true);
    expect(read('Dockerfile.dockerignore')).toMatch(/^node_modules$/m);
  });
});
