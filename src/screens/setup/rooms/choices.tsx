import type { ReactElement } from 'react';
import type { Json } from '../../../domain/documents.ts';
import { t } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { moneyText } from '../../ui/money.ts';
import { type Path, listOf, namedAt, numberOf, wordsOf } from '../doc.ts';
import { Entries } from '../entries.tsx';
import {
  ManyField,
  MoneyField,
  NumberField,
  PickField,
  TextField,
  WordsField,
  numberOr,
} from '../fields.tsx';
import { currencyOf, useHouse } from '../house.tsx';

/** Groups of options: what a guest may, or must, choose of a dish, and where it is made because of that. */

const EVERY = 100;

function useKinds(): { id: string; name: string }[] {
  return [
    { id: 'choice', name: t('choices.choice') },
    { id: 'add', name: t('choices.add') },
    { id: 'remove', name: t('choices.remove') },
  ];
}

export function Choices(): ReactElement {
  const { doc } = useHouse();
  const kinds = useKinds();
  const rule = (one: Json): string => {
    const [min, max] = [numberOr(one, ['min'], 0), numberOr(one, ['max'], EVERY)];
    if (min === 0) return max >= EVERY ? t('choices.free') : t('choices.upTo', { max });
    return min === max ? t('choices.exactly', { min }) : t('choices.atLeast', { min });
  };
  return (
    <section className="st-card">
      <p>{t('choices.say')}</p>
      <Entries
        path={['menu', 'groups']}
        testId="group"
        empty={t('menu.noChoices')}
        summary={(one) => (
          <>
            {rule(one)} · {t('choices.options', { count: listOf(one, ['options']).length })}
          </>
        )}
        add={{
          label: t('choices.addGroup'),
          most: 60,
          make: (name, id) => ({ id, name, kind: 'choice', min: 0, max: 1, options: [] }),
        }}
        editor={(index) => {
          const path: Path = ['menu', 'groups', index];
          return (
            <>
              <div className="st-fields">
                <TextField path={[...path, 'name']} label={t('field.name')} most={60} />
                <PickField path={[...path, 'kind']} label={t('field.kind')} options={kinds} />
                <NumberField
                  path={[...path, 'min']}
                  label={t('field.min')}
                  hint={t('choices.minSay')}
                  least={0}
                  most={100}
                />
                <NumberField path={[...path, 'max']} label={t('field.max')} least={1} most={100} />
                <NumberField
                  path={[...path, 'free']}
                  label={t('field.free')}
                  hint={t('choices.freeSay')}
                  least={0}
                  most={100}
                  optional
                />
                <PickField
                  path={[...path, 'default']}
                  label={t('choices.default')}
                  none={t('desk.none')}
                  options={namedAt(doc, [...path, 'options'])}
                />
              </div>
              <h3>{t('field.options')}</h3>
              <Options path={[...path, 'options']} />
            </>
          );
        }}
      />
    </section>
  );
}

function Options({ path }: { path: Path }): ReactElement {
  const { doc } = useHouse();
  const kinds = useKinds();
  const stations = namedAt(doc, ['stations']);
  const stationName = (id: string): string => stations.find((one) => one.id === id)?.name ?? id;
  return (
    <Entries
      path={path}
      testId="option"
      empty={t('choices.noOptions')}
      summary={(one) => (
        <>
          {(numberOf(one, ['price']) ?? 0) !== 0 && (
            <Num>{moneyText(numberOf(one, ['price']) ?? 0, currencyOf(doc))}</Num>
          )}
          {wordsOf(one, ['station']) !== '' && <> · {stationName(wordsOf(one, ['station']))}</>}
        </>
      )}
      add={{ label: t('choices.addOption'), most: 60, make: (name, id) => ({ id, name }) }}
      editor={(index) => (
        <div className="st-fields">
          <TextField path={[...path, index, 'name']} label={t('field.name')} most={60} />
          <MoneyField path={[...path, index, 'price']} label={t('choices.onTop')} optional />
          <PickField
            path={[...path, index, 'kind']}
            label={t('field.kind')}
            none={t('choices.groupsKind')}
            options={kinds}
          />
          <PickField
            path={[...path, index, 'station']}
            label={t('field.station')}
            none={t('choices.nowhere')}
            options={stations}
          />
          <PickField
            path={[...path, index, 'alsoAt']}
            label={t('field.alsoAt')}
            none={t('choices.nowhere')}
            options={stations}
          />
          <WordsField
            path={[...path, index, 'allergens']}
            label={t('field.allergens')}
            hint={t('menu.commas')}
          />
          <ManyField
            path={[...path, index, 'groups']}
            label={t('choices.opens')}
            options={namedAt(doc, ['menu', 'groups'])}
            none={t('menu.noChoices')}
          />
        </div>
      )}
    />
  );
}
