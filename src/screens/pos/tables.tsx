import { useState, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import { type Tile, planOf } from '../floor/plan.ts';
import { Tile as TableTile } from '../floor/tile.tsx';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { PlusIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark, TypeTile, typeLetter, WorkDot } from '../ui/marks.tsx';
import { Tag } from '../ui/tag.tsx';
import { ageText } from '../ui/time.ts';
import { useActs } from './acts.tsx';
import { useDesk } from './desk.tsx';
import { Trouble } from './trouble.tsx';
import { DoorsRow } from './platform/doorsRow.tsx';
import { PlatformLine } from './platform/platformLine.tsx';
import { type Run, openOrders, readyToRun, stateOf } from './orders.ts';
import { receiptsOf, stationName } from './receipts.ts';

/** What stands at the pass, what went wrong, my tables, and the orders that have no table. */
export function TablesPane(props: {
  selected: string | null;
  onTable: (tile: Tile) => void;
  onOrder: (order: OrderView) => void;
  onNew: () => void;
  onDraft: (order: string) => void;
}): ReactElement {
  const desk = useDesk();
  const { orders, tables, unsent, live, stations, now, name, carts } = desk;
  const [choice, setAll] = useState<boolean | null>(null);
  const seen = { unsent, live, stations, now };
  const runs = readyToRun(orders, now);
  const drafted = new Set(carts.filter((cart) => cart.lines.length > 0).flatMap((cart) => cart.table ?? []));
  const every = planOf(tables.values(), orders, seen).flatMap((section) => section.tiles);
  const mine = every.filter(
    (tile) =>
      drafted.has(tile.table.id) ||
      (!tile.empty && (name === undefined || tile.server === null || tile.server === name)),
  );
  // Whoever has no table yet wants to see them all.
  const all = choice ?? mine.length === 0;
  const tiles = all ? every : mine;
  const others = openOrders(orders).filter(
    (order) => order.table === undefined && order.status !== 'completed',
  );
  const drafts = carts.filter((cart) => cart.lines.length > 0 && !cart.adds && cart.table === null);
  return (
    <section className="left" aria-label={t('nav.orders')}>
      <div className="left-head">
        <h2 className="hd">{t('run.title')}</h2>
        <Tag look={runs.length > 0 ? 'heard' : 'soft'}>
          <Num>{runs.length}</Num>
        </Tag>
        <span className="grow" />
        <Button look="edge" onPress={props.onNew} testId="new-order">
          <PlusIcon />
          {t('order.new')}
        </Button>
      </div>
      <div className="runs">
        {runs.map((run) => (
          <RunCard key={run.order.id} run={run} onOpen={() => props.onOrder(run.order)} />
        ))}
        <Trouble onOrder={props.onOrder} />
        {runs.length === 0 && <p className="nothing nothing-inline">{t('run.none')}</p>}
      </div>
      <DoorsRow which="others" />
      <div className="left-head">
        <h2 className="hd">{t(all ? 'tables.all' : 'tables.mine')}</h2>
        <span className="grow" />
        <span className="seg">
          <Button look="plain" pressed={!all} onPress={() => setAll(false)}>
            {t('tables.mineShort')}
          </Button>
          <Button look="plain" pressed={all} onPress={() => setAll(true)} testId="all-tables">
            {t('tables.allShort')}
          </Button>
        </span>
      </div>
      {tiles.length === 0 ? (
        <p className="nothing nothing-inline">{t('tables.noneMine')}</p>
      ) : (
        <div className="tiles">
          {tiles.map((tile) => (
            <TableTile
              key={tile.table.id}
              tile={tile}
              now={now}
              stations={stations}
              servers={desk.servers}
              selected={props.selected === tile.table.id}
              drafted={drafted.has(tile.table.id)}
              onPress={() => props.onTable(tile)}
            />
          ))}
        </div>
      )}
      {(others.length > 0 || drafts.length > 0) && (
        <>
          <h2 className="hd">{t('orders.noTable')}</h2>
          <div className="tiles">
            {drafts.map((cart) => (
              <Button
                key={cart.order}
                look="plain"
                className="tile tile-queued"
                onPress={() => props.onDraft(cart.order)}
              >
                <span className="tile-top">
                  <b>{cart.guest || t(`orderType.${cart.type}`)}</b>
                  <small>
                    <Num>{ageText(now - cart.openedAt)}</Num>
                  </small>
                </span>
                <span className="tile-word">
                  <ReceiptMark receipt="queued" />
                  {t('draft.notSent')}
                </span>
              </Button>
            ))}
            {others.map((order) => (
              <OrderTile
                key={order.id}
                order={order}
                selected={props.selected === order.id}
                onPress={() => props.onOrder(order)}
              />
            ))}
          </div>
        </>
      )}
      <DoorsRow which="open" />
      <Legend />
    </section>
  );
}

/** One order at the pass. `On it` is this tablet's own mark; the second tap says that it is on the table. */
export function RunCard({ run, onOpen }: { run: Run; onOpen: () => void }): ReactElement {
  const { tables, stations, now } = useDesk();
  const { act, say } = useActs();
  const [mine, setMine] = useState(false);
  const { order } = run;
  const code =
    order.table === undefined
      ? (order.guest?.name ?? `#${order.number}`)
      : (tables.get(order.table)?.name ?? order.table);
  const whole = run.station !== null;
  return (
    <article className="nt nt-run" data-testid="run">
      <Button look="plain" className="nt-open" onPress={onOpen} label={t('run.open', { code })}>
        <b className="code">
          <Num>{code}</Num>
        </b>
        <span className="nt-say">
          <strong>
            {whole
              ? t('run.station', { station: sentence(stationName(run.station ?? '', stations)) })
              : run.ready === run.of
                ? t('run.whole')
                : t('run.part', { ready: run.ready, of: run.of })}
          </strong>
          <small>
            {[...together(run)].map(([name, qty], index) => (
              <span key={name}>
                {index > 0 && ', '}
                <bdi>
                  {qty} {name}
                </bdi>
              </span>
            ))}{' '}
            · {t('run.pass')} <Num>{ageText(now - run.since)}</Num>
          </small>
        </span>
      </Button>
      {mine ? (
        <Button
          look="main"
          testId="run-served"
          onPress={() => {
            setMine(false);
            void act(
              'order.serve',
              { order: order.id, items: run.items.map(({ id }) => id), version: order.version },
              { say: t('said.served') },
            );
          }}
        >
          {t('run.served')}
        </Button>
      ) : (
        <Button
          look="main"
          testId="run-on-it"
          onPress={() => {
            setMine(true);
            say(t('said.onIt', { code }));
          }}
        >
          {t('run.onIt')}
        </Button>
      )}
    </article>
  );
}

/** `2 House Lemonade`, however many lines they were typed in. */
function together(run: Run): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of run.items) counts.set(item.name, (counts.get(item.name) ?? 0) + item.qty - item.voidQty);
  return counts;
}

