import { type LocationConfig, locationConfig } from '../domain/config.ts';
import { decide } from '../domain/decide.ts';
import type { Json } from '../domain/documents.ts';
import { type Surroundings, lintHouse, lintWords } from '../domain/lint.ts';
import type { LocationState } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import { type FieldError, fieldErrors } from './problem.ts';

/** Would this configuration be taken, and would the house lose food by it? Nothing is changed by asking. */

export type CheckedHouse = {
  /** Null: it is no configuration yet. */
  readonly config: LocationConfig | null;
  /** What keeps it from being one, by path. */
  readonly problems: readonly FieldError[];
  readonly findings: readonly {
    readonly severity: 'error' | 'warning';
    readonly rule: string;
    readonly path: string;
    readonly values: Readonly<Record<string, string | number>>;
    readonly happens: string;
    readonly mend: string;
  }[];
};

const NOBODY = { id: 'policy:check', role: 'policy' } as const;
const NO_COMMAND = '00000000-0000-7000-8000-000000000000';

export function checkHouse(
  document: Json,
  state: LocationState,
  around: Surroundings,
  now: number,
): CheckedHouse {
  const parsed = locationConfig.safeParse(document);
  if (!parsed.success) return { config: null, problems: fieldErrors(parsed.error.issues), findings: [] };
  const config = parsed.data;
  const decision = decide(
    state,
    { id: NO_COMMAND, name: 'location.configure', input: { config } },
    { at: toInstant(now), by: NOBODY, day: '', dayEnds: '' },
  );
  const problems = decision.ok
    ? []
    : (decision.refusal.errors ?? [{ path: '', message: decision.refusal.detail }]);
  return {
    config,
    problems: problems.map(({ path, message }) => ({ path: path.replace(/^config\.?/, ''), message })),
    findings: lintHouse(config, around).map((finding) => ({
      severity: finding.severity,
      rule: finding.rule,
      path: finding.path.join('.'),
      values: finding.values,
      ...lintWords(finding),
    })),
  };
}
