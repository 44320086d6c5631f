import { proveKills } from './kills.ts';

/** With every build; `kill9.long.ts` has the twenty. */
proveKills(5);
