import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/**
 * Every rule of the product has an id (`docs/rules/<area>.md`, one `- [L3] sentence` a line), and
 * the tests that hold it carry the id in their titles. Neither may name what the other lacks.
 */

const ROOT = join(import.meta.dirname, '..');
const ID = /\[([A-Z]{1,4}\d{1,3}[a-z]?)\]/g;
const FEWEST_RULES = 4;

interface Mention {
  id: string;
  where: string;
}

/** The ids that open the list items of one page. */
function rulesOf(page: string, text: string): Mention[] {
  return [...text.matchAll(/^[-*] \[([A-Z]{1,4}\d{1,3}[a-z]?)\] \S/gm)].map((match) => ({
    id: match[1] ?? '',
    where: page,
  }));
}

/** The ids in the titles of `it`, `test` and `describe`, in all their forms. */
function titlesOf(path: string, text: string): Mention[] {
  const found: Mention[] = [];
  const { program } = parseSync(path, text);
  new Visitor({
    CallExpression(call) {
      let callee: unknown = call.callee;
      while (isNode(callee) && !('name' in callee))
        callee = callee['callee'] ?? callee['object'] ?? callee['tag'];
      if (!isNode(callee) || !['it', 'test', 'describe'].includes(String(callee['name']))) return;
      const title = call.arguments[0];
      const words =
        title?.type === 'Literal'
          ? String(title.value)
          : title?.type === 'TemplateLiteral'
            ? title.quasis.map((part) => part.value.raw).join('…')
            : '';
      for (const match of words.matchAll(ID)) found.push({ id: match[1] ?? '', where: path });
    },
  }).visit(program);
  return found;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readAll(folder: string, wanted: RegExp): { path: string; text: string }[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => wanted.test(path))
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(ROOT, folder, path), 'utf8') }));
}

const rules = readAll('docs/rules', /\.md$/).flatMap(({ path, text }) => rulesOf(path, text));
const titles = [
  // Shared suites live in testkit, so every source may hold titles.
  ...readAll('src', /(\.(test|long)\.tsx?|^testkit\/.*\.ts|\/testing\/.*\.tsx?)$/),
  ...readAll('e2e', /\.ts$/),
  ...readAll('bench', /\.(test|long)\.ts$/),
].flatMap(({ path, text }) => titlesOf(path, text));

describe('the rules and the tests that hold them', () => {
  it('[HS3] every rule is carried by the title of a test', () => {
    const carried = new Set(titles.map((title) => title.id));
    expect(rules.filter((rule) => !carried.has(rule.id)).map((rule) => `${rule.id} (${rule.where})`)).toEqual(
      [],
    );
  });

  it('[HS3] every id in a title is a rule', () => {
    const known = new Set(rules.map((rule) => rule.id));
    const unknown = titles.filter((title) => !known.has(title.id));
    expect([...new Set(unknown.map((title) => `${title.id} (${title.where})`))]).toEqual([]);
  });

  it('[HS3] an id is given once', () => {
    const pages = new Map<string, string>();
    const twice = rules.filter((rule) => pages.has(rule.id) || !pages.set(rule.id, rule.where));
    expect(twice.map((rule) => `${rule.id} (${rule.where} and ${pages.get(rule.id)})`)).toEqual([]);
  });

  it('[HS3] the reader finds rules and titles', () => {
    expect(rules.length).toBeGreaterThanOrEqual(FEWEST_RULES);
    expect(titles.length).toBeGreaterThanOrEqual(FEWEST_RULES);
    const forms = `it('[A1] x', f); it.each(rows)('[A2] %s', f); test.skipIf(no())(\`[A3] \${x} [A4]\`, f);
      describe('[A5]', f); it.each\`a\`('[A6] x', f); other('[A7] x'); it('says', () => expect('[A8]')); `;
    expect(titlesOf('x.ts', forms).map((title) => title.id)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
    const page = '# [B1]\n- [B2] A rule.\n  - [B3] not at the margin\n- [B4]\n* [B5a] Another.\n';
    expect(rulesOf('x.md', page).map((rule) => rule.id)).toEqual(['B2', 'B5a']);
  });
});
