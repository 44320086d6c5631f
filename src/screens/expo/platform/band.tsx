import type { ReactElement } from 'react';
import type { OrderView } from '../../../domain/entities.ts';
import { useServerNow } from '../../../sdk/react/hooks.ts';
import { Rich, t } from '../../i18n/words.tsx';
import { Courier } from '../../platform/courier.tsx';
import { courierLine, expectsCourier, waitsForUs } from '../../platform/standing.ts';
import { AlertIcon, ClockIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { usePress } from '../../ui/press.ts';
import { ageText, millis } from '../../ui/time.ts';
import './expoPlatform.css';

/** Below the head of a platform's order: the clock of our yes, what the platform refused, where the courier is, whose number is the same. */
export function PlatformBand(props: {
  order: OrderView;
  twins: readonly OrderView[];
  onAsked: () => void;
}): ReactElement | null {
  const { platform } = props.order;
  const now = useServerNow();
  const press = usePress(props.onAsked);
  if (platform === undefined) return null;
  return (
    <div className="plat" data-testid="platform" data-state={platform.state}>
      {waitsForUs(platform) ? (
        <button type="button" className={`plat-ask pressable lvl-${platform.level}`} {...press}>
          <ClockIcon />
          {t('platform.waitsShort')}
          {platform.acceptBy !== null && (
            <small>
              <Left by={platform.acceptBy} now={now} />
            </small>
          )}
        </button>
      ) : (
        expectsCourier(props.order) && <Courier line={courierLine(platform, now)} now={now} />
      )}
      {platform.trouble !== null && (
        <p className="plat-bad" role="alert">
          <AlertIcon />
          <span>
            <b>{t('platform.refused', { name: platform.name })}</b> <bdi>{platform.trouble}</bdi>
          </span>
        </p>
      )}
      {platform.cutlery !== undefined && (
        <p className="plat-pack">{t(platform.cutlery ? 'platform.cutlery' : 'platform.noCutlery')}</p>
      )}
      {props.twins.map((twin) => (
        <p className="plat-twin" key={twin.id} data-testid="twin">
          <AlertIcon />
          <span>
            {t('platform.twin', {
              number: twin.number,
              name: twin.platform?.name ?? twin.guest?.name ?? twin.source,
            })}
          </span>
        </p>
      ))}
    </div>
  );
}

/** What is left of the platform's patience; never a negative time. */
export function Left({ by, now }: { by: string; now: number }): ReactElement {
  const left = millis(by) - now;
  if (left <= 0) return <>{t('platform.over')}</>;
  return (
    <Rich
      id="platform.left"
      values={{ time: ageText(left) }}
      tags={{
        b: (text) => (
          <b>
            <Num>{text}</Num>
          </b>
        ),
      }}
    />
  );
}
