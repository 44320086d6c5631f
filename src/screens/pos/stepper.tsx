import type { ReactElement, ReactNode } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { MinusIcon, PlusIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';

/** A number with a key on each side. */
export function Stepper(props: {
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
  name: string;
}): ReactElement {
  return (
    <span className="step" role="group" aria-label={props.name}>
      <Button
        look="edge"
        className="btn-square"
        quick
        label={t('step.less')}
        disabled={props.value <= props.min}
        onPress={() => props.onChange(props.value - 1)}
      >
        <MinusIcon />
      </Button>
      <Num>{props.value}</Num>
      <Button
        look="edge"
        className="btn-square"
        quick
        label={t('step.more')}
        disabled={props.value >= props.max}
        onPress={() => props.onChange(props.value + 1)}
      >
        <PlusIcon />
      </Button>
    </span>
  );
}

/** A choice among options: pressed is chosen. */
export function Option(props: {
  chosen: boolean;
  onPress: () => void;
  children: ReactNode;
  look?: 'allergy';
  disabled?: boolean;
}): ReactElement {
  return (
    <Button
      look="plain"
      className={`op ${props.look === 'allergy' ? 'op-allergy' : ''}`}
      pressed={props.chosen}
      disabled={props.disabled}
      onPress={props.onPress}
    >
      {props.children}
    </Button>
  );
}
