import { useMemo, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { Rich, t } from '../i18n/words.tsx';
import { SigmaIcon } from '../ui/icons.tsx';
import { Num, WorkDot } from '../ui/marks.tsx';
import { exactText } from '../ui/time.ts';
import { allDay } from './tickets.ts';

/** What is still to be made of each thing, always counted from the tickets themselves. */
export function AllDay({
  tickets,
  provenAt,
  proven,
  zone,
  plain = false,
}: {
  tickets: readonly TicketView[];
  provenAt: number | null;
  proven: boolean;
  zone?: string;
  plain?: boolean;
}): ReactElement {
  const { counts, held } = useMemo(() => allDay(tickets), [tickets]);
  const body = (
    <>
      <div className="ad-head">
        <span />
        <span>
          <WorkDot work="waiting" />
        </span>
        <span>
          <WorkDot work="cooking" />
        </span>
      </div>
      <div className="ad-rows">
        {counts.map((count) => (
          <div className="ad-row" key={count.name}>
            <bdi className="nm">{count.name}</bdi>
            <Count value={count.toStart} />
            <Count value={count.cooking} />
          </div>
        ))}
        {counts.length === 0 && <p className="ad-foot">{t('kitchen.nothingToCook')}</p>}
      </div>
      <div className="ad-foot">
        <WorkDot work="waiting" /> {t('kitchen.toStart')}
        <br />
        <WorkDot work="cooking" /> {t('kitchen.cooking')}
        <br />
        <WorkDot work="held" />{' '}
        <Rich id="kitchen.heldApart" values={{ count: held }} tags={{ b: (text) => <b>{text}</b> }} />
        {!proven && provenAt !== null && (
          <>
            <br />
            {t('kitchen.asOf', { time: exactText(provenAt, zone) })}
          </>
        )}
      </div>
    </>
  );
  if (plain) return <div className="ad-plain">{body}</div>;
  return (
    <aside className="ad-strip" aria-label={t('kitchen.allDay')}>
      <h2>
        <SigmaIcon />
        {t('kitchen.allDayTitle')}
      </h2>
      {body}
    </aside>
  );
}

function Count({ value }: { value: number }): ReactElement {
  return <span className={value === 0 ? 'z' : ''}>{value === 0 ? '–' : <Num>{value}</Num>}</span>;
}
