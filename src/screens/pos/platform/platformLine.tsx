import type { ReactElement } from 'react';
import type { OrderView } from '../../../domain/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Courier, SourceBadge } from '../../platform/courier.tsx';
import { courierLine, expectsCourier, waitsForUs } from '../../platform/standing.ts';
import { AlertIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { ageText, millis } from '../../ui/time.ts';
import './posPlatform.css';

/** On a platform's order in the list: whose it is, the clock of our yes, or where its courier is. */
export function PlatformLine({ order, now }: { order: OrderView; now: number }): ReactElement | null {
  const { platform } = order;
  if (platform === undefined) return null;
  return (
    <span className="tile-platform">
      <SourceBadge name={platform.name} />
      {waitsForUs(platform) ? (
        <span className="tile-waits">
          <AlertIcon />
          {t('platform.waitsShort')}
          {platform.acceptBy !== null && <Num>{ageText(millis(platform.acceptBy) - now)}</Num>}
        </span>
      ) : (
        expectsCourier(order) && <Courier line={courierLine(platform, now)} now={now} />
      )}
    </span>
  );
}
