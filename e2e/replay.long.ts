import { realOrders } from './kitchen.ts';
import { proveReplay } from './replayProof.ts';

proveReplay(realOrders.length, 900_000);
