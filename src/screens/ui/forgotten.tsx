import { useSyncExternalStore, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import type { Recovered } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { Num } from './marks.tsx';

const ticketsOf = (items: readonly Recovered[]): TicketView[] =>
  items.flatMap(({ was }) => (was.kind === 'ticket' ? [was] : []));

/** `2× Burger, 1× Fries`: enough to go on cooking, or to ask at the pass. */
function linesOf(ticket: TicketView): string {
  return ticket.lines
    .filter((line) => line.qty > line.voidQty)
    .map((line) => `${line.qty - line.voidQty}× ${line.name}`)
    .join(', ');
}

/**
 * A server that was put back does not know food that is on the fire: a silent repaint would lose it. A person keeps it on
 * the screen until it is done, or removes it. `codeOf` names a ticket as the board does.
 */
export function Forgotten({ codeOf }: { codeOf: (ticket: TicketView) => string }): ReactElement | null {
  const { recovered } = useHeard();
  const { withdrawn, regressed, kept } = useSyncExternalStore(
    recovered.subscribe,
    recovered.get,
    recovered.get,
  );
  const gone = ticketsOf(withdrawn);
  const older = ticketsOf(regressed);
  if (gone.length + older.length === 0) return null;
  return (
    <section className="say" role={kept ? 'status' : 'alert'} data-testid="forgotten" data-kept={kept}>
      <div className="words">
        {gone.length > 0 && (
          <p>{kept ? t('forgot.kept', { count: gone.length }) : t('forgot.title', { count: gone.length })}</p>
        )}
        {older.length > 0 && <p>{t('forgot.older', { count: older.length })}</p>}
        <ul>
          {gone.map((ticket) => (
            <li key={ticket.id} data-forgotten={ticket.id}>
              <b>
                <Num>#{ticket.number}</Num> <bdi>{codeOf(ticket)}</bdi>
              </b>{' '}
              <bdi>{linesOf(ticket)}</bdi>
            </li>
          ))}
        </ul>
        {!kept && gone.length > 0 && <p>{t('forgot.say')}</p>}
      </div>
      {!kept && (
        <Button className="kb" look="main" onPress={recovered.keep} testId="forgotten-keep">
          {t('forgot.keep')}
        </Button>
      )}
      <Button className="kb" onPress={() => recovered.remove()} testId="forgotten-remove">
        {t('forgot.remove')}
      </Button>
    </section>
  );
}
