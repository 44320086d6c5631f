import { Suspense, useEffect, useState, type ReactElement } from 'react';
import { useLive, useServerNow, useView } from '../../sdk/react/hooks.ts';
import { t, type MessageKey } from '../i18n/words.tsx';
import { Loading } from '../pos/loading.tsx';
import { useSessionView } from '../session/gate.tsx';
import { usePress } from '../ui/press.ts';
import { TabletBar } from '../ui/tabletBar.tsx';
import { exactText } from '../ui/time.ts';
import { figuresOf, needsOf, screensOf, tilesOf } from './board.ts';
import { CallMe } from './callMe.tsx';
import { usePulse } from './calls.ts';
import { Drill } from './drill.tsx';
import { ROOMS } from './rooms.tsx';
import { FigureRow, LatencyChart, NeedList, PulseCharts, ScreenList, StationRow } from './live.tsx';
import { Story } from './story.tsx';

/** The house as its manager sees it: who hears, who does not, what happened, and whether it would hold. */

const TABS: readonly { readonly id: string; readonly name: MessageKey }[] = [
  { id: 'live', name: 'manager.live' },
  { id: 'story', name: 'manager.story' },
  { id: 'drill', name: 'manager.drill' },
  ...ROOMS,
];

export function Manager(): ReactElement {
  const view = useView('manager');
  const live = useLive('manager');
  const now = useServerNow();
  const session = useSessionView();
  const { pulse, failed } = usePulse();
  const [tab, setTab] = useState(tabOfAddress);
  useEffect(() => {
    const follow = (): void => setTab(tabOfAddress());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const choose = (next: string): void => {
    setTab(next);
    // So that a reload, or a link to it, comes back here.
    history.replaceState(null, '', next === 'live' ? location.pathname + location.search : `#${next}`);
  };
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
            <TabButton key={one.id} tab={one.id} name={one.name} chosen={tab === one.id} onChoose={choose} />
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
        {ROOMS.map(
          ({ id, Room }) =>
            tab === id && (
              <Suspense key={id} fallback={<Loading />}>
                <Room now={now} zone={zone} view={view} />
              </Suspense>
            ),
        )}
      </main>
    </div>
  );
}

/** The tab that the address names, or the first. */
function tabOfAddress(): string {
  const named = location.hash.slice(1);
  return TABS.some(({ id }) => id === named) ? named : 'live';
}

function TabButton({
  tab,
  name,
  chosen,
  onChoose,
}: {
  tab: string;
  name: MessageKey;
  chosen: boolean;
  onChoose: (tab: string) => void;
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
      {t(name)}
    </button>
  );
}
