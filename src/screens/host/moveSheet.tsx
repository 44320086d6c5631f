import type { ReactElement } from 'react';
import { judge } from '../../domain/booking/availability.ts';
import { lookAt } from '../../domain/booking/book.ts';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon } from '../ui/icons.tsx';
import { Arrow, Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { clockText } from '../ui/time.ts';
import { useStand } from './desk.tsx';
import { tableNames } from './names.ts';

export type Move = { readonly reservation: ReservationView; readonly at: number; readonly table: string };

/** Asks before a party is moved: where from, where to, and whether it fits there. */
export function MoveSheet({ move, onClose }: { move: Move; onClose: () => void }): ReactElement | null {
  const { book, now, zone, tables, reservations, act } = useStand();
  const one = reservations.get(move.reservation.id) ?? move.reservation;
  if (!book) return null;
  const look = lookAt(book, now, one.id);
  // Dropped on one of its own tables, only the time changes.
  const to = one.tables.includes(move.table) ? one.tables : [move.table];
  const seats = to.reduce((sum, id) => sum + (tables.get(id)?.seats ?? 0), 0);
  const joined = book.rules.combinations.find(
    (row) => row.tables.length === to.length && row.tables.every((id) => to.includes(id)),
  );
  const isTight = (joined?.seats ?? seats) < one.party;
  const wish = { party: one.party, minutes: one.minutes, tables: to };
  const verdict = judge(look, move.at, wish);
  const anyway = judge(look, move.at, wish, true);
  const at = new Date(move.at).toISOString();
  const isSame = at === one.at && to === one.tables;
  const send = (insists: boolean): void => {
    onClose();
    void act(
      'reservation.change',
      {
        reservation: one.id,
        at,
        tables: [...to],
        ...(insists && { anyway: true }),
        version: one.version,
      },
      {
        say: t('host.saidMoved', { name: one.guest?.name ?? '' }),
        undo: () =>
          void act('reservation.change', {
            reservation: one.id,
            at: one.at,
            tables: [...one.tables],
            anyway: true,
          }),
      },
    );
  };
  const why = verdict.free ? null : verdict.why;
  return (
    <Sheet
      title={t('host.moveTitle', { name: one.guest?.name ?? '', party: one.party })}
      onClose={onClose}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button look="edge" onPress={onClose}>
            {t('host.leaveIt')}
          </Button>
          {verdict.free && !isTight ? (
            <Button look="main" onPress={() => send(false)} disabled={isSame} testId="move-done">
              {t('host.move')}
            </Button>
          ) : (
            anyway.free && (
              <Button look="danger" onPress={() => send(true)} testId="move-anyway">
                {t('host.anyway')}
              </Button>
            )
          )}
        </footer>
      }
    >
      <p className="move-way">
        <span>
          <Num>{clockText(Date.parse(one.at), zone)}</Num>
          <b>
            <Num>{tableNames(one.tables, tables)}</Num>
          </b>
        </span>
        <Arrow to="end" />
        <span>
          <Num>{clockText(move.at, zone)}</Num>
          <b>
            <Num>{tableNames(to, tables)}</Num>
          </b>
        </span>
      </p>
      {(why !== null || isTight) && (
        <p className="ask">
          <AlertIcon />
          {why === null ? t('host.tight', { seats, party: one.party }) : t(`host.why.${why}`)}
        </p>
      )}
    </Sheet>
  );
}
