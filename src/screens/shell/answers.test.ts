import { describe, expect, it } from 'vitest';
import { shellAnswer } from './answers.ts';

const FILES = new Set(['/kitchen/index.html', '/home/index.html', '/old.js', '/assets/kitchen-1a.js']);
const ask = (path: string, more: { method?: string; navigates?: boolean } = {}) =>
  shellAnswer({ method: 'GET', path, navigates: false, ...more }, FILES);

describe('what the app shell answers', () => {
  it.each([
    ['/kitchen/grill', '/kitchen/index.html'],
    ['/kitchen', '/kitchen/index.html'],
    ['/', '/home/index.html'],
  ])('[E5] opens %s without a network', (path, key) => {
    expect(ask(path, { navigates: true })).toEqual({ how: 'page', key });
  });

  it.each(['/assets/kitchen-1a.js', '/assets/seen-later.woff2', '/old.js'])(
    '[E5] gives a page its own file %s',
    (path) => {
      expect(ask(path)).toEqual({ how: 'file', key: path });
    },
  );

  it.each([
    '/v1/locations/brasa/snapshot',
    '/v1/locations/brasa/stream',
    '/v1/accounts/demo',
    '/v1/openapi.json',
    '/metrics',
    '/readyz',
    '/docs/static/swagger-ui.js',
    '/sw.js',
    '/kitchen/index.html',
  ])('[E6] leaves %s to the server', (path) => {
    expect(ask(path)).toBeNull();
  });

  it('[E6] leaves pages it does not have, and everything that writes, to the server', () => {
    expect(ask('/docs', { navigates: true })).toBeNull();
    expect(ask('/manager', { navigates: true })).toBeNull();
    expect(ask('/v1/openapi.json', { navigates: true })).toBeNull();
    expect(ask('/kitchen/grill', { navigates: true, method: 'POST' })).toBeNull();
    expect(ask('/assets/kitchen-1a.js', { method: 'HEAD' })).toBeNull();
  });
});
