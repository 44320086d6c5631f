import type { ProviderTools, Submitted } from '../provider.ts';
import { textAt } from '../wire.ts';
import type { CanonicalCall } from './canonical.ts';
import type { Said } from './when.ts';
import type { Here } from './when.ts';
import { wordsIn } from './words.ts';

/** One thing that an agent asks the house for, and what it is answered. */

export type Asking = {
  readonly tools: ProviderTools;
  readonly call: CanonicalCall;
  /** The house's id of the call. */
  readonly callId: string;
  readonly here: Here;
  readonly args: Readonly<Record<string, unknown>>;
  /** The same for every repeat of this asking. */
  readonly key: string;
};

/** `unclear`: the caller has to be asked; `unavailable`: it cannot be had; `refused`: the house does not do that. */
export type ToolStatus =
  | 'confirmed'
  | 'requested'
  | 'changed'
  | 'cancelled'
  | 'done'
  | 'answered'
  | 'unclear'
  | 'unavailable'
  | 'refused'
  | 'pending';

type Plain = string | number | boolean | readonly string[];
/** `say`: the one sentence that the agent may read out as it is. */
export type ToolAnswer = {
  readonly status: ToolStatus;
  readonly say: string;
  readonly [more: string]: Plain | undefined;
};

export function unclear(say: string, more: Readonly<Record<string, Plain>> = {}): ToolAnswer {
  return { status: 'unclear', say, ...more };
}

/** The rules said no to something that a sentence cannot explain better. */
export function troubled({ tools, here }: Asking, submitted: Submitted): ToolAnswer {
  if (!submitted.ok)
    tools.report('what an agent asked for was refused', {
      why:
        'refusal' in submitted
          ? submitted.refusal.code
          : 'invalid' in submitted
            ? submitted.invalid.map(({ path }) => path).join(', ')
            : 'the id is taken',
    });
  return { status: 'refused', say: wordsIn(here.language).trouble };
}

/** The first of several spellings that says something, as a model's builder may have called it. */
export function argOf(args: Asking['args'], ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

export function textArg(args: Asking['args'], most: number, ...names: readonly string[]): string | null {
  for (const name of names) {
    const text = textAt(args, name);
    if (text !== null) return text.slice(0, most).toWellFormed().trim();
  }
  return null;
}

/** What the guest is called, and the number they gave or call from. */
export function guestOf({ args, call }: Asking): { name: string | null; phone: string | null } {
  return {
    name: textArg(args, 80, 'guest_name', 'name', 'customer_name', 'guest', 'caller_name'),
    phone:
      phoneOf(textArg(args, 40, 'phone', 'phone_number', 'callback_number', 'guest_phone')) ??
      phoneOf(call.from),
  };
}

/** A withheld number is "anonymous", "restricted" or a word of the network: nothing to ring back. */
export function phoneOf(said: string | null): string | null {
  return said !== null && said.replaceAll(/\D/g, '').length >= 5 ? said.slice(0, 40) : null;
}

export function whenSaid(args: Asking['args'], prefix = ''): Said {
  const of = (...names: string[]): unknown => argOf(args, ...names.map((name) => `${prefix}${name}`));
  return {
    day: of('date', 'day', 'reservation_date'),
    time: of('time', 'reservation_time', 'at_time'),
    both: of('datetime', 'date_time', 'when', 'at', 'start', 'start_time'),
  };
}

export function partyArg(args: Asking['args'], prefix = ''): unknown {
  return argOf(
    args,
    ...['party_size', 'party', 'guests', 'people', 'covers', 'number_of_guests', 'number_of_people'].map(
      (name) => `${prefix}${name}`,
    ),
  );
}

/** A list of words, or words with commas between them. */
export function listArg(args: Asking['args'], most: number, ...names: readonly string[]): string[] {
  const value = argOf(args, ...names);
  const parts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;،]/) : [];
  return [
    ...new Set(
      parts.slice(0, most).flatMap((part) => {
        const text = textAt(part);
        return text === null || /^(?:none|no|n\/a|ninguna?|لا)$/i.test(text)
          ? []
          : [text.slice(0, 60).toWellFormed().trim()];
      }),
    ),
  ];
}
