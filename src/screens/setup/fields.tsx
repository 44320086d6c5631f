import { useId, useState, type ReactElement, type ReactNode } from 'react';
import { readPrice, writePrice } from '../../domain/prices.ts';
import type { Json } from '../../domain/documents.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { readDuration, writeDuration } from './durations.ts';
import { type Named, type Path, numberOf, textsOf, valueAt, wordsOf } from './doc.ts';
import { currencyOf, digitsOf, useHouse } from './house.tsx';

/**
 * Fields of the draft by their path. What is typed stays in the draft also when it is wrong: the server says so, by the same
 * path, and it stands below the field.
 */

type Bound = { path: Path; label: string; hint?: string };

/** What is said of exactly this place. */
export function SaidAt({ path, id }: { path: Path; id?: string }): ReactElement | null {
  const here = path.join('.');
  const said = useHouse().said.filter((one) => one.path === here);
  if (said.length === 0) return null;
  return (
    <span className="st-at" id={id}>
      {said.map(({ severity, words }) => (
        <span key={words} className={`st-at-${severity}`}>
          {words}
        </span>
      ))}
    </span>
  );
}

function Frame({
  path,
  label,
  hint,
  own,
  children,
}: Bound & {
  own?: string | undefined;
  children: (ids: { input: string; said: string }) => ReactNode;
}): ReactElement {
  const input = useId();
  const said = useId();
  return (
    <div className="st-field" data-path={path.join('.')}>
      <label htmlFor={input}>{label}</label>
      {children({ input, said })}
      {hint !== undefined && <small>{hint}</small>}
      {own !== undefined && (
        <span className="st-at">
          <span className="st-at-error">{own}</span>
        </span>
      )}
      <SaidAt path={path} id={said} />
    </div>
  );
}

