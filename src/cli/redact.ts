import { redactBody, wishOf } from '../edge/privacyRoutes.ts';
import { RedactionRefused, redact as forget } from '../ops/redact.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { mustExist, withWorkshop } from './workshop.ts';

/** `heard redact`: what guests said of themselves is overwritten, beside a running server or without one. */
export const redact: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    order: { type: 'string' },
    guest: { type: 'string' },
    before: { type: 'string' },
  });
  const location = must('--location', values.location);
  const { order, guest, before } = values;
  const parsed = redactBody.safeParse({
    ...(order !== undefined && { order }),
    ...(guest !== undefined && { guest }),
    ...(before !== undefined && {
      before: /^\d{4}-\d\d-\d\d$/.test(before) ? `${before}T00:00:00Z` : before,
    }),
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UsageError(
      issue === undefined || issue.path.length === 0
        ? 'say one of --order, --guest and --before'
        : `--${issue.path.join('.')} ${issue.message}`,
    );
  }
  return withWorkshop(terminal, async (shop) => {
    await mustExist(shop, location);
    try {
      const by = { id: 'cli:redact', role: 'owner', name: 'heard redact' } as const;
      const report = await forget(shop, location, wishOf(parsed.data), by);
      const { subjects, open, events, answers, rows } = report;
      const tables = Object.entries(rows).map(([table, count]) => `${count} in ${table}`);
      terminal.out(
        subjects.length === 0
          ? 'nothing to forget'
          : `forgot ${subjects.length}: ${events} events and ${answers} answers overwritten; rows: ${tables.join(', ')}`,
      );
      if (open.length > 0) terminal.out(`left alone, still open: ${open.join(', ')}`);
      if (subjects.length > 0) terminal.out('backups were not reached: see docs/guide/privacy.md');
      return 0;
    } catch (error) {
      if (!(error instanceof RedactionRefused)) throw error;
      terminal.say(error.message);
      return 1;
    }
  });
};
