import type { ReactElement, ReactNode } from 'react';
import type { AlertView, StationView, TicketView } from '../../domain/entities.ts';
import type { LiveData } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { AlertIcon, DeafIcon, PrinterIcon, TapIcon } from '../ui/icons.tsx';
import { ReceiptMark } from '../ui/marks.tsx';
import { deafStations } from '../ui/stationLive.ts';
import { ageText, clockText, millis } from '../ui/time.ts';
import { UNROUTED_STATION, askedSince, isUnheard } from './orders.ts';

/** Of each kind so many; the rest as a number: the pass has one pair of eyes. */
const SHOWN = 2;

/** What somebody at the pass must know now: stations nobody looks at, tickets nobody heard, changes nobody tapped, paper that did not come. */
export function Banners(props: {
  stations: readonly StationView[];
  tickets: readonly TicketView[];
  alerts: readonly AlertView[];
  live: LiveData;
  zone?: string;
  now: number;
}): ReactElement {
  const { tickets, alerts, now } = props;
  const names = new Map(props.stations.map((station) => [station.id, station.name]));
  const pass = props.stations[0]?.location;
  const nameOf = (station: string): string =>
    (station === pass?.expoId ? pass.expo : (names.get(station) ?? station)).toLocaleUpperCase();
  const byTicket = new Map(alerts.map((alert) => [`${alert.type}:${alert.ticket}`, alert]));
  const deaf = deafStations(props.live, props.stations);
  const unheard = tickets.filter((ticket) => ticket.station !== UNROUTED_STATION && isUnheard(ticket, now));
  const unseen = alerts.filter(({ type }) => type === 'unseen');
  const jammed = alerts.filter(({ type }) => type === 'printer');
  const short = alerts.filter(({ type }) => type === 'short' || type === 'unmapped');
  const [first] = deaf;
  return (
    <>
      {first !== undefined && (
        <Banner testId="deaf-banner" mark={<DeafIcon />} more={0}>
          {t('expo.deaf', { stations: deaf.map(({ name }) => name.toLocaleUpperCase()).join(', ') })}
          <small>{t('expo.deafSince', { age: ageText(now - first.since) })}</small>
        </Banner>
      )}
      {unheard.slice(0, SHOWN).map((ticket, index) => (
        <Banner
          key={ticket.id}
          testId="unheard"
          mark={<ReceiptMark receipt="unheard" />}
          more={index === SHOWN - 1 ? unheard.length - SHOWN : 0}
        >
          {t('expo.unheardAt', { number: `#${ticket.number}`, station: nameOf(ticket.station) })}
          <small>
            {[
              t('expo.unheardFor', { age: ageText(now - (askedSince(ticket) ?? now)) }),
              ...done(ticket, byTicket.get(`unheard:${ticket.id}`), nameOf, props.zone),
            ].join(' · ')}
          </small>
        </Banner>
      ))}
      {unseen.slice(0, SHOWN).map((alert, index) => (
        <Banner
          key={alert.id}
          testId="unseen"
          mark={<TapIcon />}
          more={index === SHOWN - 1 ? unseen.length - SHOWN : 0}
        >
          {t('expo.unseenAt', { number: `#${alert.number}`, station: nameOf(alert.station) })}
          <small>
            {t('expo.unseenFor', {
              code: alert.table ?? alert.displayId ?? `#${alert.number}`,
              age: ageText(now - millis(alert.at)),
            })}
          </small>
        </Banner>
      ))}
      {short.slice(0, SHOWN).map((alert, index) => (
        <Banner
          key={alert.id}
          testId="short"
          mark={<AlertIcon />}
          more={index === SHOWN - 1 ? short.length - SHOWN : 0}
        >
          {t(alert.type === 'short' ? 'expo.short' : 'expo.unmapped', {
            number: alert.displayId ?? alert.number,
          })}
          <small>{alert.items.map(({ name, qty }) => `${qty} ${name}`).join(', ')}</small>
        </Banner>
      ))}
      {jammed.slice(0, SHOWN).map((alert, index) => (
        <Banner
          key={alert.id}
          testId="printer"
          mark={<PrinterIcon />}
          more={index === SHOWN - 1 ? jammed.length - SHOWN : 0}
        >
          {t('expo.printerFailed', { printer: alert.printer ?? '' })}
          <small>
            {[
              `#${alert.number} · ${alert.reason ?? ''}`,
              ...(alert.next === undefined ? [] : [t('expo.printerNext', { printer: alert.next })]),
            ].join(' · ')}
          </small>
        </Banner>
      ))}
    </>
  );
}

/** What the house has done about it so far. */
function done(
  { delivery }: TicketView,
  alert: AlertView | undefined,
  nameOf: (station: string) => string,
  zone: string | undefined,
): string[] {
  const rung = alert?.rung ?? delivery.rung ?? 0;
  return [
    ...(delivery.to === undefined ? [] : [t('kitchen.shownAt', { station: nameOf(delivery.to) })]),
    ...(delivery.printedAt === undefined
      ? []
      : [t('expo.printedAt', { time: clockText(millis(delivery.printedAt), zone) })]),
    ...(rung >= 5 ? [t('expo.managerTold')] : []),
  ];
}

function Banner({
  testId,
  mark,
  more,
  children,
}: {
  testId: string;
  mark: ReactNode;
  more: number;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="ban" role="alert" data-testid={testId}>
      {mark} {children}
      {more > 0 && <small>{t('kitchen.more', { count: more })}</small>}
    </div>
  );
}
