import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * One page per screen: `src/screens/<page>/index.html` becomes `dist/screens/<page>/index.html`,
 * which the server answers at the paths of PATHS. Scripts and fonts lie in `/assets`, named by content.
 */
const PAGES = [
  'kitchen',
  'expo',
  'pos',
  'floor',
  'host',
  'manager',
  'printer',
  'setup',
  'trust',
  'home',
  'track',
  'past',
];

/** The address bar's path to the page that answers it; the server keeps the same table. */
const PATHS: [RegExp, string][] = [
  [/^\/kitchen(\/|$)/, 'kitchen'],
  [/^\/expo\/?$/, 'expo'],
  [/^\/pos\/?$/, 'pos'],
  [/^\/floor\/?$/, 'floor'],
  [/^\/host\/?$/, 'host'],
  [/^\/manager\/?$/, 'manager'],
  [/^\/past\/?$/, 'past'],
  [/^\/printer(\/|$)/, 'printer'],
  [/^\/setup\/trust\/?$/, 'trust'],
  [/^\/setup\/?$/, 'setup'],
  [/^\/track\/[^/]+\/?$/, 'track'],
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

/**
 * `sw.js`, the app shell: tells the service worker which files a page needs without a network, under a version
 * that changes with any of them. Faces of other alphabets are kept when a page first uses them.
 */
function appShell(): Plugin {
  const file = 'sw.js';
  return {
    name: 'heard-shell',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: `${root}shell/worker.ts`, fileName: file });
    },
    writeBundle(options, bundle) {
      const chunk = bundle[file];
      // Not every browser runs a worker that is a module.
      if (chunk?.type !== 'chunk' || chunk.imports.length > 0 || chunk.exports.length > 0)
        this.error('The app shell must be one script without imports and exports.');
      const dir = options.dir ?? '';
      const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .map((path) => `/${path.replaceAll('\\', '/')}`)
        .filter((path) => /\.(html|js|css|svg)$|-sans-latin-wdth-normal[^/]*\.woff2$/.test(path))
        .filter((path) => path !== `/${file}`)
        .sort();
      const hash = createHash('sha256');
      for (const path of files) hash.update(path).update(readFileSync(join(dir, path)));
      const shell = JSON.stringify({ version: hash.digest('hex').slice(0, 12), files });
      const code = readFileSync(join(dir, file), 'utf8');
      if (!code.includes('__SHELL__')) this.error('The app shell has no place for its list of files.');
      writeFileSync(
        join(dir, file),
        code.replaceAll('__SHELL__', () => shell),
      );
    },
  };
}

/**
 * What every page of the house shares is one file: twenty small ones weigh more, and each is a question over the network.
 * The guest's page stands alone and shares none of it; what only some pages use stays with them.
 */
const TOGETHER =
  /src\/screens\/(session|shell|ui)\/(?!time|money|tabletBar|tabletIcons|qrCode|keypad).*\.tsx?$/;

export default defineConfig({
  root,
  base: '/',
  publicDir: 'public',
  plugins: [tailwindcss(), pagesByPath(), preloadLatin(), appShell()],
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
      onwarn(warning, warn) {
        // lucide marks its files for a server that is not here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'board', test: TOGETHER, minShareCount: 5 }],
        },
      },
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
