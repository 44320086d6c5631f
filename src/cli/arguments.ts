import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';

/** What a command gets beside its arguments: `out` is its answer (stdout), `say` is for the person (stderr). */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly say: (line: string) => void;
};

/** A command of the CLI; answers the exit code. */
export type Command = (argv: readonly string[], terminal: Terminal) => Promise<number>;

/** The command was typed wrongly: exit 2 with its usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Parses flags; unknown ones and missing values are UsageErrors. */
export function readFlags<T extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: T,
  positionals = 0,
) {
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: positionals > 0, strict: true });
    if (parsed.positionals.length > positionals)
      throw new UsageError(`does not know what to do with "${parsed.positionals[positionals] ?? ''}"`);
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      error instanceof Error ? (error.message.split('. ', 1)[0] ?? error.message) : String(error),
    );
  }
}

/** `90s`, `15m`, `1h`, `30d` or plain seconds; in seconds. */
export function readDuration(flag: string, text: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  const seconds =
    match === null
      ? 0
      : Number(match[1]) * ({ '': 1, s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] ?? ''] ?? 1);
  if (seconds < 1) throw new UsageError(`${flag} must be a time such as 90s, 15m, 1h or 30d`);
  return seconds;
}

/** A flag that must be there. */
export function must(flag: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`${flag} is missing`);
  return value;
}
