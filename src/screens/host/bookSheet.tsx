import { useMemo, useState, type ReactElement } from 'react';
import { type Slot, dayOf, judge } from '../../domain/booking/availability.ts';
import { lookAt } from '../../domain/booking/book.ts';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { addDays } from '../../domain/zone.ts';
import { mintId } from '../../sdk/ids.ts';
import { t } from '../i18n/words.tsx';
import { AllergyPicker } from '../pos/noteFields.tsx';
import { Option, Stepper } from '../pos/stepper.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { clockText } from '../ui/time.ts';
import { findGuests } from './day.ts';
import { useStand } from './desk.tsx';
import { NameField, PhoneField } from './guestFields.tsx';
import { tableNames } from './names.ts';

/** What is known when the sheet opens: a day, perhaps a time and a table that somebody tapped, or the booking that is changed. */
export type Draft = {
  readonly day: string;
  readonly at: number | null;
  readonly table: string | null;
  readonly change?: ReservationView;
  readonly name?: string;
  readonly phone?: string;
};

export function BookSheet({
  draft,
  onClose,
  onDay,
}: {
  draft: Draft;
  onClose: () => void;
  onDay: (day: string) => void;
}): ReactElement | null {
  const { book, tables, reservations, today, now, zone, act } = useStand();
  const old = draft.change;
  const [name, setName] = useState(old?.guest?.name ?? draft.name ?? '');
  const [phone, setPhone] = useState(old?.guest?.phone ?? draft.phone ?? '');
  const [party, setParty] = useState(old?.party ?? Math.min(4, tables.get(draft.table ?? '')?.seats ?? 2));
  const [day, setDay] = useState(draft.day);
  const [at, setAt] = useState<number | null>(draft.at);
  const [table, setTable] = useState<string | null>(draft.table);
  const [notes, setNotes] = useState(old?.notes ?? '');
  const [allergies, setAllergies] = useState<readonly string[]>(old?.allergies ?? []);
  const [withAllergies, setWithAllergies] = useState(allergies.length > 0);
  const [refused, setRefused] = useState<{ detail: string; others: readonly Slot[] } | null>(null);
  const [id] = useState(() => old?.id ?? mintId(now));
  const [busy, setBusy] = useState(false);
  const minute = Math.floor(now / 60_000);

  const look = useMemo(() => book && lookAt(book, minute * 60_000, old?.id), [book, minute, old?.id]);
  const seen = useMemo(() => look && dayOf(look, { day, party }), [look, day, party]);
  const guests = useMemo(
    () =>
      old || name.length < 2
        ? []
        : findGuests(reservations.values(), phone.length > 3 ? phone : name).slice(0, 3),
    [old, reservations, name, phone],
  );
  if (!book || !look || !seen) return null;

  const named = table === null ? undefined : [table];
  const verdict = at === null ? null : judge(look, at, { party, ...(named && { tables: named }) });
  const seats = table === null ? party : (tables.get(table)?.seats ?? 0);
  const isTight = seats < party || party > book.rules.largest;
  const insists =
    at !== null &&
    (isTight || verdict?.free === false) &&
    judge(look, at, { party, ...(named && { tables: named }) }, true).free;
  const goes = verdict?.free === true && !isTight;
  const known = guests.filter(({ guest }) => guest?.name !== name || guest.phone !== (phone || undefined));

  const send = async (how: 'book' | 'hold' | 'anyway'): Promise<void> => {
    if (at === null || busy) return;
    setBusy(true);
    const guest = { name: name.trim(), ...(phone.trim() !== '' && { phone: phone.trim() }) };
    const shared = {
      at: new Date(at).toISOString(),
      party,
      guest,
      allergies: [...allergies],
      ...(named && { tables: named }),
    };
    const answer = old
      ? await act(
          'reservation.change',
          {
            reservation: old.id,
            ...shared,
            notes: notes.trim() === '' ? null : notes.trim(),
            ...(how === 'anyway' && { anyway: true }),
            version: old.version,
          },
          { say: t('host.saidChanged', { name: guest.name }), quiet: true },
        )
      : await act(
          'reservation.book',
          {
            reservation: {
              id,
              ...shared,
              ...(notes.trim() !== '' && { notes: notes.trim() }),
              hold: how === 'hold',
            },
            ...(how === 'anyway' && { anyway: true }),
          },
          {
            say: t(how === 'hold' ? 'host.saidHeld' : 'host.saidBooked', {
              name: guest.name,
              time: clockText(at, zone),
            }),
            undo: () => void act('reservation.cancel', { reservation: id }),
            quiet: true,
          },
        );
    setBusy(false);
    if (answer.ok) {
      onDay(day);
      onClose();
      return;
    }
    // The race for the last table was lost: the times that the server still has are one tap away.
    const { detail, alternatives = [] } = answer.problem;
    setRefused({
      detail,
      others: alternatives.map((one) => ({ ...one, free: true, tables: [] })),
    });
  };
  const pick = (slot: { at: string }): void => {
    setAt(Date.parse(slot.at));
    setRefused(null);
  };

  const days = [today, addDays(today, 1), addDays(today, 2)];
  return (
    <Sheet
      title={t(old ? 'host.changeTitle' : 'host.bookTitle')}
      onClose={onClose}
      keep={name !== '' || at !== null}
      className="sheet-wide"
      foot={
        <footer className="sheet-foot">
          <p className="sheet-sum" role="status">
            {at === null ? (
              t('host.pickTime')
            ) : (
              <>
                <b>
                  <Num>{clockText(at, zone)}</Num>
                </b>{' '}
                · {t('host.people', { count: party })}
                {verdict?.free === true && (
                  <>
                    {' '}
                    · <Num>{tableNames(verdict.tables, tables)}</Num>
                  </>
                )}
              </>
            )}
          </p>
          <span className="grow" />
          {!old && goes && (
            <Button
              look="edge"
              disabled={name.trim() === '' || busy}
              onPress={() => void send('hold')}
              testId="hold"
            >
              {t('host.hold', { minutes: 10 })}
            </Button>
          )}
          {insists && !goes ? (
            <Button
              look="danger"
              disabled={name.trim() === '' || busy}
              onPress={() => void send('anyway')}
              testId="book-anyway"
            >
              {t('host.bookAnyway')}
            </Button>
          ) : (
            <Button
              look="main"
              disabled={!goes || name.trim() === '' || busy}
              onPress={() => void send('book')}
              testId="book-done"
            >
              {t(old ? 'host.save' : 'host.newBooking')}
            </Button>
          )}
        </footer>
      }
    >
      {refused && (
        <div className="ask ask-refused" role="alert">
          <AlertIcon />
          <div>
            {refused.detail}
            <div className="opts">
              {refused.others.map((slot) => (
                <Option key={slot.at} chosen={false} onPress={() => pick(slot)}>
                  <Num>{clockText(Date.parse(slot.at), zone)}</Num>
                </Option>
              ))}
            </div>
          </div>
        </div>
      )}
      <div className="form">
        <div className="form-side">
          <NameField
            label={t('host.name')}
            value={name}
            onChange={setName}
            testId="guest-name"
            autoFocus={!old}
          />
          <PhoneField label={t('host.phone')} value={phone} onChange={setPhone} testId="guest-phone" />
          {known.length > 0 && (
            <div className="known" role="group" aria-label={t('host.known')}>
              {known.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  onClick={() => {
                    setName(one.guest?.name ?? '');
                    setPhone(one.guest?.phone ?? '');
                    setAllergies(one.allergies);
                    setWithAllergies(one.allergies.length > 0);
                  }}
                >
                  <b>{one.guest?.name}</b>
                  <small>
                    {one.guest?.phone !== undefined && <Num>{one.guest.phone}</Num>}
                    {one.allergies.length > 0 && <> · {one.allergies.join(', ')}</>}
                  </small>
                </button>
              ))}
            </div>
          )}
          <div className="form-row">
            <span>{t('host.party')}</span>
            <Stepper name={t('host.party')} value={party} min={1} max={99} onChange={setParty} />
          </div>
          <label>
            {t('host.notes')}
            <input
              className="field"
              value={notes}
              maxLength={280}
              placeholder={t('host.notesHint')}
              onChange={(event) => setNotes(event.target.value)}
            />
          </label>
          {withAllergies ? (
            <AllergyPicker value={allergies} onChange={setAllergies} />
          ) : (
            <Button look="edge" onPress={() => setWithAllergies(true)} testId="with-allergies">
              {t('host.withAllergies')}
            </Button>
          )}
        </div>
        <div className="form-main">
          <div className="opts" role="group" aria-label={t('host.dayName')}>
            {days.map((one, index) => (
              <Option
                key={one}
                chosen={day === one}
                onPress={() => {
                  setDay(one);
                  setAt(null);
                }}
              >
                {index === 0 ? t('host.today') : index === 1 ? t('host.tomorrow') : dayText(one)}
              </Option>
            ))}
            <input
              type="date"
              className="field field-day"
              aria-label={t('host.dayName')}
              value={day}
              min={today}
              max={addDays(today, book.rules.daysAhead)}
              onChange={(event) => {
                if (/^\d{4}-\d\d-\d\d$/.test(event.target.value)) {
                  setDay(event.target.value);
                  setAt(null);
                }
              }}
            />
          </div>
          {seen.closed !== undefined ? (
            <p className="ask">
              <AlertIcon />
              {t(`host.closedFor.${seen.closed}`)}
            </p>
          ) : (
            <Slots slots={seen.slots} at={at} onPick={pick} />
          )}
          {seen.closed !== 'party' && !seen.slots.some(({ free }) => free) && (
            <div className="opts slots-other" role="group" aria-label={t('host.nextFree')}>
              {seen.alternatives.map((slot) => (
                <Option
                  key={slot.at}
                  chosen={at === Date.parse(slot.at)}
                  onPress={() => {
                    setDay(slot.local.slice(0, 10));
                    pick(slot);
                  }}
                >
                  <small>{dayText(slot.local.slice(0, 10))}</small>
                  <Num>{clockText(Date.parse(slot.at), zone)}</Num>
                </Option>
              ))}
            </div>
          )}
          <div className="form-row">
            <span>{t('host.table')}</span>
            <select
              className="field"
              value={table ?? ''}
              data-testid="pick-table"
              onChange={(event) => setTable(event.target.value === '' ? null : event.target.value)}
            >
              <option value="">{t('host.anyTable')}</option>
              {[...tables.values()].map((one) => (
                <option key={one.id} value={one.id}>
                  {t('host.tableOf', { table: one.name, seats: one.seats })}
                </option>
              ))}
            </select>
          </div>
          {at !== null && verdict?.free === false && !refused && (
            <p className="ask">
              <AlertIcon />
              {t(`host.why.${verdict.why}`)}
            </p>
          )}
          {isTight && seats < party && (
            <p className="ask">
              <AlertIcon />
              {t('host.tight', { seats, party })}
            </p>
          )}
        </div>
      </div>
    </Sheet>
  );
}

