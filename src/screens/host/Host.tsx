import { useMemo, useState, type ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { addDays, serviceTime } from '../../domain/zone.ts';
import { currentLanguage, t } from '../i18n/words.tsx';
import { Loading } from '../pos/loading.tsx';
import { Button } from '../ui/button.tsx';
import { AllergyIcon } from '../ui/icons.tsx';
import { usePhone } from '../ui/size.ts';
import { TabletBar } from '../ui/tabletBar.tsx';
import { Tag } from '../ui/tag.tsx';
import { BookSheet, type Draft } from './bookSheet.tsx';
import { CallsTab } from './calls/callsTab.tsx';
import { LineStrip } from './calls/lineStrip.tsx';
import { Ringer } from './calls/ringer.tsx';
import { CallSheets } from './calls/sheets.tsx';
import { countsOf, dayFrom } from './day.ts';
import { useStand } from './desk.tsx';
import { BookIcon, LateIcon, NextIcon, PreviousIcon, WalkInIcon } from './icons.tsx';
import { FloorTab } from './floorTab.tsx';
import { ListTab } from './listTab.tsx';
import { type Move, MoveSheet } from './moveSheet.tsx';
import { Pacing } from './pacing.tsx';
import { Side } from './side.tsx';
import { type Tab, Tabs } from './tabs.tsx';
import { Timeline } from './timeline.tsx';
import { Waitlist } from './waitlist.tsx';
import { WalkInSheet } from './walkInSheet.tsx';

type Open =
  | { sheet: 'book'; draft: Draft }
  | { sheet: 'walkIn'; table: string | null }
  | { sheet: 'move'; move: Move };

/** The page of whoever stands at the door: the day by table, who waits, and at the end side whoever is spoken of. */
export function Host(): ReactElement {
  const stand = useStand();
  const { view, book, tables, reservations, now, today, chosen, choose } = stand;
  const [kept, setTab] = useState<Tab>('day');
  const phone = usePhone();
  // A phone that is turned has the waitlist below the day again.
  const tab = kept === 'wait' && !phone ? 'day' : kept;
  const [picked, setPicked] = useState<string | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  /** The reservation whose new place is tapped next. */
  const [moving, setMoving] = useState<string | null>(null);
  const day = picked ?? today;
  const shown = useMemo(
    () => book && dayFrom(book, [...tables.values()], [...reservations.values()], day, now),
    [book, tables, reservations, day, now],
  );
  if (view.state === 'loading' || !book || !shown) return <Loading />;

  const counts = countsOf(shown.reservations, now);
  const close = (): void => setOpen(null);
  const start = (draft: Draft): void => setOpen({ sheet: 'book', draft });
  const show = (one: ReservationView): void => {
    const on = serviceTime(book.clock, Date.parse(one.at)).day;
    setTab('day');
    setPicked(on === today ? null : on);
    choose({ reservation: one.id });
  };
  const moved = moving === null ? null : (reservations.get(moving) ?? null);
  const place = (table: string, at: number, one: ReservationView | null): void => {
    const whom = one ?? moved;
    setMoving(null);
    if (whom) setOpen({ sheet: 'move', move: { reservation: whom, at, table } });
    else start({ day, at, table });
  };

  return (
    <div className="page">
      <TabletBar view={view} place={stand.place} zone={stand.zone}>
        <Tabs tab={tab} phone={phone} onTab={setTab} />
        <Ringer />
      </TabletBar>
      <main className={`ho ${chosen === null ? '' : 'ho-chosen'}`}>
        <section className="bk" aria-label={t('host.book')}>
          <LineStrip className="ls-top" />
          <header className="bk-head">
            <Button
              look="plain"
              className="btn-square"
              label={t('host.dayBefore')}
              onPress={() => setPicked(addDays(day, -1))}
            >
              <PreviousIcon />
            </Button>
            <h1>
              {dayName(day)}
              {shown.periods.length > 0 && <small>{shown.periods.join(' · ')}</small>}
            </h1>
            <Button
              look="plain"
              className="btn-square"
              label={t('host.dayAfter')}
              testId="day-after"
              onPress={() => setPicked(addDays(day, 1))}
            >
              <NextIcon />
            </Button>
            {day !== today && (
              <Button look="edge" className="btn-small" onPress={() => setPicked(null)} testId="today">
                {t('host.today')}
              </Button>
            )}
            <span className="bk-tags">
              <Tag>
                <span className="bk-count">
                  {t('host.count', { count: counts.all })}
                  {counts.covers > 0 && (
                    <span className="bk-covers"> · {t('host.covers', { count: counts.covers })}</span>
                  )}
                </span>
              </Tag>
              {counts.late > 0 && (
                <Tag look="late">
                  <LateIcon stroke={2.75} />
                  {t('host.lateCount', { count: counts.late })}
                </Tag>
              )}
              {counts.allergies > 0 && (
                <Tag look="allergy">
                  <AllergyIcon stroke={2.75} />
                  {t('host.allergyCount', { count: counts.allergies })}
                </Tag>
              )}
            </span>
            <span className="grow" />
            <Button look="edge" onPress={() => setOpen({ sheet: 'walkIn', table: null })} testId="walk-in">
              <WalkInIcon />
              {t('host.walkIn')}
            </Button>
            <Button look="main" onPress={() => start({ day, at: null, table: null })} testId="book">
              <BookIcon />
              {t('host.newBooking')}
            </Button>
          </header>
          {moved && (
            <p className="moving" role="status">
              {t('host.movingSay', { name: moved.guest?.name ?? '' })}
              <Button look="edge" className="btn-small" onPress={() => setMoving(null)}>
                {t('act.cancel')}
              </Button>
            </p>
          )}
          {tab === 'day' && (
            <>
              <Timeline
                day={shown}
                moving={moved}
                onPlace={place}
                onTable={(table) => choose({ table })}
                key={day}
              />
              {!phone && (
                <div className="two">
                  <Pacing day={shown} />
                  <Waitlist />
                </div>
              )}
            </>
          )}
          {tab === 'wait' && <Waitlist />}
          {tab === 'list' && <ListTab day={shown} />}
          {tab === 'floor' && <FloorTab />}
          {tab === 'calls' && <CallsTab />}
        </section>
        <Side
          onToDo={() => setTab('calls')}
          onShow={show}
          onMove={(id) => {
            setTab('day');
            setMoving(id);
          }}
          onEdit={(one) => start({ day, at: Date.parse(one.at), table: null, change: one })}
          onSeatHere={(table) => setOpen({ sheet: 'walkIn', table })}
          onBook={start}
        />
      </main>
      {open?.sheet === 'book' && <BookSheet draft={open.draft} onClose={close} onDay={setPicked} />}
      {open?.sheet === 'walkIn' && <WalkInSheet table={open.table} onClose={close} />}
      {open?.sheet === 'move' && <MoveSheet move={open.move} onClose={close} />}
      <CallSheets />
      {moving !== null && <output className="sr-only">{t('host.moving')}</output>}
    </div>
  );
}

/** `Friday, 20 Nov`, in the language of the page. */
function dayName(day: string): string {
  const language = currentLanguage();
  return new Intl.DateTimeFormat(language === 'ar' ? 'ar-u-nu-latn' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(Date.parse(`${day}T12:00:00Z`));
}
