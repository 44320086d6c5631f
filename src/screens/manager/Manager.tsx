import { useState, type ReactElement } from 'react';
import { useLive, useServerNow, useView } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { Loading } from '../pos/loading.tsx';
import { useSessionView } from '../session/gate.tsx';
import { usePress } from '../ui/press.ts';
import { TabletBar } from '../ui/tabletBar.tsx';
import { exactText } from '../ui/time.ts';
import { figuresOf, needsOf, screensOf, tilesOf } from './board.ts';
import { CallMe } from './callMe.tsx';
import { usePulse } from './calls.ts';
import { Drill } from './drill.tsx';
import { FigureRow, LatencyChart, NeedList, PulseCharts, ScreenList, StationRow } from './live.tsx';
import { Story } from './story.tsx';

/** The house as its manager sees it: who hears, who does not, what happened, and whether it would hold. */

type Tab = 'live' | 'story' | 'drill';
const TABS: readonly Tab[] = ['live', 'story', 'drill'];

export function Manager(): ReactElement {
  const view = useView('manager');
  const live = useLive('manager');
  const now = useServerNow();
  const session = useSessionView();
  const { pulse, failed } = usePulse();
  const [tab, setTab] = useState<Tab>('live');
  if (view.state === 'loading') return <Loading />;

  const stations = [...view.entities.station.values()];
  const orders = [...view.entities.order.values()];
  const first = stations[0];
  const zone = first?.location.timezone;
  const sources = { stations, orders, live, pulse, now };
  const names = new Map(stations.map(({ id, name }) => [id, name]));
  return (
    <div className="page mg-page">
      <TabletBar view={view} place={first?.location.name ?? session.location} zone={zone}>
        <nav className="seg" aria-label={t('nav.pages')}>
          {TABS.map((one) => (
            <TabButton key={one} tab={one} chosen={tab === one} onChoose={setTab} />
          ))}
        </nav>
      </TabletBar>
      <main className={`mg mg-tab-${tab}`}>
        {failed && pulse !== null && (
          <p className="mg-stale" role="status">
            {t('manager.stale', { time: exactText(pulse.now, zone) })}
          </p>
        )}
        {tab === 'live' && (
          <>
            <h1 className="sr-only">{t('manager.title')}</h1>
            <FigureRow figures={figuresOf(sources)} open={orders.length} />
            <StationRow tiles={tilesOf(sources)} now={now} />
            <div className="mg-middle">
              <LatencyChart pulse={pulse} zone={zone} />
              <NeedList needs={needsOf({ ...sources, alerts: view.entities.alert.values() })} now={now} />
            </div>
            <div className="mg-lower">
              <PulseCharts pulse={pulse} zone={zone} />
            </div>
            <ScreenList rows={screensOf(sources)} names={names} zone={zone} />
            <CallMe />
          </>
        )}
        {tab === 'story' && <Story now={now} zone={zone} />}
        {tab === 'drill' && <Drill pulse={pulse} now={now} zone={zone} />}
      </main>
    </div>
  );
}

function TabButton({
  tab,
  chosen,
  onChoose,
}: {
  tab: Tab;
  chosen: boolean;
  onChoose: (tab: Tab) => void;
}): ReactElement {
  const press = usePress(() => onChoose(tab));
  return (
    <button
      type="button"
      className="pressable"
      aria-current={chosen ? 'page' : undefined}
      data-testid={`tab-${tab}`}
      {...press}
    >
      {t(`manager.${tab}`)}
    </button>
  );
}
