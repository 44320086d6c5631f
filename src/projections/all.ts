import { kitchen } from './kitchen.ts';
import { orders } from './orders.ts';
import type { Projection } from './projection.ts';
import { sales } from './sales.ts';

/** Everything that is made of the log as ordinary tables. */
export const PROJECTIONS: readonly Projection[] = [orders, sales, kitchen];
