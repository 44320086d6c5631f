import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

type Icon = (props: { className?: string; stroke?: number }) => ReactElement;

/** One drawing in the language of the house: stroke 2.25, the colour of the text beside it, mute (the word speaks). */
export function icon(Drawing: LucideIcon, mirrors = false): Icon {
  return function HeardIcon({ className = '', stroke = 2.25 }) {
    return (
      <Drawing
        className={`i ${mirrors ? 'flip ' : ''}${className}`}
        strokeWidth={stroke}
        aria-hidden="true"
        focusable="false"
      />
    );
  };
}