export function TextField(
  props: Bound & {
    /** Left empty it is not there. */
    optional?: boolean;
    most: number;
    type?: 'text' | 'tel';
    ltr?: boolean;
    placeholder?: string;
    /** What others said here before. */
    list?: readonly string[];
  },
): ReactElement {
  const { doc, keeper } = useHouse();
  const value = wordsOf(doc, props.path);
  const list = useId();
  return (
    <Frame {...props}>
      {({ input, said }) => (
        <>
          <input
            id={input}
            aria-describedby={said}
            className="field"
            list={props.list === undefined ? undefined : list}
            type={props.type ?? 'text'}
            dir={props.ltr === true ? 'ltr' : 'auto'}
            maxLength={props.most}
            value={value}
            placeholder={props.placeholder}
            data-testid={testIdOf(props.path)}
            onChange={({ target }) =>
              keeper.edit(
                props.path,
                target.value === '' && props.optional === true ? undefined : target.value,
              )
            }
          />
          {props.list !== undefined && (
            <datalist id={list}>
              {props.list.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Frame>
  );
}

export function testIdOf(path: Path): string {
  return `f-${path.join('.')}`;
}

/** Something that is typed as text and kept as a number; `read` answers null for what it cannot understand. */
function TypedField(
  props: Bound & {
    read: (said: string) => number | null;
    write: (value: number) => string;
    wrong: string;
    optional?: boolean;
    suffix?: string;
    placeholder?: string;
    mode: 'numeric' | 'decimal';
  },
): ReactElement {
  const { doc, keeper } = useHouse();
  const value = valueAt(doc, props.path);
  const shown = typeof value === 'number' ? props.write(value) : typeof value === 'string' ? value : '';
  // While somebody types, their own way of writing it stands here: `13,5` does not jump to 13.50.
  const [typing, setTyping] = useState<string | null>(null);
  return (
    <Frame {...props} own={typeof value === 'string' ? props.wrong : undefined}>
      {({ input, said }) => (
        <span className="st-with">
          <input
            id={input}
            aria-describedby={said}
            className="field"
            dir="ltr"
            inputMode={props.mode}
            autoComplete="off"
            value={typing ?? shown}
            placeholder={props.placeholder}
            data-testid={testIdOf(props.path)}
            onBlur={() => setTyping(null)}
            onChange={({ target }) => {
              setTyping(target.value);
              const plain = target.value.trim();
              const isNone = plain === '' && props.optional === true;
              keeper.edit(props.path, isNone ? undefined : (props.read(plain) ?? plain));
            }}
          />
          {props.suffix !== undefined && <span>{props.suffix}</span>}
        </span>
      )}
    </Frame>
  );
}

export function NumberField(
  props: Bound & {
    least: number;
    most: number;
    optional?: boolean;
    suffix?: string;
    placeholder?: string;
  },
): ReactElement {
  const { least, most } = props;
  return (
    <TypedField
      {...props}
      mode="numeric"
      read={(said) => {
        const value = /^-?\d{1,9}$/.test(said) ? Number(said) : Number.NaN;
        return value >= least && value <= most ? value : null;
      }}
      write={String}
      wrong={t('field.notWhole', { least, most })}
    />
  );
}

/** Money as people write it; kept in the currency's smallest unit. */
export function MoneyField(props: Bound & { optional?: boolean }): ReactElement {
  const { doc } = useHouse();
  const digits = digitsOf(doc);
  return (
    <TypedField
      {...props}
      mode="decimal"
      suffix={currencyOf(doc)}
      read={(said) => readPrice(said, digits)}
      write={(value) => writePrice(value, digits)}
      wrong={t('field.notMoney', { example: writePrice(1350, digits) })}
    />
  );
}

/** Seconds, typed as `m:ss` or as minutes. */
export function TimeField(props: Bound & { optional?: boolean; placeholder?: string }): ReactElement {
  return (
    <TypedField
      {...props}
      mode="numeric"
      suffix={t('field.minutesSeconds')}
      read={readDuration}
      write={writeDuration}
      wrong={t('field.notTime')}
    />
  );
}

/** One of several, or none where `none` has a word for it. */
export function PickField(
  props: Bound & { options: readonly Named[]; none?: string; number?: boolean },
): ReactElement {
  const { doc, keeper } = useHouse();
  const value = valueAt(doc, props.path);
  const now = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  // What is no longer to be had still stands there, so that nobody wonders where it went.
  const options =
    props.options.some(({ id }) => id === now) || now === ''
      ? props.options
      : [...props.options, { id: now, name: now }];
  return (
    <Frame {...props}>
      {({ input, said }) => (
        <select
          id={input}
          aria-describedby={said}
          className="field"
          value={now}
          data-testid={testIdOf(props.path)}
          onChange={({ target }) =>
            keeper.edit(
              props.path,
              target.value === '' ? undefined : props.number === true ? Number(target.value) : target.value,
            )
          }
        >
          {(props.none !== undefined || now === '') && <option value="">{props.none ?? '–'}</option>}
          {options.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

/** Some of several. */
export function ManyField(props: Bound & { options: readonly Named[]; none: string }): ReactElement {
  const { doc, keeper } = useHouse();
  const label = useId();
  const chosen = textsOf(doc, props.path);
  const toggle = (id: string): void => {
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    keeper.edit(props.path, next.length === 0 ? undefined : next);
  };
  const gone = chosen.filter((id) => !props.options.some((one) => one.id === id));
  return (
    <div className="st-field" data-path={props.path.join('.')}>
      <span id={label} className="st-label">
        {props.label}
      </span>
      <div className="opts" role="group" aria-labelledby={label}>
        {[...props.options, ...gone.map((id) => ({ id, name: id }))].map(({ id, name }) => (
          <Button
            key={id}
            look="plain"
            className="op"
            pressed={chosen.includes(id)}
            onPress={() => toggle(id)}
            testId={`${testIdOf(props.path)}-${id}`}
          >
            {name}
          </Button>
        ))}
        {props.options.length === 0 && <small>{props.none}</small>}
      </div>
      {props.hint !== undefined && <small>{props.hint}</small>}
      <SaidAt path={props.path} />
    </div>
  );
}

/** Words with commas between them: allergens. */
export function WordsField(props: Bound): ReactElement {
  const { doc, keeper } = useHouse();
  const [typing, setTyping] = useState<string | null>(null);
  return (
    <Frame {...props}>
      {({ input, said }) => (
        <input
          id={input}
          aria-describedby={said}
          className="field"
          dir="auto"
          value={typing ?? textsOf(doc, props.path).join(', ')}
          data-testid={testIdOf(props.path)}
          onBlur={() => setTyping(null)}
          onChange={({ target }) => {
            setTyping(target.value);
            const words = target.value.split(/[,;،]/).map((word) => word.trim());
            keeper.edit(props.path, [...new Set(words.filter((word) => word !== ''))]);
          }}
        />
      )}
    </Frame>
  );
}

export function SwitchField(props: Bound & { fallback?: boolean }): ReactElement {
  const { doc, keeper } = useHouse();
  const value = valueAt(doc, props.path);
  const isOn = typeof value === 'boolean' ? value : (props.fallback ?? false);
  return (
    <div className="st-field" data-path={props.path.join('.')}>
      <label className="st-switch">
        <input
          type="checkbox"
          checked={isOn}
          data-testid={testIdOf(props.path)}
          onChange={({ target }) => keeper.edit(props.path, target.checked)}
        />
        <span>{props.label}</span>
      </label>
      {props.hint !== undefined && <small>{props.hint}</small>}
      <SaidAt path={props.path} />
    </div>
  );
}

/** The number at a place, or what counts where nothing is said. */
export function numberOr(doc: Json, path: Path, fallback: number): number {
  return numberOf(doc, path) ?? fallback;
}
