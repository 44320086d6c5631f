import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SCREENS = new URL('../', import.meta.url).pathname;

/** Declarations that name a side of the page instead of a side of the text. */
function sided(source: string, file: string): string[] {
  const css =
    /(?:^|[\s;{"'])((?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right))/;
  const style = /\b(?:(?:margin|padding|border)(?:Left|Right)\w*|textAlign:\s*['"](?:left|right))\b/;
  const utility =
    /["'`\s](?:-?(?:ml|mr|pl|pr|scroll-m[lr]|scroll-p[lr])-[\w[\]./%-]+|-?(?:left|right)-(?:\d|\[|px\b|auto\b|full\b)[\w\]./%-]*|(?:border|rounded)-(?:l|r|tl|tr|bl|br)(?:-[\w-]+)?|text-(?:left|right)|float-(?:left|right))(?=["'`\s])/;
  return source.split('\n').flatMap((text, index) => {
    const found = file.endsWith('.css') ? css.test(text) : style.test(text) || utility.test(text);
    return found ? [`${file}:${index + 1}: ${text.trim()}`] : [];
  });
}

describe('right to left', () => {
  it('[S5] styles use logical properties only', () => {
    const files = readdirSync(SCREENS, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.(css|tsx)$/.test(file) && !file.includes('.test.'),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => sided(readFileSync(SCREENS + file, 'utf8'), file))).toEqual([]);
  });

  it('[S5] the search bites', () => {
    expect(sided('a { margin-left: 4px }', 'a.css')).toHaveLength(1);
    expect(sided('a { left: 4px }', 'a.css')).toHaveLength(1);
    expect(sided('a { text-align: right }', 'a.css')).toHaveLength(1);
    expect(sided('<p className="ml-2">', 'a.tsx')).toHaveLength(1);
    expect(sided('<p className="flex text-left">', 'a.tsx')).toHaveLength(1);
    expect(sided('<p style={{ paddingLeft: 4 }}>', 'a.tsx')).toHaveLength(1);
    expect(sided('a { margin-inline-start: 4px; text-align: start }', 'a.css')).toEqual([]);
    expect(sided('<p className="ms-2 ps-4 text-start rounded-2">', 'a.tsx')).toEqual([]);
  });
});
