import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutants.ts';

/** Loaded first with `--import`: puts the mutant that `HEARD_MUTANT` names into the source as it is read. */
const name = process.env['HEARD_MUTANT'] ?? '';
const mutant = MUTANTS.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`There is no mutant "${name}"`);
const target = new URL(`../../${mutant.file}`, import.meta.url).href;

const source = readFileSync(fileURLToPath(target), 'utf8');
if (source.split(mutant.find).length !== 2)
  throw new Error(
    `The mutant "${name}" finds its place in src/${mutant.file} not exactly once: write it anew`,
  );

registerHooks({
  load(url, context, next) {
    if (url !== target) return next(url, context);
    return {
      format: 'module-typescript',
      source: source.replace(mutant.find, () => mutant.put),
      shortCircuit: true,
    };
  },
});
