import { describe, expect, it } from 'vitest';
import { whyNoDemo } from './demoDoor.ts';

const ground = { loopbackOnly: true, hasPublicUrl: false };
type Asked = Parameters<typeof whyNoDemo>[1];
const request = (headers: Record<string, string | undefined> = {}, remoteAddress = '127.0.0.1'): Asked => ({
  remoteAddress,
  httpVersion: '1.1',
  headers: {
    host: 'localhost:8080',
    origin: 'http://localhost:8080',
    'sec-fetch-site': 'same-origin',
    ...headers,
  },
});

describe('the demo signs itself in', () => {
  it('[H12] when all conditions hold', () => {
    expect(whyNoDemo(ground, request())).toBeNull();
    expect(
      whyNoDemo(
        ground,
        request({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }, '::ffff:127.0.0.1'),
      ),
    ).toBeNull();
    expect(whyNoDemo(ground, request({ host: '[::1]:8080', origin: 'http://[::1]:8080' }, '::1'))).toBeNull();
  });

  it.each<[title: string, asked: Asked, more?: Partial<typeof ground>]>([
    ['the server listens beyond this machine', request(), { loopbackOnly: false }],
    ['HEARD_PUBLIC_URL is set', request(), { hasPublicUrl: true }],
    ['the request comes from another machine', request({}, '192.168.1.20')],
    ['the address is not known', { ...request(), remoteAddress: undefined }],
    ['the request is HTTP/1.0, as proxies speak', { ...request(), httpVersion: '1.0' }],
    ['there is no Origin', request({ origin: undefined })],
    ['the Origin is null', request({ origin: 'null' })],
    ['the Origin is a web page', request({ origin: 'https://evil.example' })],
    [
      'the Origin is a name that only starts like this machine',
      request({ origin: 'http://localhost.evil.example:8080', host: 'localhost.evil.example:8080' }),
    ],
    [
      'the name was rebound to this machine',
      request({ origin: 'http://evil.example:8080', host: 'evil.example:8080' }),
    ],
    ['the Origin is another server of this machine', request({ origin: 'http://localhost:3000' })],
    ['a file asks', request({ origin: 'file://' })],
    ['another site asks', request({ 'sec-fetch-site': 'cross-site' })],
    ['another port of this machine asks', request({ 'sec-fetch-site': 'same-site' })],
    ['nobody says who asks', request({ 'sec-fetch-site': undefined })],
    ['Forwarded', request({ forwarded: 'for=1.2.3.4' })],
    ['Via', request({ via: '1.1 proxy' })],
    ['X-Forwarded-For', request({ 'x-forwarded-for': '1.2.3.4' })],
    ['X-Forwarded-Proto', request({ 'x-forwarded-proto': 'https' })],
    ['X-Real-IP', request({ 'x-real-ip': '1.2.3.4' })],
    ['CF-Connecting-IP', request({ 'cf-connecting-ip': '1.2.3.4' })],
  ])('[H12] not when: %s', (_title, asked, more = {}) => {
    expect(whyNoDemo({ ...ground, ...more }, asked)).not.toBeNull();
  });
});
