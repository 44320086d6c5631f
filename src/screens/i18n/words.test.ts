import { compileMessage } from '@lingui/message-utils/compileMessage';
import { readFileSync, readdirSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { channelsWords } from './channelsWords.ts';
import { callsWords } from './calls.ts';
import { deliveriesWords } from './deliveriesWords.ts';
import { deviceWords } from './device.ts';
import { expoWords } from './expo.ts';
import { figuresWords } from './figuresWords.ts';
import { floorWords } from './floor.ts';
import { hostWords } from './host.ts';
import { homeWords } from './home.ts';
import { kitchenWords } from './kitchen.ts';
import { chooseLanguage, directionOf, localeOf } from './language.ts';
import { managerWords } from './managerWords.ts';
import { pastWords } from './pastWords.ts';
import { platformWords } from './platformWords.ts';
import { posWords } from './pos.ts';
import { printerWords } from './printer.ts';
import { setupWords } from './setup.ts';
import { setupDeskWords } from './setupDesk.ts';
import { setupOutsideWords } from './setupOutside.ts';
import { setupRoomsWords } from './setupRooms.ts';
import { stockWords } from './stock.ts';
import { trackWords } from './track.ts';
import { trustWords } from './trust.ts';
import { uiWords } from './ui.ts';

const AREAS = {
  ui: uiWords,
  device: deviceWords,
  channels: channelsWords,
  deliveries: deliveriesWords,
  trust: trustWords,
  kitchen: kitchenWords,
  expo: expoWords,
  platform: platformWords,
  pos: posWords,
  floor: floorWords,
  printer: printerWords,
  setup: setupWords,
  setupDesk: setupDeskWords,
  setupRooms: setupRoomsWords,
  setupOutside: setupOutsideWords,
  host: hostWords,
  calls: callsWords,
  home: homeWords,
  manager: managerWords,
  figures: figuresWords,
  past: pastWords,
  stock: stockWords,
  track: trackWords,
};

/** The names of a message's arguments and of its tags, in every branch of its plurals. */
function holes(message: string): string[] {
  compileMessage(message);
  // A brace after a plural's selector opens a branch, any other an argument.
  const names = [
    ...message.matchAll(/(?<!\b(?:zero|one|two|few|many|other)\s*|=\d+\s*)\{\s*(\w+)\s*[,}]/g),
  ].map(([, name = '']) => name);
  const tags = [...message.matchAll(/<\w+>/g)].map(([tag]) => tag);
  return [...new Set([...names, ...tags])].sort();
}

describe('the words of the screens', () => {
  for (const [name, area] of Object.entries(AREAS)) {
    it(`[S3] ${name}: every language has the same keys, filled, with the same arguments`, async () => {
      for (const other of [await area.es(), await area.ar()]) {
        expect(Object.keys(other).sort()).toEqual(Object.keys(area.en).sort());
        for (const [key, message] of Object.entries(other)) {
          expect(message.trim(), key).not.toBe('');
          expect(holes(message), key).toEqual(holes(area.en[key] ?? ''));
        }
      }
    });
  }

  it('[S3] the check of arguments bites', () => {
    expect(holes('{count, plural, one {# of {total}} other {<b>#</b>}}')).toEqual(['<b>', 'count', 'total']);
    expect(holes('{name} is here')).not.toEqual(holes('{nome} is here'));
  });

  it('[S3] keys are unique over all areas, so that no page shows the words of another', () => {
    const keys = Object.values(AREAS).flatMap((area) => Object.keys(area.en));
    expect(keys.length).toBe(new Set(keys).size);
  });

  it('[S3] no screen says a word that is not in the catalogs', () => {
    const said = screenFiles().flatMap((file) => literalWords(readFileSync(file, 'utf8'), file));
    expect(said).toEqual([]);
    expect(screenFiles().length).toBeGreaterThan(10);
  });

  it('[S3] the search for stray words bites', () => {
    expect(literalWords('const a = <p aria-label="Close it">Hello <b>{x}</b></p>;', 'sin.tsx')).toHaveLength(
      2,
    );
    expect(literalWords('const a = <p className="x">· {t("a")}</p>;', 'fine.tsx')).toEqual([]);
  });
});

describe('the language of a device', () => {
  it('[S4] is the one asked for, else the last one, else the browser’s, else English', () => {
    expect(chooseLanguage('ar', 'es', ['en'])).toBe('ar');
    expect(chooseLanguage(null, 'es', ['en'])).toBe('es');
    expect(chooseLanguage('xx', null, ['fr-FR', 'es-AR'])).toBe('es');
    expect(chooseLanguage(null, null, ['fr'])).toBe('en');
  });

  it('[S4] Arabic runs from right to left, with Western digits as on the paper', () => {
    expect(directionOf('ar')).toBe('rtl');
    expect(directionOf('es')).toBe('ltr');
    expect(new Intl.NumberFormat(localeOf('ar')).format(118)).toBe('118');
  });
});

function screenFiles(): string[] {
  const root = new URL('../', import.meta.url).pathname;
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx') && !file.includes('.test.') && !file.includes('testing/'))
    .map((file) => root + file);
}

const SPOKEN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'aria-description']);

/** Text of JSX and of attributes that are read out, written in the code itself. Marks such as `·` and single letters are no words. */
function literalWords(source: string, file: string): string[] {
  const found: string[] = [];
  const isWord = (text: string): boolean => /\p{L}{2,}/u.test(text);
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const one = node as { type?: string; value?: unknown; name?: { name?: string } };
    if (one.type === 'JSXText' && typeof one.value === 'string' && isWord(one.value))
      found.push(`${file}: ${one.value.trim()}`);
    if (one.type === 'JSXAttribute' && SPOKEN.has(one.name?.name ?? '')) {
      const value = (one.value as { type?: string; value?: unknown } | null)?.value;
      if (typeof value === 'string' && isWord(value)) found.push(`${file}: ${value}`);
    }
    Object.values(node).forEach(walk);
  };
  walk(parseSync(file, source).program);
  return found;
}
