import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { useServerNow } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { AlertIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { ageText, clockText, exactText, millis } from '../ui/time.ts';

/** Nothing to do, and proved; or nothing known, and said so. Never a bare black board. */
export function Empty({
  provenAt,
  proven,
  last,
  next,
  zone,
  nothing,
}: {
  provenAt: number | null;
  proven: boolean;
  last: TicketView | null;
  next: TicketView | null;
  zone?: string;
  nothing: string;
}): ReactElement {
  const now = useServerNow();
  if (!proven || provenAt === null) {
    return (
      <section className="empty unproven" data-testid="unproven" role="status">
        <div className="mark">
          <AlertIcon />
        </div>
        <div>
          <h2>{t('kitchen.emptyUnproven')}</h2>
          <p className="checked">
            {provenAt === null
              ? t('kitchen.emptyNeverKnown')
              : t('kitchen.emptyLastKnown', { time: exactText(provenAt, zone) })}
          </p>
        </div>
      </section>
    );
  }
  return (
    <section className="empty" data-testid="empty" role="status">
      <div className="mark">
        <ReceiptMark receipt="heard" />
      </div>
      <div>
        <h2>{nothing}</h2>
        <p className="checked">{t('kitchen.emptyChecked', { time: exactText(provenAt, zone) })}</p>
      </div>
      <div className="proof">
        <Fact name={t('kitchen.lastTicket')}>
          {last === null ? (
            t('kitchen.none')
          ) : (
            <>
              <Num>#{last.number}</Num>
              {last.readyAt !== undefined && (
                <>
                  {' · '}
                  <Num>{clockText(millis(last.readyAt), zone)}</Num>
                </>
              )}
            </>
          )}
        </Fact>
        <Fact name={t('kitchen.nextHeld')}>
          {next === null ? (
            t('kitchen.none')
          ) : next.fireAt === undefined ? (
            <Num>#{next.number}</Num>
          ) : (
            t('kitchen.inTime', { time: ageText(millis(next.fireAt) - now) })
          )}
        </Fact>
      </div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <small>{name}</small>
      <b>{children}</b>
    </div>
  );
}

const QUIET = 300;

/** Under 300 ms nothing; then outlines, and how long the server has been asked. */
export function Loading({ columns }: { columns: number }): ReactElement | null {
  const [waited, setWaited] = useState(0);
  useEffect(() => {
    const started = performance.now();
    const step = (): void => setWaited(performance.now() - started);
    const first = setTimeout(step, QUIET);
    const timer = setInterval(step, 1000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, []);
  if (waited < QUIET) return null;
  return (
    <div className="board-main" data-testid="loading" style={{ position: 'relative' }}>
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: `repeat(${columns}, 1fr)`,
          gap: 12,
          flex: 1,
          alignContent: 'start',
        }}
      >
        {Array.from({ length: columns * 2 }, (_, index) => (
          <div key={index} className="outline" style={{ blockSize: 220 + ((index * 97) % 160) }} />
        ))}
      </div>
      <p className="asking" role="status">
        {t('load.asking', { seconds: Math.floor(waited / 1000) })}
      </p>
    </div>
  );
}
