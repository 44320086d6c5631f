import type { ReactElement, ReactNode } from 'react';
import type { ReservationView } from '../../../domain/booking/entities.ts';
import type { CallView } from '../../../domain/call/entities.ts';
import { serviceTime } from '../../../domain/zone.ts';
import { useView } from '../../../sdk/react/hooks.ts';
import { t } from '../../i18n/words.tsx';
import { allergenName } from '../../pos/modifiers.tsx';
import { Button } from '../../ui/button.tsx';
import { AllergyIcon, NoteIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { moneyText } from '../../ui/money.ts';
import { PeopleIcon } from '../../ui/tabletIcons.tsx';
import { ageText, clockText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { tableNames } from '../names.ts';
import { statusWord, waitWord } from '../status.ts';
import { BookedIcon, OrderedIcon } from './icons.tsx';

type Link = CallView['links'][number];

/** What was done in the call, the latest first, each a tap away from where it stands. */
export function Facts({
  call,
  onShow,
}: {
  call: CallView;
  onShow: (reservation: ReservationView) => void;
}): ReactElement | null {
  const { reservations } = useStand();
  const links = latestOf(call.links);
  const allergies = [
    ...new Set(
      links.flatMap((link) =>
        link.what === 'reservation' ? (reservations.get(link.id)?.allergies ?? []) : [],
      ),
    ),
  ];
  if (links.length === 0) return null;
  return (
    <ul className="cf" aria-label={t('calls.facts')}>
      {links.map((link) => (
        <li key={`${link.what} ${link.id}`} data-testid={`fact-${link.what}`}>
          <FactOf link={link} onShow={onShow} />
        </li>
      ))}
      {allergies.length > 0 && (
        <li data-testid="fact-allergy">
          <Fact
            icon={<AllergyIcon className="cf-allergy" />}
            title={allergies.map(allergenName).join(' · ')}
            sub={t('calls.onTickets')}
          />
        </li>
      )}
    </ul>
  );
}

/** Of one thing, the last that was done with it. */
function latestOf(links: readonly Link[]): Link[] {
  const seen = new Map<string, Link>();
  for (const link of links) {
    seen.delete(`${link.what} ${link.id}`);
    seen.set(`${link.what} ${link.id}`, link);
  }
  return [...seen.values()].reverse();
}

type Shows = { link: Link; onShow: (reservation: ReservationView) => void };

function FactOf({ link, onShow }: Shows): ReactElement {
  switch (link.what) {
    case 'reservation':
      return <ReservationFact link={link} onShow={onShow} />;
    case 'order':
      return <OrderFact link={link} />;
    case 'entry':
      return <EntryFact link={link} />;
    case 'message':
      return <MessageFact link={link} />;
    default:
      return link.what satisfies never;
  }
}

function Fact(props: {
  icon: ReactElement;
  title: ReactNode;
  sub: ReactNode;
  open?: { label: string; press: () => void };
}): ReactElement {
  return (
    <div className="ir">
      <span className="ir-icon">{props.icon}</span>
      <p>
        {props.title}
        <small>{props.sub}</small>
      </p>
      {props.open && (
        <Button className="btn-small" label={props.open.label} onPress={props.open.press} testId="fact-open">
          {t('calls.open')}
        </Button>
      )}
    </div>
  );
}

function ReservationFact({ link, onShow }: Shows): ReactElement {
  const { reservations, tables, now, zone, book, today } = useStand();
  const one = reservations.get(link.id);
  const title = t(`calls.did.reservation.${link.did}`);
  if (!one) return <Fact icon={<BookedIcon />} title={title} sub={t('calls.gone')} />;
  const at = Date.parse(one.at);
  const day = book ? serviceTime(book.clock, at).day : today;
  return (
    <Fact
      icon={<BookedIcon />}
      title={
        <>
          {title} <span className={`word-${one.status}`}>{statusWord(one, now)}</span>
          {one.status === 'held' && one.until !== undefined && (
            <>
              {' '}
              <b>
                <Num>{ageText(Date.parse(one.until) - now)}</Num>
              </b>
            </>
          )}
        </>
      }
      sub={
        <>
          {t('host.people', { count: one.party })} · {day === today ? t('calls.today') : <Num>{day}</Num>}{' '}
          <Num>{clockText(at, zone)}</Num> · <Num>{tableNames(one.tables, tables)}</Num>
        </>
      }
      open={{
        label: t('calls.openBooking', { name: one.guest?.name ?? '' }),
        press: () => onShow(one),
      }}
    />
  );
}

/** Orders are on another topic, asked for only while a call has one. */
function OrderFact({ link }: { link: Link }): ReactElement {
  const { entities } = useView('pos');
  const one = entities.order.get(link.id);
  const currency = entities.station.values().next().value?.location.currency;
  return (
    <Fact
      icon={<OrderedIcon />}
      title={
        <>
          {t(`calls.did.order.${link.did}`)} {one && <Num>#{one.number}</Num>}
        </>
      }
      sub={
        one && currency !== undefined
          ? t('calls.orderOf', {
              count: one.items?.reduce((sum, { qty }) => sum + qty, 0) ?? one.liveItems,
              total: moneyText(one.total, currency),
            })
          : t('calls.gone')
      }
    />
  );
}

function EntryFact({ link }: { link: Link }): ReactElement {
  const { entries, choose } = useStand();
  const one = entries.get(link.id);
  const title = t(`calls.did.entry.${link.did}`);
  if (!one) return <Fact icon={<PeopleIcon />} title={title} sub={t('calls.gone')} />;
  return (
    <Fact
      icon={<PeopleIcon />}
      title={title}
      sub={
        <>
          {t('host.people', { count: one.party })} · {waitWord(one)}
        </>
      }
      open={{
        label: t('calls.openEntry', { name: one.guest.name }),
        press: () => choose({ entry: one.id }),
      }}
    />
  );
}

function MessageFact({ link }: { link: Link }): ReactElement {
  const { tasks } = useStand();
  const one = tasks.get(link.id);
  return (
    <Fact
      icon={<NoteIcon />}
      title={t(`calls.did.message.${link.did}`)}
      sub={one?.text === undefined ? t('calls.gone') : <bdi>{one.text}</bdi>}
    />
  );
}
