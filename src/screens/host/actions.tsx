import { useState, type ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { t } from '../i18n/words.tsx';
import { Stepper } from '../pos/stepper.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon, UndoIcon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { type Act, useStand } from './desk.tsx';
import { tableNames } from './names.ts';

/** What can be done about a reservation, each in one tap; what cannot be taken back asks first. */

const UNSEAT_MS = 5 * 60_000;
const SOON_MS = 15 * 60_000;

export type Step = {
  readonly key: 'confirm' | 'accept' | 'arrive' | 'seat' | 'allHere' | 'finish' | 'again' | 'came' | 'unseat';
  readonly run: (act: Act) => void;
};

/** The step that is next for most; null: nothing is. */
export function nextStep(one: ReservationView): Step | null {
  const { id: reservation, version } = one;
  const name = one.guest?.name ?? '';
  switch (one.status) {
    case 'held':
      return {
        key: 'confirm',
        run: (act) =>
          void act(
            'reservation.confirm',
            { reservation, version },
            { say: t('host.saidConfirmed', { name }) },
          ),
      };
    case 'requested':
      return {
        key: 'accept',
        run: (act) =>
          void act(
            'reservation.confirm',
            { reservation, version },
            { say: t('host.saidConfirmed', { name }) },
          ),
      };
    case 'booked':
    case 'confirmed':
      return {
        key: 'arrive',
        run: (act) =>
          void act('reservation.arrive', { reservation, version }, { say: t('host.saidHere', { name }) }),
      };
    case 'partially_arrived':
      return {
        key: 'allHere',
        run: (act) =>
          void act('reservation.arrive', { reservation, version }, { say: t('host.saidHere', { name }) }),
      };
    case 'arrived':
      return { key: 'seat', run: (act) => void seat(act, one) };
    case 'seated':
      return {
        key: 'finish',
        run: (act) =>
          void act('reservation.finish', { reservation, version }, { say: t('host.saidFinished', { name }) }),
      };
    case 'cancelled':
      return {
        key: 'again',
        run: (act) =>
          void act(
            'reservation.correct',
            { reservation, to: 'booked', version },
            { say: t('host.saidAgain', { name }) },
          ),
      };
    case 'no_show':
      return {
        key: 'came',
        run: (act) =>
          void act(
            'reservation.correct',
            { reservation, to: 'arrived', version },
            { say: t('host.saidHere', { name }) },
          ),
      };
    default:
      return null;
  }
}

export function seat(act: Act, one: ReservationView, table?: string): Promise<unknown> {
  return act(
    'reservation.seat',
    { reservation: one.id, ...(table !== undefined && { table }), version: one.version },
    {
      say: t('host.saidSeatedOnly', { name: one.guest?.name ?? '' }),
      undo: () => void act('reservation.correct', { reservation: one.id, to: 'arrived' }),
    },
  );
}

/** The next step as a button. */
export function Primary({
  one,
  wide = false,
}: {
  one: ReservationView;
  wide?: boolean;
}): ReactElement | null {
  const { act, now, tables } = useStand();
  const step = nextStep(one);
  if (!step) return null;
  // Filled only where somebody waits for it.
  const isSoon = Date.parse(one.at) - now < SOON_MS;
  const isMain =
    step.key === 'arrive'
      ? isSoon || wide
      : step.key !== 'again' && step.key !== 'came' && step.key !== 'finish';
  return (
    <Button
      look={isMain ? 'main' : 'raised'}
      className={wide ? 'wide' : 'btn-small'}
      testId={`next-${one.id}`}
      onPress={() => step.run(act)}
    >
      {step.key === 'came' || step.key === 'again' ? <UndoIcon /> : <CheckIcon />}
      {step.key === 'seat'
        ? t('host.seatAt', { table: tableNames(one.tables, tables) })
        : t(`host.act.${step.key}`)}
    </Button>
  );
}

/** Everything else, for the panel. */
export function OtherActs({
  one,
  onMove,
  onEdit,
}: {
  one: ReservationView;
  onMove: () => void;
  onEdit: () => void;
}): ReactElement {
  const { act, now, tables } = useStand();
  const [asking, setAsking] = useState<'cancel' | 'noShow' | 'part' | 'decline' | null>(null);
  const { id: reservation, version, status } = one;
  const name = one.guest?.name ?? '';
  const isComing = status === 'booked' || status === 'confirmed';
  const isHere = status === 'arrived' || status === 'partially_arrived';
  const isHeld = status === 'held' || status === 'requested';
  const isStarted = now >= Date.parse(one.at);
  const fresh = one.seatedAt !== undefined && now - Date.parse(one.seatedAt) <= UNSEAT_MS;
  return (
    <div className="acts">
      {(isComing || status === 'partially_arrived') && (
        <Button onPress={() => void seat(act, one)} testId="seat-now">
          {t('host.seatAt', { table: tableNames(one.tables, tables) })}
        </Button>
      )}
      {status === 'booked' && (
        <Button
          onPress={() =>
            void act(
              'reservation.confirm',
              { reservation, to: 'confirmed', version },
              { say: t('host.saidConfirmed', { name }) },
            )
          }
        >
          {t('host.act.guestConfirms')}
        </Button>
      )}
      {(isComing || status === 'partially_arrived') && one.party > 1 && (
        <Button onPress={() => setAsking('part')}>{t('host.act.part')}</Button>
      )}
      {(isComing || isHeld || isHere) && <Button onPress={onMove}>{t('host.move')}</Button>}
      {(isComing || isHeld || isHere) && (
        <Button onPress={onEdit} testId="edit">
          {t('host.act.edit')}
        </Button>
      )}
      {isHere && (
        <Button
          look="edge"
          onPress={() =>
            void act('reservation.leave', { reservation, version }, { say: t('host.saidLeft', { name }) })
          }
        >
          {t('host.act.leave')}
        </Button>
      )}
      {status === 'seated' && fresh && (
        <Button
          look="edge"
          onPress={() => void act('reservation.correct', { reservation, to: 'arrived', version })}
        >
          {t('host.act.unseat')}
        </Button>
      )}
      {isComing && isStarted && (
        <Button look="edge" onPress={() => setAsking('noShow')} testId="no-show">
          {t('host.act.noShow')}
        </Button>
      )}
      {(isComing || isHeld) && (
        <Button
          look="edge"
          testId="cancel-booking"
          onPress={() =>
            status === 'requested'
              ? setAsking('decline')
              : void act(
                  'reservation.cancel',
                  { reservation, version },
                  {
                    say: t('host.saidCancelled', { name }),
                    ...(isComing && {
                      undo: () => void act('reservation.correct', { reservation, to: 'booked' }),
                    }),
                  },
                )
          }
        >
          {t(
            status === 'held'
              ? 'host.act.release'
              : status === 'requested'
                ? 'host.act.decline'
                : 'host.act.cancel',
          )}
        </Button>
      )}
      {(asking === 'noShow' || asking === 'decline') && (
        <Sheet
          title={t(asking === 'noShow' ? 'host.noShowTitle' : 'host.declineTitle', { name })}
          onClose={() => setAsking(null)}
          foot={
            <footer className="sheet-foot">
              <span className="grow" />
              <Button look="edge" onPress={() => setAsking(null)}>
                {t('host.leaveIt')}
              </Button>
              <Button
                look="danger"
                testId="sure"
                onPress={() => {
                  setAsking(null);
                  if (asking === 'noShow') void act('reservation.noShow', { reservation, version });
                  else void act('reservation.decline', { reservation, version });
                }}
              >
                {t(asking === 'noShow' ? 'host.act.noShow' : 'host.act.decline')}
              </Button>
            </footer>
          }
        >
          <p>{t(asking === 'noShow' ? 'host.noShowSay' : 'host.declineSay')}</p>
        </Sheet>
      )}
      {asking === 'part' && (
        <PartSheet
          one={one}
          onClose={() => setAsking(null)}
          onDone={(covers) => {
            setAsking(null);
            void act(
              'reservation.arrive',
              { reservation, covers, version },
              { say: t('host.saidHere', { name }) },
            );
          }}
        />
      )}
    </div>
  );
}

function PartSheet({
  one,
  onDone,
  onClose,
}: {
  one: ReservationView;
  onDone: (covers: number) => void;
  onClose: () => void;
}): ReactElement {
  const [here, setHere] = useState(Math.min(one.party, (one.here ?? 0) + 1));
  return (
    <Sheet
      title={t('host.partTitle', { party: one.party })}
      onClose={onClose}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button look="main" onPress={() => onDone(here)}>
            {t('host.partHere', { here, party: one.party })}
          </Button>
        </footer>
      }
    >
      <Stepper
        name={t('host.partTitle', { party: one.party })}
        value={here}
        min={1}
        max={one.party}
        onChange={setHere}
      />
    </Sheet>
  );
}
