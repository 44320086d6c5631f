import type { Command } from './commands.ts';
import type { LoggedEvent } from './events.ts';

/**
 * The parts of the house that have rules of their own beside orders and tickets. Commands and events belong to one by the
 * first word of their name; each has a folder with its words, its state, `decide`, `evolve` and what is shown of it.
 */
const FAMILIES = {
  booking: ['reservation', 'waitlist'],
  call: ['call', 'message'],
  channel: ['channel'],
  stock: ['stock'],
} as const;

type Words = typeof FAMILIES;
export type Family = keyof Words;
type Named<F extends Family> = `${Words[F][number]}.${string}`;

export type CommandOf<F extends Family> = Extract<Command, { name: Named<F> }>;
export type EventOf<F extends Family> = Extract<LoggedEvent, { type: Named<F> }>;

export function isCommandOf<F extends Family>(family: F, command: Command): command is CommandOf<F> {
  return isOf(family, command.name);
}

export function isEventOf<F extends Family>(family: F, event: LoggedEvent): event is EventOf<F> {
  return isOf(family, event.type);
}

function isOf(family: Family, name: string): boolean {
  const [word = ''] = name.split('.', 1);
  return FAMILIES[family].some((one) => one === word);
}
