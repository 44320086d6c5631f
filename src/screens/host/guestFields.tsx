import type { ReactElement } from 'react';

/** Who it is and how to call them: as the book, the line and a message ask for it. */

const LONGEST_NAME = 80;
const LONGEST_PHONE = 40;

type FieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId?: string;
  autoFocus?: boolean;
};

export function NameField({ label, value, onChange, testId, autoFocus }: FieldProps): ReactElement {
  return (
    <label>
      {label}
      <input
        className="field"
        value={value}
        maxLength={LONGEST_NAME}
        autoFocus={autoFocus}
        autoComplete="off"
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

export function PhoneField({ label, value, onChange, testId }: FieldProps): ReactElement {
  return (
    <label>
      {label}
      <input
        className="field"
        value={value}
        maxLength={LONGEST_PHONE}
        inputMode="tel"
        dir="ltr"
        autoComplete="off"
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
