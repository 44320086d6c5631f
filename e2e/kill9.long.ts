import { proveKills } from './kills.ts';

proveKills(20);
