import { X509Certificate } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { configOf, readRealOrders } from '../cli/realOrders.ts';
import { lanNames } from '../ops/lanNames.ts';
import { freePort } from '../testkit/ports.ts';
import { startServer } from '../testkit/server.ts';
import type { TestServer } from '../testkit/server.ts';

/** The server as `heard start --lan` runs it, visited by this machine and, through its own network card, by "others". */

const lan = lanNames().addresses.find((address) => isIP(address) === 4);
let server: TestServer;
let tlsPort: number;
let ca: string;

beforeAll(async () => {
  tlsPort = await freePort();
  server = await startServer({
    env: { HOST: '0.0.0.0', HEARD_TLS: 'auto', HEARD_TLS_PORT: String(tlsPort), LOG_LEVEL: 'info' },
  });
  await server.addLocations([['cafe', configOf(readRealOrders().slice(0, 20))]]);
  ca = await readFile(join(server.dataDir, 'tls', 'ca.crt'), 'utf8');
});
afterAll(() => server.dispose());

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

function visit(
  url: string,
  options: { ca?: string; headers?: Record<string, string>; method?: string } = {},
): Promise<Answer> {
  const call = url.startsWith('https:') ? request : requestPlain;
  return new Promise((resolve, reject) => {
    call(
      url,
      {
        method: options.method ?? 'GET',
        headers: { connection: 'close', ...options.headers },
        ca: options.ca,
        agent: false,
      },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    )
      .on('error', reject)
      .end();
  });
}

const page = { accept: 'text/html,*/*' };