function Slots({
  slots,
  at,
  onPick,
}: {
  slots: readonly Slot[];
  at: number | null;
  onPick: (slot: Slot) => void;
}): ReactElement {
  const { zone } = useStand();
  const shown = slots.filter(({ why }) => why !== 'past');
  if (shown.length === 0) return <p className="nothing">{t('host.noMoreTimes')}</p>;
  return (
    <div className="slots" role="group" aria-label={t('host.times')}>
      {shown.map((slot) => (
        <Option key={slot.at} chosen={at === Date.parse(slot.at)} onPress={() => onPick(slot)}>
          <span
            className={slot.free ? 'slot' : 'slot slot-taken'}
            data-testid={slot.free ? 'slot-free' : 'slot-taken'}
          >
            <Num>{clockText(Date.parse(slot.at), zone)}</Num>
            {slot.why !== undefined && <small>{t(`host.slot.${slot.why}`)}</small>}
          </span>
        </Option>
      ))}
    </div>
  );
}

function dayText(day: string): string {
  return new Intl.DateTimeFormat(
    document.documentElement.lang === 'ar' ? 'ar-u-nu-latn' : document.documentElement.lang,
    {
      weekday: 'short',
      day: 'numeric',
      timeZone: 'UTC',
    },
  ).format(Date.parse(`${day}T12:00:00Z`));
}
