import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import serveStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pageHeaders } from './pageHeaders.ts';

/** The address bar's path to the screen that answers it; vite.config.ts keeps the same table for development. */
const PAGES: readonly (readonly [path: string, page: string])[] = [
  ['/', 'home'],
  ['/pos', 'pos'],
  ['/kitchen', 'kitchen'],
  ['/kitchen/:station', 'kitchen'],
  ['/expo', 'expo'],
  ['/floor', 'floor'],
  ['/host', 'host'],
  ['/manager', 'manager'],
  ['/past', 'past'],
  ['/board', 'board'],
  ['/printer/:printer', 'printer'],
  ['/setup', 'setup'],
  ['/setup/trust', 'trust'],
  ['/track/:token', 'track'],
];

/** Where the built screens are: `dist/screens` of this package, from the sources as from the tarball. */
export function screensDir(from: string = import.meta.dirname): string | null {
  for (const candidate of [join(from, '..', '..', 'dist', 'screens'), join(from, '..', 'screens')]) {
    if (existsSync(join(candidate, '.vite', 'manifest.json')) || existsSync(join(candidate, 'assets')))
      return candidate;
  }
  return null;
}

/** Serves the screens. Files named by their content are kept by browsers for a year, pages are asked for each time. */
export async function registerPages(app: FastifyInstance, dir: string | null, tls: boolean): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(helmet, pageHeaders(tls));
    if (dir !== null) {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, open: true };
      });
      // Here only: what the feed sends is compressed once for all its readers, not for each.
      await scope.register(compress, { encodings: ['gzip'], threshold: 1024 });
      await scope.register(serveStatic, {
        root: dir,
        prefix: '/',
        index: false,
        dotfiles: 'ignore',
        decorateReply: false,
        wildcard: true,
        setHeaders(reply, path) {
          const immutable = path.includes(`${join(dir, 'assets')}`);
          void reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      });
    }
    for (const [path, page] of PAGES) {
      scope.get(path, { config: { open: true } }, async (_request, reply) => sendPage(reply, dir, page));
    }
  });
}

async function sendPage(reply: FastifyReply, dir: string | null, page: string): Promise<FastifyReply> {
  const file = dir === null ? null : join(dir, page, 'index.html');
  void reply
    // A guest's address is its key: nothing between here and the phone keeps it.
    .header('cache-control', page === 'track' ? 'no-store' : 'no-cache')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8');
  const policy = reply.getHeader('content-security-policy');
  // The page of trust asks this machine's other door whether the device trusts it.
  if (page === 'trust' && typeof policy === 'string')
    void reply.header(
      'content-security-policy',
      policy.replace("connect-src 'self'", "connect-src 'self' https:"),
    );
  // The black box shows it inside the managers' page. It holds no token, and acts on nothing.
  if (page === 'past' && typeof policy === 'string')
    void reply.header(
      'content-security-policy',
      policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    );
  if (file !== null && existsSync(file)) return reply.send(await readFile(file, 'utf8'));
  const missing =
    dir === null
      ? 'The screens are not built. Run: npm run build'
      : 'This screen is not part of this version.';
  return reply
    .code(dir === null ? 503 : 404)
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Heard</title><p>${missing}</p></html>`,
    );
}
