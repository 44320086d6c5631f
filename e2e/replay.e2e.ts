import { proveReplay } from './replayProof.ts';

/** With every build; `replay.long.ts` has all of them. */
proveReplay(300, 300_000);
