import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon, AllergyIcon, CheckIcon, CloseIcon, MinusIcon, PauseIcon } from '../ui/icons.tsx';
import { Num, SignTile } from '../ui/marks.tsx';
import { amountText } from '../ui/money.ts';
import { ArmchairIcon, PencilIcon } from '../ui/tabletIcons.tsx';
import { Tag } from '../ui/tag.tsx';
import { NOTE_LENGTH, type CartLine, clampQty } from './cart.ts';
import { type Choice, type Groups, type MenuItem, type OpenGroup, type Option as MenuOption, isCounted, lessOption, missingGroups, openGroups, qtyOf, tapOption, unitPrice } from './choices.ts';
import { ALLERGENS, allergenName } from './modifiers.tsx';
import { Option, Stepper } from './stepper.tsx';

type Props = {
  item: MenuItem;
  groups: Groups;
  currency: string;
  line: CartLine;
  /** `new`: not in the order until it is complete. `edit`: not sent. `amend`: the kitchen has it, so nothing changes before Save. */
  mode: 'new' | 'edit' | 'amend';
  seats: number;
  onChange: (line: CartLine) => void;
  onDone: () => void;
  onClose: () => void;
};

/** What a guest may choose on an item; rises over the menu and leaves the order in sight. */
export function ModifierSheet({ item, groups, currency, line, mode, seats, onChange, onDone, onClose }: Props): ReactElement {
  const title = useId();
  const box = useRef<HTMLElement>(null);
  const [writing, setWriting] = useState(false);
  const [allergy, setAllergy] = useState(line.allergies.length > 0);
  const [tried, setTried] = useState(false);
  const missing = missingGroups(item, groups, line.choices);
  const price = unitPrice(item, groups, line.choices) * line.qty;
  const first = missing[0];
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const choose = (choices: Choice[]): void => onChange({ ...line, choices });
  const open = openGroups(item, groups, line.choices);
  // The first group that wants something is outlined once anything was chosen, or Add was tapped too early.
  const started = tried || line.choices.length > 0;

  return (
    <div
      className="pane-scrim"
      onPointerUp={(event) => {
        if (event.target === event.currentTarget && line.choices.length === 0) onClose();
      }}
    >
      <section className="pane-sheet" role="dialog" aria-labelledby={title} tabIndex={-1} ref={box} data-testid="modifier-sheet">
        <header className="pane-head">
          <h2 id={title}>{item.name}</h2>
          {item.allergens.length > 0 && (
            <Tag look="allergy">
              <AllergyIcon stroke={2.75} />
              {t('item.contains', { allergens: item.allergens.map(allergenName).join(', ') })}
            </Tag>
          )}
          <span className="grow" />
          <Button className="btn-square" label={t('act.close')} onPress={onClose}>
            <CloseIcon />
          </Button>
        </header>
        <div className="pane-body">
          {open.map((group) => (
            <GroupBlock key={group.group.id} open={group} choices={line.choices} currency={currency} flagged={started && group.group.id === first?.group.id} onTap={(option) => choose(tapOption(item, groups, line.choices, group.group.id, option))} onLess={(option) => choose(lessOption(item, groups, line.choices, group.group.id, option))} />
          ))}
          <div className="mg">
            <h3>{t('sheet.noteAndSeat')}</h3>
            <div className="opts">
              {seats > 0 && (
                <SeatOption seat={line.seat} seats={seats} onChange={(seat) => onChange({ ...line, seat })} />
              )}
              {(['cutInHalf', 'sauceApart'] as const).map((chip) => {
                const words = t(`chip.${chip}`);
                const parts = line.notes.split(', ').filter((part) => part !== '');
                const has = parts.includes(words);
                return (
                  <Option key={chip} chosen={has} onPress={() => onChange({ ...line, notes: (has ? parts.filter((part) => part !== words) : [...parts, words]).join(', ').slice(0, NOTE_LENGTH) })}>
                    {words}
                  </Option>
                );
              })}
              <Button look="plain" className={`op ${writing ? '' : 'op-dashed'}`} pressed={writing} onPress={() => setWriting(!writing)} testId="write-note">
                <PencilIcon />
                {t('sheet.write')}
              </Button>
              <Button look="plain" className={`op ${allergy ? 'op-allergy' : 'op-dashed'}`} pressed={allergy} onPress={() => setAllergy(!allergy)} testId="line-allergy">
                <AllergyIcon />
                {t('sheet.allergy')}
              </Button>
            </div>
            {writing && <NoteField value={line.notes} onChange={(notes) => onChange({ ...line, notes })} />}
            {allergy && <AllergyPicker value={line.allergies} onChange={(allergies) => onChange({ ...line, allergies })} />}
          </div>
        </div>
        <footer className="pane-foot">
          <Stepper name={t('sheet.quantity')} value={line.qty} min={1} max={999} onChange={(qty) => onChange({ ...line, qty: clampQty(qty) })} />
          {mode !== 'amend' && (
            <Button pressed={line.hold} look={line.hold ? 'edge' : 'raised'} onPress={() => onChange({ ...line, hold: !line.hold })} testId="hold-line">
              <PauseIcon />
              {t(line.hold ? 'hold.on' : 'hold.off')}
            </Button>
          )}
          <span className="grow" />
          {first ? (
            <Button look="plain" className="add add-missing" onPress={() => setTried(true)} testId="add">
              <span>
                {t('sheet.choose', { group: first.group.name.toLocaleLowerCase(), count: first.missing })} · <Num>{amountText(price, currency)}</Num>
              </span>
            </Button>
          ) : (
            <Button look="main" className="add" onPress={onDone} testId="add">
              <span>
                {t(mode === 'new' ? 'sheet.add' : mode === 'edit' ? 'act.done' : 'sheet.save')} · <Num>{amountText(price, currency)}</Num>
              </span>
            </Button>
          )}
        </footer>
      </section>
    </div>
  );
}

