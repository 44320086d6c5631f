import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('settings', () => {
  it('[H1] has a default for everything', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      tls: 'off',
      demo: 'auto',
      logLevel: 'info',
      production: false,
      databaseUrl: undefined,
      publicUrl: undefined,
    });
    expect(readConfig({}).dataDir).toMatch(/\/\.heard$/);
  });

  it('[H1] listens everywhere in production only', () => {
    expect(readConfig({ NODE_ENV: 'production' }).host).toBe('0.0.0.0');
    expect(readConfig({ NODE_ENV: 'production', HOST: '127.0.0.1' }).host).toBe('127.0.0.1');
  });

  it('[H1] takes an empty value for none, and trims', () => {
    expect(
      readConfig({ PORT: '', HOST: ' localhost ', HEARD_PUBLIC_URL: 'https://x.example/' }),
    ).toMatchObject({ port: 8080, host: 'localhost', publicUrl: 'https://x.example' });
    expect(readConfig({ HEARD_TLS: '/a/cert.pem,/a/key.pem' }).tls).toEqual({
      cert: '/a/cert.pem',
      key: '/a/key.pem',
    });
    expect(readConfig({ HEARD_TLS: 'auto' })).toMatchObject({ tls: 'auto', tlsPort: 8443 });
    expect(readConfig({ HEARD_DEMO: 'public' }).demo).toBe('public');
  });

  it('[H1] believes no proxy unless it is named', () => {
    expect(readConfig({}).trustProxy).toEqual([]);
    expect(readConfig({ HEARD_TRUST_PROXY: 'off' }).trustProxy).toEqual([]);
    expect(readConfig({ HEARD_TRUST_PROXY: 'loopback, 10.1.0.0/16, fd00::1' }).trustProxy).toEqual([
      '127.0.0.0/8',
      '::1/128',
      '10.1.0.0/16',
      'fd00::1/128',
    ]);
  });

  it.each([
    ['PORT', '99999'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['HOST', 'http://x'],
    ['HOST', '999.999.999.999'],
    ['HEARD_TLS', 'automatic'],
    ['HEARD_TLS_PORT', '70000'],
    ['HEARD_TLS', 'cert.pem'],
    ['DATABASE_URL', 'mysql://x'],
    ['REDIS_URL', 'localhost:6379'],
    ['HEARD_SECRET', 'short'],
    ['HEARD_DEMO', 'yes'],
    ['HEARD_DEMO_PAST', '91'],
    ['HEARD_PUBLIC_URL', 'example.com'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'prod'],
    ['HEARD_METRICS_TOKEN', 'x'],
    ['HEARD_DRAIN_WAIT', '301'],
    ['HEARD_DRAIN_WAIT', '5s'],
    ['HEARD_TRUST_PROXY', 'yes'],
    ['HEARD_TRUST_PROXY', '10.0.0.0/33'],
    ['HEARD_TRUST_PROXY', '0.0.0.0/0'],
    ['HEARD_TRUST_PROXY', '10.0.0.1,'],
  ])('[H1] refuses %s=%s by one line with its name', (name, value) => {
    const error = (() => {
      try {
        readConfig({ [name]: value });
        return null;
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error instanceof Error ? error.message : '')).toMatch(
      new RegExp(`^${name} must be [^\\n]+$`),
    );
  });

  it('[H1] never repeats a secret', () => {
    for (const [name, value] of [
      ['HEARD_SECRET', 'hunter2'],
      ['DATABASE_URL', 'mysql://u:hunter2@h/d'],
      ['REDIS_URL', 'x://:hunter2@h'],
      ['HEARD_METRICS_TOKEN', 'hunter2'],
    ] as const) {
      expect(() => readConfig({ [name]: value })).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
      );
    }
  });
});
