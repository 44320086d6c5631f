import { useState, type ReactElement, type ReactNode } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import type { AlertView, StationView, TicketView } from '../../domain/entities.ts';
import type { LiveData } from '../../sdk/shapes.ts';
import { Rich, t } from '../i18n/words.tsx';
import { codeOf, paintedLines } from '../kitchen/tickets.ts';
import { Button } from '../ui/button.tsx';
import { UnroutedIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { ageText } from '../ui/time.ts';
import { Banners } from './banners.tsx';
import { Parties } from './parties.tsx';
import { standInTickets, stationTiles, unroutedTickets } from './orders.ts';

/** How the stations stand: what nobody heard, what each has open, what no station makes. */
export function Side(props: {
  /** Above everything else: what somebody outside waits for. */
  first: ReactNode;
  stations: readonly StationView[];
  tickets: readonly TicketView[];
  alerts: readonly AlertView[];
  parties: readonly ReservationView[];
  live: LiveData;
  zone?: string;
  now: number;
  asRow: boolean;
  onDone: (ticket: TicketView) => void;
  onSend: (ticket: TicketView, station: string) => void;
}): ReactElement {
  const { tickets, now } = props;
  const standIns = standInTickets(tickets, props.stations[0]?.location.expoId);
  return (
    <aside className={`side ${props.asRow ? 'row-of' : ''}`} tabIndex={0}>
      {props.first}
      <Banners
        stations={props.stations}
        tickets={tickets}
        alerts={props.alerts}
        live={props.live}
        zone={props.zone}
        now={now}
      />
      <Parties parties={props.parties} zone={props.zone} />
      {standIns.map((ticket) => (
        <StandIn key={ticket.id} ticket={ticket} stations={props.stations} onDone={props.onDone} />
      ))}
      {unroutedTickets(tickets).map((ticket) => (
        <Unrouted
          key={ticket.id}
          ticket={ticket}
          stations={props.stations}
          onDone={props.onDone}
          onSend={props.onSend}
        />
      ))}
      {stationTiles(props.stations, tickets, now, props.live).map((tile) => (
        <section
          className={`stn ${tile.notHeard > 0 || tile.deafSince !== null ? 'deaf' : ''}`}
          key={tile.station.id}
          data-testid="station"
        >
          <h2>
            {tile.station.name}
            {tile.receipt !== null && <ReceiptMark receipt={tile.receipt} />}
          </h2>
          <p>
            {tile.open === 0 ? (
              t('expo.idle')
            ) : (
              <>
                <Rich
                  id="expo.stationOpen"
                  values={{ count: tile.open }}
                  tags={{ b: (text) => <b>{text}</b> }}
                />
                {tile.oldest !== null && (
                  <>
                    {' · '}
                    <Rich
                      id="expo.oldest"
                      values={{ age: ageText(now - tile.oldest) }}
                      tags={{ b: (text) => <b dir="ltr">{text}</b> }}
                    />
                  </>
                )}
              </>
            )}
          </p>
          {tile.receipt === 'unheard' && (
            <p className="note">{t('expo.notHeard', { count: tile.notHeard })}</p>
          )}
          {tile.deafSince !== null ? (
            <p className="note" data-testid="deaf">
              {t('expo.deafFor', { age: ageText(now - tile.deafSince) })}
            </p>
          ) : (
            tile.screens !== null && <p data-testid="screens">{t('expo.screens', { count: tile.screens })}</p>
          )}
          {tile.receipt === 'heard' && <p className="note calm">{t('expo.allHeard')}</p>}
        </section>
      ))}
    </aside>
  );
}

/** A ticket of a station without a screen whose backup is the pass: somebody here makes it, or tells them. */
function StandIn({
  ticket,
  stations,
  onDone,
}: {
  ticket: TicketView;
  stations: readonly StationView[];
  onDone: (ticket: TicketView) => void;
}): ReactElement {
  const name = stations.find(({ id }) => id === ticket.station)?.name ?? ticket.station;
  return (
    <section className="unr stand-in" data-testid="stand-in">
      <h2>{t('kitchen.forStation', { station: name.toLocaleUpperCase() })}</h2>
      {paintedLines(ticket).map((line) => (
        <p key={line.lines[0]?.item}>
          <Num>{line.qty}</Num> <bdi>{line.name}</bdi>
        </p>
      ))}
      <small>
        <bdi>{codeOf(ticket)}</bdi> · <Num>#{ticket.number}</Num>
      </small>
      <Button look="raised" onPress={() => onDone(ticket)}>
        {t('expo.unroutedDone')}
      </Button>
    </section>
  );
}

function Unrouted({
  ticket,
  stations,
  onDone,
  onSend,
}: {
  ticket: TicketView;
  stations: readonly StationView[];
  onDone: (ticket: TicketView) => void;
  onSend: (ticket: TicketView, station: string) => void;
}): ReactElement {
  const [choosing, setChoosing] = useState(false);
  return (
    <section className="unr" data-testid="unrouted">
      <h2>
        <UnroutedIcon />
        {t('expo.unrouted')}
      </h2>
      {paintedLines(ticket).map((line) => (
        <p key={line.lines[0]?.item}>
          <Num>{line.qty}</Num> <bdi>{line.name}</bdi>
        </p>
      ))}
      <small>
        <bdi>{codeOf(ticket)}</bdi> · <Num>#{ticket.number}</Num> ·{' '}
        <bdi>{ticket.server ?? ticket.source}</bdi>
      </small>
      {choosing ? (
        <div className="to">
          {stations
            .filter((station) => station.id !== 'unrouted')
            .map((station) => (
              <Button key={station.id} look="raised" onPress={() => onSend(ticket, station.id)}>
                {station.name.toUpperCase()}
              </Button>
            ))}
          <Button look="edge" onPress={() => onDone(ticket)}>
            {t('expo.unroutedDone')}
          </Button>
        </div>
      ) : (
        <Button look="raised" onPress={() => setChoosing(true)}>
          {t('expo.sendTo')}
        </Button>
      )}
    </section>
  );
}
