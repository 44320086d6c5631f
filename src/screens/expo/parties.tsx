import type { ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { t } from '../i18n/words.tsx';
import { AllergyIcon } from '../ui/icons.tsx';
import { clockText, millis } from '../ui/time.ts';

/** Large parties that come soon: how many, when, and what must not be on their plates. */
export function Parties({
  parties,
  zone,
}: {
  parties: readonly ReservationView[];
  zone: string | undefined;
}): ReactElement {
  const first = parties.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return (
    <>
      {first.map((one) => (
        <section className="stn" key={one.id} data-testid="party">
          <h2>{t('expo.party', { party: one.party, time: clockText(millis(one.at), zone) })}</h2>
          {one.allergies.length > 0 && (
            <p className="stn-allergy">
              <AllergyIcon stroke={2.75} /> {one.allergies.join(' · ')}
            </p>
          )}
        </section>
      ))}
    </>
  );
}
