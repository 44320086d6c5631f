import type { LintRule } from '../../domain/lint.ts';
import { t, type MessageKey } from '../i18n/words.tsx';
import type { Finding } from './draft.ts';
import type { KeptHouse } from './keeper.ts';

/** What the server found, in the device's language. */

const LINT: Record<LintRule, readonly [happens: MessageKey, mend: MessageKey]> = {
  unroutable: ['lint.unroutable', 'lint.unroutable.mend'],
  'deaf-station': ['lint.deaf-station', 'lint.deaf-station.mend'],
  'backup-self': ['lint.backup-self', 'lint.backup-self.mend'],
  'deaf-backup': ['lint.deaf-backup', 'lint.deaf-backup.mend'],
  'course-without-rule': ['lint.course-without-rule', 'lint.course-without-rule.mend'],
  unsatisfiable: ['lint.unsatisfiable', 'lint.unsatisfiable.mend'],
  'mapping-gone': ['lint.mapping-gone', 'lint.mapping-gone.mend'],
  'shared-printer': ['lint.shared-printer', 'lint.shared-printer.mend'],
  'no-price': ['lint.no-price', 'lint.no-price.mend'],
  'no-work': ['lint.no-work', 'lint.no-work.mend'],
  'screen-without-station': ['lint.screen-without-station', 'lint.screen-without-station.mend'],
};

function isKnown(rule: string): rule is LintRule {
  return Object.hasOwn(LINT, rule);
}

/** A finding of a newer server is said in its own words. */
export function findingWords({ rule, values, happens, mend }: Finding): { happens: string; mend: string } {
  if (!isKnown(rule)) return { happens, mend };
  const [does, helps] = LINT[rule];
  return { happens: t(does, values), mend: t(helps, values) };
}

const PROBLEMS: Readonly<Record<string, MessageKey>> = {
  'is missing': 'problem.missing',
  'must not be empty': 'problem.missing',
  'must not be before warn': 'problem.lateBeforeWarn',
  'must not be below min': 'problem.maxBelowMin',
};

/** What the schema says with a value in it. */
const SHAPES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^must have at least/, 'problem.empty'],
  [/^must be number/, 'problem.notNumber'],
  [/^no station "(.+)"$/, 'problem.station'],
  [/^no category "(.*)"$/, 'problem.category'],
  [/^"(.+)" is here twice$/, 'problem.twice'],
];

/** What has no words here is said in the server's own. */
export function problemWords(message: string): string {
  const known = PROBLEMS[message];
  if (known !== undefined) return t(known);
  for (const [shape, words] of SHAPES) {
    const match = shape.exec(message);
    if (match !== null) return t(words, { id: match[1] ?? '' });
  }
  return message;
}

export type Said = { readonly severity: 'error' | 'warning'; readonly words: string; readonly path: string };

/** All that is said of the draft, what blocks a publish first. */
export function allSaid({ problems, findings }: Pick<KeptHouse, 'problems' | 'findings'>): Said[] {
  const said: Said[] = [
    ...problems.map(({ path, message }): Said => ({ severity: 'error', words: problemWords(message), path })),
    ...findings.map((one): Said => {
      const { happens, mend } = findingWords(one);
      return { severity: one.severity, words: `${happens} ${mend}`, path: one.path };
    }),
  ];
  return said.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}
