import type { ReactElement, ReactNode } from 'react';
import { Num } from '../ui/marks.tsx';

/** One figure of a row: what it is, how much, and what to compare it with. */
export function Kpi(props: {
  name: string;
  value: ReactNode;
  say: ReactNode;
  testId?: string;
}): ReactElement {
  return (
    <div className="mg-card mg-figure" data-testid={props.testId}>
      <small>{props.name}</small>
      <b>
        <Num>{props.value}</Num>
      </b>
      <span>{props.say}</span>
    </div>
  );
}
