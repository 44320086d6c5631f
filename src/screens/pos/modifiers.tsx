import type { ReactElement } from 'react';
import type { ModifierView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { AllergyIcon } from '../ui/icons.tsx';
import { Num, SignTile } from '../ui/marks.tsx';

/** Choices on one line, removed with `-`, added with `+`; then allergies, seat and note. */
export function Modifiers(props: {
  modifiers: readonly ModifierView[];
  notes?: string;
  allergies?: readonly string[];
  seat?: number | null;
  missing?: string | null;
}): ReactElement | null {
  const choices = props.modifiers.filter((modifier) => modifier.action === 'choice');
  const signed = props.modifiers.flatMap((modifier) =>
    modifier.action === 'choice' ? [] : [{ ...modifier, action: modifier.action }],
  );
  const rest = [
    props.seat === null || props.seat === undefined ? '' : t('seat.n', { seat: props.seat }),
    props.notes ?? '',
  ].filter((part) => part !== '');
  const allergies = props.allergies ?? [];
  if (choices.length + signed.length + rest.length + allergies.length === 0 && !props.missing) return null;
  return (
    <div className="mods">
      {(choices.length > 0 || props.missing) && (
        <div className="md">
          <span>
            {choices.map((modifier, index) => (
              // Names are never translated: each keeps its own direction.
              <span key={index}>
                {index > 0 && ' · '}
                <bdi>{withQty(modifier)}</bdi>
              </span>
            ))}
            {props.missing && (
              <b className="text-late-text">
                {choices.length > 0 && ' · '}
                {t('line.missing', { group: props.missing })}
              </b>
            )}
          </span>
        </div>
      )}
      {signed.map((modifier, index) => (
        <div key={index} className={`md md-${modifier.action}`}>
          <SignTile sign={modifier.action} />
          <span className="sr-only">
            {t(modifier.action === 'remove' ? 'mod.remove' : 'mod.add', { name: modifier.name })}
          </span>
          <span aria-hidden="true">
            {modifier.qty > 1 && <Num>{modifier.qty}× </Num>}
            {modifier.name}
          </span>
        </div>
      ))}
      {allergies.length > 0 && (
        <div className="md md-allergy">
          <AllergyIcon stroke={2.75} />
          <span>{allergies.map(allergenName).join(' · ')}</span>
        </div>
      )}
      {rest.length > 0 && (
        <div className="md">
          <span>{rest.join(' · ')}</span>
        </div>
      )}
    </div>
  );
}

function withQty(modifier: ModifierView): string {
  return modifier.qty > 1 ? `${modifier.qty}× ${modifier.name}` : modifier.name;
}

/** The 14 allergens of EU law. What a menu or a guest names beyond them is shown in their own words. */
export const ALLERGENS = [
  'gluten',
  'crustaceans',
  'egg',
  'fish',
  'peanuts',
  'soy',
  'milk',
  'nuts',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
] as const;

/** One word for what people write in several ways: a menu's `dairy` is the list's `milk`. */
export function allergenId(word: string): string {
  const small = word.trim().toLowerCase();
  return (
    ({ dairy: 'milk', eggs: 'egg', nut: 'nuts', soya: 'soy', peanut: 'peanuts' } as Record<string, string>)[
      small
    ] ?? small
  );
}

export function allergenName(word: string): string {
  const known = ALLERGENS.find((name) => name === allergenId(word));
  return known ? t(`allergen.${known}`) : word;
}
