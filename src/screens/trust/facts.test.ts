import { describe, expect, it } from 'vitest';
import { addressToShow, isFacts, wantedPage } from './facts.ts';

const facts = {
  fingerprint: 'AB:CD',
  validTo: '2036-01-01T00:00:00.000Z',
  port: 8443,
  secure: ['https://192.168.1.20:8443'],
  plain: ['http://192.168.1.20:8080'],
};
const at = (host: string, search = '') => ({
  protocol: 'http:',
  hostname: host.replace(/:\d+$/, ''),
  host,
  search,
});

describe('the way to a secure page', () => {
  it('[S61] leads to the page that was asked for, on this server only', () => {
    const to = (wanted: string) =>
      wantedPage(at('till.local:8080', `?to=${encodeURIComponent(wanted)}`), facts);
    expect(to('/kitchen/grill?location=cafe')).toBe('https://till.local:8443/kitchen/grill?location=cafe');
    for (const elsewhere of ['//evil.example/x', 'https://evil.example', '/\\evil.example', 'javascript:1'])
      expect(to(elsewhere), elsewhere).toMatch(/^https:\/\/till\.local:8443\//);
    expect(wantedPage(at('till.local:8080'), facts)).toBe('https://till.local:8443/');
    expect(to('/setup/trust?to=%2Fpos')).toBe('https://till.local:8443/');
  });

  it('[S61] shows other devices an address that works there', () => {
    expect(addressToShow(at('localhost:8080'), facts)).toBe('http://192.168.1.20:8080/setup/trust');
    expect(addressToShow(at('till.local:8080'), facts)).toBe('http://till.local:8080/setup/trust');
    expect(addressToShow({ ...at('till.local:8443'), protocol: 'https:' }, facts)).toBe(
      'http://192.168.1.20:8080/setup/trust',
    );
  });

  it('[S61] believes nothing that is not what the server says', () => {
    expect(isFacts(facts)).toBe(true);
    for (const wrong of [null, {}, { ...facts, port: '8443' }, { ...facts, secure: [1] }])
      expect(isFacts(wrong)).toBe(false);
  });
});
