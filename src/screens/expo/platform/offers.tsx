import type { ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import type { PlatformOrder, Stop } from '../../platform/standing.ts';
import { SourceBadge } from '../../platform/courier.tsx';
import { AlertIcon, ClockIcon, VoidIcon } from '../../ui/icons.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { Left } from './band.tsx';
import './expoPlatform.css';

/** At the side of the pass: what waits for our yes with its clock, and what was cancelled while somebody is at it. */
export function Offers(props: {
  offers: readonly PlatformOrder[];
  stops: readonly Stop[];
  nameOf: (station: string) => string;
  now: number;
  /** Somebody went and told the stations. */
  onTold: (stop: Stop) => void;
  onAccept: (order: PlatformOrder) => void;
  onDeny: (order: PlatformOrder) => void;
}): ReactElement {
  return (
    <>
      {props.stops.map((stop) => (
        <section className="stop" key={stop.order} role="alert" data-testid="stop">
          <h2>
            <VoidIcon />
            {t('platform.stop', { name: stop.name, number: stop.number })}
          </h2>
          <p>{t('platform.stopAt', { stations: stop.stations.map(props.nameOf).join(', ') })}</p>
          <Button look="edge" testId="stop-told" onPress={() => props.onTold(stop)}>
            {t('platform.told')}
          </Button>
        </section>
      ))}
      {props.offers.map((order) => (
        <section
          className={`offer lvl-${order.platform.level}`}
          key={order.id}
          data-testid="offer"
          data-level={order.platform.level}
        >
          <h2>
            <bdi>{order.platform.number}</bdi>
            <SourceBadge name={order.platform.name} />
          </h2>
          <p>
            {order.platform.level === 0 ? <ClockIcon /> : <AlertIcon />}
            {t('platform.waitsShort')}
            <span className="offer-left">
              {order.platform.acceptBy === null ? (
                t('platform.noClock')
              ) : (
                <Left by={order.platform.acceptBy} now={props.now} />
              )}
            </span>
          </p>
          <small>
            <Num>#{order.number}</Num>
            {order.guest !== undefined && (
              <>
                {' · '}
                <bdi>{order.guest.name}</bdi>
              </>
            )}
            {order.platform.level > 1 && ` · ${t('platform.escalated')}`}
          </small>
          <div className="offer-acts">
            <Button look="main" testId="accept" onPress={() => props.onAccept(order)}>
              {t('platform.accept')}
            </Button>
            <Button look="edge" testId="deny" onPress={() => props.onDeny(order)}>
              {t('platform.deny')}
            </Button>
          </div>
        </section>
      ))}
    </>
  );
}
