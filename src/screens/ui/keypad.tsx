import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { CheckIcon } from './icons.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** 3 x 4 keys, always Western digits and left to right in every language; delete at the bottom end. */
export function Keypad(props: {
  onDigit: (digit: string) => void;
  onDelete: () => void;
  onDone?: () => void;
  disabled?: boolean;
}): ReactElement {
  const key = (digit: string): ReactElement => (
    <Button key={digit} quick look="edge" disabled={props.disabled} onPress={() => props.onDigit(digit)}>
      {digit}
    </Button>
  );
  return (
    <div className="keypad" dir="ltr" role="group" aria-label={t('keypad.name')}>
      {DIGITS.map(key)}
      {props.onDone === undefined ? (
        <span />
      ) : (
        <Button look="main" label={t('act.done')} disabled={props.disabled} onPress={props.onDone}>
          <CheckIcon />
        </Button>
      )}
      {key('0')}
      <Button quick look="edge" label={t('act.delete')} disabled={props.disabled} onPress={props.onDelete}>
        <svg className="i" viewBox="0 0 24 24" strokeWidth="2.25" aria-hidden="true">
          <path d="M21 5H9l-6 7 6 7h12a1 1 0 0 0 1-1V6a1 1 0 0 0-1-1ZM17 9l-6 6M11 9l6 6" />
        </svg>
      </Button>
    </div>
  );
}
