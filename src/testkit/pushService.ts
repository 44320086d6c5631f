import { createDecipheriv, createECDH, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { importJWK, jwtVerify } from 'jose';
import { makeCertificate } from '../ops/certificate.ts';

/**
 * A push service of our own (RFC 8030) with a browser behind it: it checks who sends (RFC 8292) and opens what was sealed
 * (RFC 8291) with the browser's keys, by the specification and not by the library that sealed it.
 */
export type Delivered = {
  readonly body: unknown;
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  /** The sealed bytes, to look that nothing stands in them in the clear. */
  readonly sealed: Buffer;
  readonly subject: string | undefined;
};
export type PushService = {
  readonly subscription: { endpoint: string; p256dh: string; auth: string; language: string };
  readonly host: string;
  /** The certificate that a sender has to trust. */
  readonly ca: string;
  readonly delivered: Delivered[];
  /** What it answers; 201 unless a test says otherwise. */
  status: number;
  readonly refused: string[];
  close(): Promise<void>;
};

export async function startPushService(publicKey: string): Promise<PushService> {
  const { ca, cert, key } = ownCertificate();
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const delivered: Delivered[] = [];
  const refused: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sealed = Buffer.concat(chunks);
      void (async () => {
        try {
          const subject = await whoSends(request.headers, publicKey, service.host);
          const body: unknown = JSON.parse(
            open(sealed, browser.getPrivateKey(), browser.getPublicKey(), auth),
          );
          if (service.status === 201)
            delivered.push({
              body,
              ttl: Number(request.headers['ttl']),
              urgency: one(request.headers['urgency']),
              topic: one(request.headers['topic']),
              sealed,
              subject,
            });
          response.writeHead(service.status, { location: `https://${service.host}/message/1` }).end();
        } catch (error) {
          refused.push(String(error));
          response.writeHead(403).end(String(error));
        }
      })();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the push service has no port');
  const host = `localhost:${at.port}`;
  const service: PushService = {
    subscription: {
      endpoint: `https://${host}/push/${randomBytes(12).toString('hex')}`,
      p256dh: browser.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
      language: 'en',
    },
    host,
    ca,
    delivered,
    refused,
    status: 201,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return service;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** RFC 8292: the sender signs with the key that the subscription was made with. Throws when it is somebody else. */
async function whoSends(
  headers: IncomingHttpHeaders,
  publicKey: string,
  host: string,
): Promise<string | undefined> {
  const [, token = '', key = ''] = /^vapid t=([^,]+), *k=(.+)$/.exec(headers.authorization ?? '') ?? [];
  if (key !== publicKey) throw new Error('another key than the subscription has');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience: `https://${host}` });
  return payload.sub;
}

/** RFC 8291 over RFC 8188 (aes128gcm), one record. Throws when a byte is not as it was. */
function open(sealed: Buffer, privateKey: Buffer, publicKey: Buffer, auth: Buffer): string {
  const salt = sealed.subarray(0, 16);
  const length = sealed[20] ?? 0;
  const sender = sealed.subarray(21, 21 + length);
  const record = sealed.subarray(21 + length);
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey);
  const shared = curve.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
  const ikm = Buffer.from(hkdfSync('sha256', shared, auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16));
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
  const end = padded.lastIndexOf(2);
  return padded.subarray(0, end).toString('utf8');
}

function ownCertificate(): { ca: string; cert: string; key: string } {
  const [authority, server] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  const issuer = { name: 'a push service of the tests', ...authority };
  const times = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  return {
    ca: makeCertificate({
      name: issuer.name,
      publicKey: authority.publicKey,
      issuer,
      authority: { domains: ['localhost'], networks: [{ address: '127.0.0.0', prefix: 8 }] },
      ...times,
    }),
    cert: makeCertificate({
      name: 'localhost',
      publicKey: server.publicKey,
      issuer,
      names: ['localhost', '127.0.0.1'],
      ...times,
    }),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