function GroupBlock(props: { open: OpenGroup; choices: readonly Choice[]; currency: string; flagged: boolean; onTap: (option: string) => void; onLess: (option: string) => void }): ReactElement {
  const { open, flagged } = props;
  const { group } = open;
  return (
    <div className={`mg ${flagged ? 'mg-missing' : ''}`} role="group" aria-label={group.name} data-missing={open.missing > 0}>
      <h3>
        {open.under ? t('group.under', { option: open.under.name, group: group.name }) : group.name}{' '}
        {group.min > 0 ? (
          flagged ? (
            <Tag look="late">
              <AlertIcon stroke={2.75} />
              {t('group.chooseToAdd', { count: open.missing })}
            </Tag>
          ) : (
            <Tag look={open.missing > 0 ? 'inverse' : 'heard'}>{open.missing > 0 ? t('group.choose', { count: open.missing }) : t('group.chosen', { count: open.chosen })}</Tag>
          )
        ) : (
          <small>{hint(open)}</small>
        )}
      </h3>
      <div className="opts">
        {group.options.map((option) => (
          <OptionKey key={option.id} option={option} qty={qtyOf(props.choices, group.id, option.id)} counted={isCounted(group)} full={open.full && group.max > 1} currency={props.currency} onTap={() => props.onTap(option.id)} onLess={() => props.onLess(option.id)} />
        ))}
      </div>
    </div>
  );
}

function hint(open: OpenGroup): string {
  const { group, chosen } = open;
  const limit = group.max < group.options.length ? t('group.upTo', { count: group.max }) : '';
  const free = group.free > 0 ? t('group.free', { count: group.free }) : '';
  return [limit, free, chosen > 0 ? t('group.chosen', { count: chosen }) : ''].filter((part) => part !== '').join(' · ');
}

function OptionKey(props: { option: MenuOption; qty: number; counted: boolean; full: boolean; currency: string; onTap: () => void; onLess: () => void }): ReactElement {
  const { option, qty, counted } = props;
  const on = qty > 0;
  return (
    <span className="op-pair">
      <Button
        look="plain"
        className={`op op-${option.kind} ${option.soldOut ? 'op-dashed' : ''}`}
        pressed={on}
        disabled={(option.soldOut && !on) || (props.full && (!on || counted))}
        onPress={props.onTap}
        testId={`option-${option.id}`}
      >
        {on && (option.kind === 'choice' ? !counted && <CheckIcon stroke={3} /> : <SignTile sign={option.kind} />)}
        {counted && on && <Num>{qty}×</Num>}
        <span className={option.soldOut ? 'op-out' : ''}>{option.name}</span>
        {option.soldOut ? (
          <small>
            <Num>0</Num>
            <span className="sr-only"> {t('item.soldOut')}</span>
          </small>
        ) : (
          option.price !== 0 && (
            <small>
              <Num>
                {option.kind === 'choice' && option.price > 0 ? '+' : ''}
                {amountText(option.price, props.currency)}
              </Num>
            </small>
          )
        )}
      </Button>
      {counted && on && (
        <Button look="edge" className="btn-square" label={t('option.less', { name: option.name })} onPress={props.onLess}>
          <MinusIcon />
        </Button>
      )}
    </span>
  );
}

function SeatOption({ seat, seats, onChange }: { seat: number | null; seats: number; onChange: (seat: number | null) => void }): ReactElement {
  const next = seat === null ? 1 : seat >= seats ? null : seat + 1;
  return (
    <Option chosen={seat !== null} onPress={() => onChange(next)}>
      <ArmchairIcon />
      {seat === null ? t('seat.none') : t('seat.n', { seat })}
    </Option>
  );
}

/** Free text of at most 140 characters. */
export function NoteField({ value, onChange, placeholder }: { value: string; onChange: (notes: string) => void; placeholder?: string }): ReactElement {
  return (
    <input
      className="field"
      value={value}
      maxLength={NOTE_LENGTH}
      autoFocus
      aria-label={t('note.name')}
      placeholder={placeholder ?? t('note.hint')}
      data-testid="note"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The 14 allergens of EU law, and any other word. */
export function AllergyPicker({ value, onChange }: { value: readonly string[]; onChange: (allergies: string[]) => void }): ReactElement {
  const [other, setOther] = useState('');
  const add = (): void => {
    const word = other.trim().slice(0, 60);
    if (word !== '' && !value.includes(word)) onChange([...value, word]);
    setOther('');
  };
  const free = value.filter((word) => !ALLERGENS.some((known) => known === word));
  return (
    <div className="flex flex-col gap-2">
      <div className="opts" role="group" aria-label={t('sheet.allergy')}>
        {[...ALLERGENS, ...free].map((word) => (
          <Option key={word} look="allergy" chosen={value.includes(word)} onPress={() => onChange(value.includes(word) ? value.filter((had) => had !== word) : [...value, word])}>
            {allergenName(word)}
          </Option>
        ))}
      </div>
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input className="field" value={other} maxLength={60} aria-label={t('allergy.other')} placeholder={t('allergy.other')} onChange={(event) => setOther(event.target.value)} />
        <Button look="edge" onPress={add}>
          {t('allergy.add')}
        </Button>
      </form>
    </div>
  );
}
