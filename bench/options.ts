import { parseArgs } from 'node:util';

export type BenchOptions = {
  rounds: number;
  warmUpMs: number;
  measureMs: number;
  only: readonly string[];
  out: string | null;
  profile: boolean;
};

export const USAGE = `npm run bench [-- options]
  --quick            one round, 2 s each, no report files: does it still run?
  --rounds N         rounds to take the medians of (3)
  --seconds S        measured time of each load (4)
  --only A,B         contenders whose names begin like this: heard, express, fastapi
  --profile          only Heard, with V8's profile of its server: where does the time go?
  --out DIR          where report.md and report.json go (bench)`;

/** Reads the command line. Throws with the usage for what it does not know. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string' },
      profile: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'rounds' | 'seconds', fallback: number): number => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value > 0) || (name === 'rounds' && !Number.isInteger(value)))
      throw new Error(`--${name} must be a number above 0, not "${values[name]}"`);
    return value;
  };
  const seconds = number('seconds', values.quick ? 2 : 4);
  return {
    rounds: number('rounds', values.quick || values.profile ? 1 : 3),
    warmUpMs: Math.min(1000, seconds * 500),
    measureMs: seconds * 1000,
    only: values.profile ? ['heard'] : (values.only?.split(',').filter((name) => name !== '') ?? []),
    out: values.out ?? (values.quick || values.profile ? null : 'bench'),
    profile: values.profile,
  };
}