describe('a server with a certificate of its own', () => {
  it('[H60] serves everything over TLS to whoever trusts it, sockets included', async () => {
    const answer = await visit(`https://localhost:${tlsPort}/readyz`, { ca });
    expect(answer.status).toBe(200);
    await expect(visit(`https://localhost:${tlsPort}/readyz`)).rejects.toThrow(/certificate/);
    const token = await server.token('cafe', 'kitchen');
    const snapshot = await visit(`https://127.0.0.1:${tlsPort}/v1/locations/cafe/snapshot?topic=kitchen`, {
      ca,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(snapshot.status).toBe(200);
    const ready = await new Promise<string>((resolve, reject) => {
      const socket = new WebSocket(`wss://localhost:${tlsPort}/v1/locations/cafe/stream`, 'heard.v1', {
        agent: new Agent({ ca }),
      });
      socket.on('error', reject);
      socket.on('open', () =>
        socket.send(
          JSON.stringify({
            t: 'hello',
            v: 1,
            token,
            client: { id: 'x' },
            subs: [{ topic: 'kitchen', after: null }],
          }),
        ),
      );
      socket.on('message', (data) => {
        resolve(Buffer.isBuffer(data) ? data.toString() : '');
        socket.close();
      });
    });
    expect(JSON.parse(ready)).toMatchObject({ t: 'ready' });
    // Strict transport security would send every http page of this machine to a port that does not speak it.
    expect((await visit(`https://localhost:${tlsPort}/`, { ca, headers: page })).headers).not.toHaveProperty(
      'strict-transport-security',
    );
  });

  it('[H61] shows a certificate that names this machine, and speaks TLS 1.2 at least', async () => {
    const names = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: tlsPort, ca, servername: 'localhost' }, () => {
        resolve(new X509Certificate(socket.getPeerCertificate(true).raw).subjectAltName ?? '');
        socket.end();
      });
      socket.on('error', reject);
    });
    for (const name of ['localhost', '127.0.0.1', ...lanNames().hosts]) expect(names).toContain(name);
    if (lan !== undefined) expect(names).toContain(lan);
  });

  it('[H62] answers plain http to this machine as before', async () => {
    expect((await visit(`${server.url}/healthz`)).status).toBe(200);
    const token = await server.token('cafe', 'manager');
    const { status } = await visit(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
  });

  it.skipIf(lan === undefined)(
    '[H63] shows others over plain http the way to trust and nothing else: no page, no call, no socket',
    async () => {
      const plain = `http://${lan}:${server.port}`;
      const sent = await visit(`${plain}/kitchen/grill?location=cafe`, { headers: page });
      expect([sent.status, sent.headers['location']]).toEqual([
        302,
        `/setup/trust?to=${encodeURIComponent('/kitchen/grill?location=cafe')}`,
      ]);
      const token = await server.token('cafe', 'manager');
      const call = await visit(`${plain}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
      expect([call.status, JSON.parse(call.text)]).toEqual([
        403,
        expect.objectContaining({
          code: 'forbidden',
          detail: expect.stringContaining(`https://${lan}:${tlsPort}`),
        }),
      ]);
      expect((await visit(`${plain}/v1/accounts/pairings`, { method: 'POST' })).status).toBe(403);
      const closed = await new Promise<string>((resolve) => {
        const socket = new WebSocket(`ws://${lan}:${server.port}/v1/locations/cafe/stream`, 'heard.v1');
        socket.on('open', () => resolve('open'));
        socket.on('error', (error) => resolve(error.message));
      });
      expect(closed).toContain('403');
      expect((await visit(`${plain}/healthz`)).status).toBe(200);
      expect((await visit(`https://${lan}:${tlsPort}/healthz`, { ca })).status).toBe(200);
    },
  );

  it.skipIf(lan === undefined)(
    '[H64] hands its authority out as a certificate, as PEM and as a profile, and says what to compare',
    async () => {
      const plain = `http://${lan}:${server.port}`;
      const facts = JSON.parse((await visit(`${plain}/setup/trust.json`)).text);
      const authority = new X509Certificate(ca);
      expect(facts).toMatchObject({ fingerprint: authority.fingerprint256, port: tlsPort });
      expect(facts.secure).toContain(`https://${lan}:${tlsPort}`);
      expect(facts.plain).toContain(`http://${lan}:${server.port}`);
      expect((await visit(`${plain}/setup/trust.pem`)).text).toBe(ca);
      const crt = await fetch(`${plain}/setup/trust.crt`);
      expect(crt.headers.get('content-type')).toBe('application/x-x509-ca-cert');
      expect(new X509Certificate(Buffer.from(await crt.arrayBuffer())).fingerprint256).toBe(
        facts.fingerprint,
      );
      const profile = await visit(`${plain}/setup/trust.mobileconfig`);
      expect(profile.headers['content-type']).toBe('application/x-apple-aspen-config');
      const data = /<data>([^<]+)<\/data>/.exec(profile.text)?.[1] ?? '';
      expect(new X509Certificate(Buffer.from(data, 'base64')).fingerprint256).toBe(facts.fingerprint);
      expect(
        profile.text.match(/[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-8[0-9A-F]{3}-[0-9A-F]{12}/g),
      ).toHaveLength(2);
    },
  );

  it('[H65] keeps its authority over a restart', async () => {
    await server.stop();
    await server.restart();
    expect(await readFile(join(server.dataDir, 'tls', 'ca.crt'), 'utf8')).toBe(ca);
    expect((await visit(`https://localhost:${tlsPort}/readyz`, { ca })).status).toBe(200);
  });

  it('[H66] says where it is found, and its doctor how long the certificates are good', async () => {
    expect(server.output()).toMatch(/setup\/trust {2}once/);
    if (lan !== undefined) expect(server.output()).toContain(`https://${lan}:${tlsPort}`);
    const child = spawn(process.execPath, [join(import.meta.dirname, '../cli/heard.ts'), 'doctor'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HEARD_DATA_DIR: server.dataDir,
        HEARD_TLS: 'auto',
        PORT: String(server.port),
      },
    });
    let out = '';
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(out).toMatch(/ok {3}tls +the certificate authority is good until \d{4}-\d\d-\d\d \(36\d\d days\)/);
    expect(out).toMatch(/ok {3}tls +the certificate is good until \d{4}-\d\d-\d\d \(39\d days\)/);
  });
});
