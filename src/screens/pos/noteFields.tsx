import { useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { NOTE_LENGTH } from './cart.ts';
import { ALLERGENS, allergenName } from './modifiers.tsx';
import { Option } from './stepper.tsx';

/** Free text of at most 140 characters. */
export function NoteField({
  value,
  onChange,
  placeholder,
}: {
  value: string;
  onChange: (notes: string) => void;
  placeholder?: string;
}): ReactElement {
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
export function AllergyPicker({
  value,
  onChange,
}: {
  value: readonly string[];
  onChange: (allergies: string[]) => void;
}): ReactElement {
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
          <Option
            key={word}
            look="allergy"
            chosen={value.includes(word)}
            onPress={() =>
              onChange(value.includes(word) ? value.filter((had) => had !== word) : [...value, word])
            }
          >
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
        <input
          className="field"
          value={other}
          maxLength={60}
          aria-label={t('allergy.other')}
          placeholder={t('allergy.other')}
          onChange={(event) => setOther(event.target.value)}
        />
        <Button look="edge" onPress={add}>
          {t('allergy.add')}
        </Button>
      </form>
    </div>
  );
}
