/** @jsxImportSource preact */
import type { VNode } from 'preact';
import type { TrackingView } from '../../domain/entities.ts';
import { t } from '../i18n/say.ts';
import { clockText } from '../ui/time.ts';
import { ageText } from './age.ts';
import { type Spot, broughtBy } from './courier.ts';
import { Icon } from './marks.tsx';

/** Who brings it: a sentence, the time, and a line from the house to the guest. No map: it says what is known and no more. */
export function Courier({
  view,
  spot,
  now,
}: {
  view: TrackingView;
  spot: Spot | null;
  now: number;
}): VNode | null {
  const brought = broughtBy(view, now);
  if (brought === null || view.cancelled !== undefined) return null;
  const { word, name, at, along, batched } = brought;
  return (
    <section class={`cr cr-${word}`} aria-live="polite">
      <h2>{t(`track.courier.${word}`, { name: name === null ? t('track.courier.one') : isolated(name) })}</h2>
      {at !== null && (
        <p>
          {at < now
            ? t('track.courier.anyMoment')
            : t('track.courier.at', { time: clockText(at, view.location.timezone) })}
        </p>
      )}
      {spot !== null && (word === 'coming' || word === 'yours') && (
        <p>{t(spot.moves ? 'track.courier.moves' : 'track.courier.seen', { age: ageText(now - spot.at) })}</p>
      )}
      {batched && <p>{t('track.courier.batched')}</p>}
      <div class="cr-way" aria-hidden="true" style={{ '--along': along }}>
        <Icon of="house" />
        <i />
        <Icon of="bike" />
        <Icon of="pin" />
      </div>
    </section>
  );
}

/** A name keeps its own direction inside a sentence, its full stop and all. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
