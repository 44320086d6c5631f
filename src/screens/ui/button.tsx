import type { ReactElement, ReactNode } from 'react';
import { usePress } from './press.ts';

type Look = 'plain' | 'edge' | 'main' | 'danger' | 'raised';

/** A button of the language; `onPress` follows the touch rules. Give `label` when the content is only an icon. */
export function Button(props: {
  onPress: () => void;
  children: ReactNode;
  look?: Look;
  className?: string;
  label?: string;
  disabled?: boolean;
  pressed?: boolean;
  autoFocus?: boolean;
  testId?: string;
  /** A key that people tap twice in a row on purpose. */
  quick?: boolean;
}): ReactElement {
  const press = usePress(props.onPress, props.disabled, props.quick);
  return (
    <button
      type="button"
      className={`btn pressable btn-${props.look ?? 'raised'} ${props.className ?? ''}`}
      aria-label={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      autoFocus={props.autoFocus}
      data-testid={props.testId}
      {...press}
    >
      {props.children}
    </button>
  );
}
