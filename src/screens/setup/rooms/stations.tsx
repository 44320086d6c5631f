import type { ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { namedAt, wordsOf } from '../doc.ts';
import { writeDuration } from '../durations.ts';
import { Entries } from '../entries.tsx';
import { NumberField, PickField, SwitchField, TextField, TimeField, numberOr } from '../fields.tsx';
import { useHouse } from '../house.tsx';

/** Where food is made: its name, when a ticket is soon and late there, who stands in, and its paper. */

export const WARN = 600;
export const LATE = 900;

export function StationsRoom(): ReactElement {
  const { doc } = useHouse();
  const printers = namedAt(doc, ['printers']);
  return (
    <section className="st-card">
      <p>{t('stations.say')}</p>
      <Entries
        path={['stations']}
        testId="station"
        empty={t('stations.none')}
        summary={(one) => (
          <>
            {t('stations.soonLate')}{' '}
            <Num>
              {writeDuration(numberOr(one, ['warn'], WARN))} / {writeDuration(numberOr(one, ['late'], LATE))}
            </Num>
            {wordsOf(one, ['backup']) !== '' && (
              <> · {t('stations.standsIn', { name: nameHere(wordsOf(one, ['backup'])) })}</>
            )}
            {wordsOf(one, ['printer']) !== '' && <> · {t('stations.paper')}</>}
          </>
        )}
        add={{
          label: t('stations.add'),
          most: 40,
          make: (name, id) => ({ id, name, warn: WARN, late: LATE }),
        }}
        editor={(index) => (
          <div className="st-fields">
            <TextField path={['stations', index, 'name']} label={t('field.name')} most={40} />
            <TimeField
              path={['stations', index, 'warn']}
              label={t('field.warn')}
              hint={t('stations.warnSay')}
            />
            <TimeField
              path={['stations', index, 'late']}
              label={t('field.late')}
              hint={t('stations.lateSay')}
            />
            <PickField
              path={['stations', index, 'backup']}
              label={t('field.backup')}
              hint={t('stations.backupSay')}
              none={t('stations.noBackup')}
              options={backupsFor(wordsOf(doc, ['stations', index, 'id']))}
            />
            <PickField
              path={['stations', index, 'printer']}
              label={t('field.printer')}
              none={t('stations.noPrinter')}
              options={printers}
            />
            <PickField
              path={['stations', index, 'expo']}
              label={t('field.expo')}
              options={[
                { id: 'send', name: t('stations.passSend') },
                { id: 'skip', name: t('stations.passSkip') },
                { id: 'only', name: t('stations.passOnly') },
              ]}
              none={t('stations.passDefault')}
            />
            <NumberField
              path={['stations', index, 'capacity']}
              label={t('field.capacity')}
              hint={t('stations.capacitySay')}
              least={1}
              most={1_000_000}
              optional
            />
            <SwitchField
              path={['stations', index, 'skipStart']}
              label={t('field.skipStart')}
              hint={t('stations.skipStartSay')}
            />
          </div>
        )}
      />
    </section>
  );

  function nameHere(id: string): string {
    return backupsFor('').find((one) => one.id === id)?.name ?? id;
  }

  function backupsFor(own: string): { id: string; name: string }[] {
    const pass = wordsOf(doc, ['expo', 'id']) || 'expo';
    return [
      ...namedAt(doc, ['stations']).filter(({ id }) => id !== own),
      { id: pass, name: wordsOf(doc, ['expo', 'name']) || t('stations.pass') },
    ];
  }
}
