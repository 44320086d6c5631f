import { useState, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { idOf, listOf, numberOf, wordsOf } from '../doc.ts';
import { Entries } from '../entries.tsx';
import { NumberField, PickField, TextField } from '../fields.tsx';
import { useHouse } from '../house.tsx';

/** Where guests sit: by the code that everybody calls, and the area it stands in. */
export function TablesRoom(): ReactElement {
  const { doc } = useHouse();
  const areas = [
    ...new Set(
      listOf(doc, ['tables'])
        .map((one) => wordsOf(one, ['section']))
        .filter((one) => one !== ''),
    ),
  ];
  return (
    <>
      <section className="st-card">
        <p>{t('tables.say')}</p>
        <Entries
          path={['tables']}
          testId="table"
          empty={t('tables.none')}
          summary={(one) => (
            <>
              {wordsOf(one, ['section']) !== '' && <>{wordsOf(one, ['section'])} · </>}
              {t('tables.seats', { count: numberOf(one, ['seats']) ?? 2 })}
            </>
          )}
          add={{
            label: t('tables.add'),
            most: 40,
            withId: true,
            make: (name, id) => ({ id, ...(name !== id && { name }), seats: 4 }),
          }}
          editor={(index) => (
            <div className="st-fields">
              <TextField
                path={['tables', index, 'name']}
                label={t('field.name')}
                hint={t('tables.nameSay', { id: idOf(listOf(doc, ['tables'])[index]) })}
                most={40}
                optional
              />
              <TextField
                path={['tables', index, 'section']}
                label={t('field.section')}
                most={40}
                optional
                list={areas}
              />
              <NumberField path={['tables', index, 'seats']} label={t('field.seats')} least={1} most={100} />
              <PickField
                path={['tables', index, 'shape']}
                label={t('field.shape')}
                none={t('tables.table')}
                options={[{ id: 'bar', name: t('tables.bar') }]}
              />
            </div>
          )}
        />
      </section>
      <ManyTables areas={areas} />
    </>
  );
}

const MOST_AT_ONCE = 100;

/** `T1` to `T12` in one go. */
function ManyTables({ areas }: { areas: readonly string[] }): ReactElement {
  const { doc, keeper } = useHouse();
  const [said, setSaid] = useState({ letters: 'T', from: '1', to: '10', seats: '4', section: '' });
  const [from, to, seats] = [said.from, said.to, said.seats].map(Number);
  const isRange =
    from !== undefined &&
    to !== undefined &&
    seats !== undefined &&
    [from, to, seats].every((one) => Number.isInteger(one) && one >= 1) &&
    to >= from &&
    to - from < MOST_AT_ONCE &&
    seats <= 100 &&
    /^[A-Za-z0-9_-]{0,8}$/.test(said.letters);
  const list = listOf(doc, ['tables']);
  const taken = new Set(list.map(idOf));
  const made = isRange
    ? Array.from({ length: to - from + 1 }, (_one, index) => `${said.letters}${from + index}`)
        .filter((id) => !taken.has(id) && /^[A-Za-z0-9]/.test(id))
        .map((id) => ({ id, seats, ...(said.section.trim() !== '' && { section: said.section.trim() }) }))
    : [];
  const part = (key: keyof typeof said, label: string, more: { list?: string; numeric?: boolean } = {}) => (
    <label className="st-field">
      <span className="st-label">{label}</span>
      <input
        className="field"
        dir={more.list === undefined ? 'ltr' : 'auto'}
        inputMode={more.numeric === true ? 'numeric' : 'text'}
        list={more.list}
        maxLength={40}
        value={said[key]}
        data-testid={`many-${key}`}
        onChange={({ target }) => setSaid({ ...said, [key]: target.value })}
      />
    </label>
  );
  return (
    <section className="st-card">
      <h2>{t('tables.many')}</h2>
      <form
        className="st-many"
        onSubmit={(event) => {
          event.preventDefault();
          if (made.length > 0) keeper.edit(['tables'], [...list, ...made]);
        }}
      >
        {part('letters', t('tables.letters'))}
        {part('from', t('tables.from'), { numeric: true })}
        {part('to', t('tables.to'), { numeric: true })}
        {part('seats', t('field.seats'), { numeric: true })}
        {part('section', t('field.section'), { list: 'st-areas' })}
        <datalist id="st-areas">
          {areas.map((area) => (
            <option key={area} value={area} />
          ))}
        </datalist>
        <button type="submit" className="btn btn-edge" disabled={made.length === 0} data-testid="many-go">
          {t('tables.addMany', { count: made.length })}
        </button>
      </form>
    </section>
  );
}
