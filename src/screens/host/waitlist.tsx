import type { ReactElement } from 'react';
import { quoteMinutes } from '../../domain/booking/quote.ts';
import type { WaitlistView } from '../../domain/booking/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { ageText, clockText } from '../ui/time.ts';
import { isSoon, tablesNow } from './day.ts';
import { useStand } from './desk.tsx';

/** Nobody minds the first minutes beyond what they were told. */
const GRACE_MS = 5 * 60_000;

/** Who waits, in order: what they were told, how long it has been, and the one tap that is next. */
export function Waitlist(): ReactElement | null {
  const { book, line, now } = useStand();
  if (!book) return null;
  return (
    <section className="card-box pad wlist" aria-label={t('host.waitlist')}>
      <h2>
        {t('host.waitlist')}
        <small>{quoteText(quoteMinutes(book, now, line, 2))}</small>
      </h2>
      {line.length === 0 ? (
        <p className="proven">
          <ReceiptMark receipt="heard" />
          {t('host.nobodyWaits')}
        </p>
      ) : (
        <ol>
          {line.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

export function quoteText(minutes: number): string {
  return minutes === 0 ? t('host.quoteNow') : t('host.quote', { minutes });
}

function Entry({ entry }: { entry: WaitlistView }): ReactElement {
  const { now, zone, chosen, choose } = useStand();
  const waited = now - Date.parse(entry.addedAt);
  const isChosen = chosen !== null && 'entry' in chosen && chosen.entry === entry.id;
  return (
    <li className={`wl ${isChosen ? 'wl-chosen' : ''}`}>
      <button
        type="button"
        className="wl-who"
        aria-pressed={isChosen}
        data-testid={`entry-${entry.id}`}
        onClick={() => choose(isChosen ? null : { entry: entry.id })}
      >
        <b>
          <Num>{entry.party}</Num>
        </b>
        <span>
          {entry.guest.name}
          <small className={waited > entry.quote * 60_000 + GRACE_MS ? 'wl-over' : ''}>
            {entry.status === 'waiting' ? (
              <>
                {t('host.wait.waiting')} <Num>{ageText(waited)}</Num>
                {entry.quote > 0 && (
                  <>
                    {' '}
                    {t('host.of')} <Num>{entry.quote}</Num>
                  </>
                )}
              </>
            ) : (
              <>
                {t(`host.wait.${entry.status}`)}{' '}
                {entry.notifiedAt !== undefined && <Num>{clockText(Date.parse(entry.notifiedAt), zone)}</Num>}
              </>
            )}
          </small>
        </span>
      </button>
      <NextStep entry={entry} />
    </li>
  );
}

/** Waiting: a table is ready, tell them. Told or here: seat them at the best free table. */
export function NextStep({ entry, wide = false }: { entry: WaitlistView; wide?: boolean }): ReactElement {
  const { look, tables, now, act } = useStand();
  // A table that is kept for somebody soon is not given away by one tap.
  const best = look && tablesNow(look, tables, entry.party).find((table) => !isSoon(table, now));
  const { id: entryId, version } = entry;
  if (entry.status !== 'waiting' && best)
    return (
      <Button
        look="main"
        className={wide ? 'wide' : 'btn-small'}
        testId={`seat-${entryId}`}
        onPress={() =>
          void act(
            'waitlist.seat',
            { entry: entryId, table: best.id, version },
            { say: t('host.saidSeated', { name: entry.guest.name, table: best.name }) },
          )
        }
      >
        <CheckIcon />
        {t('host.seatAt', { table: best.name })}
      </Button>
    );
  if (entry.status === 'notified')
    return (
      <Button
        className={wide ? 'wide' : 'btn-small'}
        onPress={() => void act('waitlist.checkIn', { entry: entryId, version })}
      >
        {t('host.act.here')}
      </Button>
    );
  return (
    <Button
      look={best ? 'main' : 'raised'}
      className={wide ? 'wide' : 'btn-small'}
      disabled={entry.status === 'checked_in'}
      testId={`notify-${entryId}`}
      onPress={() =>
        void act(
          'waitlist.notify',
          { entry: entryId, version },
          { say: t('host.saidTold', { name: entry.guest.name }) },
        )
      }
    >
      {entry.status === 'checked_in' ? t('host.noTableFree') : t('host.act.notify')}
    </Button>
  );
}