export function OrderTile({
  order,
  selected,
  onPress,
}: {
  order: OrderView;
  selected: boolean;
  onPress: () => void;
}): ReactElement {
  const { unsent, live, stations, now } = useDesk();
  const state = stateOf(order, receiptsOf(order, unsent, live, now), unsent, stations, now);
  const letter = typeLetter(order.type, order.source);
  return (
    <Button
      look="plain"
      className={`tile ${state.act === null ? '' : `tile-${state.act}`} ${selected ? 'tile-selected' : ''}`}
      onPress={onPress}
      testId={`order-${order.number}`}
    >
      <span className="tile-top">
        <b className="tile-guest">
          {order.platform?.number ??
            order.guest?.name ??
            order.displayId ??
            t('order.number', { number: order.number })}
        </b>
        {state.since !== null && (
          <small>
            <Num>{ageText(now - state.since)}</Num>
          </small>
        )}
      </span>
      <span className="tile-word">
        <WorkDot
          work={
            (
              {
                ready: 'ready',
                served: 'ready',
                cooking: 'cooking',
                held: 'held',
                late: 'blocked',
                unheard: 'blocked',
                unsent: 'waiting',
                soon: 'cooking',
                waiting: 'waiting',
                cancelled: 'waiting',
              } as const
            )[state.standing]
          }
        />
        {state.standing === 'ready' && state.ready < state.of
          ? t('run.part', { ready: state.ready, of: state.of })
          : t(`tile.${state.standing}`)}
      </span>
      <PlatformLine order={order} now={now} />
      <span className="tile-foot">
        <TypeTile letter={letter} label={t(`type.${letter}`)} />
        {order.number > 0 && <Num>#{order.number}</Num>}
      </span>
    </Button>
  );
}

function Legend(): ReactElement {
  return (
    <p className="leg" aria-hidden="true">
      {(['sent', 'heard', 'touched', 'unheard', 'queued'] as const).map((mark) => (
        <span key={mark}>
          <ReceiptMark receipt={mark} />
          {t(`legend.${mark}`)}
        </span>
      ))}
    </p>
  );
}

/** `DRINKS` at the start of a sentence. */
export function sentence(name: string): string {
  const small = name.toLocaleLowerCase();
  return small.charAt(0).toLocaleUpperCase() + small.slice(1);
}
