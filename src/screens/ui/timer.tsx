import type { ReactElement } from 'react';
import { Num } from './marks.tsx';
import { ageText } from './time.ts';

/** The age since `since`, with its word in front. `now` is the server's clock, once a second. */
export function Timer({
  since,
  now,
  word,
  className = '',
}: {
  since: number;
  now: number;
  word?: string;
  className?: string;
}): ReactElement {
  return (
    <span className={`tm ${className}`}>
      {word !== undefined && <em>{word}</em>}
      <Num>{ageText(now - since)}</Num>
    </span>
  );
}
