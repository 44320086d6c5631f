import { useId, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { type Named, type Path, listOf, namedAt, valueAt, wordsOf } from '../doc.ts';
import { NumberField, SaidAt, SwitchField, testIdOf } from '../fields.tsx';
import { useHouse } from '../house.tsx';

/** What the house answers a delivery platform by itself, and what the platform's ids are here. */
export function Platform({ path }: { path: Path }): ReactElement {
  const { doc } = useHouse();
  const options = listOf(doc, ['menu', 'groups']).flatMap((group) =>
    namedAt(group, ['options']).map(({ id, name }) => ({
      id,
      name: `${wordsOf(group, ['name'])} · ${name}`,
    })),
  );
  return (
    <>
      <div className="st-fields">
        <SwitchField
          path={[...path, 'autoAccept']}
          label={t('doors.autoAccept')}
          hint={t('doors.autoAcceptSay')}
          fallback
        />
        <NumberField
          path={[...path, 'prepMinutes']}
          label={t('doors.prep')}
          hint={t('doors.prepSay')}
          suffix={t('limit.minutes')}
          least={1}
          most={240}
          placeholder="20"
          optional
        />
      </div>
      <h3>{t('doors.mapping')}</h3>
      <p className="st-none">{t('doors.mappingSay')}</p>
      <Mapping
        path={[...path, 'items']}
        kind="item"
        add={t('doors.addItem')}
        options={namedAt(doc, ['menu', 'items'])}
      />
      <Mapping path={[...path, 'options']} kind="option" add={t('doors.addOption')} options={options} />
    </>
  );
}

/** Their id on one side, ours on the other. */
function Mapping({
  path,
  kind,
  add,
  options,
}: {
  path: Path;
  kind: 'item' | 'option';
  add: string;
  options: readonly Named[];
}): ReactElement {
  const { doc, keeper } = useHouse();
  const rows = listOf(doc, path);
  return (
    <div className="st-mapping" data-path={path.join('.')}>
      <SaidAt path={path} />
      {rows.map((_row, index) => (
        <MappingRow key={index} path={[...path, index]} kind={kind} options={options} />
      ))}
      <Button
        look="edge"
        onPress={() => keeper.edit([...path, rows.length], { external: '' })}
        testId={`map-${kind}`}
      >
        {add}
      </Button>
    </div>
  );
}

function MappingRow({
  path,
  kind,
  options,
}: {
  path: Path;
  kind: 'item' | 'option';
  options: readonly Named[];
}): ReactElement {
  const { doc, keeper } = useHouse();
  const said = useId();
  const ours = wordsOf(doc, [...path, kind]);
  const isGone = ours !== '' && !options.some(({ id }) => id === ours);
  const shown = isGone ? [...options, { id: ours, name: ours }] : options;
  return (
    <div className="st-map" data-path={path.join('.')}>
      <input
        className="field"
        dir="ltr"
        aria-label={t('doors.theirs')}
        aria-describedby={said}
        placeholder={t('doors.theirs')}
        maxLength={128}
        value={wordsOf(doc, [...path, 'external'])}
        data-testid={testIdOf([...path, 'external'])}
        onChange={({ target }) => keeper.edit([...path, 'external'], target.value)}
      />
      <select
        className="field"
        aria-label={t('doors.ours')}
        aria-describedby={said}
        value={ours}
        data-testid={testIdOf([...path, kind])}
        onChange={({ target }) =>
          keeper.edit([...path, kind], target.value === '' ? undefined : target.value)
        }
      >
        <option value="">{t('doors.chooseOurs')}</option>
        {shown.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {kind === 'option' && (
        <label className="st-switch">
          <input
            type="checkbox"
            checked={valueAt(doc, [...path, 'removal']) === true}
            onChange={({ target }) => keeper.edit([...path, 'removal'], target.checked)}
          />
          <span>{t('doors.removal')}</span>
        </label>
      )}
      <Button look="plain" label={t('entry.remove')} onPress={() => keeper.edit(path, undefined)}>
        <CloseIcon />
      </Button>
      <span className="st-map-said" id={said}>
        <SaidAt path={path} />
        <SaidAt path={[...path, 'external']} />
        <SaidAt path={[...path, kind]} />
      </span>
    </div>
  );
}
