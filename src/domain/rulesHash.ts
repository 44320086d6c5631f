/**
 * The hash of the rules: what `ready` says, so that a browser with other rules does not predict.
 * `rulesHash.test.ts` computes it from the sources; with UPDATE_RULES=1 it writes it here.
 */
export const RULES = '0221e65dd9ce';
