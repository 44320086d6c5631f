import type { ReactElement, ReactNode } from 'react';
import { BagIcon, BikeIcon, PhoneIcon, StoreIcon, UtensilsIcon } from './icons.tsx';

/**
 * The language's own drawings: what a mark means is carried by its shape; colour comes third.
 * All are mute: a mark always has its word beside it.
 */

/** How far a ticket's delivery got: ✓ sent, ✓✓ heard, ● touched, ! unheard, dashed clock not sent yet. */
export type Receipt = 'sent' | 'heard' | 'touched' | 'unheard' | 'queued';

const RECEIPTS: Record<Receipt, ReactElement> = {
  sent: <path d="m5 12.5 4.6 4.6L19 7.5" />,
  heard: (
    <>
      <path d="m2.5 12.7 4.4 4.4L16 7.5" />
      <path d="m10.6 16.4.8.8L21.5 7.5" />
    </>
  ),
  touched: <circle cx="12" cy="12" r="7.5" fill="currentColor" stroke="none" />,
  unheard: (
    <>
      <path d="M12 1.8 22.2 12 12 22.2 1.8 12z" fill="currentColor" stroke="none" />
      <path d="M12 7v6M12 16.4v.3" stroke="var(--mark-cut, var(--on-late))" strokeWidth="2.8" />
    </>
  ),
  queued: (
    <>
      <path d="M12 3.5a8.5 8.5 0 1 1-8.2 6.3" strokeDasharray="3.4 3" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
};

export function ReceiptMark({
  receipt,
  className = '',
}: {
  receipt: Receipt;
  className?: string;
}): ReactElement {
  return (
    <svg
      className={`i rc rc-${receipt} ${className}`}
      viewBox="0 0 24 24"
      strokeWidth="2.8"
      aria-hidden="true"
    >
      {RECEIPTS[receipt]}
    </svg>
  );
}

/** Where work stands: ring, half disc, disc with check, triangle with !, dashed ring with pause bars. */
export type Work = 'waiting' | 'cooking' | 'ready' | 'blocked' | 'held';

const DOTS: Record<Work, ReactElement> = {
  waiting: <circle cx="12" cy="12" r="8.5" />,
  cooking: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor" stroke="none" />
    </>
  ),
  ready: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" stroke="none" />
      <path d="m7.5 12.3 3 3 6-6.3" stroke="var(--dot-cut, var(--card))" strokeWidth="3" />
    </>
  ),
  blocked: (
    <>
      <path d="M12 2.5 22 20.5H2z" fill="currentColor" stroke="none" />
      <path d="M12 9.5v5M12 17.2v.3" stroke="var(--dot-cut, var(--card))" strokeWidth="2.6" />
    </>
  ),
  held: (
    <>
      <circle cx="12" cy="12" r="8.5" strokeDasharray="3.2 3.4" />
      <path d="M10 9v6M14 9v6" />
    </>
  ),
};

export function WorkDot({ work, className = '' }: { work: Work; className?: string }): ReactElement {
  return (
    <svg
      className={`i dot dot-${work} ${className}`}
      viewBox="0 0 24 24"
      strokeWidth="2.6"
      aria-hidden="true"
    >
      {DOTS[work]}
    </svg>
  );
}

/** The tile is the "no": square `-` for removed, round `+` for added. */
export function SignTile({ sign }: { sign: 'add' | 'remove' }): ReactElement {
  return (
    <span className={`sign sign-${sign}`} aria-hidden="true">
      <svg viewBox="0 0 24 24">
        <path
          d={sign === 'add' ? 'M4.5 12h15M12 4.5v15' : 'M4.5 12h15'}
          strokeWidth={sign === 'add' ? 4.2 : 4.6}
        />
      </svg>
    </span>
  );
}

/** An arrow that points the way the language reads: `2 → 1`, `T12 ← T5`. */
export function Arrow({ to }: { to: 'end' | 'start' }): ReactElement {
  return (
    <svg className="i flip" viewBox="0 0 24 24" strokeWidth="2.8" aria-hidden="true">
      <path d={to === 'end' ? 'M4 12h15M13 6l6 6-6 6' : 'M20 12H5M11 6l-6 6 6 6'} />
    </svg>
  );
}

export type TypeLetter = 'D' | 'G' | 'V' | 'C' | 'P';

/** The letter printed and shown for an order's type; an order taken by phone is P whatever its type. */
export function typeLetter(
  type: 'dine_in' | 'takeout' | 'delivery' | 'counter',
  source?: string,
): TypeLetter {
  if (source === 'phone') return 'P';
  return ({ dine_in: 'D', takeout: 'G', delivery: 'V', counter: 'C' } as const)[type];
}

const TYPE_ICONS = { D: UtensilsIcon, G: BagIcon, V: BikeIcon, C: StoreIcon, P: PhoneIcon };

/** Icon and letter of an order's type; `label` is the word for those who cannot see it. */
export function TypeTile({ letter, label }: { letter: TypeLetter; label: string }): ReactElement {
  const Icon = TYPE_ICONS[letter];
  return (
    <span className={`type-tile type-${letter}`}>
      <Icon />
      <span aria-hidden="true">{letter}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** Numbers, times and codes: always left to right, with digits of one width. */
export function Num({ children, className = '' }: { children: ReactNode; className?: string }): ReactElement {
  return (
    <bdi className={`n ${className}`} dir="ltr">
      {children}
    </bdi>
  );
}
