import { z } from 'zod';

const days = (most: number) => z.int('must be a whole number of days').min(1).max(most);

/** How long a location keeps what it need not keep, in days. The answers of commands go after a week everywhere. */
export const retentionConfig = z.strictObject({
  /** Names, telephone numbers and notes of guests on what is over. What was ordered and sold stays. */
  guests: days(3_650).default(400),
  /** Recordings and words of telephone calls. */
  calls: days(3_650).default(30),
  /** What platforms and telephone agents sent, as it came. */
  inbox: days(30).default(30),
  /** What happened to the lines of screens. */
  connections: days(30).default(30),
  /** Papers of the built-in printers. */
  papers: days(365).default(30),
});
export type RetentionConfig = z.infer<typeof retentionConfig>;

/** Who wanted it: one order's guest, everybody with a telephone number, all before a day, or the house's own rule. */
export const redactionCauses = ['order', 'guest', 'before', 'retention'] as const;
export type RedactionCause = (typeof redactionCauses)[number];
