import { Ban, Inbox } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { deliveriesWords } from '../../i18n/deliveriesWords.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { usePress } from '../../ui/press.ts';
import { exactText } from '../../ui/time.ts';
import type { Room, RoomProps } from '../rooms.tsx';
import { type Delivery, sizeText } from './deliveries.ts';
import { DeliverySheet } from './sheet.tsx';
import { StatusTag } from './statusTag.tsx';
import { useDeliveries } from './useDeliveries.ts';
import './deliveries.css';

/** What outside systems delivered: what waits, what was given up, and the button that has it done again. */

const FILTERS = ['all', 'waiting', 'failed', 'dead'] as const;
type Filter = (typeof FILTERS)[number];

function DeliveriesRoom({ zone, now }: RoomProps): ReactElement {
  const [filter, setFilter] = useState<Filter>('all');
  const [channel, setChannel] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const deliveries = useDeliveries(filter, channel);
  const { list, open } = deliveries;
  const [channels, setChannels] = useState<readonly string[]>([]);
  const seen = [...new Set([...channels, ...(list ?? []).map((one) => one.channel)])].sort();
  if (seen.length > channels.length) setChannels(seen);

  const replay = (id: string | null): void => {
    setSaid('');
    void deliveries.replay(id).then((done) => {
      setSaid(
        done.ok
          ? t('deliveries.replayed', { count: done.count })
          : done.why === ''
            ? t('deliveries.failedToAsk')
            : t('deliveries.refused', { why: done.why }),
      );
      if (done.ok) setChosen(null);
    });
  };
  const look = list?.find(({ id }) => id === chosen);

  return (
    <div className="dv">
      <div className="dv-bar">
        <h1>{t('deliveries.title')}</h1>
        <div className="seg dv-seg" role="group" aria-label={t('deliveries.filter')}>
          {FILTERS.map((one) => (
            <FilterButton
              key={one}
              filter={one}
              count={one === 'all' ? 0 : open[one]}
              chosen={filter === one}
              onChoose={setFilter}
            />
          ))}
        </div>
        {seen.length > 1 && (
          <label className="dv-channel">
            <span>{t('deliveries.channel')}</span>
            <select className="field" value={channel} onChange={(event) => setChannel(event.target.value)}>
              <option value="">{t('deliveries.everyChannel')}</option>
              {seen.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p className="dv-said" role="status" data-testid="deliveries-said">
        {deliveries.failed ? t('deliveries.failedToAsk') : said}
      </p>
      {open.dead > 0 && (
        <section className="mg-card dv-dead" data-testid="deliveries-dead">
          <Ban className="i" strokeWidth={2.25} aria-hidden="true" focusable="false" />
          <p>{t('deliveries.deadSay', { count: open.dead })}</p>
          <Button look="main" onPress={() => replay(null)} testId="replay-all">
            {t('deliveries.replayAll')}
          </Button>
        </section>
      )}
      <section className="mg-card dv-list">
        {list === null ? (
          <p className="dv-none" role="status">
            {t('deliveries.asking')}
          </p>
        ) : list.length === 0 ? (
          <Nothing filter={filter} filtered={channel !== ''} />
        ) : (
          <>
            <div className="dv-head" aria-hidden="true">
              <span>{t('deliveries.at')}</span>
              <span>{t('deliveries.channel')}</span>
              <span>{t('deliveries.event')}</span>
              <span>{t('deliveries.status')}</span>
              <span>{t('deliveries.note')}</span>
            </div>
            <ul>
              {list.map((one) => (
                <Row key={one.id} delivery={one} zone={zone} now={now} onOpen={setChosen} />
              ))}
            </ul>
          </>
        )}
        {deliveries.hasOlder && (
          <Button look="edge" onPress={deliveries.older} testId="deliveries-older">
            {t('deliveries.older')}
          </Button>
        )}
      </section>
      {look !== undefined && (
        <DeliverySheet
          delivery={look}
          zone={zone}
          onReplay={replay}
          onClose={() => setChosen(null)}
          said={said}
        />
      )}
    </div>
  );
}

function FilterButton(props: {
  filter: Filter;
  count: number;
  chosen: boolean;
  onChoose: (filter: Filter) => void;
}): ReactElement {
  const press = usePress(() => props.onChoose(props.filter));
  return (
    <button
      type="button"
      className="pressable"
      aria-pressed={props.chosen}
      data-testid={`filter-${props.filter}`}
      {...press}
    >
      {t(`deliveries.${props.filter}`)}
      {props.count > 0 && (
        <span className={props.filter === 'dead' ? 'dv-count dv-count-dead' : 'dv-count'}>
          <Num>{props.count}</Num>
        </span>
      )}
    </button>
  );
}

function Row(props: {
  delivery: Delivery;
  zone: string | undefined;
  now: number;
  onOpen: (id: string) => void;
}): ReactElement {
  const { delivery, zone } = props;
  const time = whenText(delivery.receivedAt, props.now, zone);
  const press = usePress(() => props.onOpen(delivery.id));
  return (
    <li>
      <button
        type="button"
        className="dv-row pressable"
        aria-label={t('deliveries.open', { event: delivery.event, time })}
        data-testid="delivery"
        data-status={delivery.status}
        {...press}
      >
        <Num className="dv-time">{time}</Num>
        <span className="dv-place">
          <bdi>{delivery.channel}</bdi>
        </span>
        <bdi className="dv-event">{delivery.event}</bdi>
        <span>
          <StatusTag status={delivery.status} />
        </span>
        <span className="dv-note">
          <NoteText delivery={delivery} />
          <small>
            <Num>{sizeText(delivery.bytes)}</Num>
          </small>
        </span>
      </button>
    </li>
  );
}

function NoteText({ delivery }: { delivery: Delivery }): ReactElement {
  const parts = [
    delivery.attempts > 1 ? t('deliveries.tries', { count: delivery.attempts }) : null,
    delivery.repeats > 0 ? t('deliveries.repeats', { count: delivery.repeats }) : null,
    delivery.replays > 0 ? t('deliveries.replays', { count: delivery.replays }) : null,
  ].filter((part) => part !== null);
  return (
    <span>
      {delivery.reason !== null && <bdi className="dv-reason">{delivery.reason}</bdi>}
      {parts.length > 0 && <span className="dv-counts">{parts.join(' · ')}</span>}
    </span>
  );
}

function Nothing({ filter, filtered }: { filter: Filter; filtered: boolean }): ReactElement {
  const words =
    filter === 'dead'
      ? t('deliveries.noneDead')
      : filter === 'all' && !filtered
        ? t('deliveries.none')
        : t('deliveries.noneOfThese');
  return (
    <div className="dv-none">
      <Inbox className="i" strokeWidth={2} aria-hidden="true" focusable="false" />
      <p>{words}</p>
      {filter === 'all' && !filtered && <p className="dv-say">{t('deliveries.say')}</p>}
    </div>
  );
}

const DAY_MS = 86_400_000;

/** The time, with the date when it was not in the last day. */
function whenText(at: number, now: number, zone: string | undefined): string {
  const time = exactText(at, zone);
  if (now - at < DAY_MS) return time;
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, month: '2-digit', day: '2-digit' }).format(
    at,
  );
  return `${date} ${time}`;
}

export const room: Room = { Room: DeliveriesRoom, words: deliveriesWords };
