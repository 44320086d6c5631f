/**
 * A rule said no. `code` is the contract's; `current` names the entity to show as it is (409 for staff).
 * A refusal changes nothing and is not stored: the same command may succeed later.
 */
export type Refusal = {
  code: 'not_found' | 'conflict' | 'invalid_input' | 'forbidden';
  detail: string;
  errors?: { path: string; message: string }[];
  /** Of a time that cannot be had: the nearest that can. */
  alternatives?: Alternative[];
  current?: {
    kind:
      | 'ticket'
      | 'order'
      | 'table'
      | 'menu'
      | 'reservation'
      | 'waitlist'
      | 'call'
      | 'task'
      | 'channel'
      | 'stock';
    id: string;
  };
};

/** A time at which the party could come; `local` is what the wall of the place says then: `2026-11-20T20:15`. */
export type Alternative = { at: string; local: string; party: number; minutes: number };

/** Thrown inside `decide` only, and caught at its edge: rules read as sentences, not as plumbing. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

export function notFound(kind: string, id: string): Refused {
  return new Refused({ code: 'not_found', detail: `There is no open ${kind} ${id} here.` });
}

export function conflict(detail: string, current?: Refusal['current']): Refused {
  return new Refused({ code: 'conflict', detail, ...(current && { current }) });
}

export function invalid(path: string, message: string): Refused {
  return new Refused({ code: 'invalid_input', detail: `${path} ${message}`, errors: [{ path, message }] });
}

export function forbidden(detail: string): Refused {
  return new Refused({ code: 'forbidden', detail });
}
