import { Cable } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useHeard } from '../../../sdk/react/hooks.ts';
import { channelsWords } from '../../i18n/channelsWords.ts';
import { platformWords } from '../../i18n/platformWords.ts';
import { t } from '../../i18n/words.tsx';
import { Courier } from '../../platform/courier.tsx';
import { DoorKeys, DoorState, type DoorAct } from '../../platform/doorSheet.tsx';
import { doorsInOrder } from '../../platform/doors.ts';
import { courierLine, expectsCourier, type PlatformOrder } from '../../platform/standing.ts';
import { AlertIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { Tag, type TagLook } from '../../ui/tag.tsx';
import { ageText, exactText, millis } from '../../ui/time.ts';
import type { Room, RoomProps } from '../rooms.tsx';
import {
  channelRows,
  healthOf,
  otherLines,
  type ChannelRow,
  type Link,
  type LinkHealth,
  type OtherLine,
} from './links.ts';
import { useLinks } from './useLinks.ts';
import './channels.css';

/** The doors to outside: how each stands, what waits at it, what its platform refused, and whether its line is good. */
function ChannelsRoom({ now, zone, view }: RoomProps): ReactElement {
  const heard = useHeard();
  const { links, open, failed } = useLinks();
  const [said, setSaid] = useState('');
  const doors = doorsInOrder(view.entities.channel.values());
  const rows = channelRows(doors, view.entities.order.values(), links ?? []);
  const others = otherLines(links ?? [], doors, view.entities.order.values());
  const act = ({ name, input }: DoorAct, done: string): void => {
    setSaid('');
    void heard.command(name, input).then((answer) => {
      setSaid(answer.ok ? done : answer.reason === 'refused' ? answer.problem.detail : t('channels.notSent'));
    });
  };
  return (
    <div className="ch">
      <h1>{t('channels.title')}</h1>
      <p className="ch-said" role="status" data-testid="channels-said">
        {failed ? t('channels.failed') : said}
      </p>
      {open !== null && open.dead + open.failed > 0 && (
        <p className="ch-dead" role="alert" data-testid="channels-dead">
          <AlertIcon />
          <span>{t('channels.dead', { dead: open.dead, failed: open.failed })}</span>
          <a href="#deliveries">{t('channels.toDeliveries')}</a>
        </p>
      )}
      {rows.length === 0 && others.length === 0 && (
        <p className="mg-card ch-none">
          <Cable className="i" strokeWidth={2} aria-hidden="true" focusable="false" />
          {t('channels.none')}
        </p>
      )}
      <div className="ch-list">
        {rows.map((row) => (
          <Channel
            key={row.door.id}
            row={row}
            linksKnown={links !== null}
            now={now}
            zone={zone}
            onAct={act}
          />
        ))}
      </div>
      {others.length > 0 && (
        <section className="mg-card ch-others">
          <h2>{t('channels.others')}</h2>
          <ul>
            {others.map((line) => (
              <Other key={line.link.channel} line={line} now={now} zone={zone} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Channel(props: {
  row: ChannelRow;
  linksKnown: boolean;
  now: number;
  zone: string | undefined;
  onAct: (act: DoorAct, said: string) => void;
}): ReactElement {
  const { row, now, zone } = props;
  const { door } = row;
  return (
    <section
      className={`mg-card ch-one ${door.mode === 'auto_paused' || row.health === 'broken' ? 'mg-bad' : ''}`}
      data-testid={`channel-${door.id}`}
      data-mode={door.mode}
    >
      <header>
        <h2>
          <bdi>{door.name}</bdi>
        </h2>
        <DoorState door={door} zone={zone} />
      </header>
      {door.reason !== null && (
        <p className="ch-reason">
          <bdi>{door.reason}</bdi>
        </p>
      )}
      {door.trouble !== null && (
        <p className="ch-bad" role="alert" data-testid="channel-trouble">
          <AlertIcon />
          <span>
            {t('platform.refused', { name: door.name })}: <bdi>{door.trouble}</bdi>
          </span>
        </p>
      )}
      {props.linksKnown && <LinkLine link={row.link} health={row.health} zone={zone} />}
      <Orders title={t('channels.waiting')} orders={row.waiting} none={t('channels.noneWaits')}>
        {({ platform }) => (
          <em className={`ch-clock lvl-${platform.level}`} data-testid="clock">
            {platform.acceptBy === null ? (
              t('platform.noClock')
            ) : (
              <Num>{ageText(millis(platform.acceptBy) - now)}</Num>
            )}
          </em>
        )}
      </Orders>
      {row.going > 0 && <p className="ch-going">{t('channels.going', { count: row.going })}</p>}
      {row.refused.length > 0 && <Refused orders={row.refused} now={now} />}
      <DoorKeys door={door} now={now} onAct={props.onAct} />
    </section>
  );
}

/** A courier service or a telephone: how its line is, and what it would not do. */
function Other(props: { line: OtherLine; now: number; zone: string | undefined }): ReactElement {
  const { now, zone } = props;
  const { link, refused } = props.line;
  const { channel, trouble } = link;
  return (
    <li data-testid={`link-${channel}`}>
      <b>
        <bdi>{channel}</bdi>
      </b>
      <LinkLine link={link} health={healthOf(link)} zone={zone} />
      {trouble !== null && (
        <p className="ch-bad" role="alert" data-testid="line-trouble">
          <AlertIcon />
          <span>
            {t('channels.notPutThrough', { time: trouble.at === null ? '' : exactText(trouble.at, zone) })}:{' '}
            <bdi>{trouble.words}</bdi>
          </span>
        </p>
      )}
      {refused.length > 0 && <Refused orders={refused} now={now} />}
    </li>
  );
}

function Refused({ orders, now }: { orders: readonly PlatformOrder[]; now: number }): ReactElement {
  return (
    <Orders title={t('channels.refused')} orders={orders} none="">
      {(order) => (
        <>
          <bdi className="ch-why">{order.platform.trouble}</bdi>
          {expectsCourier(order) && <Courier line={courierLine(order.platform, now)} now={now} />}
        </>
      )}
    </Orders>
  );
}

function Orders(props: {
  title: string;
  orders: readonly PlatformOrder[];
  none: string;
  children: (order: PlatformOrder) => ReactElement;
}): ReactElement {
  return (
    <div className="ch-orders">
      <h3>{props.title}</h3>
      {props.orders.length === 0 && <p>{props.none}</p>}
      <ul>
        {props.orders.map((order) => (
          <li key={order.id} data-testid="channel-order">
            <b>
              <bdi>{order.platform.number}</bdi>
            </b>
            <Num>#{order.number}</Num>
            {props.children(order)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const LOOKS: Record<LinkHealth, TagLook> = { none: 'outline', broken: 'late', silent: 'soft', fine: 'heard' };

function LinkLine(props: {
  link: Link | undefined;
  health: LinkHealth;
  zone: string | undefined;
}): ReactElement {
  const { link, health } = props;
  return (
    <p className="ch-link" data-testid="link" data-health={health}>
      <Tag look={LOOKS[health]}>{t(`channels.link.${health}`)}</Tag>
      {link !== undefined && link.lastDeliveryAt !== null && (
        <span>{t('channels.lastHeard', { time: exactText(link.lastDeliveryAt, props.zone) })}</span>
      )}
      {link !== undefined && link.missing.length > 0 && (
        <span>{t('channels.missing', { fields: link.missing.join(', ') })}</span>
      )}
      {link?.url === null && <span>{t('channels.noAddress')}</span>}
      {link?.simulator === true ? (
        <Tag look="info">{t('channels.simulator')}</Tag>
      ) : (
        link?.sandbox === true && <Tag look="info">{t('channels.sandbox')}</Tag>
      )}
    </p>
  );
}

export const room: Room = { Room: ChannelsRoom, words: [channelsWords, platformWords] };
