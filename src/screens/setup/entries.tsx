import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import type { Json } from '../../domain/documents.ts';
import { uniqueSlug } from '../../domain/slugs.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { usePress } from '../ui/press.ts';
import { Tag } from '../ui/tag.tsx';
import { SaidAt } from './fields.tsx';
import { type Path, idOf, listOf, moved, nameOf } from './doc.ts';
import { useHouse } from './house.tsx';

/** A list of the draft whose members have names: each is a line that opens into its fields. */

export function Entries(props: {
  path: Path;
  testId: string;
  /** What is to be seen of the one at `index` while it is closed. */
  summary: (one: Json, index: number) => ReactNode;
  editor: (index: number) => ReactNode;
  /** A button that adds one by its name; left out where others add them. */
  add?: { label: string; make: (name: string, id: string) => Json; most: number; withId?: boolean };
  /** Those that are shown; all of them without it. */
  filter?: (one: Json, index: number) => boolean;
  empty: string;
  isFixed?: (one: Json) => string | null;
}): ReactElement {
  const { doc, keeper, focus } = useHouse();
  const list = listOf(doc, props.path);
  const [open, setOpen] = useState<number | null>(null);
  const prefix = `${props.path.join('.')}.`;
  const asked = focus?.startsWith(prefix) === true ? Number(focus.slice(prefix.length).split('.')[0]) : null;
  const [seen, setSeen] = useState<string | null>(null);
  if (focus !== seen) {
    setSeen(focus);
    if (asked !== null && Number.isInteger(asked)) setOpen(asked);
  }
  return (
    <div className="st-entries">
      {list.length === 0 && <p className="st-none">{props.empty}</p>}
      <ul>
        {list.map((one, index) =>
          props.filter !== undefined && !props.filter(one, index) ? null : (
            <Entry
              key={`${index}-${idOf(one)}`}
              one={one}
              path={[...props.path, index]}
              testId={props.testId}
              summary={props.summary(one, index)}
              isOpen={open === index}
              onToggle={() => setOpen(open === index ? null : index)}
              foot={
                <EntryFoot
                  index={index}
                  count={list.length}
                  testId={props.testId}
                  onMove={(by) => {
                    keeper.edit(props.path, moved(list, index, by));
                    setOpen(index + by);
                  }}
                  onRemove={() => {
                    keeper.edit([...props.path, index], undefined);
                    setOpen(null);
                  }}
                />
              }
            >
              {open === index && props.editor(index)}
            </Entry>
          ),
        )}
      </ul>
      {props.add !== undefined && (
        <AddOne
          {...props.add}
          testId={`${props.testId}-add`}
          onAdd={(name) => {
            const taken = new Set(list.map(idOf));
            const id =
              props.add?.withId === true && !taken.has(name) && /^[A-Za-z0-9][\w-]{0,63}$/.test(name)
                ? name
                : uniqueSlug(name, taken);
            const made = props.add?.make(name, id);
            if (made === undefined) return;
            keeper.edit([...props.path, list.length], made);
            setOpen(list.length);
          }}
        />
      )}
    </div>
  );
}

function Entry({
  one,
  path,
  testId,
  summary,
  isOpen,
  onToggle,
  children,
  foot,
}: {
  one: Json;
  path: Path;
  testId: string;
  summary: ReactNode;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
  foot: ReactNode;
}): ReactElement {
  const here = path.join('.');
  const said = useHouse().said.filter((each) => each.path === here || each.path.startsWith(`${here}.`));
  const worst = said[0]?.severity;
  const press = usePress(onToggle);
  return (
    <li className="st-entry" data-open={isOpen} data-testid={testId} data-id={idOf(one)} data-path={here}>
      <button type="button" className="st-entry-head pressable" aria-expanded={isOpen} {...press}>
        <b>{nameOf(one)}</b>
        <span className="st-entry-facts">{summary}</span>
        {worst === 'error' && <Tag look="late">{t('desk.blocks')}</Tag>}
        {worst === 'warning' && <Tag look="soon">{t('desk.warns')}</Tag>}
      </button>
      <SaidAt path={path} />
      {isOpen && (
        <div className="st-entry-body">
          {children}
          {foot}
        </div>
      )}
    </li>
  );
}

function EntryFoot(props: {
  index: number;
  count: number;
  testId: string;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}): ReactElement {
  const [sure, setSure] = useState(false);
  return (
    <div className="setup-keys st-entry-foot">
      <Button look="edge" disabled={props.index === 0} onPress={() => props.onMove(-1)}>
        {t('entry.up')}
      </Button>
      <Button look="edge" disabled={props.index === props.count - 1} onPress={() => props.onMove(1)}>
        {t('entry.down')}
      </Button>
      <span className="grow" />
      {sure ? (
        <>
          <Button onPress={() => setSure(false)}>{t('act.cancel')}</Button>
          <Button look="danger" onPress={props.onRemove} testId={`${props.testId}-remove-sure`}>
            {t('entry.removeSure')}
          </Button>
        </>
      ) : (
        <Button look="edge" onPress={() => setSure(true)} testId={`${props.testId}-remove`}>
          {t('entry.remove')}
        </Button>
      )}
    </div>
  );
}

/** A name, and the button that makes something of it. */
export function AddOne(props: {
  label: string;
  most: number;
  testId: string;
  onAdd: (name: string) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const box = useRef<HTMLInputElement>(null);
  return (
    <form
      className="st-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return box.current?.focus();
        props.onAdd(name.trim());
        setName('');
      }}
    >
      <input
        ref={box}
        className="field"
        dir="auto"
        aria-label={props.label}
        placeholder={props.label}
        maxLength={props.most}
        value={name}
        data-testid={props.testId}
        onChange={({ target }) => setName(target.value)}
      />
      <button type="submit" className="btn btn-edge" data-testid={`${props.testId}-go`}>
        {t('entry.add')}
      </button>
    </form>
  );
}
