import type { ReactElement } from 'react';
import { LANGUAGES, OWN_NAMES, localeOf } from '../../i18n/language.ts';
import { currentLanguage, t } from '../../i18n/words.tsx';
import { wordsOf } from '../doc.ts';
import { NumberField, PickField, TextField } from '../fields.tsx';
import { useHouse } from '../house.tsx';
import { Exceptions, Hours } from './hours.tsx';

/** What the house is called, where it is, in which money it reckons, and when guests may come. */

const ZONES = Intl.supportedValuesOf('timeZone').map((id) => ({ id, name: id.replaceAll('_', ' ') }));
const CURRENCIES = Intl.supportedValuesOf('currency');

export function PlaceRoom(): ReactElement {
  const { doc } = useHouse();
  const names = new Intl.DisplayNames([localeOf(currentLanguage())], { type: 'currency' });
  const zone = wordsOf(doc, ['timezone']);
  return (
    <>
      <section className="st-card">
        <div className="st-fields">
          <TextField path={['name']} label={t('place.name')} most={80} />
          <PickField
            path={['currency']}
            label={t('field.currency')}
            options={CURRENCIES.map((id) => ({ id, name: `${id} · ${names.of(id) ?? id}` }))}
          />
          <PickField
            path={['timezone']}
            label={t('field.timezone')}
            options={
              ZONES.some(({ id }) => id === zone) || zone === ''
                ? ZONES
                : [{ id: zone, name: zone }, ...ZONES]
            }
          />
          <PickField
            path={['language']}
            label={t('field.language')}
            hint={t('place.languageSay')}
            options={LANGUAGES.map((id) => ({ id, name: OWN_NAMES[id] }))}
          />
          <NumberField
            path={['dayEndsAt']}
            label={t('field.dayEndsAt')}
            hint={t('place.dayEndsSay')}
            least={0}
            most={23}
            placeholder="4"
            optional
          />
          <TextField
            path={['address']}
            label={t('field.address')}
            hint={t('place.guestsSay')}
            most={200}
            optional
          />
          <TextField path={['phone']} label={t('field.phone')} most={25} type="tel" ltr optional />
        </div>
      </section>
      <Hours />
      <Exceptions />
    </>
  );
}
