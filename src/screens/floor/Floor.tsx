import { useState, type CSSProperties, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { Loading } from '../pos/loading.tsx';
import { useDesk } from '../pos/desk.tsx';
import { readyToRun, stateOf } from '../pos/orders.ts';
import { receiptsOf } from '../pos/receipts.ts';
import { OrderTile, RunCard } from '../pos/tables.tsx';
import { Trouble } from '../pos/trouble.tsx';
import { Num } from '../ui/marks.tsx';
import { usePhone } from '../ui/size.ts';
import { TabletBar, initialsOf } from '../ui/tabletBar.tsx';
import { Tag } from '../ui/tag.tsx';
import { Panel } from './panel.tsx';
import { type Tile as TileState, columnsOf, isBeside, planOf, withoutTable, worstFirst } from './plan.ts';
import { Tile, serverClass } from './tile.tsx';

/** The room at a glance: tables by section, what has no table, what is ready; the chosen one's journey at the end side. */
export function Floor(): ReactElement {
  const desk = useDesk();
  const { orders, tables, unsent, live, stations, now, view, carts } = desk;
  // A phone has no room for a plan.
  const narrow = usePhone();
  const [chosen, setChosen] = useState<{ table: string } | { order: string } | null>(null);
  if (view.state === 'loading') return <Loading />;

  const sections = planOf(tables.values(), orders, { unsent, live, stations, now });
  const tiles = sections.flatMap((section) => section.tiles);
  const others = withoutTable(orders).filter((order) => order.status !== 'completed');
  const runs = readyToRun(orders, now);
  const drafted = new Set(carts.filter((cart) => cart.lines.length > 0).flatMap((cart) => cart.table ?? []));
  const servers = [...new Set(tiles.flatMap((tile) => tile.server ?? []))].toSorted();
  const tile =
    chosen && 'table' in chosen ? (tiles.find(({ table }) => table.id === chosen.table) ?? null) : null;
  const order = chosen && 'order' in chosen ? (orders.find(({ id }) => id === chosen.order) ?? null) : null;
  const open = (next: OrderView): void =>
    setChosen(next.table === undefined ? { order: next.id } : { table: next.table });
  const draw = (one: TileState): ReactElement => (
    <Tile
      key={one.table.id}
      tile={one}
      now={now}
      stations={stations}
      servers={desk.servers}
      selected={tile?.table.id === one.table.id}
      drafted={drafted.has(one.table.id)}
      onPress={() => setChosen(tile?.table.id === one.table.id ? null : { table: one.table.id })}
    />
  );
  const acting = others.filter(
    (other) => stateOf(other, receiptsOf(other, unsent, live, now), unsent, stations, now).act !== null,
  ).length;

  return (
    <div className="page">
      <TabletBar view={view} place={desk.place} zone={desk.zone}>
        <nav className="seg" aria-label={t('nav.pages')}>
          <a href="/pos">{t('nav.orders')}</a>
          <a href="/floor" aria-current="page">
            {t('nav.floor')}
          </a>
        </nav>
      </TabletBar>
      <main className={`fl ${tile || order ? 'fl-chosen' : ''}`}>
        <section className="plan" aria-label={t('nav.floor')}>
          {tiles.length === 0 && <p className="nothing">{t('floor.noTables')}</p>}
          {narrow ? (
            <div className="plan-list">
              {worstFirst(tiles.filter((one) => one.act !== null || !one.empty)).map(draw)}
            </div>
          ) : (
            <div className="plan-sections">
              {sections.map((section, index) => (
                <section
                  key={`${section.name ?? ''}${String(section.bar)}`}
                  className={`zone ${section.bar ? 'zone-bar' : ''} ${isBeside(sections, index) ? 'zone-beside' : ''}`}
                  style={{ '--cols': columnsOf(section) } as CSSProperties}
                >
                  <h2>{section.name ?? t(section.bar ? 'floor.bar' : 'floor.room')}</h2>
                  <div className="zone-tiles">{section.tiles.map(draw)}</div>
                </section>
              ))}
            </div>
          )}
          {others.length > 0 && (
            <section className="zone">
              <h2>
                {t('orders.noTable')}{' '}
                {acting > 0 && (
                  <Tag look="heard">
                    <Num>{acting}</Num>
                  </Tag>
                )}
              </h2>
              <div className="zone-tiles">
                {others.map((other) => (
                  <OrderTile
                    key={other.id}
                    order={other}
                    selected={order?.id === other.id}
                    onPress={() => setChosen({ order: other.id })}
                  />
                ))}
              </div>
            </section>
          )}
          <p className="lg">
            {servers.map((name) => (
              <span key={name}>
                <em className={`server ${serverClass(name, desk.servers)}`}>{initialsOf(name)}</em>
                {name}
              </span>
            ))}
            <span>{t('floor.border')}</span>
          </p>
        </section>
        {tile || order ? (
          <Panel
            key={tile?.table.id ?? order?.id}
            tile={tile}
            order={order}
            onClose={() => setChosen(null)}
          />
        ) : (
          <aside className="pn">
            <header className="oh">
              <b className="pn-title">{t('run.title')}</b>
              <div>
                <Tag look={runs.length > 0 ? 'heard' : 'soft'}>
                  <Num>{runs.length}</Num>
                </Tag>
              </div>
            </header>
            <div className="pn-runs">
              {runs.map((run) => (
                <RunCard key={run.order.id} run={run} onOpen={() => open(run.order)} />
              ))}
              <Trouble onOrder={open} />
              {runs.length === 0 && <p className="nothing">{t('run.none')}</p>}
            </div>
          </aside>
        )}
      </main>
    </div>
  );
}
