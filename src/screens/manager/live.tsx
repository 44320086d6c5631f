import type { ReactElement } from 'react';
import { t, type MessageKey } from '../i18n/words.tsx';
import { AlertIcon, DeafIcon, PrinterIcon, UnroutedIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { Tag } from '../ui/tag.tsx';
import { ageText, clockText, exactText } from '../ui/time.ts';
import type { PulseAnswer } from './answers.ts';
import {
  type Figures,
  type Need,
  type ScreenRow,
  type Tile,
  outagesOf,
  perMinute,
  sinceFirst,
  together,
} from './board.ts';
import { Chart } from './chart.tsx';
import { LateIcon, LostIcon, ScreensIcon } from './icons.tsx';
import { Kpi } from './kpi.tsx';
import { Table } from './table.tsx';

/** The live view: five figures, the stations, who is needed, the pulse of the lines, the screens. */

export function FigureRow({ figures, open }: { figures: Figures; open: number }): ReactElement {
  return (
    <div className="mg-figures">
      <Kpi
        name={t('kpi.screens')}
        value={figures.screens}
        say={figures.slower === 0 ? t('kpi.allSockets') : t('kpi.slower', { count: figures.slower })}
        testId="kpi-screens"
      />
      <Kpi
        name={t('kpi.reconnects')}
        value={figures.reconnects}
        say={t('kpi.heartbeats', { count: figures.heartbeats })}
      />
      <Kpi
        name={t('kpi.painted')}
        value={figures.paintedP95 === null ? '–' : t('kpi.ms', { ms: Math.round(figures.paintedP95) })}
        say={figures.paintedP95 === null ? t('kpi.nothingPainted') : t('kpi.paintedSay')}
      />
      <Kpi name={t('kpi.late')} value={figures.late} say={t('kpi.lateSay', { count: open })} />
      <Kpi name={t('kpi.waiting')} value={figures.waiting} say={t('kpi.waitingSay')} />
    </div>
  );
}

export function StationRow({ tiles, now }: { tiles: readonly Tile[]; now: number }): ReactElement {
  return (
    <div className="mg-stations">
      {tiles.map((tile) => (
        <StationTile key={tile.id} tile={tile} now={now} />
      ))}
    </div>
  );
}

function StationTile({ tile, now }: { tile: Tile; now: number }): ReactElement {
  const deaf = tile.deafSince !== null;
  const none = tile.screens === 0;
  const lost = tile.canary !== null && tile.canary.ms === null;
  return (
    <article
      className={`mg-card mg-station ${deaf ? 'mg-bad' : ''}`}
      data-testid={`tile-${tile.id}`}
      data-deaf={deaf}
    >
      <h3>
        {tile.name}
        {deaf ? (
          <Tag look="late">
            <DeafIcon />
            {t('stationTile.deaf')}
          </Tag>
        ) : tile.late > 0 ? (
          <Tag look="late">
            <LateIcon />
            {t('stationTile.late', { count: tile.late })}
          </Tag>
        ) : none ? (
          <Tag look="soon">{t('stationTile.noScreen')}</Tag>
        ) : (
          <Tag look="heard">{t('stationTile.live')}</Tag>
        )}
      </h3>
      <dl className="mg-numbers">
        <div>
          <dd>
            <Num>{tile.open}</Num>
          </dd>
          <dt>{t('stationTile.open')}</dt>
        </div>
        <div>
          <dd>
            <Num>{tile.oldestAt === null ? '–' : ageText(now - tile.oldestAt)}</Num>
          </dd>
          <dt>{t('stationTile.oldest')}</dt>
        </div>
        <div>
          <dd>
            <Num>{tile.linesPerMinute}</Num>
          </dd>
          <dt>{t('stationTile.lines')}</dt>
        </div>
      </dl>
      <p>
        <ReceiptMark receipt={deaf || none ? 'unheard' : 'heard'} />
        {tile.screens === null ? '–' : t('stationTile.screens', { count: tile.screens })}
        <em>
          {deaf
            ? t('stationTile.deafFor', { time: ageText(now - (tile.deafSince ?? now)) })
            : lost
              ? t('stationTile.canaryLost')
              : [
                  tile.heardP50 === null
                    ? null
                    : t('stationTile.heard', { time: secondsText(tile.heardP50) }),
                  tile.canary?.ms === undefined || tile.canary.ms === null
                    ? null
                    : t('stationTile.canary', { time: secondsText(tile.canary.ms) }),
                ]
                  .filter((said) => said !== null)
                  .join(' · ')}
        </em>
      </p>
    </article>
  );
}

function secondsText(ms: number): string {
  return t('stationTile.time', { seconds: (ms / 1000).toFixed(ms < 10_000 ? 1 : 0) });
}

const NEED_ICONS: Record<Need['kind'], (props: { className?: string }) => ReactElement> = {
  deaf: DeafIcon,
  unheard: DeafIcon,
  unseen: AlertIcon,
  unrouted: UnroutedIcon,
  printer: PrinterIcon,
  short: AlertIcon,
  accept: AlertIcon,
  refused: AlertIcon,
  courier: AlertIcon,
  unmapped: UnroutedIcon,
  screen: LostIcon,
  canary: LostIcon,
  outbox: ScreensIcon,
  late: LateIcon,
};

/** Under a need's name: what was done about it already. */
function saidUnder({ kind, values }: Need): string {
  switch (kind) {
    case 'deaf':
      return t('needs.deafSay', { count: Number(values['open'] ?? 0) });
    case 'unheard':
      return t('needs.unheardSay', { rung: String(values['rung'] ?? '') });
    case 'unseen':
      return t('needs.unseenSay', values);
    case 'unrouted':
    case 'short':
    case 'unmapped':
      return String(values['items'] ?? '');
    case 'refused':
      return String(values['reason'] ?? '');
    case 'accept':
    case 'courier':
      return String(values['platform'] ?? '');
    case 'printer':
      return values['next'] === '' ? String(values['reason'] ?? '') : t('needs.printerNext', values);
    case 'screen':
      return causeText(String(values['cause'] ?? ''));
    case 'canary':
      return t('needs.canarySay');
    case 'outbox':
      return t('needs.outboxSay');
    case 'late':
      return '';
    default:
      return kind satisfies never;
  }
}

export function NeedList({ needs, now }: { needs: readonly Need[]; now: number }): ReactElement {
  const late = needs.filter(({ level }) => level === 'late').length;
  return (
    <section className="mg-card mg-needs" aria-labelledby="needs" data-testid="needs">
      <h3>
        <span id="needs">{t('needs.title')}</span>
        {late > 0 && (
          <Tag look="late">
            <Num>{late}</Num>
          </Tag>
        )}
        {needs.length > late && (
          <Tag look="soon">
            <Num>{needs.length - late}</Num>
          </Tag>
        )}
      </h3>
      {needs.length === 0 && (
        <p className="mg-nobody">
          <ReceiptMark receipt="heard" />
          {t('needs.nothing')}
        </p>
      )}
      <ul>
        {needs.map((need) => {
          const Icon = NEED_ICONS[need.kind];
          const values = {
            ...need.values,
            page: pageText(String(need.values['page'] ?? '')),
            who:
              need.values['who'] === undefined || need.values['who'] === '' ? '' : ` ${need.values['who']}`,
          };
          const key: MessageKey = `needs.${need.kind}`;
          return (
            <li key={need.id} className={`mg-need mg-${need.level}`} data-testid={`need-${need.kind}`}>
              <span className="mg-need-icon">
                <Icon />
              </span>
              <div>
                <b>{t(key, values)}</b>
                <small>{saidUnder(need)}</small>
              </div>
              <em>
                <Num>{ageText(now - need.since)}</Num>
              </em>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function PulseCharts({
  pulse,
  zone,
}: {
  pulse: PulseAnswer | null;
  zone?: string;
}): ReactElement | null {
  if (pulse?.pulse === null || pulse === null) return null;
  const columns = sinceFirst(pulse.pulse);
  const { at } = columns;
  const small = { at, zone, height: 132 };
  return (
    <>
      <Chart
        {...small}
        title={t('chart.connections')}
        lines={[
          { name: t('chart.sockets'), values: columns.websocket },
          { name: t('chart.events'), values: columns.sse },
          { name: t('chart.polls'), values: together(columns['long-poll'], columns.poll) },
        ]}
      />
      <Chart
        {...small}
        title={t('chart.reconnects')}
        lines={[{ name: '', values: perMinute(columns.reconnects) }]}
      />
      <Chart {...small} title={t('chart.outbox')} lines={[{ name: '', values: columns.outboxDepth }]} />
      <Chart {...small} title={t('chart.heartbeats')} lines={[{ name: '', values: columns.heartbeats }]} />
    </>
  );
}

export function LatencyChart({ pulse, zone }: { pulse: PulseAnswer | null; zone?: string }): ReactElement {
  const columns = pulse?.pulse ? sinceFirst(pulse.pulse) : null;
  const none: readonly (number | null)[] = [];
  return (
    <Chart
      title={t('chart.painted')}
      say={t('chart.paintedSay')}
      at={columns?.at ?? []}
      zone={zone}
      log
      budget={200}
      height={212}
      outages={columns === null ? [] : outagesOf(columns)}
      lines={[
        { name: 'p50', values: columns?.paintedP50 ?? none },
        { name: 'p95', values: columns?.paintedP95 ?? none },
        { name: 'p99', values: columns?.paintedP99 ?? none },
      ]}
    />
  );
}

export function pageText(page: string): string {
  const known = ['kitchen', 'expo', 'pos', 'floor', 'host', 'manager', 'board', 'track'] as const;
  return t(`pageName.${known.find((one) => one === page) ?? 'other'}`);
}

export function causeText(cause: string): string {
  const known = [
    'cut',
    'silent',
    'drain',
    'token_expired',
    'revoked',
    'too_slow',
    'max_age',
    'resync',
    'left',
  ] as const;
  return t(`cause.${known.find((one) => one === cause) ?? 'other'}`);
}

function transportText(transport: string): string {
  const known = ['websocket', 'sse', 'long-poll', 'poll'] as const;
  return t(`transport.${known.find((one) => one === transport) ?? 'other'}`);
}

export function ScreenList({
  rows,
  names,
  zone,
}: {
  rows: readonly ScreenRow[];
  names: ReadonlyMap<string, string>;
  zone?: string;
}): ReactElement {
  return (
    <section className="mg-card mg-screens" aria-labelledby="screens" data-testid="screens">
      <h3>
        <span id="screens">{t('screens.title')}</span>
        <Tag>
          <Num>{rows.filter(({ gone }) => gone === null).length}</Num>
        </Tag>
      </h3>
      {rows.length === 0 && <p className="mg-nobody">{t('screens.none')}</p>}
      {rows.length > 0 && (
        <Table
          about="screens"
          heads={[
            t('screens.screen'),
            t('screens.line'),
            t('screens.since'),
            t('screens.seen'),
            t('screens.sound'),
            t('screens.waits'),
          ]}
        >
          {rows.map((row) => (
            <tr key={row.key} className={row.gone === null ? '' : 'mg-lost'} data-testid="screen-row">
              <th scope="row">
                {pageText(row.page ?? '')}
                {row.station !== null && ` ${names.get(row.station) ?? row.station}`}
                {row.who !== null && <small>{row.who}</small>}
              </th>
              <td>
                {row.gone === null
                  ? transportText(row.transport)
                  : t('screens.lost', { cause: causeText(row.gone.cause) })}
              </td>
              <td>
                <Num>{clockText(row.since, zone)}</Num>
              </td>
              <td>
                {row.seenAt === null ? '–' : <Num>{exactText(row.seenAt, zone)}</Num>}
                {row.visible === false && <small>{t('screens.hidden')}</small>}
              </td>
              <td>{soundText(row.audio)}</td>
              <td>
                <Num>
                  {row.outbox === null
                    ? '–'
                    : row.outbox.depth === 0
                      ? 0
                      : `${row.outbox.depth} · ${ageText(row.outbox.oldestMs)}`}
                </Num>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function soundText(audio: string | null): string {
  if (audio === null || audio === 'none') return '–';
  if (audio === 'running') return t('sound.running');
  return audio === 'flashed' ? t('sound.flashed') : t('sound.silent');
}
