import type { ReactElement } from 'react';
import { useLive, useServerNow } from '../../sdk/react/hooks.ts';
import type { LiveData, View } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { DeafIcon } from './icons.tsx';
import { Num } from './marks.tsx';
import { deafStations, stationLive } from './stationLive.ts';
import { ageText } from './time.ts';

/** Stations at which nobody would see a ticket: in every bar from 20 s on, before any ticket is lost there. */
export function DeafChip({ view }: { view: View }): ReactElement | null {
  const live = useLive(view.topic);
  const now = useServerNow();
  const deaf = deafStations(live, view.entities.station.values());
  const [first] = deaf;
  if (first === undefined) return null;
  return (
    <span className="conn conn-deaf" role="status" data-testid="deaf-station">
      <DeafIcon />
      <span className="chip-words">
        {deaf.length === 1
          ? t('deaf.one', { station: first.name.toLocaleUpperCase() })
          : t('deaf.many', { count: deaf.length })}
      </span>
      <small>
        <Num>{ageText(now - first.since)}</Num>
      </small>
    </span>
  );
}

/** On a station's own board: the server says that no screen of it counts, this one included. */
export function NobodyLooks({ live, station }: { live: LiveData; station: string }): ReactElement | null {
  const now = useServerNow();
  const since = stationLive(live, station)?.deafSince ?? null;
  if (since === null) return null;
  return (
    <span className="conn conn-deaf" role="status" data-testid="deaf-station">
      <DeafIcon />
      <span className="chip-words">{t('deaf.here')}</span>
      <small>
        <Num>{ageText(now - since)}</Num>
      </small>
    </span>
  );
}
