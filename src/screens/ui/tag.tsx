import type { ReactElement, ReactNode } from 'react';

export type TagLook =
  | 'soft'
  | 'inverse'
  | 'late'
  | 'soon'
  | 'allergy'
  | 'heard'
  | 'info'
  | 'outline'
  | 'pending';

/** One or two words about a state. Not a button. */
export function Tag({
  look = 'soft',
  children,
  className = '',
}: {
  look?: TagLook;
  children: ReactNode;
  className?: string;
}): ReactElement {
  return <span className={`tag tag-${look} ${className}`}>{children}</span>;
}
