import { Bike } from 'lucide-react';
import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { ageText } from '../ui/time.ts';
import type { CourierLine } from './standing.ts';
import './platform.css';

/** Where the courier is: the word carries it, the filled area says how much it is somebody's business. */
export function Courier({ line, now }: { line: CourierLine; now: number }): ReactElement {
  return (
    <span className={`cour cour-${line.look}`} data-testid="courier" data-look={line.look}>
      <Bike className="i flip" strokeWidth={2.25} aria-hidden="true" focusable="false" />
      <span className="cour-say">
        <b>{t(`platform.courier.${line.word}`, { minutes: line.minutes })}</b>
        {line.name !== null && <bdi>{line.name}</bdi>}
        {line.batched && <small>{t('platform.batched')}</small>}
      </span>
      {line.since !== null && <Num>{ageText(now - line.since)}</Num>}
    </span>
  );
}

/** The platform's name, as on the bag. */
export function SourceBadge({ name }: { name: string }): ReactElement {
  return <bdi className="src-badge">{name}</bdi>;
}
