import { existsSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * One page per screen: `src/screens/<page>/index.html` becomes `dist/screens/<page>/index.html`,
 * which the server answers at the paths of PATHS. Scripts and fonts lie in `/assets`, named by content.
 */
const PAGES = ['kitchen', 'expo', 'pos', 'floor', 'setup', 'home'];

/** The address bar's path to the page that answers it; the server keeps the same table. */
const PATHS: [RegExp, string][] = [
  [/^\/kitchen(\/|$)/, 'kitchen'],
  [/^\/expo\/?$/, 'expo'],
  [/^\/pos\/?$/, 'pos'],
  [/^\/floor\/?$/, 'floor'],
  [/^\/setup\/?$/, 'setup'],
  [/^\/$/, 'home'],
];

const root = new URL('src/screens/', import.meta.url).pathname;
const server = process.env['HEARD_DEV_SERVER'] ?? 'http://127.0.0.1:8080';

/** In development, answers `/kitchen/grill` with the kitchen's page, as the server does. */
function pagesByPath(): Plugin {
  return {
    name: 'heard-pages',
    configureServer(dev) {
      dev.middlewares.use((request, _response, next) => {
        const [path = '', query] = (request.url ?? '').split('?');
        const page = PATHS.find(([pattern]) => pattern.test(path))?.[1];
        // Modules under the page's own folder (`/kitchen/main.tsx`) are files, not screens.
        if (page !== undefined && !/\.[a-z]+$/.test(path))
          request.url = `/${page}/index.html${query === undefined ? '' : `?${query}`}`;
        next();
      });
    },
  };
}

/** Asks for the Latin face with the page, so that a card is not drawn twice. */
function preloadLatin(): Plugin {
  return {
    name: 'heard-preload',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const font = Object.keys(context.bundle ?? {}).find((file) =>
          /ibm-plex-sans-latin-wdth-normal.*\.woff2$/.test(file),
        );
        if (font === undefined) return [];
        return [
          {
            tag: 'link',
            injectTo: 'head',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${font}` },
          },
        ];
      },
    },
  };
}

export default defineConfig({
  root,
  base: '/',
  publicDir: 'public',
  plugins: [tailwindcss(), pagesByPath(), preloadLatin()],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: '../../dist/screens',
    emptyOutDir: true,
    manifest: true,
    target: ['chrome111', 'safari16.4'],
    cssTarget: ['chrome111', 'safari16.4'],
    // A script beside the page passes a strict content security policy; one inside it would not.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: Object.fromEntries(
        PAGES.filter((page) => existsSync(`${root}${page}/main.tsx`)).map((page) => [
          page,
          `${root}${page}/index.html`,
        ]),
      ),
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/v1': { target: server, ws: true },
      '/docs': { target: server },
    },
  },
});
