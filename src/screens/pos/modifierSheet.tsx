import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AllergyIcon, CloseIcon, PauseIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { amountText } from '../ui/money.ts';
import { ArmchairIcon, PencilIcon } from '../ui/tabletIcons.tsx';
import { Tag } from '../ui/tag.tsx';
import { NOTE_LENGTH, type CartLine, clampQty } from './cart.ts';
import {
  type Choice,
  type Groups,
  type MenuItem,
  lessOption,
  missingGroups,
  openGroups,
  tapOption,
  unitPrice,
} from './choices.ts';
import { GroupBlock } from './groupBlock.tsx';
import { allergenName } from './modifiers.tsx';
import { AllergyPicker, NoteField } from './noteFields.tsx';
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
export function ModifierSheet({
  item,
  groups,
  currency,
  line,
  mode,
  seats,
  onChange,
  onDone,
  onClose,
}: Props): ReactElement {
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
      <section
        className="pane-sheet"
        role="dialog"
        aria-labelledby={title}
        tabIndex={-1}
        ref={box}
        data-testid="modifier-sheet"
      >
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
            <GroupBlock
              key={group.group.id}
              open={group}
              choices={line.choices}
              currency={currency}
              flagged={started && group.group.id === first?.group.id}
              onTap={(option) => choose(tapOption(item, groups, line.choices, group.group.id, option))}
              onLess={(option) => choose(lessOption(item, groups, line.choices, group.group.id, option))}
            />
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
                  <Option
                    key={chip}
                    chosen={has}
                    onPress={() =>
                      onChange({
                        ...line,
                        notes: (has ? parts.filter((part) => part !== words) : [...parts, words])
                          .join(', ')
                          .slice(0, NOTE_LENGTH),
                      })
                    }
                  >
                    {words}
                  </Option>
                );
              })}
              <Button
                look="plain"
                className={`op ${writing ? '' : 'op-dashed'}`}
                pressed={writing}
                onPress={() => setWriting(!writing)}
                testId="write-note"
              >
                <PencilIcon />
                {t('sheet.write')}
              </Button>
              <Button
                look="plain"
                className={`op ${allergy ? 'op-allergy' : 'op-dashed'}`}
                pressed={allergy}
                onPress={() => setAllergy(!allergy)}
                testId="line-allergy"
              >
                <AllergyIcon />
                {t('sheet.allergy')}
              </Button>
            </div>
            {writing && <NoteField value={line.notes} onChange={(notes) => onChange({ ...line, notes })} />}
            {allergy && (
              <AllergyPicker
                value={line.allergies}
                onChange={(allergies) => onChange({ ...line, allergies })}
              />
            )}
          </div>
        </div>
        <footer className="pane-foot">
          <Stepper
            name={t('sheet.quantity')}
            value={line.qty}
            min={1}
            max={999}
            onChange={(qty) => onChange({ ...line, qty: clampQty(qty) })}
          />
          {mode !== 'amend' && (
            <Button
              pressed={line.hold}
              look={line.hold ? 'edge' : 'raised'}
              onPress={() => onChange({ ...line, hold: !line.hold })}
              testId="hold-line"
            >
              <PauseIcon />
              {t(line.hold ? 'hold.on' : 'hold.off')}
            </Button>
          )}
          <span className="grow" />
          {first ? (
            <Button look="plain" className="add add-missing" onPress={() => setTried(true)} testId="add">
              <span>
                {t('sheet.choose', { group: first.group.name.toLocaleLowerCase(), count: first.missing })} ·{' '}
                <Num>{amountText(price, currency)}</Num>
              </span>
            </Button>
          ) : (
            <Button look="main" className="add" onPress={onDone} testId="add">
              <span>
                {t(mode === 'new' ? 'sheet.add' : mode === 'edit' ? 'act.done' : 'sheet.save')} ·{' '}
                <Num>{amountText(price, currency)}</Num>
              </span>
            </Button>
          )}
        </footer>
      </section>
    </div>
  );
}

function SeatOption({
  seat,
  seats,
  onChange,
}: {
  seat: number | null;
  seats: number;
  onChange: (seat: number | null) => void;
}): ReactElement {
  const next = seat === null ? 1 : seat >= seats ? null : seat + 1;
  return (
    <Option chosen={seat !== null} onPress={() => onChange(next)}>
      <ArmchairIcon />
      {seat === null ? t('seat.none') : t('seat.n', { seat })}
    </Option>
  );
}
