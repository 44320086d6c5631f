import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon, CheckIcon, MinusIcon } from '../ui/icons.tsx';
import { Num, SignTile } from '../ui/marks.tsx';
import { amountText } from '../ui/money.ts';
import { Tag } from '../ui/tag.tsx';
import { type Choice, type OpenGroup, type Option as MenuOption, isCounted, qtyOf } from './choices.ts';

/** One group: its name, what it still wants, and a key for each option. `flagged`: it keeps the line from being added. */
export function GroupBlock(props: {
  open: OpenGroup;
  choices: readonly Choice[];
  currency: string;
  flagged: boolean;
  onTap: (option: string) => void;
  onLess: (option: string) => void;
}): ReactElement {
  const { open, flagged } = props;
  const { group } = open;
  return (
    <div
      className={`mg ${flagged ? 'mg-missing' : ''}`}
      role="group"
      aria-label={group.name}
      data-missing={open.missing > 0}
    >
      <h3>
        {open.under ? t('group.under', { option: open.under.name, group: group.name }) : group.name}{' '}
        {group.min > 0 ? (
          flagged ? (
            <Tag look="late">
              <AlertIcon stroke={2.75} />
              {t('group.chooseToAdd', { count: open.missing })}
            </Tag>
          ) : (
            <Tag look={open.missing > 0 ? 'inverse' : 'heard'}>
              {open.missing > 0
                ? t('group.choose', { count: open.missing })
                : t('group.chosen', { count: open.chosen })}
            </Tag>
          )
        ) : (
          <small>{hint(open)}</small>
        )}
      </h3>
      <div className="opts">
        {group.options.map((option) => (
          <OptionKey
            key={option.id}
            option={option}
            qty={qtyOf(props.choices, group.id, option.id)}
            counted={isCounted(group)}
            full={open.full && group.max > 1}
            currency={props.currency}
            onTap={() => props.onTap(option.id)}
            onLess={() => props.onLess(option.id)}
          />
        ))}
      </div>
    </div>
  );
}

function hint(open: OpenGroup): string {
  const { group, chosen } = open;
  const limit = group.max < group.options.length ? t('group.upTo', { count: group.max }) : '';
  const free = group.free > 0 ? t('group.free', { count: group.free }) : '';
  return [limit, free, chosen > 0 ? t('group.chosen', { count: chosen }) : '']
    .filter((part) => part !== '')
    .join(' · ');
}

function OptionKey(props: {
  option: MenuOption;
  qty: number;
  counted: boolean;
  full: boolean;
  currency: string;
  onTap: () => void;
  onLess: () => void;
}): ReactElement {
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
        {on &&
          (option.kind === 'choice' ? !counted && <CheckIcon stroke={3} /> : <SignTile sign={option.kind} />)}
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
        <Button
          look="edge"
          className="btn-square"
          label={t('option.less', { name: option.name })}
          onPress={props.onLess}
        >
          <MinusIcon />
        </Button>
      )}
    </span>
  );
}
