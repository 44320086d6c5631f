import { useState, type ReactElement } from 'react';
import type { OrderView, TableView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { useActs } from '../pos/acts.tsx';
import { useDesk } from '../pos/desk.tsx';
import { allergenName } from '../pos/modifiers.tsx';
import { MoveSheet } from '../pos/orderSheets.tsx';
import { liveItems } from '../pos/orders.ts';
import { at, stationName } from '../pos/receipts.ts';
import { Option, Stepper } from '../pos/stepper.tsx';
import { Button } from '../ui/button.tsx';
import {
  AlertIcon,
  AllergyIcon,
  CloseIcon,
  MoveIcon,
  PlusIcon,
  PrinterIcon,
  SeatIcon,
  TapIcon,
  VoidIcon,
} from '../ui/icons.tsx';
import { Num, ReceiptMark, WorkDot } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { CleanIcon } from '../ui/tabletIcons.tsx';
import { clockText, exactText } from '../ui/time.ts';
import { type Step, journeyOf } from './journey.ts';
import { type Tile, isReservedSoon } from './plan.ts';
import { tileWord } from './tile.tsx';

/** What happened at a table, or to an order without one, and what can be done about it. */
export function Panel({
  tile,
  order: given,
  onClose,
}: {
  tile: Tile | null;
  order: OrderView | null;
  onClose: () => void;
}): ReactElement {
  const { unsent, live, now, stations, zone } = useDesk();
  const { act } = useActs();
  const [sheet, setSheet] = useState<'seat' | 'block' | 'move' | null>(null);
  const orders = tile ? tile.orders : given ? [given] : [];
  const order = orders.find((one) => one.status !== 'completed') ?? orders[0] ?? null;
  const allergies = [...new Set(orders.flatMap((one) => one.allergies))];
  const table = tile?.table ?? null;
  const since = at(table?.since);
  const open = orders.filter(
    (one) => one.status !== 'completed' && one.status !== 'cancelled' && one.status !== 'closed',
  );
  const ready = order ? liveItems(order).filter((item) => item.status === 'ready') : [];
  return (
    <aside className="pn" aria-label={table?.name ?? given?.guest?.name ?? ''}>
      <header className="oh">
        <b>
          <Num>{table?.name ?? given?.guest?.name ?? `#${given?.number ?? ''}`}</Num>
        </b>
        <div>
          <strong>
            {table
              ? table.covers === undefined
                ? t('floor.seats', { count: table.seats })
                : t('floor.coversOf', { covers: table.covers, seats: table.seats })
              : t(`orderType.${given?.type ?? 'takeout'}`)}
          </strong>
          <br />
          {tile ? tileWord(tile, stations) : order ? t('order.number', { number: order.number }) : ''}
          {since !== null && tile?.word !== 'free' && (
            <>
              {' '}
              · {t('line.since')} <Num>{clockText(since, zone)}</Num>
            </>
          )}
          {order?.server !== undefined && <> · {order.server}</>}
        </div>
        <Button className="btn-square" label={t('act.close')} onPress={onClose}>
          <CloseIcon />
        </Button>
      </header>
      {allergies.length > 0 && (
        <div className="alb">
          <AllergyIcon />
          {allergies.map(allergenName).join(' · ')}
        </div>
      )}
      <div className="pn-body" role="group" tabIndex={0} aria-label={t('floor.journey')}>
        {orders.map((one) => (
          <section key={one.id}>
            {orders.length > 1 && <h3>{t('order.number', { number: one.number })}</h3>}
            <ol>
              {journeyOf(one, since, unsent, live, now).map((step) => (
                <StepRow key={step.key} step={step} />
              ))}
            </ol>
          </section>
        ))}
        {orders.length === 0 && (
          <p className="nothing">
            {table?.status === 'blocked' ? (table.reason ?? t('tile.blocked')) : t('floor.nothing')}
          </p>
        )}
      </div>
      <div className="of">
        {ready.length > 0 && order && (
          <Button
            look="main"
            className="wide"
            onPress={() =>
              void act(
                'order.serve',
                { order: order.id, items: ready.map(({ id }) => id), version: order.version },
                { say: t('said.served') },
              )
            }
          >
            {t('order.serve', { count: ready.length })}
          </Button>
        )}
        <div className="act2">
          {open.length > 0 && order && (
            <Button onPress={() => setSheet('move')} testId="move">
              <MoveIcon />
              {t('floor.move')}
            </Button>
          )}
          {table && table.status !== 'blocked' && open.length === 0 && (
            <Button onPress={() => setSheet('seat')} testId="seat">
              <SeatIcon />
              {t(table.status === 'seated' ? 'floor.covers' : 'floor.seat')}
            </Button>
          )}
          {table && table.status !== 'free' && open.length === 0 && (
            <Button
              onPress={() =>
                void act(
                  'table.clear',
                  { table: table.id, version: table.version },
                  { say: t('floor.saidCleared', { table: table.name }) },
                )
              }
              testId="clear"
            >
              <CleanIcon />
              {t(
                table.status === 'blocked'
                  ? 'floor.unblock'
                  : table.status === 'dirty'
                    ? 'floor.clean'
                    : 'floor.clear',
              )}
            </Button>
          )}
          {table && (table.status === 'free' || table.status === 'dirty') && (
            <Button look="edge" onPress={() => setSheet('block')} testId="block">
              <VoidIcon />
              {t('floor.block')}
            </Button>
          )}
        </div>
        {table && table.status !== 'blocked' && (
          <a
            className={`btn wide ${ready.length > 0 ? '' : 'btn-main'}`}
            href={`/pos?table=${encodeURIComponent(table.id)}`}
            data-testid="add-order"
          >
            <PlusIcon />
            {t(open.length > 0 ? 'floor.add' : 'floor.order')}
          </a>
        )}
      </div>
      {sheet === 'seat' && table && (
        <SeatSheet
          seats={table.covers ?? table.seats}
          table={table}
          onDone={(covers) => {
            setSheet(null);
            void act(
              'table.seat',
              { table: table.id, covers, version: table.version },
              { say: t('floor.saidSeated', { table: table.name, covers }) },
            );
          }}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet === 'block' && table && (
        <Sheet title={t('floor.blockWhy', { table: table.name })} onClose={() => setSheet(null)}>
          <div className="opts">
            {(['reserved', 'broken', 'event', 'closed'] as const).map((key) => (
              <Option
                key={key}
                chosen={false}
                onPress={() => {
                  setSheet(null);
                  void act(
                    'table.block',
                    { table: table.id, reason: t(`block.${key}`), version: table.version },
                    {
                      say: t('floor.saidBlocked', { table: table.name }),
                      undo: () => void act('table.clear', { table: table.id }),
                    },
                  );
                }}
              >
                {t(`block.${key}`)}
              </Option>
            ))}
          </div>
        </Sheet>
      )}
      {sheet === 'move' && order && <MoveSheet order={order} onClose={() => setSheet(null)} />}
    </aside>
  );
}

function SeatSheet({
  seats,
  table,
  onDone,
  onClose,
}: {
  seats: number;
  table: TableView;
  onDone: (covers: number) => void;
  onClose: () => void;
}): ReactElement {
  const { now, zone } = useDesk();
  const [covers, setCovers] = useState(seats);
  const kept = isReservedSoon(table, now) ? table.reserved : undefined;
  return (
    <Sheet
      title={t('draft.covers')}
      onClose={onClose}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button look={kept ? 'danger' : 'main'} onPress={() => onDone(covers)} testId="seat-done">
            {t('floor.seat')}
          </Button>
        </footer>
      }
    >
      <Stepper name={t('draft.covers')} value={covers} min={1} max={99} onChange={setCovers} />
      {kept && (
        <p className="kept" role="alert">
          <AlertIcon />
          {t('floor.keptFor', {
            table: table.name,
            name: kept.name,
            party: kept.party,
            time: clockText(Date.parse(kept.at), zone),
          })}
        </p>
      )}
    </Sheet>
  );
}

function StepRow({ step }: { step: Step }): ReactElement {
  const { stations, zone } = useDesk();
  const station = step.station === null ? '' : stationName(step.station, stations);
  const detail = [
    step.what === 'sent' || step.what === 'addOn' || step.what === 'held'
      ? t('draft.lines', { count: step.lines })
      : '',
    step.heardMs === null ? '' : t('receipt.heardIn', { seconds: (step.heardMs / 1000).toFixed(1) }),
    step.screens === null ? '' : t('receipt.screens', { count: step.screens }),
    step.shownAt === null ? '' : t('receipt.shownAt', { station: stationName(step.shownAt, stations) }),
    step.by ?? '',
  ].filter((part) => part !== '');
  return (
    <li className="ev">
      <span>
        <StepMark what={step.what} />
      </span>
      <p>
        {t(`journey.${step.what}`, { station })}
        {detail.length > 0 && <small>{detail.join(' · ')}</small>}
      </p>
      <i>{step.at !== null && <Num>{exactText(step.at, zone)}</Num>}</i>
    </li>
  );
}

function StepMark({ what }: { what: Step['what'] }): ReactElement {
  switch (what) {
    case 'unsent':
      return <ReceiptMark receipt="queued" />;
    case 'sent':
    case 'addOn':
      return <ReceiptMark receipt="sent" />;
    case 'heard':
      return <ReceiptMark receipt="heard" />;
    case 'touched':
      return <ReceiptMark receipt="touched" />;
    case 'unheard':
      return <ReceiptMark receipt="unheard" />;
    case 'held':
      return <WorkDot work="held" />;
    case 'ready':
      return <WorkDot work="ready" />;
    case 'printed':
      return <PrinterIcon />;
    case 'tapped':
    case 'untapped':
      return <TapIcon />;
    case 'served':
    case 'seated':
      return <SeatIcon />;
  }
}
