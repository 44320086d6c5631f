// What a run of vitest came to, by its own JSON report.
import { readFileSync } from 'node:fs';

/**
 * The results of a run, by file, each with its count of tests: `{ passed, skipped, failed, again }`; `again` are those
 * that needed a second try, with why. A file that could not be loaded, or whose set-up failed, is one failure.
 * `null` when the run left no report.
 */
export function readReport(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
  return new Map(report.testResults.map((file) => [file.name, ofFile(file)]));
}

function ofFile(file) {
  const having = (...statuses) => file.assertionResults.filter((one) => statuses.includes(one.status));
  const failed = having('failed').length;
  return {
    passed: having('passed').length,
    skipped: having('skipped', 'pending', 'todo', 'disabled').length,
    failed: failed === 0 && file.status === 'failed' ? 1 : failed,
    // The report keeps the faults of a test that passed in the end.
    again: having('passed')
      .filter(({ failureMessages }) => failureMessages.length > 0)
      .map(({ title, failureMessages: [first = ''] }) => ({
        title,
        why: first
          .split('\n    at ', 1)[0]
          .replaceAll(/\s*\n\s*/g, ' | ')
          .slice(0, 300),
      })),
  };
}

/** One count over all files. */
export function total(files) {
  /** @type {{ passed: number, skipped: number, failed: number, again: { title: string, why: string }[] }} */
  const sum = { passed: 0, skipped: 0, failed: 0, again: [] };
  for (const file of files.values()) {
    sum.passed += file.passed;
    sum.skipped += file.skipped;
    sum.failed += file.failed;
    sum.again.push(...file.again);
  }
  return sum;
}
